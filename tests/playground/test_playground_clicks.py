"""Elements in messages: what using them reports."""

import pytest
from playground_kit import plain
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace

OPTIONS = [{"text": plain(v), "value": v} for v in ("a", "b")]

USES = [
    ({"type": "static_select", "options": OPTIONS}, "b", {"selected_option": OPTIONS[1]}),
    (
        {"type": "static_select", "option_groups": [{"label": plain("g"), "options": OPTIONS}]},
        OPTIONS[0],
        {"selected_option": OPTIONS[0]},
    ),
    ({"type": "radio_buttons", "options": OPTIONS}, "a", {"selected_option": OPTIONS[0]}),
    ({"type": "checkboxes", "options": OPTIONS}, ["a", "b"], {"selected_options": OPTIONS}),
    ({"type": "checkboxes", "options": OPTIONS}, [], {"selected_options": []}),
    ({"type": "overflow", "options": OPTIONS}, "a", {"selected_option": OPTIONS[0]}),
    ({"type": "users_select"}, "U0BEN", {"selected_user": "U0BEN"}),
    ({"type": "channels_select"}, "C0GENERAL", {"selected_channel": "C0GENERAL"}),
    ({"type": "datepicker"}, "2026-05-06", {"selected_date": "2026-05-06"}),
    ({"type": "datepicker", "initial_date": "2026-05-06"}, None, {"selected_date": None}),
    ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
    (
        {"type": "button", "text": plain("Go"), "value": "v", "style": "danger"},
        None,
        {"text": plain("Go"), "value": "v", "style": "danger"},
    ),
    (
        {"type": "button", "text": plain("Go"), "url": "https://x.org"},
        None,
        {"text": plain("Go"), "url": "https://x.org"},
    ),
]


@pytest.fixture
def used(over_http: AsyncApp) -> list[dict]:
    seen: list[dict] = []

    @over_http.action("x")
    async def x(ack, body):
        await ack()
        seen.append(body)

    return seen


async def posted(client: AsyncWebClient, element: dict) -> str:
    block = {"type": "actions", "block_id": "b", "elements": [{**element, "action_id": "x"}]}
    sent = await client.chat_postMessage(channel="C0GENERAL", text="t", blocks=[block])
    return sent["ts"]


@pytest.mark.parametrize(("element", "choice", "reported"), USES)
async def test_using_an_element_reports_it(
    workspace: Workspace, client: AsyncWebClient, used, element, choice, reported
):
    ts = await posted(client, element)
    assert (await workspace.click("U0ANA", message_ts=ts, action_id="x", selected=choice)).ok
    action = used[0]["actions"][0]
    assert action.pop("action_ts")
    assert action == {"type": element["type"], "block_id": "b", "action_id": "x", **reported}


@pytest.mark.parametrize(
    ("element", "choice"),
    [
        ({"type": "static_select", "options": OPTIONS}, "c"),
        ({"type": "checkboxes", "options": OPTIONS}, ["a", "c"]),
        ({"type": "users_select"}, "U0NONE"),
        ({"type": "users_select"}, {"id": "U0BEN"}),
        ({"type": "datepicker"}, "tomorrow"),
        ({"type": "overflow", "options": OPTIONS}, {"value": ["a"]}),
    ],
)
async def test_what_is_not_offered_cannot_be_chosen(
    workspace: Workspace, client: AsyncWebClient, used, element, choice
):
    ts = await posted(client, element)
    outcome = await workspace.click("U0ANA", message_ts=ts, action_id="x", selected=choice)
    assert outcome.error is not None
    assert outcome.error.startswith("invalid_selection")
    assert used == []


async def test_a_message_keeps_what_each_person_chose(
    workspace: Workspace, client: AsyncWebClient, used
):
    ts = await posted(client, {"type": "radio_buttons", "options": OPTIONS})
    await workspace.click("U0ANA", message_ts=ts, action_id="x", selected="a")
    await workspace.click("U0BEN", message_ts=ts, action_id="x", selected="b")
    states = [body["state"]["values"]["b"]["x"]["selected_option"]["value"] for body in used]
    assert states == ["a", "b"]


async def test_a_click_says_where_it_was_made(workspace: Workspace, client: AsyncWebClient, used):
    ts = await posted(client, {"type": "button", "text": plain("Go")})
    await workspace.click("U0CHI", message_ts=ts, action_id="x")
    body = used[0]
    assert body["type"] == "block_actions"
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0GENERAL",
        "is_ephemeral": False,
    }
    assert body["channel"] == {"id": "C0GENERAL", "name": "general"}
    assert body["team"] == {"id": "T0LOCAL", "name": "Acme", "domain": "127.0.0.1"}
    assert body["user"] == {
        "id": "U0CHI",
        "username": "chitra",
        "name": "chitra",
        "team_id": "T0LOCAL",
    }
    assert (body["message"]["ts"], body["message"]["bot_id"]) == (ts, "B0BOT")
    assert body["response_url"].startswith(f"{workspace.url}response/")
    assert body["trigger_id"]
