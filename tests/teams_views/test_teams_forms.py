"""Forms as cards: what is shown, what comes back."""

import pytest
from states import every_kind_of_form
from teams_views_kit import TEAMS, objects, shown_form, texts

from bot.teams import adaptive, fields
from conversations.actions import unpack
from conversations.cards import Button, Buttons, Card, Choose, Confirm, Form, Option, Write
from conversations.wording import Safe

FORM = every_kind_of_form(TEAMS)["change"]


def items(card):
    return {it["id"]: it for it in objects(card) if "id" in it}


def test_save_and_cancel_say_what_the_form_was_opened_for():
    save, cancel = shown_form(FORM)["body"][-1]["actions"]
    assert unpack(save["verb"].removeprefix(fields.FORM)) == FORM.action
    assert unpack(cancel["verb"].removeprefix(fields.BACK)) == FORM.action
    assert "associatedInputs" not in save


def test_what_was_typed_stands_there_again_and_why_it_cannot_be_taken():
    typed = {"note": "", "evidence": "no link", "verdict": "unmet"}
    card = shown_form(FORM, values=typed, errors={"evidence": "It has to be a link."})
    assert "value" not in items(card)["note"]  # somebody emptied it
    assert items(card)["evidence"]["value"] == "no link"
    assert items(card)["verdict"]["value"] == "unmet"
    body = card["body"]
    at = next(number for number, it in enumerate(body) if it.get("id") == "evidence")
    [wrong] = [it for it in body[at:] if "Attention" in str(it)]
    assert wrong["inlines"][0]["text"] == "It has to be a link."


def test_an_error_of_no_field_stands_above_the_buttons():
    card = shown_form(FORM, errors={"": "Something went wrong."})
    assert texts({"body": card["body"][-2]}) == ["Something went wrong."]


@pytest.mark.parametrize("value", ["nonsense", ""])
def test_a_choice_that_there_is_not_changes_nothing(value):
    assert items(shown_form(FORM, values={"verdict": value}))["verdict"]["value"] == "partly"


def test_optional_fields_may_be_left_out():
    form = Form(
        "T",
        "Save",
        FORM.action,
        (),
        (
            Choose("a", "A", (Option("x", "X"),), optional=True),
            Choose("b", "B", (Option("x", "X"),), chosen="y", compact=True),
            Write("c", "C", optional=False, hint="A hint."),
        ),
    )
    found = items(shown_form(form))
    assert "isRequired" not in found["a"]
    assert (found["b"]["isRequired"], found["b"]["style"]) == (True, "compact")
    assert "value" not in found["b"]
    assert found["c"]["isRequired"] is True
    assert "A hint." in texts(shown_form(form))


def test_a_form_that_asks_for_a_channel_is_none_for_teams():
    with pytest.raises(ValueError, match="no picker of channels"):
        fields.form(every_kind_of_form(TEAMS)["start"])


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"note": "x", "verdict": "met"}, {"note": "x", "verdict": "met"}),
        ({"note": "", "n": 5, "o": {"a": "b"}, "l": ["x"], "b": True, "none": None}, {}),
        (None, {}),
        ("x", {}),
        ([{"note": "x"}], {}),
    ],
)
def test_what_was_entered_is_text_by_field(data, found):
    assert fields.entered(data) == found


def test_a_dangerous_button_looks_so_and_so_does_its_question():
    confirm = Confirm("T", "Really?", "Do it", "No")
    button = Button("Delete", FORM.action, style="danger", confirm=confirm)
    card = adaptive.adaptive(Card(Safe("s"), (Buttons((button,)),)))
    [press] = card["body"][0]["actions"]
    assert press["style"] == press["card"]["actions"][0]["style"] == "destructive"
    assert press["card"]["actions"][0]["title"] == "Do it"


def test_a_button_that_does_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="without action"):
        adaptive.adaptive(Card(Safe("s"), (Buttons((Button("x"),)),)))
