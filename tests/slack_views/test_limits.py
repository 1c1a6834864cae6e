"""Every card and form of every state fits what Slack takes: blocks, lengths, 13,000 characters."""

from datetime import timedelta

import pytest
from everything import every_form, slots
from hypothesis import given, settings
from longest import THREAD, busy_week, finished, links
from reviewing import CHECKLIST, IDS, START, scene, service_table
from slack_kit import LONGEST, PEOPLE, SLACK, accepted, accepted_form, accepted_home

from bot.playground.errors import SlackError
from conversations import actions as act
from conversations import views
from conversations.cards import Button, Buttons, Card, Text
from conversations.commands import Assign, Help, layer, parse_command
from conversations.effects import Refused
from conversations.outcome import State
from conversations.review import Answer, Gap, Verdict
from conversations.views import forms, home, nudge, private, weekly
from conversations.views.nudge import Group, Thing
from conversations.views.scene import SHORT_NOTE

MANY = 200  # services
SWELLING, SERVICE, NAMES = LONGEST.swelling, LONGEST.service, LONGEST.names
alike, long_scene, reviews = LONGEST.alike, LONGEST.scene, LONGEST.reviews


@settings(max_examples=40)
@given(reviews())
def test_every_card_of_every_review_is_taken(review_):
    at = long_scene(review_)
    for slot in slots(closing=review_.closings):
        accepted(views.card(at, slot))


@settings(max_examples=10)
@given(reviews())
def test_every_form_of_every_review_is_taken(review_):
    for form in every_form(long_scene(review_)):
        accepted_form(form)


@settings(max_examples=20)
@given(reviews())
def test_every_private_card_of_every_review_is_taken(review_):
    at = long_scene(review_)
    for card in (private.status(at), private.gap_list(at), private.already_open(at)):
        accepted(card)
    accepted(private.latest_scorecard(at))


@pytest.mark.parametrize("note", ["", SWELLING * SHORT_NOTE, SWELLING * 300])
@pytest.mark.parametrize("evidence", [(), links(SWELLING), links("x")], ids=["none", "&", "x"])
@pytest.mark.parametrize("verdict", Verdict)
def test_a_layer_with_one_check_left_is_taken(verdict, note, evidence):
    """The fullest card: all but one of its checks answered at length."""
    answer = Answer(verdict, PEOPLE[0], START, note or "x", evidence)
    for one in CHECKLIST.layers:
        answered = dict.fromkeys((key for key in IDS if key != one.checks[-1].id), answer)
        at = long_scene(alike(None, answers=answered))
        accepted(views.card(at, f"layer:{one.number}"))
        accepted(views.card(at, f"walk:{one.number}"))


@pytest.mark.parametrize("owned", [True, False])
def test_fifty_gaps_are_taken(owned):
    changes = {} if owned else {"assignees": {}}
    card = private.gap_list(long_scene(finished(alike(None, **changes))))
    text = str(accepted(card))
    assert all(f" {it.number} " in text for it in CHECKLIST.checks)


@pytest.mark.parametrize("people", [1, len(PEOPLE)], ids=["one owner", "many owners"])
@pytest.mark.parametrize("said", [0, 49, 50])
def test_the_card_of_fifty_gaps_is_taken(said, people):
    """Proposed, accepted but for one, accepted: by one person, or by as many as there are."""
    gaps = {key: Gap(PEOPLE[at % people], START) for at, key in enumerate(IDS[:said])}
    card = views.card(long_scene(finished(alike(None, gaps=gaps))), "gaps")
    accepted(card)
    accepted(private.gap_list(long_scene(finished(alike(None, gaps=gaps))), change=True))


def test_a_reminder_of_everything_of_fifty_services_is_taken():
    things = tuple(Thing(State.OPEN, check, START.date()) for check in CHECKLIST.checks)
    groups = [Group(it, things) for it in many_scenes(SERVICE, 50)]
    accepted(nudge.card(groups, START.date(), SLACK))
    one_each = [Group(it.scene, it.things[:1]) for it in groups]
    text = str(accepted(nudge.card(one_each, START.date(), SLACK)))
    assert "and 44 more in other services" in text


def many_scenes(service: str, count: int = MANY) -> list[views.Scene]:
    return [
        long_scene(alike(None, id=f"r{number}", service=service, service_key=f"k{number}"))
        for number in range(count)
    ]


@pytest.mark.parametrize("service", ["search-assistant", SERVICE], ids=["usual", "longest"])
def test_a_table_of_two_hundred_services_is_taken_and_says_how_many_are_left_out(service):
    card = service_table(many_scenes(service), SLACK, START + timedelta(days=999))
    text = str(accepted(card))
    shown = text.count("Not ready")
    assert shown >= 10
    assert f"and {MANY - shown} more" in text


@pytest.mark.parametrize("service", ["search-assistant", SERVICE], ids=["usual", "longest"])
def test_a_page_with_two_hundred_services_is_taken(service):
    scenes = many_scenes(service)
    owned = [at.review.service_key for at in scenes]
    card = home.card(scenes, PEOPLE[1], owned, SLACK)
    assert "more" in str(accepted_home(card))


@pytest.mark.parametrize("unknown", [None, "", SWELLING * 80])
@pytest.mark.parametrize("suggestion", [None, SWELLING * 80])
def test_the_help_is_taken(unknown, suggestion):
    accepted(private.help_card(SLACK, unknown=unknown, suggestion=suggestion))


@pytest.mark.parametrize(
    "typed",
    [
        f"start {SWELLING * 3000}",
        f"strat {SWELLING * 3000}",
        SWELLING * 3000,
        f"weekly monday 09:00 {SWELLING * 3000}",
        f"weekly monday 09:00 {SWELLING * 80}",
        f"assign {SWELLING * 3000} @{{slack:U1}}",
        f"assign a {SWELLING * 3000} @{{slack:U1}}",
        f"assign a {SWELLING * 80} @{{slack:U1}}",
        f"schedule {SWELLING * 3000}",
    ],
)
def test_what_is_said_to_the_longest_nonsense_is_taken(typed):
    try:
        command = parse_command(typed)
        if isinstance(command, Assign):
            layer(CHECKLIST, command.layer)
    except Refused as refused:
        accepted(private.one_line(SLACK.say(f"refusals.{refused.words}", **refused.facts)))
    else:
        assert isinstance(command, Help)
        accepted(private.help_card(SLACK, unknown=command.unknown, suggestion=command.suggestion))


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("unknown_service", {"service": SERVICE, "known": [SERVICE] * 5}),
        ("no_review", {"service": SERVICE}),
        ("finished", {"service": SERVICE}),
        ("scope_first", {"service": SERVICE}),
        ("newer_review", {"service": SERVICE}),
    ],
)
def test_what_is_refused_for_the_longest_name_is_taken(words, facts):
    accepted(private.one_line(SLACK.say(f"refusals.{words}", **facts)))


def test_nothing_to_show_is_taken():
    accepted_home(home.card([], PEOPLE[0], [], SLACK))
    accepted(service_table([], SLACK, START))


def test_the_form_that_starts_a_review_is_taken():
    for action in (act.StartForm(), act.StartForm("C1")):
        accepted_form(forms.start(SLACK, action))


def test_a_card_that_is_too_much_would_be_noticed():
    """What these tests rely on: the workspace refuses what Slack refuses."""
    words = SLACK.plain("x" * 2000)
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        accepted(Card(words, (Text(words),) * 7))
    with pytest.raises(SlackError, match="invalid_blocks"):
        accepted(Card(words, (Text(words),) * 51))


def buttons(card: Card) -> list[Button]:
    return [
        button
        for element in card.elements
        for button in (
            element.buttons
            if isinstance(element, Buttons)
            else [element.button]
            if isinstance(element, Text) and element.button
            else []
        )
    ]


@settings(max_examples=20)
@given(reviews())
def test_a_button_says_what_it_is_for_in_whole_words(review_):
    """What a screen reader says of a verdict names the check, as far as it goes."""
    at = long_scene(review_)
    texts = {check.id: check.text.split() for check in CHECKLIST.checks}
    for slot in slots():
        for button in buttons(views.card(at, slot)):
            if isinstance(button.action, act.Give):
                words = button.hint.partition(": ")[2].removesuffix(" …").split()[1:]
                assert words == texts[button.action.check][: len(words)]


def test_what_is_left_out_of_a_line_can_be_looked_up_behind_change():
    """A long note becomes "with a note", a long link a count; the form holds all of it."""
    long = Answer(Verdict.PARTLY, PEOPLE[0], START, SWELLING * 2000, links(SWELLING))
    at = scene(alike(None, answers={IDS[0]: long}), SLACK, NAMES, THREAD)
    text = str(accepted(views.card(at, "layer:1")))
    assert "with a note" in text
    assert "5 links" in text
    form = forms.of(at, act.Edit("r", IDS[0]))
    values = {field.id: field.value for field in form.fields if hasattr(field, "value")}
    assert values["note"] == long.note
    assert values["evidence"].split() == list(long.evidence)


@pytest.mark.parametrize("name", ["search-assistant", SERVICE], ids=["usual", "longest"])
def test_a_week_of_two_hundred_services_is_taken(name):
    week = busy_week(name, MANY)
    links_of = dict.fromkeys((f"r{number}" for number in range(MANY)), LONGEST.thread)
    assert "more in between" in str(accepted(weekly.card(week, CHECKLIST, SLACK, links_of)))
