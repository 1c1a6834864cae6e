"""The whole product as a newcomer meets it: the demo's own process, and a browser."""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_kit import SCREENSHOTS, shot
from playwright.async_api import Browser, Locator, Page, expect

from conversations import checklist as checklists

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]

CHECKLIST = checklists.packaged()
MOST_CLICKS = 62


@pytest_asyncio.fixture(loop_scope="session")
async def demo() -> AsyncIterator[str]:
    """`readiness demo` in a process of its own; gives the address that it prints."""
    readiness = Path(sys.executable).with_name("readiness")
    process = await asyncio.create_subprocess_exec(
        str(readiness), "demo", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    found = None
    while found is None:
        line = (await process.stdout.readline()).decode()
        assert line, "the demo ended before it said where it is"
        found = re.search(r"http://[\d.]+:\d+/", line)
    yield found[0]
    process.terminate()
    await process.communicate()
    assert process.returncode == 0


class Clicks:
    """Clicks, counted, each with the seconds until its effect could be seen."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def click(self, button: Locator, effect: Locator) -> None:
        started = time.perf_counter()
        await button.click()
        await effect.wait_for()
        self.seconds.append(time.perf_counter() - started)


async def test_all_fifty_checks_in_about_sixty_clicks(chromium: Browser, demo: str) -> None:
    """From the welcome to the scorecard in the channel, without typing a word."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(demo)
    await shot(page, "demo-welcome")
    clicks = Clicks()
    thread = page.get_by_role("complementary", name="Thread")
    await clicks.click(
        page.get_by_role("button", name="Start the first review"),
        thread.get_by_role("button", name="Ask everything"),
    )
    await clicks.click(
        thread.get_by_role("button", name="Ask everything"),
        thread.get_by_role("button", name="Met: 1.1"),
    )
    for layer in CHECKLIST.layers:
        await _answer_layer(page, thread, clicks, layer)
    channel = page.get_by_role("main")
    scorecard = channel.locator(".message").filter(has_text="Scorecard: search-assistant")
    await expect(scorecard).to_contain_text("Ready · 92 %")
    await expect(scorecard).to_contain_text("50 of 50 apply")
    await shot(page, "demo-scorecard")
    await context.close()
    assert complaints == []
    assert len(clicks.seconds) <= MOST_CLICKS
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    summary = {"clicks": len(clicks.seconds), "slowest_seconds": round(max(clicks.seconds), 3)}
    (SCREENSHOTS / "demo-clicks.json").write_text(json.dumps(summary) + "\n")


async def _answer_layer(page: Page, thread: Locator, clicks: Clicks, layer) -> None:
    for check in layer.checks:
        verdict = "Partly" if not check.critical and check.number.endswith(".3") else "Met"
        card = thread.locator(".message").filter(has_text=f"Layer {layer.number} of 8").first
        done = int(check.number.partition(".")[2])
        effect = (
            card.get_by_text(f"{done} of {len(layer.checks)} answered")
            if done < len(layer.checks)
            else _after(thread, layer)
        )
        button = thread.get_by_role("button", name=f"{verdict}: {check.number} ")
        await clicks.click(button.first, effect)
        if done == 3 and layer.number in {1, 6}:
            await shot(page, f"demo-layer-{layer.number}")


def _after(thread: Locator, layer) -> Locator:
    """What is seen when a layer is done: the next one's first buttons, or the end."""
    if layer.number < len(CHECKLIST.layers):
        return thread.get_by_role("button", name=f"Met: {layer.number + 1}.1 ")
    return thread.get_by_role("button", name="Reopen review").last
