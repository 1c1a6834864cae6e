"""Slack's door over HTTP: what is not signed, or is no payload of Slack's, never gets further."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientConnectionError, ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from bot_kit import ANA, Room
from raw_kit import FORM, JSON, post, post_json
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.playground.outbound import sign
from bot.slack.http import SlackRoute

EVENT = b'{"type": "url_verification", "challenge": "c4ll"}'


async def ask(room: Room, method: str, body: Any = None) -> int:
    """The status that an unsigned request gets."""
    url = f"http://127.0.0.1:{room.bot.port}/slack/events"
    async with ClientSession() as session, session.request(method, url, data=body) as answer:
        return answer.status


async def test_a_signed_request_is_let_in(quick: Room) -> None:
    assert (await post(quick, EVENT)).text == '{"challenge": "c4ll"}'


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": "v0=\u00e9\u00df\u4e2d"},
        {"X-Slack-Request-Timestamp": "tomorrow"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "\u0661\u0662\u0663"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": f"{int(time.time()) + 1}"},  # another than was signed
    ],
)
async def test_what_is_not_signed_is_answered_401(quick: Room, headers: dict[str, str]) -> None:
    assert (await post(quick, EVENT, headers=headers)).status == 401


@pytest.mark.parametrize("age", [301, 3600, -301, -3600])
async def test_a_signature_is_good_for_five_minutes_either_way(quick: Room, age: int) -> None:
    assert (await post(quick, EVENT, age=age)).status == 401
    assert (await post(quick, EVENT, age=290 if age > 0 else -290)).status == 200


async def test_another_secret_and_a_changed_body_are_401(quick: Room) -> None:
    assert (await post(quick, EVENT, secret="guessed")).status == 401
    stamp = int(time.time())
    signature = sign(quick.workspace.app.signing_secret, stamp, EVENT)
    stolen = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": str(stamp)}
    assert (await post(quick, EVENT + b" ", headers=stolen)).status == 401
    assert (await post(quick, EVENT, headers=stolen)).status == 200


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b'{"type": "\xff"}'])
async def test_bytes_that_are_no_text_are_400_when_signed_and_401_when_not(
    quick: Room, body: bytes
) -> None:
    assert (await post(quick, body)).status == 400
    assert (await post(quick, body, secret="guessed")).status == 401


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON),
        (b"", FORM),
        (b"{", JSON),
        (b"null", JSON),
        (b"[]", JSON),
        (b'"text"', JSON),
        (b"[" * 100_000, JSON),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON),
        (b"payload=" + b"%5B" * 100_000, FORM),
        (b"payload=", FORM),
        (b"payload=%7B", FORM),
        (b"payload=%5B%5D", FORM),
        (b"payload=%7B%7D", FORM),
        (b"payload=1", FORM),
        (b'{"event": []}', JSON),
        (b'{"type": "url_verification", "challenge": "x", "event": null}', JSON),
        (b"payload=%7B%22type%22%3A%22x%22%2C%22view%22%3A%5B1%5D%7D", FORM),
        (b"other=1", FORM),
        (b"a=1&" * 5000, FORM),
        (EVENT, "text/plain"),
        (EVENT, "multipart/form-data; boundary=x"),
        (EVENT, "application/xml"),
    ],
)
async def test_what_cannot_be_read_is_answered_400(
    quick: Room, body: bytes, content_type: str
) -> None:
    assert (await post(quick, body, content_type)).status == 400


async def spaces() -> AsyncIterator[bytes]:
    """Five megabytes, in chunks: nobody says beforehand how much it will be."""
    for _ in range(5 * 16):
        yield b" " * 65536


@pytest.mark.parametrize("body", [BytesIO(b" " * 5 * 1024 * 1024), spaces()])
async def test_a_body_of_five_megabytes_is_413_and_the_door_stays_open(
    quick: Room, body: BytesIO | AsyncIterator[bytes]
) -> None:
    # The door may be shut before everything was said, which a client takes for a lost connection.
    with suppress(ClientConnectionError):
        assert await ask(quick, "POST", body) == 413
    assert (await post(quick, EVENT)).status == 200


async def test_half_a_request_keeps_nobody_else_waiting(quick: Room) -> None:
    with socket.create_connection(("127.0.0.1", quick.bot.port)) as dangling:
        dangling.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
        assert (await post(quick, EVENT)).status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods_are_405(quick: Room, method: str) -> None:
    assert await ask(quick, method) == 405


async def test_the_check_of_the_certificate_is_answered(quick: Room) -> None:
    assert (await post(quick, b"ssl_check=1&token=x", FORM)).status == 200


async def test_a_command_or_event_that_is_not_ours_is_404_and_harmless(quick: Room) -> None:
    fields = b"command=%2Fdeploy&team_id=T0LOCAL&channel_id=C1&user_id=U1&trigger_id=1.2.3"
    assert (await post(quick, fields, FORM)).status == 404
    event = {"type": "event_callback", "team_id": "T0LOCAL", "event": {"type": "emoji_changed"}}
    assert (await post_json(quick, event)).status == 404


async def test_the_door_still_works_after_all_that(quick: Room) -> None:
    bodies = [b"{", b"payload=%7B", json.dumps({"type": []}).encode()]
    await asyncio.gather(*(post(quick, body, kind) for body in bodies for kind in (JSON, FORM)))
    await quick.start()
    assert quick.told(ANA) == []


async def test_a_press_is_answered_by_its_listener_without_bolt(
    quick: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever becomes of it, Slack gets an answer."""
    monkeypatch.setattr(AsyncApp, "async_dispatch", _never)
    heard: list[str] = []

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        heard.append(body["trigger_id"])
        if body["trigger_id"] == "fails":
            raise RuntimeError
        if body["trigger_id"] == "good":
            await ack()

    secret = quick.workspace.app.signing_secret
    route = SlackRoute(AsyncApp(token="xoxb-x"), secret, {"block_actions": listener})
    app = web.Application()
    app.router.add_post("/slack/events", route.handle)
    async with TestClient(TestServer(app)) as client:
        answers = [await _press(client, secret, it) for it in ("good", "fails", "forgets")]
    assert answers == [200, 500, 404]
    assert heard == ["good", "fails", "forgets"]


async def _press(client: TestClient, secret: str, trigger: str) -> int:
    press = {"type": "block_actions", "trigger_id": trigger, "user": {"id": "U1"},
             "actions": [{"action_id": "a"}]}  # fmt: skip
    body = urlencode({"payload": json.dumps(press)}).encode()
    stamp = int(time.time())
    headers = {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature":
               sign(secret, stamp, body), "Content-Type": FORM}  # fmt: skip
    async with client.post("/slack/events", data=body, headers=headers) as answer:
        return answer.status


async def test_presses_go_straight_to_their_listener(
    quick: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.start()
    monkeypatch.setattr(AsyncApp, "async_dispatch", _never)
    await quick.press(ANA, "Ask everything")
    assert (await quick.review()).ask_everything


async def _never(*_: Any) -> None:
    raise AssertionError
