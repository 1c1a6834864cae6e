"""What people type to the bot: every row of the documented table, near misses, and nonsense."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reviewing import CHECKLIST

from conversations import commands
from conversations.commands import (
    ADVICE,
    COMMANDS,
    Advice,
    Assign,
    Command,
    Gaps,
    Help,
    Schedule,
    ScorecardOf,
    Services,
    Snooze,
    Start,
    Status,
    Weekly,
    WeeklyOff,
    parse_command,
)
from conversations.effects import Refused
from conversations.orders import Here, usages
from conversations.text import NAME_LONGEST

MOST_TYPED = 40_000  # characters that Slack lets through in one message


def refusal(text: str) -> str:
    with pytest.raises(Refused) as refused:
        parse_command(text)
    return refused.value.words


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("start search-assistant", Start("search-assistant")),
        ("start Search Assistant", Start("Search Assistant")),
        ("START  Search   Assistant", Start("Search Assistant")),
        ("start\tsearch", Start("search")),
        ("start: search", Start("search")),
        ("/start search", Start("search")),
        ('start "Search Assistant"', Start("Search Assistant")),
        ("start “Search Assistant”", Start("Search Assistant")),
        ("start Ana's bot", Start("Ana's bot")),
        ('start bot "beta"', Start('bot "beta"')),
        ("start 7", Start("7")),
        ("start поиск", Start("поиск")),
        ("status", Status(None)),
        ("Status?", Status(None)),
        ("status search", Status("search")),
        ("scorecard", ScorecardOf(None)),
        ("scorecard search", ScorecardOf("search")),
        ("services", Services()),
        ("services!", Services()),
        ("gaps", Gaps(None)),
        ("gaps search", Gaps("search")),
        ("assign search 3 @{slack:U1}", Assign("search", "3", "slack:U1")),
        ("assign search layer 3 @{slack:U1}", Assign("search", "3", "slack:U1")),
        ("assign search 3 to @{slack:U1}.", Assign("search", "3", "slack:U1")),
        ("assign speech to text 3 to @{slack:U1}", Assign("speech to text", "3", "slack:U1")),
        ("assign search cost control @{slack:U1}", Assign("search", "cost control", "slack:U1")),
        ("assign a b security @{teams:29:1a-b_c}", Assign("a b", "security", "teams:29:1a-b_c")),
        ("schedule search every 3 months", Schedule("search", 3, "months")),
        ("schedule search every 90 days", Schedule("search", 90, "days")),
        ("Schedule search EVERY week", Schedule("search", 1, "weeks")),
        ("schedule every every 2 weeks", Schedule("every", 2, "weeks")),
        ("schedule search off", Schedule("search", None)),
        ("schedule search off.", Schedule("search", None)),
        ("weekly monday 09:00", Weekly(0, 9, 0, None)),
        ("weekly Sun 23:59 europe/berlin", Weekly(6, 23, 59, "Europe/Berlin")),
        ("weekly monday 09:00 Europe/Berlin", Weekly(0, 9, 0, "Europe/Berlin")),
        ("weekly off", WeeklyOff()),
        ("snooze search 3d", Snooze("search", 3)),
        ("snooze my search 2w", Snooze("my search", 14)),
        ("snooze search for 1 month", Snooze("search", 30)),
        ("help", Help()),
        ("", Help()),
        ("  \n ", Help()),
        ("?", Help()),
        ("hello there", Help()),
    ],
)  # fmt: skip
def test_what_is_documented_is_understood(typed, command):
    assert parse_command(typed) == command


def test_every_line_of_the_help_is_understood_as_it_stands():
    """With an argument for each placeholder, no line leads back to the help."""
    filled = {
        "[SERVICE]": "search", "SERVICE": "search", "LAYER": "3", "@person": "@{slack:U1}",
        "N days|weeks|months": "3 months", "WEEKDAY HH:MM [ZONE]": "monday 09:00",
        "DURATION": "2w",
    }  # fmt: skip
    for line in COMMANDS:
        typed = line.usage
        for placeholder, value in filled.items():
            typed = typed.replace(placeholder, value)
        command = parse_command(typed)
        assert isinstance(command, Help) == (line.usage == "help"), typed


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("strat foo", "start foo"),
        ("stauts", "status"),
        ("gap search", "gaps search"),
        ("serivces", "services"),
        ("scorcard Search Assistant", "scorecard Search Assistant"),
        ("halp", "help"),
        ("services search", "services"),
        ("assgin search 3 @{slack:U1}", "assign search 3 @person"),
        ("strat " + "x" * 300, "start SERVICE"),
    ],
)
def test_a_near_miss_leads_to_did_you_mean(typed, suggestion):
    found = parse_command(typed)
    assert isinstance(found, Help)
    assert found.suggestion == suggestion


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stop", Advice("stop")),
        ("Stop!", Advice("stop")),
        ("/stop", Advice("stop")),
        ("pause the review", Advice("stop")),
        ("cancel it.", Advice("stop")),
        ("finish", Advice("finish")),
        ("finish the review", Advice("finish")),
        ("undo that", Advice("undo")),
        ("where am I", Status(None)),
        ("Where are we?", Status(None)),
    ],
)
def test_what_no_command_does_is_answered_in_a_line(typed, meant):
    assert parse_command(typed) == meant


@pytest.mark.parametrize("typed", ["stop the reminders", "finish layer 3", "where is the wiki"])
def test_what_is_asked_of_something_else_is_not_taken_for_it(typed):
    assert parse_command(typed) == Help(typed)


def test_no_advice_stands_in_the_way_of_a_command():
    assert not {*ADVICE} & {it.usage.split()[0] for it in COMMANDS}


PLACES = [Here(), Here(threads=False), Here(alone=True), Here(alone=True, threads=False)]


@pytest.mark.parametrize("here", PLACES[1:])
def test_channels_are_spoken_of_only_in_channels(here):
    assert usages(PLACES[0]) == COMMANDS
    said = " / ".join(it.effect for it in usages(here))
    assert "channel" not in said
    assert "thread" not in said


def test_alone_with_the_bot_nothing_is_posted_weekly():
    offered = [[it.usage for it in usages(here)] for here in PLACES]
    assert offered[0] == offered[1]
    assert offered[2] == offered[3] == [it for it in offered[0] if not it.startswith("weekly")]
    with_home = usages(PLACES[3], home=True)
    assert [it.usage for it in with_home] == ["home", *offered[3]]
    assert usages(PLACES[0], home=True) == COMMANDS, "in a channel there is nobody's own page"


@pytest.mark.parametrize("typed", ["what is this", "yes", "🙂", "deploy the bot", "x" * 500])
def test_anything_else_leads_to_the_help(typed):
    found = parse_command(typed)
    assert isinstance(found, Help)
    assert found.suggestion is None
    assert found.unknown in {typed, ""}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("start", "start_usage"),
        ("start ''", "service_name"),
        ("start ---", "service_name"),
        ("start " + "x" * (NAME_LONGEST + 1), "service_name"),
        ("start <!channel>", "service_name_signs"),
        ("start @{slack:U1}", "service_name_signs"),
        ("status " + "x" * (NAME_LONGEST + 1), "service_name"),
        ("assign", "assign_usage"),
        ("assign search 3", "assign_usage"),
        ("assign 3 @{slack:U1}", "assign_usage"),
        ("assign search 3 @{slack:U1} @{slack:U2}", "assign_usage"),
        ("assign search 3 @ana", "mention_needed"),
        ("schedule search", "schedule_usage"),
        ("schedule search every now and then", "schedule_usage"),
        ("schedule search every 0 days", "schedule_range"),
        ("schedule search every 40 months", "schedule_range"),
        ("schedule search every 99999999999 days", "schedule_range"),
        ("weekly", "weekly_usage"),
        ("weekly noday 09:00", "weekly_usage"),
        ("weekly t 09:00", "weekly_usage"),
        ("weekly monday 24:00", "weekly_usage"),
        ("weekly monday 09:60", "weekly_usage"),
        ("weekly monday 09:00 Atlantis", "unknown_zone"),
        ("snooze search", "snooze_usage"),
        ("snooze search 0d", "snooze_usage"),
        ("snooze search 9999w", "snooze_usage"),
    ],
)
def test_wrong_arguments_get_one_clear_line(typed, words):
    assert refusal(typed) == words


@pytest.mark.parametrize("name", ["Search Assistant", "search-assistant", "SEARCH__assistant"])
def test_a_service_named_in_another_way_is_the_same(name):
    found = parse_command(f"start {name}")
    assert isinstance(found, Start)
    assert commands.fold(found.service) == "search-assistant"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("1", 1), ("8", 8), ("layer 4", 4), ("RAG operations", 5), ("rag_operations", 5),
        ("rag", 5), ("Cost", 4), ("security", 6), ("GOV", 7),
    ],
)  # fmt: skip
def test_a_layer_is_named_by_number_title_id_or_their_beginning(words, number):
    assert commands.layer(CHECKLIST, words).number == number


@pytest.mark.parametrize("words", ["0", "9", "", "nothing", "²", "x" * 500])
def test_an_unknown_layer_is_refused_with_the_layers_there_are(words):
    with pytest.raises(Refused) as refused:
        commands.layer(CHECKLIST, words)
    assert refused.value.words == "unknown_layer"
    assert "1 Prompt management" in refused.value.facts["titles"]
    assert len(refused.value.facts["layer"]) <= NAME_LONGEST


PIECES = [
    "start", "status", "assign", "schedule", "every", "off", "weekly", "snooze", "search", "3",
    "3d", "monday", "9:00", "Europe/Berlin", "@{slack:U1}", "layer", "to", "days", "\x00", "<",
    "|", "²", "٣",
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join))
@example("weekly monday ٠٩:٣٠")
def test_any_text_is_a_command_or_refused(text):
    with suppress(Refused):
        assert isinstance(parse_command(text), Command)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("verb", ["", "assign ", "schedule a", "weekly ", "snooze a", "start "])
def test_the_longest_text_is_read_without_delay(verb):
    """No expression takes the square of a text's length: the time-out says which one does."""
    for piece in ("1", " ", "-", "every ", " off", "@{", "@{a:", "1:", "\u0301\u0316", "a "):
        with suppress(Refused):
            parse_command(verb + piece * (MOST_TYPED // len(piece)) + "x")
