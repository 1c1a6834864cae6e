"""Takes the README's pictures: `python docs/screenshots.py` writes docs/images/.

Starts the demo's bot and workspace in this process, lets its people hold a review, and looks at
the page with a headless Chromium. The calendar stands at one day, so that pictures stay alike.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bot import logs
from bot.app import Bot
from bot.demo import local_settings, local_workspace
from bot.passing import offer
from bot.playground.clockwork import Clockwork, MovableClock
from bot.playground.core import Outcome
from bot.playground.workspace import Workspace, serve_workspace
from bot.sample.life import Life, begins
from storage import outbox

IMAGES = Path(__file__).with_name("images")
DAY = datetime(2026, 3, 2, 15, 12, tzinfo=UTC)  # a Monday on which all four are awake
ANA, BEN, CHITRA, DAN = "U0ANA", "U0BEN", "U0CHI", "U0DAN"
SEARCH, PLATFORM = "C0SEARCH", "C0PLATFORM"
WIDE, TALL = {"width": 1280, "height": 800}, {"width": 1280, "height": 1000}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 20.0  # seconds until something that should happen has not


@dataclass
class Stage:
    """The workspace with the bot in it, and what its people do there."""

    workspace: Workspace
    bot: Bot
    clockwork: Clockwork
    threads: dict[str, tuple[str, str]] = field(default_factory=dict)  # service -> channel, ts

    async def start(self, person: str, channel: str, service: str, *facts: str) -> None:
        """Opens a review, and says what the service is like: a button a fact."""
        await self.type(person, channel, f"/readiness start {service}")
        self.threads[service] = (channel, self.workspace.messages(channel)[-1].ts)
        for number, label in enumerate(facts):
            await self.press(person, service, label, nth=number)

    async def type(self, person: str, channel: str, text: str, thread: str | None = None) -> None:
        """Somebody types; returns when everything that follows is on the screen."""
        await self._done(text, await self.workspace.send(person, channel, text, thread))

    async def reply(self, person: str, service: str, *texts: str) -> None:
        """Somebody types in a review's thread."""
        channel, thread = self.threads[service]
        for text in texts:
            await self.type(person, channel, text, thread)

    async def press(
        self, person: str, service: str, label: str, *, check: str = "", nth: int = 0
    ) -> None:
        """Somebody presses a button of the newest card that has it.

        `check` means that check's; `nth` counts the rows of buttons in which it could stand.
        """
        for message in reversed(self.workspace.thread(*self.threads[service])):
            rows = [row for row in map(_buttons, message.blocks) if row]
            found = [
                element["action_id"]
                for row in (rows[nth:] if nth and not check else rows)
                for element in row
                if element["text"]["text"] == label
                and f" {check}" in element.get("accessibility_label", f" {check}")
            ]
            if found:
                click = self.workspace.click(person, action_id=found[0], message_ts=message.ts)
                await self._done(label, await click)
                return
        raise LookupError(label)

    async def _done(self, what: str, outcome: Outcome) -> None:
        """A picture of a failure helps nobody."""
        if not outcome.ok:
            raise RuntimeError(f"{what}: {outcome}")
        await self.settle()

    async def settle(self) -> None:
        """Waits until nothing is owed."""
        async with asyncio.timeout(PATIENCE):
            while (await self.bot.runner.read(outbox.depth))[0]:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0.02)


def _buttons(block: dict[str, Any]) -> list[dict[str, Any]]:
    elements = [block["accessory"]] if "accessory" in block else block.get("elements", [])
    return [it for it in elements if it["type"] == "button"]


@dataclass
class Camera:
    """The page as one person sees it, written to docs/images/."""

    browser: Browser
    workspace: Workspace
    now: Callable[[], datetime]

    async def take(
        self,
        name: str,
        person: str,
        place: str,
        *,
        size: dict[str, int] | None = None,
        dark: bool = False,
        welcome: bool = False,
        first: str = "",
    ) -> None:
        """One picture. `first` is a text that is scrolled to the top of its list."""
        context = await self.browser.new_context(
            viewport=size or WIDE,
            device_scale_factor=1,
            color_scheme="dark" if dark else "light",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await page.clock.install(time=self.now())
        remembered = f"localStorage.setItem('person', '{person}')"
        greeted = "" if welcome else "localStorage.setItem('welcomed', 'yes')"
        await page.add_init_script(f"{remembered}; {greeted}")
        await page.goto(f"{self.workspace.url}#{place}")
        await page.wait_for_load_state("networkidle")
        await _arrange(page, first)
        await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
        await context.close()
        size_kb = (IMAGES / f"{name}.png").stat().st_size // 1024
        print(f"docs/images/{name}.png: {size_kb} KB")


async def _arrange(page: Page, first: str) -> None:
    await asyncio.sleep(0.4)
    if first:
        found = page.locator("#thread").get_by_text(first).last
        await found.evaluate("it => it.closest('.message').scrollIntoView()")
    await page.evaluate("document.activeElement?.blur()")
    await page.mouse.move(2, 2)
    await asyncio.sleep(0.3)


async def story(stage: Stage, camera: Camera) -> None:
    """What happens, with a picture where it is worth one."""
    await camera.take("first-page", ANA, SEARCH, welcome=True)

    service = "search-assistant"
    await stage.type(DAN, SEARCH, "Can we put the new search assistant in front of customers?")
    await stage.start(ANA, SEARCH, service, "Yes", "No")
    thread = "/".join(stage.threads[service])
    await camera.take("dark", BEN, thread, dark=True)
    await stage.press(ANA, service, "Yes", nth=2)
    await stage.press(ANA, service, "Customers")
    await stage.press(ANA, service, "Met", check="1.1")
    await stage.reply(BEN, service, "https://example.com/runbooks/rollback")
    await stage.press(BEN, service, "Met", check="1.2")
    await stage.reply(BEN, service, "partly - only the two big prompts so far")
    await camera.take("review", ANA, thread, size=TALL, first="Scope")
    await camera.take("phone", BEN, thread, size=PHONE)

    await stage.reply(BEN, service, "4-6 yes")
    await stage.press(CHITRA, service, "Walk me through")
    await camera.take("walk", CHITRA, thread, size=TALL, first="check 1 of 7")

    await stage.reply(CHITRA, service, "1-3 yes", "4 partly", "5 yes", "2.6 no - planned for May")
    await stage.reply(CHITRA, service, "7 no", "1-6 yes", "7 don't know")
    await stage.reply(ANA, service, "1-3 yes", "4-5 partly", "6 no", "1-4 yes", "5 no", "6 partly")
    await stage.reply(DAN, service, "1-5 yes", "7.1 yes", "7.2 yes", "7.4 partly", "7.5 no")
    await stage.reply(DAN, service, "7.6 yes", "1-4 yes", "5 partly", "6 yes")
    await camera.take("scorecard", DAN, SEARCH)

    await stage.start(ANA, PLATFORM, "ticket-summary", "No", "No", "Yes", "Only internal")
    await stage.reply(ANA, "ticket-summary", "1-6 yes", "1-2 yes", "3 partly")
    await stage.start(BEN, PLATFORM, "support-chat", "Yes", "Yes", "Yes", "Customers")
    for layer in ("security", "cost control"):
        await stage.type(BEN, PLATFORM, f"/readiness assign support-chat {layer} @ana")
    await stage.workspace.open_home(ANA)
    await stage.settle()
    await camera.take("home", ANA, "home")


async def a_year(stage: Stage, camera: Camera) -> None:
    """The sample, and a week later."""
    await Life(stage.bot, stage.clockwork, DAY).live()
    await stage.clockwork.move(camera.now() + timedelta(weeks=1))
    await camera.take("clock", ANA, SEARCH, size=TALL)


@asynccontextmanager
async def staged(now: MovableClock) -> AsyncIterator[Stage]:
    """The demo's bot and workspace, at `now`, with a database of their own."""
    workspace = local_workspace(now)
    page = await serve_workspace(workspace)
    with tempfile.TemporaryDirectory() as folder:
        bot = Bot(local_settings(workspace, f"sqlite:///{folder}/pictures.db"), now=now)
        await bot.start()
        workspace.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
        try:
            yield Stage(workspace, bot, offer(bot, workspace, now))
        finally:
            await bot.stop()
            await page.cleanup()


async def main() -> None:
    """Takes all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is needed: see .ci/install-chromium")
    shift = DAY - datetime.now(UTC)
    IMAGES.mkdir(exist_ok=True)
    logs.set_up("text", "WARNING")

    def now() -> datetime:
        return datetime.now(UTC) + shift

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for happens, before in ((story, timedelta()), (a_year, DAY - begins(DAY))):
            clock = MovableClock(now, -before)
            async with staged(clock) as stage:
                await happens(stage, Camera(browser, stage.workspace, clock))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
