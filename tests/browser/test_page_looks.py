"""The page as one meets it: how to begin, how it is drawn, for eyes, keyboards and readers."""

import pytest
from browser_kit import Reviews, everything, shot
from playwright.async_api import Page, expect

from bot.playground.workspace import Workspace

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]

SIDEWAYS = """() => {
  const wide = (it) => it.scrollWidth > it.clientWidth;
  return [document.documentElement, ...document.querySelectorAll('.scroller')].some(wide);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_says_how_to_begin(page: Page, scheme: str):
    """A new workspace says what it is, how to begin, and what to try; in light and in dark."""
    panel = page.get_by_role("region", name="A readiness review, in a chat")
    await expect(panel).to_contain_text("Nothing leaves this machine.")
    await expect(panel).to_contain_text("/readiness start search-assistant")
    await expect(panel.get_by_role("listitem")).to_have_count(4)
    await shot(page, f"first-{scheme}")
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(250, 249, 246)") is (scheme == "light")


async def test_the_welcome_goes_and_comes_back(page: Page):
    await page.get_by_role("button", name="Dismiss the welcome").click()
    await expect(page.locator(".welcome")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_text("Nothing here yet.")).to_be_visible()
    await page.get_by_role("button", name="How to begin").click()
    dialog = page.get_by_role("dialog", name="How to begin")
    await dialog.get_by_role("button", name="every command").click()
    await expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()


async def test_the_first_review_is_one_click_away(page: Page, reviews: Reviews):
    """The newcomer's review opens in its thread by itself."""
    await page.get_by_role("button", name="Start the first review").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("button", name="Met: 1.1")).to_be_visible()
    await expect(page.locator(".welcome")).to_have_count(0)


async def test_the_switch_changes_light_to_dark(page: Page):
    await page.get_by_role("button", name="Switch to dark").click()
    assert await page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    await page.reload()
    await expect(page.get_by_role("button", name="Switch to light")).to_be_visible()


async def test_landmarks_and_headings(page: Page):
    for role, name in [("navigation", "Workspace"), ("log", "New messages")]:
        await expect(page.get_by_role(role, name=name, include_hidden=True)).to_have_count(1)
    await expect(page.get_by_role("main")).to_have_count(1)
    levels = await page.evaluate(
        "[...document.querySelectorAll('h1')].filter(it => it.checkVisibility()).length"
    )
    assert levels == 1
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "messages"


@pytest.mark.parametrize("viewport", [{"width": 360, "height": 740}])
async def test_a_phone_shows_one_column(
    page: Page, reviews: Reviews, workspace: Workspace, viewport
):
    """Nothing scrolls sideways, and every view has a way back."""
    await shot(page, "phone-first")
    assert not await page.evaluate(SIDEWAYS)
    await everything(page, reviews, workspace)
    await shot(page, "phone-thread")
    assert not await page.evaluate(SIDEWAYS)
    await page.get_by_role("link", name="Back to the channel").click()
    await expect(page.get_by_role("heading", level=1, name="#search-team")).to_be_visible()
    await shot(page, "phone-channel")
    assert not await page.evaluate(SIDEWAYS)
    await page.get_by_role("link", name="All channels").click()
    await expect(page.get_by_role("link", name="general")).to_be_visible()
    await shot(page, "phone-menu")
    await page.get_by_role("link", name="Readiness home").click()
    await expect(page.get_by_role("button", name="Start a review")).to_be_visible()
    assert not await page.evaluate(SIDEWAYS)


@pytest.mark.parametrize("viewport", [{"width": 1000, "height": 800}])
async def test_a_small_window_shows_the_thread_instead(
    page: Page, reviews: Reviews, workspace: Workspace, viewport
):
    await everything(page, reviews, workspace)
    await expect(page.get_by_role("main")).not_to_be_visible()
    await shot(page, "small-thread")
    await page.get_by_role("link", name="Back to the channel").click()
    await expect(page.get_by_role("main")).to_be_visible()


async def test_the_page_may_load_nothing_foreign(page: Page, workspace: Workspace):
    answer = await page.request.get(workspace.url)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    script = await page.request.get(f"{workspace.url}static/app.js")
    assert script.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "viewport", [{"width": 1280, "height": 800}, {"width": 600, "height": 800}]
)
async def test_the_tools_cover_no_first_line_of_a_card(page: Page, reviews: Reviews):
    """Neither of a card under its author's name nor of one that stands under another card."""
    for number in (1, 2):
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"Card {number} " * 30}}]
        await reviews.client.chat_postMessage(channel="C0SEARCH", text="card", blocks=blocks)
    for number in (0, 1):
        message = page.locator(".message.is-card").nth(number)
        await message.hover()
        tools = await message.locator(".message-tools").bounding_box()
        line = await message.locator(".block .text").bounding_box()
        assert tools is not None
        assert line is not None
        assert tools["y"] + tools["height"] <= line["y"]
