"""The clock bar: what it shows, and the time that passes at a click."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from browser_kit import Diary, Reviews, focused, shot
from playwright.async_api import Locator, Page, expect

from bot.playground.clockwork import MovableClock
from bot.playground.workspace import Workspace

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]

START = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)  # a Wednesday, 15:20 in Berlin
NINE = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.fixture
def diary() -> Diary:
    """Its clock stands still, so that the bar reads the same however long a test takes."""
    return Diary(MovableClock(lambda: START))


@pytest.fixture
def monday(diary: Diary, reviews: Reviews) -> Diary:
    """A scorecard on Monday."""

    async def post() -> None:
        await reviews.client.chat_postMessage(channel="C0SEARCH", text="Here is Monday’s scorecard")

    diary.plans = {NINE: ("weekly scorecard of #search-team", post)}
    return diary


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="The bot’s clock")


async def test_it_shows_the_bots_time_in_the_persons_zone(page: Page):
    await expect(bar(page)).to_contain_text("Wed 25 Nov 2026")
    await expect(bar(page)).to_contain_text("15:20 Berlin")
    await page.get_by_role("button", name="Switch person").click()
    await page.get_by_role("menuitemradio", name="Chitra").click()
    await expect(bar(page)).to_contain_text("19:50 Kolkata")


async def test_a_day_passes(page: Page, workspace: Workspace):
    """The bar, the days over the messages and people's local times follow; the hint says so."""
    await workspace.send("U0BEN", "C0SEARCH", "hello")
    await expect(page.locator(".day")).to_have_text("Today")
    await expect(page.get_by_text("ahead")).not_to_be_visible()
    await bar(page).get_by_role("button", name="+1 day").click()
    await expect(bar(page)).to_contain_text("Thu 26 Nov 2026")
    await expect(bar(page)).to_contain_text("1 day ahead")
    await expect(page.locator(".day")).to_have_text("Yesterday")
    await workspace.send("U0BEN", "C0SEARCH", "and again")
    await expect(page.locator(".day")).to_have_text(["Yesterday", "Today"])
    await bar(page).get_by_role("button", name="+1 hour").click()
    await expect(bar(page)).to_contain_text("16:20")
    await expect(page.get_by_role("button", name="Switch person")).to_contain_text(
        "16:20 in Berlin"
    )
    await bar(page).get_by_role("button", name="+1 week").click()
    await expect(bar(page)).to_contain_text("8 days ahead")


@pytest.mark.usefixtures("monday")
async def test_what_is_due_within_a_week_happens(page: Page):
    await bar(page).get_by_role("button", name="+1 week").click()
    message = page.locator(".message", has_text="Here is Monday’s scorecard")
    await expect(message.locator("time")).to_have_text("09:00")
    await expect(page.locator(".day")).to_have_text("Monday 30 November")
    await shot(page, "clock-moved")


@pytest.mark.usefixtures("reviews")
async def test_the_next_thing(page: Page, monday: Diary):
    """It is named before it happens, at the button and beside it."""
    await page.reload()
    button = bar(page).get_by_role("button", name="Next thing")
    words = "Mon 30 Nov 09:00 weekly scorecard of #search-team"
    await expect(bar(page).get_by_text("Next:")).to_have_text(f"Next: {words}")
    await expect(button).to_have_accessible_description(f"Next: {words}")
    await expect(button).to_have_attribute("title", words.replace(" weekly", ": weekly"))
    await shot(page, "clock-next")
    await button.click()
    await expect(bar(page)).to_contain_text("Mon 30 Nov 2026")
    await expect(page.locator(".message")).to_contain_text("Here is Monday’s scorecard")
    announced = page.get_by_role("log", name="New messages")
    await expect(announced).to_contain_text("30 November 2026 at 09:00")
    await expect(announced).to_contain_text("weekly scorecard of #search-team")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await button.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Nothing is planned")).to_be_visible()


async def test_an_answer_may_plan_something(page: Page, workspace: Workspace, diary: Diary):
    """What comes next is asked anew after whatever happens in the workspace."""
    await expect(bar(page)).to_contain_text("Nothing is planned")

    async def nothing() -> None: ...

    diary.plans = {NINE: ("a nudge", nothing)}
    await workspace.send("U0BEN", "C0SEARCH", "hello")
    await expect(bar(page)).to_contain_text("Next: Mon 30 Nov 09:00 a nudge")


@pytest.mark.usefixtures("monday")
async def test_the_keyboard_moves_it(page: Page):
    await bar(page).get_by_role("button", name="+1 hour").focus()
    for name in ("+1 day", "+1 week", "Next thing"):
        await page.keyboard.press("Tab")
        assert await focused(page) == name
    await page.keyboard.press("Enter")
    await expect(bar(page)).to_contain_text("Mon 30 Nov 2026")
    assert await focused(page) == "Next thing"


async def test_a_long_way_shows_how_far_it_is(page: Page, diary: Diary):
    """While things happen for more than a second; a second click meanwhile does nothing."""
    go_on = asyncio.Event()
    diary.plans = {START + timedelta(days=3, hours=12): ("something slow", go_on.wait)}
    await bar(page).get_by_role("button", name="+1 week").click()
    progress = bar(page).get_by_role("progressbar", name="Time passes")
    await expect(progress).to_have_css("opacity", "1")
    await bar(page).get_by_role("button", name="+1 day").click()
    go_on.set()
    await expect(progress).not_to_be_visible()
    await expect(bar(page)).to_contain_text("Wed 2 Dec 2026")
    await expect(bar(page)).to_contain_text("1 week ahead")


@pytest.mark.parametrize("viewport", [{"width": 360, "height": 740}])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("monday", "viewport")
async def test_it_fits_a_phone(page: Page, scheme: str):
    await bar(page).get_by_role("button", name="+1 week").click()
    await expect(bar(page)).to_contain_text("+7 d")
    edge = await bar(page).get_by_role("button", name="Next thing").bounding_box()
    assert edge is not None
    assert edge["x"] + edge["width"] <= 360
    assert (await bar(page).bounding_box())["height"] < 60
    await shot(page, f"clock-phone-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("monday")
async def test_pictures(page: Page, scheme: str):
    await page.reload()
    await bar(page).get_by_role("button", name="+1 day").click()
    await expect(bar(page)).to_contain_text("1 day ahead")
    await shot(page, f"clock-{scheme}")


async def test_a_workspace_without_one_shows_none(page: Page, workspace: Workspace):
    workspace.core.clockwork = None
    await page.reload()
    await page.get_by_role("heading", level=1, name="#search-team").wait_for()
    await expect(bar(page)).not_to_be_visible()
