"""The browser's protocol: what the page reads and is told."""

import pytest
from aiohttp import ClientSession
from playground_kit import do, get, silent, told, watching
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace, serve_workspace

CARD = [
    {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        ],
    }
]


async def test_a_page_begins_with_the_state(browser: ClientSession):
    state = await get(browser, "state", user="U0ANA")
    assert state["team"] == {"id": "T0LOCAL", "name": "Acme"}
    assert state["bot"] == {"user_id": "U0BOT", "name": "Readiness"}
    assert [(c["name"], c["kind"], c["bot_is_member"]) for c in state["channels"]] == [
        ("search-team", "channel", True),
        ("general", "channel", True),
        ("llm-platform", "channel", True),
        ("random", "channel", False),
        ("Readiness", "dm", True),
    ]
    assert state["commands"][0]["completions"] == ["start SERVICE", "list"]
    assert state["message_shortcuts"] == [
        {"callback_id": "start_here", "name": "Start a review from here"}
    ]
    assert state["app_home"] == {"enabled": True, "view": None}
    assert state["faults"]["rate_limited"] == 0
    ana = state["users"][0]
    assert (ana["id"], ana["tz"], ana["title"]) == ("U0ANA", "Europe/Berlin", "Platform lead")


async def test_what_one_says_the_others_see(browser: ClientSession):
    async with watching(browser, "U0BEN") as ben:
        answer = await do(browser, "send", user="U0ANA", channel="C0GENERAL", text="hi @Chitra <3")
        event = await told(ben)
        assert (event["type"], event["channel"]) == ("message", "C0GENERAL")
        assert event["message"] == {
            "ts": answer["ts"],
            "user": "U0ANA",
            "bot": False,
            "text": "hi <@U0CHI> &lt;3",
        }
        reply = await do(
            browser,
            "send",
            user="U0BEN",
            channel="C0GENERAL",
            text="yes",
            thread_ts=answer["ts"],
        )
        assert (await told(ben))["message"]["thread_ts"] == answer["ts"]
        root = await told(ben)
        assert (root["type"], root["message"]["reply_count"]) == ("message_changed", 1)
        assert root["message"]["latest_reply"] == reply["ts"]
        assert root["message"]["reply_users"] == ["U0BEN"]
    roots = (await get(browser, "messages", user="U0BEN", channel="C0GENERAL"))["messages"]
    assert [m["ts"] for m in roots] == [answer["ts"]]
    thread = await get(browser, "thread", user="U0BEN", channel="C0GENERAL", ts=answer["ts"])
    assert [m["ts"] for m in thread["messages"]] == [answer["ts"], reply["ts"]]


async def test_private_messages_reach_one_person(browser: ClientSession, client: AsyncWebClient):
    async with watching(browser, "U0ANA") as ana, watching(browser, "U0BEN") as ben:
        await client.chat_postEphemeral(channel="C0GENERAL", user="U0ANA", text="psst")
        assert (await told(ana))["message"]["ephemeral"] is True
        assert await silent(ben)
    mine = (await get(browser, "messages", user="U0ANA", channel="C0GENERAL"))["messages"]
    theirs = (await get(browser, "messages", user="U0BEN", channel="C0GENERAL"))["messages"]
    assert ([m["text"] for m in mine], theirs) == (["psst"], [])


async def test_direct_conversations_are_between_two(browser: ClientSession):
    foreign = await get(browser, "messages", user="U0BEN", channel="D0ANA")
    assert foreign == {"ok": False, "error": "channel_not_found"}
    async with watching(browser, "U0BEN") as ben:
        await do(browser, "send", user="U0ANA", channel="D0ANA", text="secret")
        assert await silent(ben)


async def test_changes_and_deletions_are_told(browser: ClientSession, client: AsyncWebClient):
    async with watching(browser, "U0ANA") as ana:
        posted = await client.chat_postMessage(channel="C0GENERAL", text="one", blocks=CARD)
        assert (await told(ana))["message"]["blocks"][0]["block_id"] == "b"
        await client.chat_update(channel="C0GENERAL", ts=posted["ts"], text="two")
        event = await told(ana)
        assert event["type"] == "message_changed"
        assert (event["message"]["text"], event["message"]["edited"]) == ("two", True)
        assert "blocks" not in event["message"]
        await client.chat_delete(channel="C0GENERAL", ts=posted["ts"])
        gone = {"type": "message_deleted", "channel": "C0GENERAL", "ts": posted["ts"]}
        assert await told(ana) == gone


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "["])
@pytest.mark.parametrize("path", ["/", "/api/auth.test", "/_page/state?user=U0ANA"])
async def test_other_hosts_are_refused(browser: ClientSession, host, path):
    async with browser.get(path, headers={"Host": host}) as answer:
        assert answer.status in {400, 403}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_other_origins_are_refused(browser: ClientSession, origin):
    headers = {"Origin": origin}
    body = {"user": "U0ANA", "channel": "C0GENERAL", "text": "x"}
    async with browser.post("/_page/send", json=body, headers=headers) as answer:
        assert answer.status == 403
        assert await answer.json() == {"ok": False, "error": "forbidden_origin"}
    async with browser.get("/_page/live?user=U0ANA", headers=headers) as answer:
        assert answer.status == 403


async def test_its_own_origin_is_welcome(workspace: Workspace, browser: ClientSession):
    headers = {"Origin": workspace.url.rstrip("/")}
    body = {"user": "U0ANA", "channel": "C0GENERAL", "text": "x"}
    async with browser.post("/_page/send", json=body, headers=headers) as answer:
        assert answer.status == 200


async def test_only_loopback_is_served(workspace: Workspace):
    with pytest.raises(ValueError, match="loopback only"):
        await serve_workspace(Workspace(), "0.0.0.0")


async def test_a_taken_port_is_reported(workspace: Workspace):
    port = int(workspace.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        await serve_workspace(Workspace(), port=port)


@pytest.mark.parametrize("path", ["/", "/archives/C0GENERAL/p1772442000000000"])
async def test_the_page_is_served(browser: ClientSession, path):
    async with browser.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
