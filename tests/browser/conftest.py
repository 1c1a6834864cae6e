import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import web
from browser_kit import Diary, Reviews
from playwright.async_api import Browser, Page, async_playwright
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.clockwork import Clockwork, MovableClock
from bot.playground.core import App, Command, MessageShortcut
from bot.playground.workspace import Workspace, serve_workspace

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
APP = App(
    commands=(
        Command(
            "/readiness",
            "start SERVICE",
            "Reviews",
            ("start SERVICE", "status [SERVICE]", "services", "help"),
            effects=("opens a review", "where it stands", "all services", "this help"),
            should_escape=True,
        ),
    ),
    shortcuts=(MessageShortcut("start_here", "Start a review from here"),),
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's browser, one for all tests."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no Chromium here: `make browser` installs it or says how")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS.split())
        yield browser
        await browser.close()


@pytest.fixture
def diary() -> Diary:
    """What happens by itself."""
    return Diary(MovableClock())


@pytest_asyncio.fixture(loop_scope="session")
async def workspace(diary: Diary) -> AsyncIterator[Workspace]:
    made = Workspace(APP, clock=diary.clock, ack_seconds=0.6, retry_delays=())
    made.offer_clock(Clockwork(diary.clock, diary))
    runner = await serve_workspace(made)
    yield made
    await runner.cleanup()


@asynccontextmanager
async def attached(workspace: Workspace) -> AsyncIterator[Reviews]:
    """The app, reached over signed HTTP."""
    client = AsyncWebClient(token=workspace.app.bot_token, base_url=workspace.api_url)
    secret = workspace.app.signing_secret
    bolt = AsyncApp(client=client, signing_secret=secret, process_before_response=True)
    reviews = Reviews(bolt, client)
    reviews.listen()

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post("/slack/events", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    workspace.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield reviews
    await workspace.idle()
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def reviews(workspace: Workspace) -> AsyncIterator[Reviews]:
    async with attached(workspace) as found:
        yield found


@pytest.fixture
def viewport() -> dict[str, int]:
    """The size of the window; a test may parametrize it."""
    return {"width": 1440, "height": 900}


@pytest.fixture
def scheme() -> str:
    """Light or dark; a test may parametrize it."""
    return "light"


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about. A test that provokes complaints empties it."""
    return []


@pytest.fixture
def foreign() -> list[str]:
    """What was fetched from elsewhere."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def page(
    chromium: Browser,
    workspace: Workspace,
    reviews: Reviews,
    viewport: dict[str, int],
    scheme: str,
    complaints: list[str],
    foreign: list[str],
) -> AsyncIterator[Page]:
    """The page as Ana, opened. Afterwards: no complaint, and nothing fetched from elsewhere."""
    context = await chromium.new_context(
        viewport=viewport, color_scheme=scheme, permissions=["clipboard-read", "clipboard-write"]
    )
    opened = await context.new_page()

    def note_request(request):
        if not request.url.startswith((workspace.url, workspace.url.replace("http", "ws"))):
            foreign.append(request.url)

    opened.on("request", note_request)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    opened.set_default_timeout(8000)
    await opened.goto(workspace.url)
    await opened.get_by_role("heading", level=1, name="#search-team").wait_for()
    yield opened
    await context.close()
    assert complaints == []
    assert foreign == []
