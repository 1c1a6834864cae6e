"""Slack over HTTP: what is not signed by Slack, or cannot be read, never reaches a listener."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

LARGEST = 1024 * 1024  # bytes of a body; Slack's own largest payloads are a quarter of it
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class SlackRoute:
    """`POST /slack/events`: events, commands and interactivity."""

    def __init__(
        self, app: AsyncApp, signing_secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.app = app
        self.verifier = SignatureVerifier(signing_secret)
        self.clock = clock

    async def __call__(self, request: web.Request) -> web.Response:
        """Verified, then Bolt's answer; 401, 400 or 413 otherwise."""
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413, text="Body too large")
        raw = await request.read()
        if not self._signed(request, raw):
            return web.Response(status=401, text="Not signed by Slack")
        body = _readable(request.content_type, raw)
        if body is None:
            return web.Response(status=400, text="Malformed body")
        answer = await self.app.async_dispatch(
            AsyncBoltRequest(body=body, headers=dict(request.headers))
        )
        return web.Response(
            status=answer.status,
            body=answer.body.encode(),
            headers={"content-type": answer.first_headers().get("content-type", "text/plain")},
        )

    def _signed(self, request: web.Request, raw: bytes) -> bool:
        """The v0 signature over the raw body, at most five minutes old.

        Checked here because Bolt answers 500 to a time-stamp or signature of odd characters.
        """
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and signature.isascii()):  # noqa: PLR2004
            return False
        if abs(self.clock() - int(stamp)) > 60 * 5:
            return False
        expected = self.verifier.generate_signature(timestamp=stamp, body=raw)
        return expected is not None and hmac.compare_digest(expected, signature)


def _readable(content_type: str, raw: bytes) -> str | None:
    """The body as text if it is what Slack sends: a JSON object, a command or a payload."""
    try:
        body = raw.decode()
        if content_type == JSON:
            return body if isinstance(json.loads(body), dict) else None
        if content_type != FORM:
            return None
        form = parse_qs(body, keep_blank_values=True, max_num_fields=100)
        if "payload" in form:
            payload: Any = json.loads(form["payload"][0])
            return body if isinstance(payload, dict) and payload.get("type") else None
    except (ValueError, RecursionError):
        return None
    return body if "command" in form or "ssl_check" in form else None
