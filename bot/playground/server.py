"""The workspace on one loopback port: Web API, response URLs, Socket Mode, and the page."""

from importlib.resources import files
from pathlib import Path

from aiohttp import web
from yarl import URL

from bot.playground import page, responses, webapi
from bot.playground.core import Core
from bot.playground.guard import LOOPBACK, Handler, harden, own_pages_only

_STATIC = Path(str(files("bot.playground") / "static"))


def application(core: Core) -> web.Application:
    """Everything the workspace serves."""
    app = web.Application(middlewares=[own_pages_only], client_max_size=4 * 1024 * 1024)

    async def api(request: web.Request) -> web.Response:
        return await webapi.handle(core, request)

    async def response_url(request: web.Request) -> web.Response:
        return await responses.handle(core, request)

    async def live(request: web.Request) -> web.StreamResponse:
        return await page.live(core, request)

    app.router.add_route("*", "/api/{method}", api)
    app.router.add_post("/response/{key}", response_url)
    app.router.add_get("/link", core.sockets.serve)
    app.router.add_get("/_page/live", live)
    for name, endpoint in page.QUERIES.items():
        app.router.add_get(f"/_page/{name}", _query(core, endpoint))
    for name, endpoint in page.DEEDS.items():
        app.router.add_post(f"/_page/{name}", _deed(core, endpoint))
    app.router.add_get("/", _index)
    app.router.add_get("/archives/{channel}/{message}", _index)
    app.router.add_static("/static/", _STATIC)

    async def close(_app: web.Application) -> None:
        core.live.end()
        await core.courier.close()

    app.on_response_prepare.append(harden)
    app.on_shutdown.append(close)
    return app


async def listen(core: Core, host: str, port: int) -> web.AppRunner:
    """Serves on a loopback address; port 0 takes any free one. The core learns its own URL.

    Raises ValueError for an address others could reach, OSError for a taken port.
    """
    if host not in LOOPBACK:
        raise ValueError(f"the local workspace listens on loopback only, not on {host}")
    runner = web.AppRunner(application(core), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    bound = runner.addresses[0][1]
    core.base_url = str(URL.build(scheme="http", host=host, port=bound, path="/"))
    return runner


def _query(core: Core, endpoint: page.Endpoint) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await page.answer(core, endpoint, dict(request.query))

    return handle


def _deed(core: Core, endpoint: page.Endpoint) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await page.answer(core, endpoint, await page.body_of(request))

    return handle


async def _index(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_STATIC / "index.html")
