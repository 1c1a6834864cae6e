"""What people do: type, complete, become somebody else, look into home, choose shortcuts."""

import pytest
from browser_kit import Reviews, focused, shot, until
from playwright.async_api import Locator, Page, expect

from bot.playground.workspace import Workspace

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]

CITIES = {"Ben": "New York", "Chitra": "Kolkata", "Dan": "Los Angeles", "Ana": "Berlin"}


def field_in(page: Page, place: str = "#search-team"):
    return page.get_by_role("combobox", name=f"Message {place}")


async def test_commands_are_completed_by_keyboard(
    page: Page, workspace: Workspace, reviews: Reviews
):
    """Slash, arrows, Tab: the whole command without the mouse."""
    field = field_in(page)
    await field.focus()
    await page.keyboard.type("/")
    options = page.get_by_role("option")
    await expect(options).to_have_count(4)
    await expect(field).to_have_attribute("aria-expanded", "true")
    await expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    await expect(options.nth(0)).to_have_text("/readiness start SERVICEopens a review")
    await shot(page, "completion")
    await page.keyboard.press("ArrowDown")
    active = await field.get_attribute("aria-activedescendant")
    assert active == await options.nth(1).get_attribute("id")
    await page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await page.keyboard.type("readiness st")
    await expect(options).to_have_count(2)
    await page.keyboard.press("Tab")
    await expect(field).to_have_value("/readiness start ")
    await expect(field).to_have_accessible_description("/readiness start SERVICE")
    await page.keyboard.type("by-keys")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Review: by-keys").first).to_be_visible()


async def test_people_are_completed(page: Page, workspace: Workspace):
    field = field_in(page)
    await field.focus()
    await page.keyboard.type("hi @b")
    await expect(page.get_by_role("option")).to_have_text(["Ben OkaforML engineer"])
    await page.keyboard.press("Enter")
    await page.keyboard.type("and @read")
    await page.keyboard.press("Tab")
    await expect(field).to_have_value("hi @Ben and @Readiness ")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.locator(".chip")).to_have_text(["@Ben Okafor", "@Readiness"])
    assert workspace.messages("C0SEARCH")[0].text == "hi <@U0BEN> and <@U0BOT> \nsecond line"


async def test_a_command_alone_is_sent_with_one_enter(page: Page, reviews: Reviews):
    await field_in(page).fill("/readiness")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.is-private")).to_contain_text("You said ``")


async def test_private_answers_look_private(page: Page, reviews: Reviews):
    await field_in(page).fill("/readiness help")
    await page.keyboard.press("Enter")
    note = page.locator(".message.is-private")
    await expect(note).to_contain_text("You said help")
    await shot(page, "private")
    await note.get_by_role("button", name="Dismiss").click()
    await expect(note).to_have_count(0)
    await page.reload()
    await expect(
        page.get_by_text("Nothing here yet.").or_(page.locator(".welcome"))
    ).to_be_visible()
    await expect(note).to_have_count(0)


async def test_commands_are_refused_in_threads(page: Page, workspace: Workspace):
    """As in Slack; the words come back into the field."""
    await workspace.send("U0BEN", "C0SEARCH", "a root")
    await page.get_by_role("main").get_by_text("a root").click()
    thread = page.get_by_role("complementary", name="Thread")
    field = thread.get_by_role("combobox", name="Reply in this thread")
    await field.focus()
    await page.keyboard.type("/readiness help")
    await expect(page.get_by_role("option")).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(thread.locator(".message.is-private")).to_contain_text("not supported in threads")
    await expect(field).to_have_value("/readiness help")
    await field.fill("an answer")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main").get_by_role("link", name="1 reply")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(thread).not_to_be_visible()
    await expect(field_in(page)).to_be_focused()


async def test_four_people_see_their_own_times(page: Page, workspace: Workspace):
    """Each has a role and a local time; times of messages are theirs."""
    await workspace.send("U0ANA", "C0SEARCH", "what time is it")
    times = set()
    for name, city in [
        ("Ben", "New York"),
        ("Chitra", "Kolkata"),
        ("Dan", "Los Angeles"),
        ("Ana", "Berlin"),
    ]:
        switch = page.get_by_role("button", name="Switch person")
        await switch.focus()
        await page.keyboard.press("Enter")
        menu = page.get_by_role("menu", name="Switch person")
        await expect(menu.get_by_role("menuitemradio")).to_have_count(4)
        await expect(menu.get_by_role("menuitemradio", checked=True)).to_have_count(1)
        if name == "Ben":
            await shot(page, "people")
        await menu.get_by_role("menuitemradio", name=name).click()
        await expect(switch).to_contain_text(city)
        message = page.locator(".message").filter(has_text="what time is it")
        times.add(await message.locator("time").inner_text())
    assert len(times) == 4


async def test_what_is_new_is_counted(page: Page, workspace: Workspace):
    await workspace.send("U0BEN", "C0GENERAL", "one")
    await workspace.send("U0CHI", "C0GENERAL", "two")
    entry = page.get_by_role("link", name="general")
    await expect(entry).to_contain_text("2 unread")
    await expect(page).to_have_title("(1) #search-team · Acme")
    await entry.click()
    await expect(entry).not_to_contain_text("unread")
    await expect(page).to_have_title("#general · Acme")


async def test_the_direct_message_is_ones_own(page: Page, reviews: Reviews, workspace: Workspace):
    await reviews.client.chat_postMessage(channel=workspace.dm("U0ANA"), text="for Ana")
    entry = page.get_by_role("link", name="Readiness", exact=False).filter(has_text="unread")
    await entry.click()
    await expect(page.get_by_role("main").get_by_text("for Ana")).to_be_visible()
    await page.get_by_role("button", name="Switch person").click()
    await page.get_by_role("menuitemradio", name="Ben").click()
    await expect(page.get_by_role("heading", level=1, name="#search-team")).to_be_visible()
    await expect(page.get_by_text("for Ana")).to_have_count(0)


async def test_home_is_published_for_the_person(page: Page, reviews: Reviews):
    await page.get_by_role("link", name="Readiness home").click()
    main = page.get_by_role("main")
    await expect(main.get_by_role("heading", level=2, name="Readiness")).to_be_visible()
    await shot(page, "home")
    await main.get_by_role("button", name="Start a review").click()
    await expect(page.get_by_role("dialog", name="Evidence")).to_be_visible()


async def test_the_message_menu_by_keyboard(page: Page, workspace: Workspace, reviews: Reviews):
    """Tab reaches it; arrows and Enter choose; the shortcut's form opens; the link is copied."""
    said = await workspace.send("U0BEN", "C0SEARCH", "let us review this")
    more = page.get_by_role("button", name="More about the message of Ben Okafor")
    await page.get_by_role("link", name="Reply in a thread to Ben Okafor").focus()
    await page.keyboard.press("Tab")
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    assert await focused(page) == "Start a review from here\nReadiness"
    await shot(page, "message-menu")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{workspace.url}archives/C0SEARCH/p{said.ts.replace('.', '')}"
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Evidence")).to_be_visible()


async def switch(panel: Locator, name: str, *, on: bool) -> None:
    """Clicks a switch. What it shows then is what the workspace says, a moment later."""
    found = panel.get_by_role("switch", name=name)
    await found.click()
    await expect(found).to_be_checked(checked=on)


async def test_faults_are_switched_from_the_page(page: Page, workspace: Workspace):
    await page.get_by_role("button", name="Workshop").click()
    panel = page.get_by_role("dialog", name="Workshop")
    await panel.get_by_label("Applies to").select_option("chat.postMessage")
    for label, value in [
        ("Refuse with 429", "2"),
        ("Retry-After", "7"),
        ("Delay every call", "0.5"),
    ]:
        await panel.get_by_label(label).fill(value)
        await panel.get_by_label(label).press("Tab")
    await panel.get_by_label("Applies to").select_option("chat.update")
    for label in ("Answer with a 5xx", "Carry out, then drop the answer"):
        await panel.get_by_label(label).fill("1")
        await panel.get_by_label(label).press("Tab")
    for label in ("Slack’s real rate limits", "Archived"):
        await switch(panel, label, on=True)
    await switch(panel, "Readiness is in the channel", on=False)
    await expect(page.locator(".foot-button")).to_have_text("5 faults on")
    await shot(page, "workshop")
    posts, updates = map(workspace.faults.method, ("chat.postMessage", "chat.update"))
    assert (posts.rate_limited, posts.retry_after, posts.delay) == (2, 7, 0.5)
    assert (updates.server_error, updates.drop_after_accept) == (1, 1)
    assert workspace.faults.real_limits
    assert workspace.channel("C0SEARCH").is_archived
    await panel.get_by_role("button", name="Everything works again").click()
    await switch(panel, "Archived", on=False)
    await expect(page.locator(".foot-button")).to_have_text("Workshop")
    assert not workspace.faults.real_limits
    assert workspace.faults.method("chat.update").server_error == 0
    await panel.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Invite Readiness").click()
    await expect(page.get_by_role("button", name="Invite Readiness")).to_have_count(0)


async def test_leave_and_quiet_are_switched_for_the_person_one_is(page: Page, workspace: Workspace):
    await page.get_by_role("button", name="Workshop").click()
    panel = page.get_by_role("dialog", name="Workshop")
    leave = panel.get_by_role("switch", name="On leave for a week")
    quiet = panel.get_by_role("switch", name="Do not disturb until tomorrow")
    await expect(leave).not_to_be_checked()
    await switch(panel, "On leave for a week", on=True)
    await switch(panel, "Do not disturb until tomorrow", on=True)
    users = workspace.core.world.users
    await until(lambda: users["U0ANA"].away_until and users["U0ANA"].quiet_until)
    await switch(panel, "On leave for a week", on=False)
    await until(lambda: users["U0ANA"].away_until is None)
    assert users["U0ANA"].quiet_until, "the other switch stays as it is"
    await expect(quiet).to_be_checked()
