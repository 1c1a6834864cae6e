"""Forms, confirmations and elements: what is entered reaches the app, and nothing is lost."""

import pytest
from browser_kit import EVERYTHING, Reviews, actions, button, focused, mrkdwn, plain, shot, until
from playwright.async_api import Page, expect

from bot.playground.workspace import Workspace

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]


async def open_form(page: Page, reviews: Reviews):
    card = [actions(button("Add evidence", "open form"))]
    await reviews.client.chat_postMessage(channel="C0SEARCH", text="card", blocks=card)
    await page.get_by_role("button", name="Add evidence").click()
    dialog = page.get_by_role("dialog", name="Evidence")
    await dialog.wait_for()
    return dialog


async def test_a_form_has_labels_and_the_focus(page: Page, reviews: Reviews):
    dialog = await open_form(page, reviews)
    await expect(dialog.get_by_label("Note")).to_be_focused()
    await expect(dialog.get_by_label("Note")).to_have_attribute("maxlength", "300")
    await expect(dialog.get_by_label("Channel")).to_have_value("C0SEARCH")
    await expect(dialog.get_by_label("Owner")).to_have_value("U0BEN")
    await expect(dialog.get_by_label("Link (optional)")).to_have_accessible_description(
        "Where it is"
    )
    await expect(
        dialog.get_by_role("radiogroup", name="Verdict").get_by_label("Yes")
    ).to_be_checked()


async def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(
    page: Page, reviews: Reviews
):
    dialog = await open_form(page, reviews)
    note, link = dialog.get_by_label("Note"), dialog.get_by_label("Link")
    await link.fill("https://example.com/report")
    await dialog.get_by_role("button", name="Save").click()
    required = "Please complete this required field."
    await expect(note).to_have_accessible_description(required)
    await expect(dialog.get_by_label("Check")).to_have_accessible_description(required)
    await expect(note).to_be_focused()
    assert reviews.forms == []
    await note.fill("bad")
    await dialog.get_by_label("Check").select_option("two")
    await dialog.get_by_label("Blue").check()
    await dialog.get_by_label("Due").fill("2026-03-31")
    await dialog.get_by_role("button", name="Save").click()
    await expect(note).to_have_accessible_description("Say more than that.")
    await expect(note).to_have_attribute("aria-invalid", "true")
    await expect(link).to_have_value("https://example.com/report")
    await shot(page, "form-errors")
    await note.fill("good")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    values = {block: entry["value"] for block, entry in reviews.forms[-1].items()}
    assert values["note"]["value"] == "good"
    assert values["link"]["value"] == "https://example.com/report"
    assert values["verdict"]["selected_option"]["value"] == "yes"
    assert values["check"]["selected_option"]["value"] == "two"
    assert [it["value"] for it in values["colours"]["selected_options"]] == ["blue"]
    assert values["channel"]["selected_conversation"] == "C0SEARCH"
    assert values["owner"]["selected_user"] == "U0BEN"
    assert values["due"]["selected_date"] == "2026-03-31"
    assert await focused(page) == "Add evidence"


async def test_sending_shows_and_happens_once(page: Page, reviews: Reviews):
    """The button shows that it waits; pressing it again does not send twice."""
    dialog = await open_form(page, reviews)
    reviews.pause = 0.3
    await dialog.get_by_label("Note").fill("good")
    await dialog.get_by_label("Check").select_option("two")
    save = dialog.get_by_role("button", name="Save")
    await save.dblclick()
    await expect(save).to_have_attribute("aria-busy", "true")
    await expect(dialog).to_have_count(0)
    assert len(reviews.forms) == 1


async def test_an_app_that_is_late_leaves_the_form_as_it_is(page: Page, reviews: Reviews):
    dialog = await open_form(page, reviews)
    reviews.pause = 1.0
    await dialog.get_by_label("Note").fill("kept")
    await dialog.get_by_label("Check").select_option("two")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("trouble connecting")
    await expect(dialog.get_by_label("Note")).to_have_value("kept")
    await expect(page.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("way", ["Escape", "Close", "Cancel"])
async def test_a_form_is_put_away(page: Page, reviews: Reviews, workspace: Workspace, way: str):
    """Esc, the cross and Cancel tell the app, and give the focus back."""
    dialog = await open_form(page, reviews)
    if way == "Escape":
        await page.keyboard.press("Escape")
    else:
        await dialog.get_by_role("button", name=way).click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Add evidence")).to_be_focused()
    await workspace.idle()
    assert reviews.closed == 1
    assert workspace.views("U0ANA") == []


async def test_the_keyboard_stays_in_the_form(page: Page, reviews: Reviews):
    dialog = await open_form(page, reviews)
    for _ in range(40):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.matches('body, dialog *')")
    await expect(dialog).to_be_visible()


async def test_a_form_survives_a_reload(page: Page, reviews: Reviews):
    await open_form(page, reviews)
    await page.reload()
    await expect(page.get_by_role("dialog", name="Evidence")).to_be_visible()


async def test_an_update_keeps_what_was_typed(page: Page, reviews: Reviews, workspace: Workspace):
    dialog = await open_form(page, reviews)
    await dialog.get_by_label("Note").fill("half a thought")
    view = workspace.view("U0ANA")
    body = {key: view.body[key] for key in ("type", "callback_id", "submit", "close", "blocks")}
    await reviews.client.views_update(view_id=view.id, view={**body, "title": plain("Renamed")})
    renamed = page.get_by_role("dialog", name="Renamed")
    await expect(renamed.get_by_label("Note")).to_have_value("half a thought")
    await expect(renamed.get_by_label("Note")).to_be_focused()


async def test_a_confirmation_is_asked_first(page: Page, reviews: Reviews):
    confirm = {
        "title": plain("Finish?"),
        "text": mrkdwn("*3* left"),
        "confirm": plain("Finish"),
        "deny": plain("Go on"),
    }
    card = [actions(button("Finish review", "finish", confirm=confirm))]
    await reviews.client.chat_postMessage(channel="C0SEARCH", text="x", blocks=card)
    finish = page.get_by_role("button", name="Finish review")
    await finish.click()
    ask = page.get_by_role("alertdialog", name="Finish?")
    await expect(ask.locator("strong")).to_have_text("3")
    await shot(page, "confirm")
    await ask.get_by_role("button", name="Go on").click()
    await expect(finish).to_be_focused()
    assert reviews.pressed == []
    await finish.click()
    await ask.get_by_role("button", name="Finish").click()
    await expect(ask).to_have_count(0)
    await until(lambda: reviews.pressed == ["finish"])


async def test_every_element_reports_its_use(page: Page, reviews: Reviews):
    await reviews.client.chat_postMessage(channel="C0SEARCH", text="x", blocks=EVERYTHING)
    main = page.get_by_role("main")
    await main.get_by_role("button", name="Stop everything").click()
    await main.get_by_label("Pick one").select_option("two")
    await main.get_by_label("Pick a person").select_option("U0CHI")
    await main.get_by_label("Choose a date").fill("2026-04-01")
    await main.get_by_label("No", exact=True).check()
    await main.get_by_label("Blue").check()
    more = main.get_by_role("button", name="More actions")
    await more.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(more).to_be_focused()
    wanted = {"stop", "pick", "who", "day", "radio", "boxes", "more"}
    await until(lambda: set(reviews.pressed) == wanted)
    await expect(main.locator("[aria-busy=true]")).to_have_count(0)
    assert len(reviews.pressed) == len(wanted)
