"""Teams over HTTP: what Microsoft did not sign, or cannot be read, never reaches a listener."""

from __future__ import annotations

import secrets
import time
from typing import Any

from aiohttp import web
from botbuilder.core import ActivityHandler
from botbuilder.schema import Activity

from bot.logs import log
from bot.metrics import TURN_SECONDS
from bot.teams.adapter import Adapter, Answer, Told
from bot.teams.auth import Admission, Unauthorized
from bot.teams.payloads import Json, sound
from storage.quickjson import dumps, loads

LARGEST = 512 * 1024  # bytes of a body; Teams' own largest activities are half of it
JSON = {"Content-Type": "application/json; charset=utf-8"}
_SECONDS = TURN_SECONDS.labels("teams")


class TeamsRoute:
    """`POST /api/messages`: every activity."""

    def __init__(self, gate: Admission, adapter: Adapter, bot: ActivityHandler) -> None:
        self.gate = gate
        self.adapter = adapter
        self.bot = bot

    async def handle(self, request: web.Request) -> web.Response:
        """Let in, then the listener's answer; otherwise 401, 400, 413, or 500 where it failed.

        Without a token nothing is read.
        """
        begun = time.monotonic()
        try:
            return await self._handle(request)
        finally:
            _SECONDS.observe(time.monotonic() - begun)

    async def _handle(self, request: web.Request) -> web.Response:
        header = request.headers.get("Authorization")
        if not self.gate.bears(header):
            return _unauthorized("no token")
        if (request.content_length or 0) > LARGEST:
            return _too_large()
        if "Origin" in request.headers:  # a page in somebody's browser; Teams is none
            return _unauthorized("browser")
        raw = await request.read()
        if len(raw) > LARGEST:  # it came in chunks, or compressed
            return _too_large()
        body = _object(raw)
        if body is None:
            return web.Response(status=400, text="Malformed body")
        try:
            await self.gate.admit(header, body)
        except Unauthorized as error:
            return _unauthorized(error.reason)
        activity = _activity(body) if sound(body) else None
        if activity is None:
            return web.Response(status=400, text="Malformed body")
        return await self._answered(activity, body)

    async def _answered(self, activity: Activity, body: Json) -> web.Response:
        try:
            return _response(await self.adapter.process(activity, body, self.bot))
        except Told:
            return web.Response(status=500, text="This went wrong")
        except Exception as error:  # noqa: BLE001 - the outermost edge: the log gets an id
            number = secrets.token_hex(4)
            log("bug", level="error", id=number, kind=body["type"], exc_info=error)
            return web.Response(status=500, text=f"This went wrong: {number}")


def _too_large() -> web.Response:
    return web.Response(status=413, text="Body too large")


def _unauthorized(reason: str) -> web.Response:
    log("unauthorized", level="warning", platform="teams", reason=reason)
    return web.Response(status=401, text="Not sent by Teams")


def _response(answer: Answer) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status)
    return web.Response(status=answer.status, body=dumps(answer.body), headers=JSON)


def _object(raw: bytes) -> Json | None:
    """The body, if it is a JSON object."""
    try:
        found: Any = loads(raw.decode())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _activity(body: Json) -> Activity | None:
    """What the SDK dispatches by: it is not given the rest, which it may trip over."""
    try:
        return Activity(type=body["type"], id=body.get("id"), channel_id=body["channelId"])
    except (TypeError, ValueError):
        return None
