"""How the app is reached: signatures, retries, time-outs, redelivery."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from playground_kit import http_app, until
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.playground.workspace import Workspace


@dataclass(frozen=True)
class Got:
    headers: dict[str, str]
    content_type: str
    body: str


@asynccontextmanager
async def raw_app(workspace: Workspace, *answers):
    """An app that answers with these, the last one for ever, and keeps what it got."""
    got: list[Got] = []

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        got.append(Got(dict(request.headers), request.content_type, body.decode()))
        answer = answers[min(len(got), len(answers)) - 1]
        if isinstance(answer, float):
            await asyncio.sleep(answer)
        return answer() if callable(answer) else web.Response()

    async with http_app(handle) as url:
        workspace.connect_http(url)
        yield got


def ok():
    return web.Response()


def broken():
    return web.Response(status=500)


async def test_slacks_own_verifier_accepts_the_signature(workspace: Workspace):
    async with raw_app(workspace, ok) as got:
        await workspace.send("U0ANA", "#general", "ümlaut")
        await workspace.send("U0ANA", "#general", "/readiness ümlaut & more")
    verifier = SignatureVerifier(workspace.app.signing_secret)
    for request in got:
        assert verifier.is_valid_request(request.body, request.headers)
    assert abs(int(got[0].headers["X-Slack-Request-Timestamp"]) - time.time()) < 5


async def test_content_types_are_slacks(workspace: Workspace):
    async with raw_app(workspace, ok) as got:
        root = await workspace.send("U0ANA", "#general", "hello")
        await workspace.send("U0ANA", "#general", "/readiness a b")
        await workspace.shortcut("U0BEN", "start_here", root.ts)
    event, command, shortcut = got
    assert event.content_type == "application/json"
    body = json.loads(event.body)
    assert (body["type"], body["team_id"], body["api_app_id"]) == (
        "event_callback",
        "T0LOCAL",
        "A0LOCAL",
    )
    assert body["event_id"].startswith("Ev")
    assert body["authorizations"][0]["user_id"] == "U0BOT"
    assert command.content_type == shortcut.content_type == "application/x-www-form-urlencoded"
    form = parse_qs(command.body)
    assert (form["command"], form["text"], form["channel_id"]) == (
        ["/readiness"],
        ["a b"],
        ["C0GENERAL"],
    )
    assert "thread_ts" not in form
    payload = json.loads(parse_qs(shortcut.body)["payload"][0])
    assert (payload["type"], payload["callback_id"]) == ("message_action", "start_here")
    assert (payload["message"]["text"], payload["user"]["id"]) == ("hello", "U0BEN")
    assert payload["message_ts"] == root.ts


async def test_an_event_is_repeated_three_times(workspace: Workspace):
    async with raw_app(workspace, broken) as got:
        assert (await workspace.send("U0ANA", "#general", "hello")).error == "http_error"
        await until(lambda: len(got) == 4)
        await asyncio.sleep(0.05)
    assert [r.headers.get("X-Slack-Retry-Num") for r in got] == [None, "1", "2", "3"]
    assert [r.headers.get("X-Slack-Retry-Reason") for r in got][1:] == ["http_error"] * 3
    assert len({json.loads(r.body)["event_id"] for r in got}) == 1


async def test_an_accepted_repetition_is_the_last(workspace: Workspace):
    async with raw_app(workspace, broken, ok) as got:
        await workspace.send("U0ANA", "#general", "hello")
        await until(lambda: len(got) == 2)
        await asyncio.sleep(0.05)
    assert len(got) == 2


async def test_the_app_can_ask_not_to_be_sent_it_again(workspace: Workspace):
    def never_again():
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with raw_app(workspace, never_again) as got:
        await workspace.send("U0ANA", "#general", "hello")
        await asyncio.sleep(0.05)
    assert len(got) == 1


async def test_a_late_answer_is_no_answer(workspace: Workspace):
    async with raw_app(workspace, 0.6) as got:
        outcome = await workspace.send("U0ANA", "#general", "/readiness")
    assert (outcome.ok, outcome.error, len(got)) == (False, "operation_timeout", 1)


async def test_clicks_and_commands_are_not_repeated(workspace: Workspace):
    async with raw_app(workspace, broken) as got:
        root = await workspace.send("U0ANA", "#random", "hello")
        assert (await workspace.send("U0ANA", "#general", "/readiness")).error == "dispatch_failed"
        outcome = await workspace.shortcut("U0ANA", "start_here", root.ts)
        await asyncio.sleep(0.05)
    assert (outcome.error, len(got)) == ("dispatch_failed", 2)


async def test_an_unreachable_app_fails_the_command(workspace: Workspace):
    workspace.connect_http("http://127.0.0.1:9/slack/events")
    outcome = await workspace.send("U0ANA", "#general", "/readiness")
    assert outcome.error == "dispatch_failed"


async def test_one_event_can_be_delivered_again_and_again(workspace: Workspace):
    async with raw_app(workspace, ok) as got:
        await workspace.send("U0ANA", "#general", "hello")
        await workspace.redeliver(times=3)
        await workspace.redeliver(retry=False)
    assert len({json.loads(r.body)["event_id"] for r in got}) == 1
    numbers = [r.headers.get("X-Slack-Retry-Num") for r in got]
    assert numbers == [None, "1", "2", "3", None]


async def test_a_wrong_signature_is_refused_by_bolt(workspace: Workspace, over_http: AsyncApp):
    @over_http.command("/readiness")
    async def start(ack):
        await ack("here")

    workspace.faults.wrong_signature = 1
    assert (await workspace.send("U0ANA", "#general", "/readiness")).error == "dispatch_failed"
    assert (await workspace.send("U0ANA", "#general", "/readiness")).ok


async def test_the_url_is_verified(workspace: Workspace, over_http: AsyncApp):
    assert await workspace.verify_url()
    async with raw_app(workspace, ok):
        assert not await workspace.verify_url()


@pytest.mark.parametrize(
    ("line", "thread", "code"),
    [
        ("/unknown", False, "unknown_command"),
        ("/readiness", True, "in_thread"),
    ],
)
async def test_commands_slack_would_not_send(workspace: Workspace, line, thread, code):
    async with raw_app(workspace, ok) as got:
        root = await workspace.send("U0ANA", "#random", "hello")
        thread_ts = root.ts if thread else None
        outcome = await workspace.send("U0ANA", "#random", line, thread_ts=thread_ts)
    assert (outcome.error, got) == (code, [])


async def test_mentions_in_commands_are_escaped_where_declared(workspace: Workspace):
    async with raw_app(workspace, ok) as got:
        await workspace.send("U0ANA", "#general", "/readiness ask @Ben <now>")
        await workspace.send("U0ANA", "#general", "/escaped ask @Ben <now>")
    texts = [parse_qs(r.body)["text"][0] for r in got]
    assert texts == ["ask @Ben &lt;now&gt;", "ask <@U0BEN|ben> &lt;now&gt;"]


async def test_the_bot_hears_nothing_where_it_is_not(workspace: Workspace):
    async with raw_app(workspace, ok) as got:
        assert (await workspace.send("U0ANA", "#random", "@Readiness hello")).ok
        assert got == []
        await workspace.send("U0ANA", "#random", "/invite @Readiness")
        await workspace.idle()
        await workspace.send("U0ANA", "#random", "hello")
    kinds = [json.loads(r.body)["event"]["type"] for r in got]
    assert kinds == ["member_joined_channel", "message"]
    again = await workspace.send("U0ANA", "#random", "/invite @Readiness")
    assert again.error == "already_in_channel"
