"""The Web API: /api/METHOD, from the token to the answer, faults on the way included."""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web

from bot.playground import api_chat, api_conversations, api_users, api_views
from bot.playground.core import ApiCall, Core
from bot.playground.errors import SlackError
from bot.playground.values import Json

Method = Callable[[Core, Json], Json]

Trouble = tuple[int, str, dict[str, str]]
"""Status, error code and headers of a call that fails before it is carried out."""

METHODS: dict[str, Method] = {
    **api_chat.METHODS,
    **api_conversations.METHODS,
    **api_users.METHODS,
    **api_views.METHODS,
}


async def handle(core: Core, request: web.Request) -> web.Response:
    """Answers one call."""
    method = request.match_info["method"]
    try:
        arguments = await _arguments(request)
    except SlackError as refused:
        return web.json_response(refused.as_json())
    token = _token(request, arguments)
    trouble = await _trouble(core, method, arguments)
    if trouble is not None:
        return trouble
    result = perform(core, method, arguments, token)
    dropped = bool(result["ok"]) and core.faults.spend(method, "drop_after_accept") is not None
    _log(core, method, arguments, result, answered=not dropped)
    if dropped and request.transport is not None:
        request.transport.abort()
    return web.json_response(result, headers=_granted(core, token))


def _granted(core: Core, token: str | None) -> dict[str, str]:
    """What the bot's token may do, as Slack says it with every answer."""
    if token != core.app.bot_token or not core.app.scopes:
        return {}
    return {"x-oauth-scopes": ",".join(core.app.scopes)}


def perform(core: Core, method: str, arguments: Json, token: str | None) -> Json:
    """Carries out one call and gives its whole body, a refusal included."""
    try:
        return {"ok": True, **_method(core, method, token)(core, arguments)}
    except SlackError as refused:
        return refused.as_json()


def _method(core: Core, name: str, token: str | None) -> Method:
    if name not in METHODS and name not in api_users.APP_TOKEN_METHODS:
        raise SlackError("unknown_method", req_method=name)
    if token is None:
        raise SlackError("not_authed")
    if token not in {core.app.bot_token, core.app.app_token}:
        raise SlackError("invalid_auth")
    if not core.installed:
        raise SlackError("account_inactive")
    if token == core.app.bot_token and core.faults.token_revoked:
        raise SlackError("token_revoked")
    table = METHODS if token == core.app.bot_token else api_users.APP_TOKEN_METHODS
    if name not in table:
        raise SlackError("not_allowed_token_type")
    return table[name]


async def _arguments(request: web.Request) -> Json:
    query: Json = dict(request.query)
    if not request.can_read_body:
        return query
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text())
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return {**query, **body}
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        form = await request.post()
        return {**query, **{name: value for name, value in form.items() if isinstance(value, str)}}
    raise SlackError("invalid_post_type")


def _token(request: web.Request, arguments: Json) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    in_body = arguments.pop("token", None)
    found = token if scheme == "Bearer" else in_body
    return str(found) if found else None


async def _trouble(core: Core, method: str, arguments: Json) -> web.Response | None:
    """The answer of a call that a fault or a rate limit keeps from being carried out."""
    delay = core.faults.delay(method)
    if delay:
        await asyncio.sleep(delay)
    found = _limited(core, method, arguments) or _broken(core, method)
    if found is None:
        return None
    status, error, headers = found
    result = SlackError(error).as_json()
    _log(core, method, arguments, result)
    return web.json_response(result, status=status, headers=headers)


def _limited(core: Core, method: str, arguments: Json) -> Trouble | None:
    fault = core.faults.spend(method, "rate_limited")
    wait = fault.retry_after if fault else 0
    if fault is None and core.faults.real_limits:
        wait = core.rates.wait(method, arguments)
    if fault is None and not wait:
        return None
    return HTTPStatus.TOO_MANY_REQUESTS, "ratelimited", {"Retry-After": str(wait)}


def _broken(core: Core, method: str) -> Trouble | None:
    fault = core.faults.spend(method, "server_error")
    if fault is None:
        return None
    away = fault.server_status == HTTPStatus.SERVICE_UNAVAILABLE
    return fault.server_status, "service_unavailable" if away else "internal_error", {}


def _log(core: Core, method: str, arguments: Json, result: Json, *, answered: bool = True) -> None:
    core.calls.append(ApiCall(method, arguments, result, core.clock(), answered))
