"""What the tests of the playground share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web
from slack_sdk.errors import SlackApiError

from bot.playground.blocks import message_blocks
from bot.playground.errors import SlackError
from bot.playground.values import Ids, system_clock
from bot.playground.workspace import Workspace


@asynccontextmanager
async def http_app(handler: Callable[[web.Request], object]) -> AsyncIterator[str]:
    """Any handler behind a URL."""
    app = web.Application()
    app.router.add_post("/slack/events", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


async def until(condition: Callable[[], bool]) -> None:
    """Returns once it holds; fails after 3 seconds."""
    for _ in range(600):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came")


async def refused(call) -> str:
    """The error code of a call of the Web API."""
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response["error"]


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def option(value="v", text="t", **more):
    return {"text": plain(text), "value": value, **more}


def options(n):
    return [option(f"v{i}") for i in range(n)]


def button(**more):
    return {"type": "button", "text": plain("Yes"), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def section(**more):
    return {"type": "section", **({} if "fields" in more else {"text": mrkdwn("t")}), **more}


def field(element, **more):
    return {"type": "input", "label": plain("l"), "element": element, **more}


def select(**more):
    return {"type": "static_select", "options": options(2), **more}


def confirm(**more):
    return {"title": plain("t"), "text": mrkdwn("t"), **more}


def check(*given):
    return message_blocks(list(given), Ids(system_clock, count(1)))


def refusal(*given):
    with pytest.raises(SlackError) as refused:
        check(*given)
    return refused.value


DIVIDER = {"type": "divider"}
IMAGE = {"type": "image", "image_url": "https://x/y.png", "alt_text": "a"}


def text_input(block_id="note", **more):
    element = {"type": "plain_text_input", "action_id": "text", **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": plain("l"), "element": element, **more}


def form(*blocks, **more):
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Go"),
        "blocks": list(blocks) or [text_input()],
        **more,
    }


def trigger(workspace: Workspace) -> str:
    return workspace.core.tickets.trigger("U0ANA")


async def get(browser: ClientSession, name: str, **query) -> dict:
    async with browser.get(f"/_page/{name}", params=query) as answer:
        return await answer.json()


async def do(browser: ClientSession, name: str, **body) -> dict:
    async with browser.post(f"/_page/{name}", json=body) as answer:
        return await answer.json()


@asynccontextmanager
async def watching(browser: ClientSession, user: str):
    async with browser.ws_connect(f"/_page/live?user={user}") as socket:
        yield socket


async def told(socket: ClientWebSocketResponse) -> dict:
    async with asyncio.timeout(2):
        return await socket.receive_json()


async def silent(socket: ClientWebSocketResponse) -> bool:
    try:
        async with asyncio.timeout(0.05):
            await socket.receive_json()
    except TimeoutError:
        return True
    return False
