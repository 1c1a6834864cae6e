"""Every card and form of every state is one that every client of Teams takes: 28 KB and less."""

from dataclasses import replace
from datetime import timedelta

import pytest
from everything import every_form, slots
from hypothesis import given, settings
from longest import busy_week, finished, links
from reviewing import CHECKLIST, IDS, START, service_table
from states import every_kind_of_form
from teams_views_kit import LONGEST, MOST, PEOPLE, TEAMS, shown, shown_form

from bot.teams import adaptive
from bot.teams.chat import TeamsChat
from bot.teams.wire import encoded
from conversations import views
from conversations.cards import Card, Faint, Text
from conversations.commands import Help, parse_command
from conversations.effects import Refused
from conversations.outcome import State
from conversations.review import Answer, Gap, Verdict
from conversations.text import EVIDENCE_MOST, NOTE_LONGEST, URL_LONGEST
from conversations.views import home, nudge, private, weekly
from conversations.views.nudge import Group, Thing
from conversations.views.scene import SHORT_NOTE

SWELLING = LONGEST.swelling
MANY = 200  # services


@settings(max_examples=40)
@given(LONGEST.reviews())
def test_every_card_of_every_review_is_taken(review):
    at = LONGEST.scene(review)
    for slot in slots(closing=review.closings):
        shown(views.card(at, slot))


@settings(max_examples=10)
@given(LONGEST.reviews())
def test_every_form_of_every_review_is_taken(review):
    for form in every_form(LONGEST.scene(review)):
        shown_form(form)


@settings(max_examples=20)
@given(LONGEST.reviews())
def test_every_private_card_of_every_review_is_taken(review):
    at = LONGEST.scene(review)
    for card in (private.status(at), private.gap_list(at), private.already_open(at)):
        shown(card)
    shown(private.latest_scorecard(at))


@pytest.mark.parametrize("sign", [SWELLING, *LONGEST.wider])
@pytest.mark.parametrize("length", [0, SHORT_NOTE, 300])
@pytest.mark.parametrize("evidence", [(), links(SWELLING), links("x")], ids=["none", "🧨", "x"])
@pytest.mark.parametrize("verdict", Verdict)
def test_a_layer_with_one_check_left_is_taken(verdict, evidence, length, sign):
    """The fullest card: all but one of its checks answered at length."""
    answer = Answer(verdict, PEOPLE[0], START, sign * length or "x", evidence)
    for one in CHECKLIST.layers:
        answered = dict.fromkeys((key for key in IDS if key != one.checks[-1].id), answer)
        at = LONGEST.scene(LONGEST.alike(None, answers=answered))
        shown(views.card(at, f"layer:{one.number}"))
        shown(views.card(at, f"walk:{one.number}"))


@pytest.mark.parametrize("owned", [True, False])
def test_fifty_gaps_are_taken(owned):
    changes = {} if owned else {"assignees": {}}
    card = private.gap_list(LONGEST.scene(finished(LONGEST.alike(None, **changes))))
    text = str(shown(card))
    assert all(it.number in text for it in CHECKLIST.checks)


@pytest.mark.parametrize("people", [1, len(PEOPLE)], ids=["one owner", "many owners"])
@pytest.mark.parametrize("said", [0, 49, 50])
def test_the_card_of_fifty_gaps_is_taken(said, people):
    gaps = {key: Gap(PEOPLE[at % people], START) for at, key in enumerate(IDS[:said])}
    at = LONGEST.scene(finished(LONGEST.alike(None, gaps=gaps)))
    shown(views.card(at, "gaps"))
    shown(private.gap_list(at, change=True))


def test_a_reminder_of_everything_of_fifty_services_is_taken():
    things = tuple(Thing(State.OPEN, check, START.date()) for check in CHECKLIST.checks)
    at = LONGEST.scene(finished(LONGEST.alike(None)))
    shown(nudge.card([Group(at, things)] * 50, START.date(), TEAMS))
    shown(nudge.card([Group(at, things[:1])] * 50, START.date(), TEAMS))


@pytest.mark.parametrize("service", ["search-assistant", LONGEST.service], ids=["usual", "longest"])
def test_a_table_of_two_hundred_services_is_taken_and_says_how_many_are_left_out(service):
    scenes = [
        LONGEST.scene(
            LONGEST.alike(None, id=f"r{number}", service=service, service_key=f"k{number}")
        )
        for number in range(MANY)
    ]
    text = str(shown(service_table(scenes, TEAMS, START + timedelta(days=999))))
    count = text.count("Not ready")
    assert count >= 10
    assert f"and {MANY - count} more" in text


@pytest.mark.parametrize("unknown", [None, "", SWELLING * 80])
@pytest.mark.parametrize("suggestion", [None, SWELLING * 80])
def test_the_help_is_taken(unknown, suggestion):
    shown(private.help_card(TEAMS, unknown=unknown, suggestion=suggestion))


@pytest.mark.parametrize("words", ["start", "strat", "", "weekly monday 09:00", "schedule"])
def test_what_is_said_to_the_longest_nonsense_is_taken(words):
    try:
        command = parse_command(f"{words} {SWELLING * 3000}")
    except Refused as refused:
        shown(private.one_line(TEAMS.say(f"refusals.{refused.words}", **refused.facts)))
    else:
        assert isinstance(command, Help)
        shown(private.help_card(TEAMS, unknown=command.unknown, suggestion=command.suggestion))


def test_nothing_to_show_is_taken():
    shown(service_table([], TEAMS, START))


TOO_MUCH = SWELLING * 40_000


@pytest.mark.parametrize("sign", [SWELLING, '"', "\\", "{", "\x00", "\n", "\ud800"])
def test_a_form_that_comes_back_is_taken_however_much_somebody_typed(sign):
    """A client keeps to the length of a field; whoever writes their own does not."""
    form = every_kind_of_form(TEAMS)["change"]
    typed = {"note": sign * 40_000, "evidence": sign * 40_000, "verdict": sign * 40_000}
    shown_form(form, values=typed, errors=dict.fromkeys(typed, "It cannot be taken. " * 10))


def test_a_value_that_is_there_fits_its_field_in_utf_16():
    """Clients count as JavaScript does: an emoji is two."""
    answer = Answer(Verdict.PARTLY, PEOPLE[0], START, SWELLING * NOTE_LONGEST, links(SWELLING))
    at = LONGEST.scene(LONGEST.alike(answer))
    form = next(iter(every_form(at)))
    items = {it["id"]: it for it in shown_form(form)["body"] if "id" in it}
    assert items["note"]["value"] == answer.note
    assert items["note"]["maxLength"] == 2 * NOTE_LONGEST
    assert items["evidence"]["value"].split() == list(answer.evidence)
    plain = every_kind_of_form(TEAMS)["change"]
    items = {it["id"]: it for it in shown_form(plain)["body"] if "id" in it}
    assert items["note"]["maxLength"] == NOTE_LONGEST
    assert items["evidence"]["maxLength"] == EVIDENCE_MOST * (URL_LONGEST + 1)


def test_a_card_that_is_too_much_would_be_noticed():
    """What these tests rely on."""
    words = TEAMS.plain(SWELLING * (MOST // 4))
    with pytest.raises(AssertionError):
        shown(Card(words, (Text(words),)))
    assert len(encoded(adaptive.message(Card(TEAMS.plain("x"), (Faint(words),))))) > MOST


@pytest.mark.parametrize("service", ["search-assistant", LONGEST.service], ids=["usual", "longest"])
def test_a_page_with_two_hundred_services_is_taken_on_teams(service):
    """All of them are the person's own, open, and have every layer handed to that person."""
    handed = dict.fromkeys((it.id for it in CHECKLIST.layers), PEOPLE[1])
    of = LONGEST.alike(None, answers={}, assignees=handed)
    scenes = [
        LONGEST.scene(replace(of, service=service, service_key=f"s{number}"))
        for number in range(MANY)
    ]
    owned = [at.review.service_key for at in scenes]
    card = home.card(scenes, PEOPLE[1], owned, TEAMS, TeamsChat.home_rows)
    assert str(shown(card)).count("more") == 3


@pytest.mark.parametrize("name", ["search-assistant", LONGEST.service], ids=["usual", "longest"])
def test_a_week_of_two_hundred_services_is_taken(name):
    week = busy_week(name, MANY)
    links_of = dict.fromkeys((f"r{number}" for number in range(MANY)), LONGEST.thread)
    drawn = str(shown(weekly.card(week, CHECKLIST, TEAMS, links_of)))
    assert "more in between" in drawn
