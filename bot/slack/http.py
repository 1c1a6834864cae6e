"""Slack over HTTP: what is not signed by Slack, or cannot be read, never reaches a listener."""

from __future__ import annotations

import hashlib
import hmac
import time
from binascii import a2b_qp
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.logs import log
from bot.metrics import TURN_SECONDS
from bot.slack.shapes import sound
from storage.quickjson import loads

Json = dict[str, Any]
Listener = Callable[[AsyncAck, Json], Awaitable[None]]
LARGEST = 1024 * 1024  # bytes of a body; Slack's own largest payloads are a quarter of it
PAYLOAD = "payload"  # the one field of a press or form
AMBIGUOUS = "&=\r\n"
QUOTED = bytes.maketrans(b"+%", b" =")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_SECONDS = TURN_SECONDS.labels("slack")


class SlackRoute:
    """`POST /slack/events`: events, commands and interactivity."""

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: str,
        straight: Mapping[str, Listener] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`straight`: by a payload's type, what is handed to its listener without Bolt.

        Bolt has nothing to add to a press: it is signed, of the right shape, and its listener asks
        for body and acknowledgement only. A tenth of a press's time went into Bolt.
        """
        self.app = app
        self.secret = signing_secret.encode()
        self.straight = straight or {}
        self.clock = clock

    async def handle(self, request: web.Request) -> web.Response:
        """Verified, then Bolt's answer; 401, 400 or 413 otherwise."""
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413, text="Body too large")
        raw = await request.read()
        if not self._signed(request, raw):
            return web.Response(status=401, text="Not signed by Slack")
        body = _readable(request.content_type, raw)
        if body is None or not sound(body):
            return web.Response(status=400, text="Malformed body")
        listener = self.straight.get(body.get("type", ""))
        return await (_heard(listener, body) if listener else self._dispatch(body, request))

    async def _dispatch(self, body: Json, request: web.Request) -> web.Response:
        # Bolt's name for "read already": it would read the body again, and otherwise than we do.
        mode = "socket_mode"
        try:
            sent = AsyncBoltRequest(body=body, headers=dict(request.headers), mode=mode)
            answer = await self.app.async_dispatch(sent)
        except Exception as error:  # noqa: BLE001 - listeners' errors Bolt answers itself: it is the payload
            log("unreadable", level="warning", reason=type(error).__name__)
            return web.Response(status=400, text="Malformed body")
        return _response(answer)

    def _signed(self, request: web.Request, raw: bytes) -> bool:
        """The v0 signature over the raw body, at most five minutes old.

        Checked here because Slack's SDK fails, with a 500, on a time-stamp or signature of odd
        characters and on a body that is not UTF-8. Source: docs.slack.dev, "Verifying requests".
        """
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and signature.isascii()):  # noqa: PLR2004
            return False
        if abs(self.clock() - int(stamp)) > 60 * 5:
            return False
        signed = b"v0:%b:%b" % (stamp.encode(), raw)
        expected = "v0=" + hmac.new(self.secret, signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, signature)


async def _heard(listener: Listener, body: Json) -> web.Response:
    """What a listener acknowledged; as by Bolt 500 where it failed, 404 where it did not."""
    ack, begun = AsyncAck(), time.monotonic()  # type: ignore[no-untyped-call]
    try:
        await listener(ack, body)
    except Exception as error:  # noqa: BLE001 - the outermost edge: Slack gets an answer
        log("bug", level="error", kind=body["type"], exc_info=error)
        return web.Response(status=500, text="This went wrong")
    finally:
        _SECONDS.observe(time.monotonic() - begun)
    return _response(ack.response) if ack.response else web.Response(status=404)


def _response(answer: BoltResponse) -> web.Response:
    kind = answer.first_headers().get("content-type", "text/plain")
    return web.Response(
        status=answer.status, body=answer.body.encode(), headers={"content-type": kind}
    )


def _readable(content_type: str, raw: bytes) -> Json | None:
    """The body if it is what Slack sends: a JSON object, a command, or a payload with a type."""
    try:
        text = raw.decode()
        if content_type == JSON:
            return _object(text)
        if content_type != FORM:
            return None
        form = fields_of(text)
        if "payload" in form:
            payload = _object(form["payload"])
            return payload if payload and payload.get("type") else None
    except (ValueError, RecursionError):
        return None
    return form if "command" in form or "ssl_check" in form else None


def fields_of(text: str) -> dict[str, str]:
    """The fields of a form, of each the first. Raises ValueError for more than a hundred.

    A press brings its whole message along, with some thousand escapes, for which urllib takes
    longer than the rest of the turn. Quoted-printable has the same ones after another sign, and
    is read in C; whatever would not be read alike is left to urllib.
    """
    name, _, escaped = text.partition("=")
    if name == PAYLOAD and not any(it in escaped for it in AMBIGUOUS):
        sent = escaped.encode()
        found = a2b_qp(sent.translate(QUOTED))
        if len(found) == len(sent) - 2 * sent.count(b"%"):  # no escape is broken
            return {PAYLOAD: found.decode("utf-8", "replace")}
    form = parse_qs(text, keep_blank_values=True, max_num_fields=100)
    return {name: values[0] for name, values in form.items()}


def _object(text: str) -> Json | None:
    found: Any = loads(text)
    return found if isinstance(found, dict) else None
