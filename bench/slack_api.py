"""Slack's side in a process of its own: the Web API at Slack's own rates. `python -m` it.

It keeps no messages: what is measured is the bot, and the local workspace would take as much
processor time again.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import count
from typing import Any

from aiohttp import web

from bench.servers import until_stopped
from bot.playground.rates import Rates

TEAM, BOT, SECRET, TOKEN = "T0BENCH", "U0BOT", "bench-signing-secret", "xoxb-bench"


def now() -> datetime:
    """The clock of the rates."""
    return datetime.now(UTC)


async def main() -> None:
    """Until SIGTERM."""
    rates, stamps = Rates(now), count(1)

    async def call(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        raw = await request.read()
        arguments = await request.json() if raw[:1] == b"{" else dict(await request.post())
        if seconds := rates.wait(method, arguments):
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
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await until_stopped(api=f"http://127.0.0.1:{runner.addresses[0][1]}/api/")
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
