"""One HTTP server for everything: Slack's door, health, readiness, metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.metrics import REGISTRY

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LARGEST = 1024 * 1024  # bytes of any body


def build(
    *, ready: Callable[[], Awaitable[tuple[bool, str]]], measure: Callable[[], Awaitable[None]]
) -> web.Application:
    """The application without a platform. `ready` says whether it is, and a line about that."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_: web.Request) -> web.Response:
        is_ready, line = await ready()
        return web.Response(text=line, status=200 if is_ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        await measure()
        return web.Response(
            body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    app = web.Application(client_max_size=LARGEST)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app
