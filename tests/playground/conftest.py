from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from aiohttp import ClientSession, web
from playground_kit import http_app
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.core import App, Command, MessageShortcut
from bot.playground.workspace import Workspace, serve_workspace


class Clock:
    """Stands still until told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


APP = App(
    commands=(
        Command("/readiness", "start SERVICE", "Reviews", ("start SERVICE", "list")),
        Command("/escaped", should_escape=True),
    ),
    shortcuts=(MessageShortcut("start_here", "Start a review from here"),),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def workspace(clock: Clock) -> AsyncIterator[Workspace]:
    made = Workspace(
        APP, clock=clock, counter=count(1), ack_seconds=0.4, retry_delays=(0.0, 0.01, 0.02)
    )
    runner = await serve_workspace(made)
    yield made
    await runner.cleanup()


@pytest.fixture
async def client(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.app.bot_token, base_url=workspace.api_url)


@pytest.fixture
def bolt(client: AsyncWebClient, workspace: Workspace) -> AsyncApp:
    return AsyncApp(
        client=client,
        signing_secret=workspace.app.signing_secret,
        process_before_response=True,
        request_verification_enabled=True,
    )


@pytest.fixture
async def over_http(bolt: AsyncApp, workspace: Workspace) -> AsyncIterator[AsyncApp]:
    """The Bolt app, reached by signed HTTP."""

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    async with http_app(handle) as url:
        workspace.connect_http(url)
        yield bolt
        await workspace.idle()


@pytest.fixture
async def browser(workspace: Workspace):
    async with ClientSession(workspace.url) as session:
        yield session
