"""Slack's side in a process of its own: the Web API at Slack's own rates. `python -m` it.

It keeps no messages: what is measured is the bot, and the local workspace would take as much
processor time again. With `arrivals` it keeps what edits of messages came, and when; with
`boundless` it refuses nothing.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Collection
from datetime import UTC, datetime
from itertools import count
from typing import Any

from aiohttp import web

from bench.servers import until_stopped
from bot.playground.rates import Rates

TEAM, BOT, SECRET, TOKEN = "T0BENCH", "U0BOT", "bench-signing-secret", "xoxb-bench"
EDIT = "chat.update"
WAITED = 2.0  # seconds until somebody who waits for an edit is told that none came


def now() -> datetime:
    """The clock of the rates."""
    return datetime.now(UTC)


class Arrivals:
    """The edits that came, refused ones too, each with its moment on the machine's own clock."""

    def __init__(self) -> None:
        self._kept: list[dict[str, Any]] = []
        self._came = asyncio.Event()

    def keep(self, at: float, arguments: dict[str, Any], *, refused: bool) -> None:
        """Keeps one, and tells those who wait."""
        told = {"ts": arguments.get("ts"), "blocks": arguments.get("blocks")}
        self._kept.append({"at": at, "refused": refused, **told})
        self._came.set()

    async def after(self, request: web.Request) -> web.Response:
        """Those after the first so many: waits for one where there is none yet, not for ever."""
        seen = int(request.match_info["seen"])
        if len(self._kept) <= seen:
            self._came.clear()
            try:
                async with asyncio.timeout(WAITED):
                    await self._came.wait()
            except TimeoutError:
                pass
        return web.json_response(self._kept[seen:])


async def main(told: Collection[str] = ()) -> None:
    """Until SIGTERM."""
    rates, stamps = Rates(now), count(1)
    arrivals = Arrivals() if "arrivals" in told else None
    bounded = "boundless" not in told

    async def call(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        raw = await request.read()
        at = time.perf_counter()
        arguments = await request.json() if raw[:1] == b"{" else dict(await request.post())
        seconds = rates.wait(method, arguments) if bounded else 0
        if arrivals and method == EDIT:
            arrivals.keep(at, arguments, refused=bool(seconds))
        if seconds:
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": str(seconds)},
            )
        return web.json_response(answer(method, arguments))

    def answer(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "auth.test":
            address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            who = {"team_id": TEAM, "user_id": BOT, "bot_id": "B0BOT", "user": "readiness"}
            return {"ok": True, "url": address, "team": "Bench", **who}
        if method == "users.info":
            person = {"id": arguments["user"], "name": "somebody", "tz": "Europe/Ljubljana"}
            return {"ok": True, "user": person | {"team_id": TEAM}}
        channel = arguments.get("channel")
        ts = arguments.get("ts") or f"{int(now().timestamp())}.{next(stamps):06}"
        return {"ok": True, "channel": channel, "ts": ts}

    app = web.Application()
    app.router.add_post("/api/{method}", call)
    if arrivals:
        app.router.add_post("/arrivals/{seen}", arrivals.after)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    await until_stopped(api=f"http://127.0.0.1:{port}/api/", port=port)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
