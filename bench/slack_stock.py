"""Baselines that store nothing: `python -m bench.slack_stock bolt|signature API`.

`bolt` is Bolt for Python with a listener that only acknowledges, settings untouched, served by its
own aiohttp adapter. `signature` checks that and nothing else: as fast as it can be with aiohttp.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import sys
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bench.servers import until_stopped
from bench.slack_api import SECRET, TOKEN


def bolt(api: str) -> AsyncApp:
    """The app, as Bolt's own first example has it; it finds Slack on this machine."""
    client = AsyncWebClient(token=TOKEN, base_url=api)
    return AsyncApp(client=client, signing_secret=SECRET)


def acknowledging(api: str) -> web.Application:
    """Bolt, with an empty listener."""
    app = bolt(api)

    @app.action(re.compile(".*"))
    async def pressed(ack: Any) -> None:
        await ack()

    return app.web_app()  # what `app.start()` runs


def checking(_: str) -> web.Application:
    """No more than the signature."""

    async def events(request: web.Request) -> web.Response:
        raw = await request.read()
        stamp = request.headers["X-Slack-Request-Timestamp"]
        signed = b"v0:%b:%b" % (stamp.encode(), raw)
        expected = "v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        good = hmac.compare_digest(expected, request.headers["X-Slack-Signature"])
        return web.Response(status=200 if good else 401)

    app = web.Application()
    app.router.add_post("/slack/events", events)
    return app


async def serve(app: web.Application) -> None:
    """Until SIGTERM."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await until_stopped(port=runner.addresses[0][1])
    await runner.cleanup()


if __name__ == "__main__":
    kinds = {"bolt": acknowledging, "signature": checking}
    asyncio.run(serve(kinds[sys.argv[1]](sys.argv[2])))
