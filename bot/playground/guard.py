"""Who may talk to the workspace, and what its pages may do."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = {"127.0.0.1", "localhost", "::1"}

_POLICY = (
    "default-src 'self'; connect-src 'self' {socket}; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""No inline script or style, nothing from elsewhere. Not every browser takes 'self' for ws:."""


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses a Host that is not loopback (DNS rebinding) and pages of other origins."""
    host = _host(request.host)
    if host is None or host.host not in LOOPBACK:
        return web.json_response({"ok": False, "error": "forbidden_host"}, status=403)
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return web.json_response({"ok": False, "error": "forbidden_origin"}, status=403)
    return await handler(request)


def _host(header: str) -> URL | None:
    try:
        return URL(f"http://{header}").origin()
    except ValueError:
        return None


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Adds to every response what keeps a page from loading or running anything foreign."""
    origin = _host(request.host)
    if origin is not None:
        socket = str(origin.with_scheme("ws"))
        response.headers["Content-Security-Policy"] = _POLICY.format(socket=socket)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-cache")
