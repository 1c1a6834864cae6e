"""The browser's protocol: what people do in the page."""

import pytest
from aiohttp import ClientSession
from playground_kit import do, get, told, trigger, watching
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace

CARD = [
    {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        ],
    }
]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "note",
            "label": {"type": "plain_text", "text": "Note"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def test_a_click_opens_a_form_and_sending_closes_it(
    browser: ClientSession, over_http: AsyncApp, client: AsyncWebClient
):
    @over_http.action("go")
    async def go(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @over_http.view("form")
    async def form(ack, body):
        entry = body["view"]["state"]["values"]["note"]["text"]["value"]
        await ack(response_action="errors", errors={"note": "no"}) if entry == "x" else await ack()

    posted = await client.chat_postMessage(channel="C0GENERAL", text="card", blocks=CARD)
    click = {
        "user": "U0ANA",
        "channel": "C0GENERAL",
        "message_ts": posted["ts"],
        "block_id": "b",
        "action_id": "go",
    }
    async with watching(browser, "U0ANA") as ana:
        assert await do(browser, "action", **click) == {"ok": True}
        view = (await told(ana))["view"]
        assert (view["title"]["text"], view["callback_id"]) == ("Form", "form")
        assert view["root"] == view["id"]
        at = {"user": "U0ANA", "view_id": view["id"]}
        assert await do(browser, "view_submit", **at, values={}) == {
            "ok": False,
            "errors": {"note": "Please complete this required field."},
        }
        entry = {"text": {"type": "plain_text_input", "value": "x"}}
        refused = await do(browser, "view_submit", **at, values={"note": entry})
        assert refused == {"ok": False, "errors": {"note": "no"}}
        entry["text"]["value"] = "fine"
        assert await do(browser, "view_submit", **at, values={"note": entry}) == {"ok": True}
        assert await told(ana) == {"type": "view_closed", "view_id": view["id"]}
        await do(browser, "action", **click)
        again = (await told(ana))["view"]["id"]
        assert await do(browser, "view_close", user="U0ANA", view_id=again) == {"ok": True}
        assert (await told(ana))["view_id"] == again


async def test_home_and_shortcuts(browser: ClientSession, over_http: AsyncApp):
    seen = []

    @over_http.event("app_home_opened")
    async def opened(event, client):
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": CARD})

    @over_http.shortcut("start_here")
    async def start(ack, body):
        await ack()
        seen.append(body["message"]["text"])

    async with watching(browser, "U0ANA") as ana:
        assert await do(browser, "home", user="U0ANA") == {"ok": True}
        event = await told(ana)
        assert (event["type"], event["view"]["type"]) == ("home", "home")
    state = await get(browser, "state", user="U0ANA")
    assert state["app_home"]["view"]["blocks"][0]["block_id"] == "b"
    said = await do(browser, "send", user="U0ANA", channel="C0GENERAL", text="hello")
    at = {"user": "U0BEN", "channel": "C0GENERAL", "message_ts": said["ts"]}
    assert await do(browser, "shortcut", **at, callback_id="start_here") == {"ok": True}
    assert seen == ["hello"]
    unknown = await do(browser, "shortcut", **at, callback_id="other")
    assert unknown == {"ok": False, "error": "unknown_shortcut"}


FAILURES = [
    ("/readiness", False, "dispatch_failed", '/readiness failed with the error "dispatch_failed"'),
    ("/nothing", False, "unknown_command", "/nothing is not a valid command."),
    ("/readiness", True, "in_thread", "/readiness is not supported in threads. Sorry!"),
]


@pytest.mark.parametrize("case", FAILURES, ids=[error for _, _, error, _ in FAILURES])
async def test_failed_commands_are_noticed(workspace: Workspace, browser: ClientSession, case):
    text, thread, error, notice = case
    root = await workspace.send("U0BEN", "#random", "root")
    async with watching(browser, "U0ANA") as ana:
        more = {"thread_ts": root.ts} if thread else {}
        body = {"user": "U0ANA", "channel": "C0RANDOM", "text": text, **more}
        assert await do(browser, "send", **body) == {"ok": False, "error": error}
        assert await told(ana) == {"type": "notice", "text": notice, "level": "error"}


async def test_faults_and_archives_are_switched(browser: ClientSession, client: AsyncWebClient):
    async with watching(browser, "U0ANA") as ana:
        answer = await do(browser, "faults", method="auth.test", rate_limited=1, retry_after=3)
        assert answer["faults"]["methods"]["auth.test"]["retry_after"] == 3
        assert await told(ana) == {"type": "faults", "faults": answer["faults"]}
        await do(browser, "archive", channel="C0GENERAL", archived=True)
        event = await told(ana)
        assert (event["type"], event["channel"]["is_archived"]) == ("channel", True)
    refused = await do(browser, "send", user="U0ANA", channel="C0GENERAL", text="x")
    assert refused == {"ok": False, "error": "is_archived"}
    bad = await do(browser, "faults", unheard_of=1)
    assert bad == {"ok": False, "error": "invalid_arguments: unheard_of"}
    calls = (await get(browser, "sent"))["calls"]
    assert calls == []
    await client.users_info(user="U0ANA")
    call = (await get(browser, "sent"))["calls"][0]
    assert (call["method"], call["arguments"]) == ("users.info", {"user": "U0ANA"})
    assert (call["result"]["ok"], call["time"]) == (True, "2026-03-02T09:00:00+00:00")


@pytest.mark.parametrize(
    ("name", "body", "error"),
    [
        ("send", {"user": "U0ANA", "channel": "C0GENERAL"}, "missing text"),
        ("send", {"user": "U0ANA", "channel": "C0GENERAL", "text": " "}, "no_text"),
        ("send", {"user": "U0BOT", "channel": "C0GENERAL", "text": "x"}, "user_not_found"),
        ("send", {"user": ["U0ANA"], "channel": "C0GENERAL", "text": "x"}, "invalid user"),
        (
            "send",
            {"user": "U0ANA", "channel": "C0GENERAL", "text": "x", "thread_ts": "1.0"},
            "message_not_found",
        ),
        ("view_submit", {"user": "U0ANA", "view_id": "V1"}, "view_not_found"),
        ("archive", {"channel": "D0ANA"}, "channel_not_found"),
        (
            "action",
            {
                "user": "U0ANA",
                "channel": "C0GENERAL",
                "message_ts": "1.0",
                "block_id": "b",
                "action_id": "a",
            },
            "message_not_found",
        ),
    ],
)
async def test_errors_are_json(browser: ClientSession, name, body, error):
    assert await do(browser, name, **body) == {"ok": False, "error": error}


async def test_the_bot_is_taken_out_and_in(workspace: Workspace, browser: ClientSession):
    async with watching(browser, "U0ANA") as ana:
        for member in (False, True):
            answer = await do(browser, "bot_member", channel="C0GENERAL", member=member)
            assert answer == {"ok": True}
            assert (await told(ana))["channel"]["bot_is_member"] is member
    await workspace.idle()
    kinds = [event["event"]["type"] for event in workspace.events]
    assert kinds == ["channel_left", "member_joined_channel"]


async def test_a_reloaded_page_finds_its_open_form(
    workspace: Workspace, browser: ClientSession, client: AsyncWebClient
):
    opened = await client.views_open(trigger_id=trigger(workspace), view=FORM)
    state = await get(browser, "state", user="U0ANA")
    assert [view["id"] for view in state["modals"]] == [opened["view"]["id"]]
    assert (await get(browser, "state", user="U0BEN"))["modals"] == []


async def test_the_page_says_that_somebody_is_on_leave_or_quiet(
    browser: ClientSession, workspace: Workspace
):
    async with watching(browser, "U0BEN") as ben:
        asked = {"user": "U0ANA", "away": True, "quiet": True}
        assert await do(browser, "absence", **asked) == {"ok": True}
        shown = (await told(ben))["user"]
        assert (shown["id"], shown["is_away"], shown["is_quiet"]) == ("U0ANA", True, True)
    await workspace.idle()
    assert workspace.events[-1]["event"]["type"] == "user_change"
    await do(browser, "absence", user="U0ANA", away=False, quiet=False)
    ana = workspace.core.world.users["U0ANA"]
    assert (ana.away_until, ana.quiet_until) == (None, None)
