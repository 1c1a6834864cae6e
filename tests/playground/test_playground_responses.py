"""What the app answers to commands and posts to response URLs."""

import pytest
from aiohttp import ClientSession, web
from playground_kit import http_app
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace

BUTTON = {
    "type": "actions",
    "block_id": "b",
    "elements": [
        {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    ],
}
HEADER = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}


@pytest.fixture
def clicks(over_http: AsyncApp) -> list[dict]:
    """The clicks on "go", as the app got them."""
    seen: list[dict] = []

    @over_http.action("go")
    async def go(ack, body):
        await ack()
        seen.append(body)

    return seen


async def post(url: str, body: dict) -> tuple[int, dict]:
    async with ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status, await answer.json()


async def clicked(workspace, client, clicks, **more) -> dict:
    posted = await client.chat_postMessage(
        channel="C0GENERAL", text="card", blocks=[BUTTON], **more
    )
    assert (await workspace.click("U0ANA", message_ts=posted["ts"], action_id="go")).ok
    return clicks[-1]


async def test_a_clicked_card_is_replaced(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict]
):
    click = await clicked(workspace, client, clicks)
    new = {"replace_original": True, "text": "done"}
    assert await post(click["response_url"], new) == (200, {"ok": True})
    card = workspace.message(click["container"]["message_ts"])
    assert (card.text, card.blocks) == ("done", ())


async def test_a_clicked_card_is_deleted(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict]
):
    click = await clicked(workspace, client, clicks)
    assert (await post(click["response_url"], {"delete_original": True}))[0] == 200
    assert workspace.messages("#general") == []
    gone = await post(click["response_url"], {"replace_original": True, "text": "x"})
    assert gone == (404, {"ok": False, "error": "message_not_found"})


async def test_new_answers_are_private_unless_said_otherwise(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict]
):
    click = await clicked(workspace, client, clicks)
    await post(click["response_url"], {"text": "psst"})
    await post(click["response_url"], {"text": "all", "response_type": "in_channel"})
    assert [m.text for m in workspace.ephemerals("U0ANA")] == ["psst"]
    assert [m.text for m in workspace.messages("#general")] == ["card", "all"]


async def test_answers_to_a_click_in_a_thread_stay_there(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict]
):
    root = (await workspace.send("U0ANA", "#general", "root")).ts
    click = await clicked(workspace, client, clicks, thread_ts=root)
    assert click["container"]["thread_ts"] == root
    await post(click["response_url"], {"text": "psst"})
    await post(
        click["response_url"], {"text": "all", "response_type": "in_channel", "thread_ts": root}
    )
    assert workspace.ephemerals("U0ANA")[0].thread_ts == root
    assert [m.text for m in workspace.thread("#general", root)] == ["root", "card", "all"]


async def test_a_private_card_is_used_and_replaced(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict]
):
    sent = await client.chat_postEphemeral(
        channel="C0GENERAL", user="U0ANA", text="card", blocks=[BUTTON]
    )
    ts = sent["message_ts"]
    foreign = await workspace.click("U0BEN", message_ts=ts, action_id="go")
    assert foreign.error == "message_not_found"
    assert (await workspace.click("U0ANA", message_ts=ts, action_id="go")).ok
    click = clicks[0]
    assert click["container"]["is_ephemeral"] is True
    assert "message" not in click
    await post(click["response_url"], {"replace_original": True, "text": "done"})
    assert [m.text for m in workspace.ephemerals("U0ANA")] == ["done"]
    await post(click["response_url"], {"delete_original": True})
    assert workspace.ephemerals("U0ANA") == []


async def test_five_uses(workspace: Workspace, client: AsyncWebClient, clicks: list[dict]):
    url = (await clicked(workspace, client, clicks))["response_url"]
    statuses = [(await post(url, {"text": "x"}))[0] for _ in range(5)]
    assert statuses == [200] * 5
    assert await post(url, {"text": "x"}) == (404, {"ok": False, "error": "used_url"})


async def test_thirty_minutes(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict], clock
):
    url = (await clicked(workspace, client, clicks))["response_url"]
    clock.go_on(30 * 60)
    assert (await post(url, {"text": "x"}))[0] == 200
    clock.go_on(1)
    assert (await post(url, {"text": "x"}))[1]["error"] == "expired_url"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [HEADER]}, "invalid_blocks"),
        ({"text": "x", "response_type": "loud"}, "invalid_arguments"),
        ({"text": "x", "thread_ts": "1.0"}, "thread_not_found"),
        ([], "invalid_payload"),
    ],
)
async def test_malformed_answers_are_refused(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict], body, code
):
    url = (await clicked(workspace, client, clicks))["response_url"]
    answered, result = await post(url, body)
    assert (answered, result["error"]) == (400, code)


async def test_an_archived_channel_takes_no_answers(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict]
):
    url = (await clicked(workspace, client, clicks))["response_url"]
    await workspace.archive("#general")
    assert (await post(url, {"text": "x"}))[0] == 410


async def test_bolts_respond_works_after_a_command(workspace: Workspace, over_http: AsyncApp):
    @over_http.command("/readiness")
    async def start(ack, respond):
        await ack()
        await respond("later")

    assert (await workspace.send("U0ANA", "#random", "/readiness")).ok
    assert [m.text for m in workspace.ephemerals("U0ANA", "#random")] == ["later"]
    assert workspace.calls[-1].method == "response_url"


async def test_a_command_works_where_the_bot_is_not(workspace: Workspace, over_http: AsyncApp):
    @over_http.command("/readiness")
    async def start(ack, command):
        await ack({"response_type": "in_channel", "text": command["channel_name"]})

    await workspace.send("U0ANA", "#random", "/readiness")
    await workspace.send("U0ANA", "D0ANA", "/readiness")
    assert [m.text for m in workspace.messages("#random")] == ["random"]
    assert [m.text for m in workspace.messages("D0ANA")] == ["directmessage"]


async def test_an_invalid_answer_to_a_command_fails_it(workspace: Workspace, over_http: AsyncApp):
    @over_http.command("/readiness")
    async def start(ack):
        await ack({"text": "x", "blocks": [HEADER]})

    outcome = await workspace.send("U0ANA", "#general", "/readiness")
    assert (outcome.ok, outcome.error) == (False, "invalid_blocks")


async def test_a_plain_text_answer_is_shown(workspace: Workspace):
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text="plain")

    async with http_app(handle) as url:
        workspace.connect_http(url)
        outcome = await workspace.send("U0ANA", "#general", "/readiness")
    assert workspace.message(outcome.answer).text == "plain"


async def test_elements_that_are_not_there_cannot_be_used(
    workspace: Workspace, client: AsyncWebClient, clicks: list[dict]
):
    posted = await client.chat_postMessage(channel="C0GENERAL", text="card", blocks=[BUTTON])
    at = {"message_ts": posted["ts"]}
    assert (await workspace.click("U0ANA", **at, action_id="no")).error == "element_not_found"
    outcome = await workspace.click("U0ANA", **at, block_id="no", action_id="go")
    assert outcome.error == "element_not_found"
    gone = await workspace.click("U0ANA", message_ts="1.0", action_id="go")
    assert gone.error == "message_not_found"
    assert clicks == []
