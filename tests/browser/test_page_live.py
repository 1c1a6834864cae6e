"""What happens while one looks: edits, new cards, trouble, and the way back from it."""

import pytest
from browser_kit import (
    CHECKS,
    Reviews,
    actions,
    button,
    focused,
    layer_card,
    section,
    shot,
    top_in_view,
)
from playwright.async_api import Page, expect

from bot.playground.workspace import Workspace, serve_workspace

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]


async def start(page: Page, service: str = "x"):
    """A review, opened by a command; gives its thread."""
    field = page.get_by_role("combobox", name="Message #search-team")
    await field.fill(f"/readiness start {service}")
    await field.press("Enter")
    thread = page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("button", name="Met: 1.1").wait_for()
    return thread


async def test_a_review_opens_its_thread_and_walks_through_its_cards(page: Page, reviews: Reviews):
    """By keyboard alone: after each answer the focus is on the next check, after the last one
    the next card stands there from its top.
    """
    thread = await start(page)
    await shot(page, "thread")
    await thread.get_by_role("button", name="Met: 1.1").focus()
    for number in range(1, CHECKS + 1):
        assert await focused(page) == f"Met: 1.{number}"
        await page.keyboard.press("Enter")
        if number < CHECKS:
            await expect(thread.get_by_role("button", name=f"Met: 1.{number + 1}")).to_be_focused()
    card = thread.locator(".message").filter(has_text="Layer 2")
    await expect(card).to_be_visible()
    assert await top_in_view(page, card)
    await expect(thread.get_by_role("button", name="Change")).to_be_focused()
    await shot(page, "thread-next-layer")
    assert reviews.pressed == [f"Met|{number}" for number in range(1, CHECKS + 1)]


async def test_a_press_shows_at_once_and_counts_once(page: Page, reviews: Reviews):
    thread = await start(page)
    reviews.pause = 0.3
    met = thread.get_by_role("button", name="Met: 1.3")
    await met.dblclick()
    await expect(met).to_have_attribute("aria-busy", "true")
    await expect(thread.get_by_text("1 of 7 answered")).to_be_visible()
    assert reviews.pressed == ["Met|3"]


async def test_the_second_half_of_a_double_click_hits_nothing_else(page: Page, reviews: Reviews):
    """The next card may have come under the mouse in between."""
    thread = await start(page)
    box = await thread.get_by_role("button", name="Met: 1.5").bounding_box()
    at = (box["x"] + 8, box["y"] + 8)
    await page.mouse.click(*at)
    await expect(thread.get_by_text("1 of 7 answered")).to_be_visible()
    await page.mouse.down(click_count=2)
    await page.mouse.up(click_count=2)
    await page.wait_for_timeout(200)
    assert reviews.pressed == ["Met|5"]


async def test_an_edit_leaves_alone_what_one_looks_at(page: Page, reviews: Reviews):
    """Somebody else answers: the focus and the scroll position stay."""
    thread = await start(page)
    button_here = thread.get_by_role("button", name="Partly: 1.6")
    await button_here.focus()
    before = await button_here.bounding_box()
    (ts,) = reviews.answers
    blocks = layer_card({1: "Met", 2: "Met"})
    await reviews.client.chat_update(channel="C0SEARCH", ts=ts, text="Layer 1", blocks=blocks)
    await expect(thread.get_by_text("2 of 7 answered")).to_be_visible()
    await expect(button_here).to_be_focused()
    long = [section("line\n" * 60)]
    root = await page.evaluate("location.hash.split('/')[1]")
    await button_here.scroll_into_view_if_needed()
    await thread.locator(".scroller").evaluate("(it) => { it.scrollTop = it.scrollHeight; }")
    before = await button_here.bounding_box()
    await reviews.client.chat_update(channel="C0SEARCH", ts=root, text="root", blocks=long)
    await expect(thread.get_by_text("line").first).to_be_attached()
    after = await button_here.bounding_box()
    assert abs(after["y"] - before["y"]) < 2


async def test_who_reads_further_up_is_told_of_new_messages(page: Page, reviews: Reviews):
    thread = await start(page)
    root = await page.evaluate("location.hash.split('/')[1]")
    for _ in range(3):
        await reviews.post_layer("C0SEARCH", root, "Layer 1")
    await expect(thread.locator(".sheet")).to_have_count(5)
    await page.wait_for_timeout(5200)  # what follows is no answer to an own press any more
    scroller = thread.locator(".scroller")
    await scroller.evaluate("(it) => { it.scrollTop = 0; }")
    await reviews.post_layer("C0SEARCH", root, "Layer 9")
    pill = thread.get_by_role("button", name="New messages")
    await expect(pill).to_be_visible()
    assert await scroller.evaluate("(it) => it.scrollTop") == 0
    await shot(page, "thread-new-messages")
    await pill.click()
    await expect(pill).not_to_be_visible()
    assert await top_in_view(page, thread.locator(".message").filter(has_text="Layer 9"))


async def test_a_button_that_changed_meanwhile_still_counts(
    page: Page, reviews: Reviews, complaints: list[str]
):
    """An edit renews the blocks' ids; a press made just before it finds its button all the same."""
    thread = await start(page)
    (ts,) = reviews.answers
    met = thread.get_by_role("button", name="Met: 1.2")
    await met.evaluate(
        "(it) => { it.closest('[data-block-id]').dataset.blockId = 'old'; it.click(); }"
    )
    await expect(thread.get_by_text("1 of 7 answered")).to_be_visible()
    assert reviews.answers[ts] == {2: "Met"}
    complaints.clear()  # the browser logs the first answer, a 400


async def test_a_late_app_is_noticed_privately(page: Page, reviews: Reviews):
    """The workspace's notice appears where the person is, can be dismissed, and is not doubled."""
    card = [actions(button("Slow", "slow"))]
    await reviews.client.chat_postMessage(channel="C0SEARCH", text="x", blocks=card)
    reviews.pause = 1.0
    await page.get_by_role("button", name="Slow").click()
    note = page.locator(".message.is-private")
    await expect(note).to_contain_text("Readiness responded too late.")
    await expect(note).to_contain_text("Only visible to you")
    await expect(page.locator(".toast")).to_have_count(0)
    await shot(page, "late")
    await note.get_by_role("button", name="Dismiss").click()
    await expect(note).to_have_count(0)


async def test_a_failed_press_is_a_toast(
    page: Page, reviews: Reviews, workspace: Workspace, complaints: list[str]
):
    card = [actions(button("Go", "go"))]
    posted = await reviews.client.chat_postMessage(channel="C0SEARCH", text="x", blocks=card)
    await page.route("**/_page/action", lambda route: route.abort())
    await page.get_by_role("button", name="Go").click()
    toast = page.get_by_role("alert")
    await expect(toast).to_have_text("The workspace does not answer. Is it still running?")
    await expect(page.get_by_role("button", name="Go")).not_to_have_attribute("aria-busy", "true")
    assert workspace.message(posted["ts"]).text == "x"
    complaints.clear()


async def test_it_finds_back_after_the_connection_was_lost(
    page: Page, reviews: Reviews, workspace: Workspace, complaints: list[str]
):
    """The page says so, tries again, and fetches what it missed."""
    workspace.core.live.end()
    await expect(page.get_by_role("status").filter(has_text="Connection lost")).to_be_visible()
    await workspace.send("U0BEN", "C0SEARCH", "while you were away")
    await expect(page.get_by_role("main").get_by_text("while you were away")).to_be_visible()
    await expect(page.locator("#connection")).not_to_be_visible()
    await workspace.send("U0BEN", "C0SEARCH", "and now")
    await expect(page.get_by_role("main").get_by_text("and now")).to_be_visible()
    complaints.clear()


async def test_a_workspace_begun_anew_is_shown_anew(
    page: Page, complaints: list[str], foreign: list[str]
):
    """A page left open over a restart shows the new workspace, with nothing of the old one."""
    fresh = Workspace(ack_seconds=0.5)
    runner = await serve_workspace(fresh)
    await page.goto(fresh.url)
    await fresh.send("U0BEN", "C0SEARCH", "old")
    await page.get_by_role("main").get_by_text("old").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("old")).to_be_visible()
    at = int(fresh.url.rstrip("/").rpartition(":")[2])
    await runner.cleanup()
    await expect(page.locator("#connection")).to_be_visible()
    again = await serve_workspace(Workspace(ack_seconds=0.5), port=at)
    await expect(page.get_by_role("main").get_by_text("old")).to_have_count(0)
    await expect(thread).not_to_be_visible()
    await expect(page.locator("#connection")).not_to_be_visible()
    await again.cleanup()
    complaints.clear()
    assert all(it.startswith(fresh.url) for it in foreign)
    foreign.clear()
