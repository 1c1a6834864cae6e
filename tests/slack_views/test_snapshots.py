"""Every view, once in plain words and once as Slack gets it. `pytest --snapshot-update` anew."""

import json
import re

import pytest
from plain_cards import form_lines, lines
from reviewing import WORDS
from slack_kit import SLACK, accepted, accepted_form, accepted_home
from states import cards, every_kind_of_form, tells

from bot.slack import blocks

CARDS, FORMS = sorted(cards()), sorted(every_kind_of_form())
PERCENT = re.compile(r"\d+ %")


def as_json(found):
    """One block a line."""
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in found)


@pytest.mark.parametrize("name", CARDS)
def test_card_in_plain_words(name, snapshot):
    card = cards()[name]
    assert "\n".join([f"[{card.summary}]", *lines(card)]) == snapshot


@pytest.mark.parametrize("name", CARDS)
def test_card_on_slack(name, snapshot):
    card = cards(SLACK)[name]
    if name.startswith("home"):
        accepted_home(card)
        assert as_json(blocks.home(card)["blocks"]) == snapshot
    else:
        accepted(card)
        message = blocks.message(card)
        assert as_json([message["text"], *message["blocks"]]) == snapshot


@pytest.mark.parametrize("name", FORMS)
def test_form_in_plain_words(name, snapshot):
    assert "\n".join(form_lines(every_kind_of_form()[name])) == snapshot


@pytest.mark.parametrize("name", FORMS)
def test_form_on_slack(name, snapshot):
    form = every_kind_of_form(SLACK)[name]
    accepted_form(form)
    modal = blocks.modal(form)
    body = modal.pop("blocks")
    assert as_json([modal, *body]) == snapshot


@pytest.mark.parametrize("words", [WORDS, SLACK], ids=["plain", "slack"])
def test_what_people_are_told_unasked(words, snapshot):
    assert "\n".join(f"{name}: {text}" for name, text in tells(words).items()) == snapshot


@pytest.mark.parametrize("name", CARDS)
def test_a_percentage_never_stands_alone(name):
    """With it stand the readiness, the weakest layer and how many checks apply."""
    text = "\n".join(lines(cards()[name]))
    if PERCENT.search(text):
        assert re.search(r"Ready|Conditional|Not ready", text)
        assert "weakest" in text
        assert re.search(r"\d+ of 50 apply", text)
