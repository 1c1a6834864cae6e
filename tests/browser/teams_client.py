"""`readiness demo --teams` as a process, and Agents Playground's page, used as people use Teams."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from browser_kit import SCREENSHOTS
from playwright.async_api import Browser, Locator, Page

READINESS = Path(sys.executable).with_name("readiness")
CACHES = SCREENSHOTS.with_name(
    "caches"
)  # the client's package is fetched once, by whoever is first
WINDOW = {"width": 1600, "height": 1300}  # below 1,400 the list of chats lies outside
PATIENCE = 30_000.0  # milliseconds until a step gives up waiting
BOX = 'div[role="textbox"][contenteditable="true"]'
CARD = ".ac-adaptiveCard"
GENERAL, ALONE = "Search Team - General", "Personal Chat"


@dataclass(frozen=True)
class Demo:
    """One that runs: where its page and its bot are, and where it keeps the answers."""

    url: str
    bot: str
    file: Path
    process: Process

    @property
    def port(self) -> int:
        """Where the page is."""
        return int(self.url.strip("/").rpartition(":")[2])

    async def scorecard(self) -> dict:
        """What `readiness scorecard --json` says."""
        process = await asyncio.create_subprocess_exec(
            *(str(READINESS), "scorecard", "search-assistant", "--json"),
            cwd=self.file.parent,
            env=os.environ | {"DATABASE_URL": f"sqlite:///{self.file}"},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        return json.loads(out)


@asynccontextmanager
async def demo_in_teams(file: Path) -> AsyncIterator[Demo]:
    """The demo, which keeps its answers in `file`. Afterwards it has ended as it should."""
    process = await asyncio.create_subprocess_exec(
        *(str(READINESS), "demo", "--teams", "--port", "0", "--keep", str(file)),
        env=os.environ | {"XDG_CACHE_HOME": str(CACHES)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        found: list[str] = []
        while len(found) < 2:
            line = (await process.stdout.readline()).decode()
            assert line, "the demo ended before it said where it is: its complaint is printed above"
            found += re.findall(r"http://[\d.]+:\d+\S*?(?=[.]?\s)", line)
        yield Demo(found[0], found[1], file, process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
    assert process.returncode in {0, -signal.SIGKILL}  # the second where a test killed it


@dataclass(frozen=True)
class Client:
    """The page of the client. Whatever it does waits until it can be done."""

    page: Page

    async def go(self, name: str) -> None:
        """Opens a chat or a channel."""
        await self.page.get_by_role("treeitem", name=name, exact=True).click()

    async def say(self, text: str) -> None:
        """Sends it in the chat that is open."""
        await self._write(self.page.locator(BOX).first, text)
        await self.page.get_by_role("button", name="Send Message", exact=True).click()

    async def post(self, text: str) -> None:
        """Begins a thread of the channel, with a mention of the bot."""
        await self._write(self.page.locator(BOX).first, text, mention=True)
        await self.page.get_by_role("button", name="Post", exact=True).click()

    async def reply(self, text: str, thread: int) -> None:
        """Answers in a thread of the channel, with a mention of the bot; 0 is the newest."""
        await self._write(self.page.locator(BOX).nth(thread + 1), text, mention=True)
        await self.page.get_by_role("button", name="Send Message", exact=True).nth(thread).click()

    def card(self, text: str) -> Locator:
        """The lowest card that says so."""
        return self.page.locator(CARD).filter(has_text=text).last

    async def shot(self, name: str, card: Locator | None = None) -> None:
        """Keeps a picture for people to look at: of the window, or of one card."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await (card or self.page).screenshot(path=SCREENSHOTS / f"teams-client-{name}.png")

    async def _write(self, box: Locator, text: str, *, mention: bool = False) -> None:
        await box.click()
        if mention:
            await self.page.keyboard.type("@")
            people = self.page.locator("#typeahead-menu").get_by_role("menuitem")
            await people.filter(has_text="Readiness").first.click()
        await self.page.keyboard.type(text)


def button(card: Locator, says: str) -> Locator:
    """The button with this label, ticked or not."""
    return card.get_by_role("button", name=re.compile(rf"^(✓ )?{re.escape(says)}$"))


def hinted(card: Locator, hint: str) -> Locator:
    """The button whose hint begins so: of many with one label, it says which one is meant."""
    return card.locator(f'button[title^="{hint}"]')


@asynccontextmanager
async def opened(chromium: Browser, demo: Demo) -> AsyncIterator[Client]:
    """The client's page, as Ana. It may load nothing from elsewhere, and has to do without."""
    context = await chromium.new_context(viewport=WINDOW)
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    crashes: list[str] = []
    page.on("pageerror", lambda error: crashes.append(str(error)))
    await page.route(lambda url: not url.startswith(demo.url), lambda route: route.abort())
    await page.goto(demo.url)
    await page.locator(BOX).first.wait_for()
    yield Client(page)
    await context.close()
    assert crashes == []
