"""Every card and form drawn by the renderer that Teams' clients are built on, without complaint.

The pictures stay in build/screenshots/teams/, to be looked at.
"""

import re

import pytest
import pytest_asyncio
from drawing import ROOT, canvas, draw, renderer
from states import cards, every_kind_of_form
from teams_views_kit import TEAMS, shown, shown_form

PICTURES = ROOT / "build" / "screenshots" / "teams"
WIDTHS = {"wide": 700, "phone": 360}
CARDS = sorted(cards())
FORMS = sorted(set(every_kind_of_form()) - {"start"})
TYPED = {"verdict": "unmet", "note": "half *done*", "evidence": "no link"}
WRONG = {"evidence": "Evidence has to be a link that starts with http:// or https://."}

pytestmark = [
    pytest.mark.xdist_group("teams-chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


def everything():
    """Each card and form by the name of its picture."""
    drawn = cards(TEAMS)
    yield from ((name, shown(drawn[name])) for name in CARDS)
    known = every_kind_of_form(TEAMS)
    yield from ((f"form {name}", shown_form(known[name])) for name in FORMS)
    yield "form refused", shown_form(known["change"], values=TYPED, errors=WRONG)


@pytest.fixture(params=WIDTHS)
def width(request):
    return request.param


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium, width):
    opened = await canvas(chromium, WIDTHS[width])
    yield opened
    await opened.close()


OVERFLOWING = """() => [...document.querySelectorAll('#card, #card *')]
  .filter(it => it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).overflowX !== 'visible')
  .map(it => it.className + ': ' + it.textContent.slice(0, 40))"""
NAMELESS = """() => [...document.querySelectorAll('#card :is(button, input, textarea, select)')]
  .filter(it => !(it.getAttribute('aria-label') || it.getAttribute('aria-labelledby') ||
    it.textContent.trim() || (it.labels && it.labels.length)))
  .map(it => it.outerHTML)"""


async def test_every_card_and_form_is_drawn_without_complaint(page, width):
    PICTURES.mkdir(parents=True, exist_ok=True)
    names = set()
    for name, card in everything():
        assert await draw(page, card) == [], name
        assert await page.evaluate(OVERFLOWING) == [], name
        assert await page.evaluate(NAMELESS) == [], name
        file = re.sub(r"\W+", "-", f"{name} {width}") + ".png"
        assert file not in names
        names.add(file)
        await page.locator("#card").screenshot(path=PICTURES / file)


EDGES = """() => [...document.querySelectorAll('#card .ac-columnSet')].map(it => {
  const [squares, text] = [...it.querySelectorAll('.ac-container')];
  return [squares.firstChild.textContent, text.getBoundingClientRect().left,
    squares.firstChild.getBoundingClientRect().height];
})"""


@pytest.mark.parametrize("name", ["layer 1 half answered, root", "conditional, scorecard:1"])
async def test_progress_lines_stand_in_line(page, name):
    """Layers have six or seven checks: their titles begin at the same place all the same."""
    await draw(page, shown(cards(TEAMS)[name]))
    rows = [row for row in await page.evaluate(EDGES) if len(row[0]) >= 6]
    assert len(rows) == 8
    assert {len(squares) for squares, *_ in rows} == {6, 7}
    assert len({left for _, left, _ in rows}) == 1
    assert len({height for *_, height in rows}) == 1  # seven fit on one line


async def pressed(page):
    return await page.evaluate("window.pressed")


async def test_a_button_sends_its_payload_and_nothing_else(page):
    await draw(page, shown(cards(TEAMS)["layer 1 half answered, layer:1"]))
    await page.get_by_role("button", name="Partly").click()
    [press] = await pressed(page)
    assert press["verb"] == "give|4f1c2a9b7d10|prompt-management.reviewed|partly|0"
    assert press["data"] == {}


async def test_finishing_early_asks_first(page):
    await draw(page, shown(cards(TEAMS)["layer 1 half answered, root"]))
    finish = page.get_by_role("button", name="Finish review")
    await finish.click()
    assert await pressed(page) == []
    assert await page.get_by_text("45 checks are unanswered").is_visible()
    await page.get_by_role("button", name="Finish", exact=True).click()
    assert [press["verb"] for press in await pressed(page)] == ["finish|4f1c2a9b7d10"]


async def test_save_sends_what_was_entered_and_cancel_does_not(page):
    await draw(page, shown_form(every_kind_of_form(TEAMS)["change"]))
    await page.get_by_label("Not yet").check()
    await page.get_by_role("textbox", name="Note").fill("{{DATE(2024-01-01T00:00:00Z)}}\n*x*")
    await page.get_by_role("textbox", name="Evidence").fill("")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Save").click()
    cancel, save = await pressed(page)
    assert cancel["verb"].startswith("back:edit|")
    assert cancel["data"] == {}
    assert save["verb"] == cancel["verb"].replace("back:", "form:")
    assert save["data"] == {"verdict": "unmet", "note": "{{DATE(2024-01-01T00:00:00Z)}}\n*x*"}


async def test_what_somebody_wrote_comes_back_into_its_field_as_it_was(page):
    form = every_kind_of_form(TEAMS)["change"]
    typed = {
        "note": "{{DATE(2024-01-01T00:00:00Z)}} <b> *x*\n\\",
        "evidence": "javascript:alert(1)",
    }
    await draw(page, shown_form(form, values=typed))
    assert await page.get_by_role("textbox", name="Note").input_value() == typed["note"]
    assert await page.get_by_role("textbox", name="Evidence").input_value() == typed["evidence"]


async def test_a_field_that_must_be_filled_in_holds_the_form_back(page):
    await draw(page, shown_form(every_kind_of_form(TEAMS)["reason"]))
    await page.get_by_role("button", name="Save").click()
    assert await pressed(page) == []
    assert await page.get_by_text("Please fill this in.").is_visible()
    await page.get_by_role("textbox", name="Why does it not apply?").fill("no retrieval")
    await page.get_by_role("button", name="Save").click()
    [press] = await pressed(page)
    assert press["data"] == {"reason": "no retrieval"}


async def test_a_missing_renderer_is_said_to_come_from_make_test(monkeypatch, tmp_path):
    monkeypatch.setattr("drawing.RENDERER", tmp_path / "none.js")
    with pytest.raises(pytest.fail.Exception, match=r"make test.*Node\.js"):
        renderer()
