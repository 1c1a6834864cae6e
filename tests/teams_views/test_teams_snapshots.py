"""Every view as Teams gets it. `pytest --snapshot-update` anew."""

import json

import pytest
from states import cards, every_kind_of_form, tells
from teams_views_kit import TEAMS, shown, shown_form

from bot.teams.dialect import runs

CARDS = sorted(cards())
FORMS = sorted(set(every_kind_of_form()) - {"start"})  # Teams has no picker of channels
WRONG = {"evidence": "Evidence has to be a link.", "verdict": "Choose one of the verdicts."}


def as_json(card):
    """What frames the card, then one item a line."""
    body = card.pop("body")
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in [card, *body])


@pytest.mark.parametrize("name", CARDS)
def test_card_on_teams(name, snapshot):
    assert as_json(shown(cards(TEAMS)[name])) == snapshot


@pytest.mark.parametrize("name", FORMS)
def test_form_on_teams(name, snapshot):
    assert as_json(shown_form(every_kind_of_form(TEAMS)[name])) == snapshot


def test_form_with_what_could_not_be_taken(snapshot):
    form = every_kind_of_form(TEAMS)["change"]
    typed = {"verdict": "unmet", "note": "half *done*", "evidence": "no link"}
    wrong = WRONG | {"": "Something went wrong on my side."}
    assert as_json(shown_form(form, values=typed, errors=wrong)) == snapshot


def test_what_people_are_told_unasked(snapshot):
    lines = [f"{name}: {json.dumps(runs(text), ensure_ascii=False)}"
             for name, text in tells(TEAMS).items()]  # fmt: skip
    assert "\n".join(lines) == snapshot
