"""The line of those who wait until Slack takes their calls again."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import ChatUnavailable
from bot.slack.chat import _who
from bot.slack.pauses import ABSENT, EVERYTHING, FIRST, Pauses

NAME = "conversations_open"


class Here:
    """A line, and the clock by which it goes."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 30, 9, tzinfo=UTC)
        self.pauses = Pauses(lambda: self.at)

    def refused(self, who: str, seconds: float, name: str = NAME) -> None:
        told = ChatUnavailable("ratelimited", retry_after=seconds, unsure=False)
        self.pauses.begin(name, who, told)

    def asks(self, who: str) -> float:
        """After how many seconds they are to come; 0: they may call."""
        try:
            self.pauses.check(NAME, who)
        except ChatUnavailable as error:
            return error.retry_after or 0.0
        return 0.0

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def here() -> Here:
    return Here()


def test_who_asks_later_is_to_come_later_and_asking_again_changes_nothing(here: Here) -> None:
    here.refused("a", 30)
    assert [here.asks(it) for it in "abcb"] == [30, 31, 32, 31]


def test_nobody_overtakes_who_waits_also_over_the_next_pause(here: Here) -> None:
    here.refused("a", 30)
    waits = {it: here.asks(it) for it in "bc"}
    here.later(30)
    assert here.asks("a") == 0
    assert here.asks("new") == 2  # behind b and c, though the pause is over
    here.refused("a", 10)
    assert waits == {"b": 31, "c": 32}
    assert [here.asks(it) for it in ("a", "b", "c", "new")] == [10, 11, 12, 13]


def test_when_all_had_their_turn_everybody_may_call(here: Here) -> None:
    here.refused("a", 5)
    here.asks("b")
    here.later(6)
    assert [here.asks(it) for it in ("b", "a", "new")] == [0, 0, 0]


def test_only_the_front_of_a_long_line_goes_ahead(here: Here) -> None:
    here.refused("0", 5)
    for number in range(1, FIRST + 2):
        here.asks(str(number))
    here.later(5)
    assert here.asks(str(FIRST)) > 0
    assert here.asks(str(FIRST - 1)) == 0
    assert here.asks(str(FIRST)) == 0, "one is gone from before them"


def test_who_does_not_come_is_not_waited_for(here: Here) -> None:
    here.refused("gone", 5)
    here.later(5)
    assert here.asks("new") == 1
    here.later(ABSENT.total_seconds() + 1)
    assert here.asks("another") == 1, "only the one who was told to come just now is before them"


def test_a_clock_that_was_set_back_ends_it(here: Here) -> None:
    here.refused("a", 30)
    here.later(-3600)
    assert here.asks("b") == 0


def test_what_was_said_of_all_calls_holds_for_each(here: Here) -> None:
    here.refused("a", 60, EVERYTHING)
    with pytest.raises(ChatUnavailable) as told:
        here.pauses.check(NAME, "b")
    assert (told.value.retry_after, told.value.answered) == (61, False)


def test_who_asks_for_many_at_once_is_always_the_same() -> None:
    """Next time others are asked for: as somebody new they would go to the end of the line."""
    assert _who({"users": "U1,U2"}) == _who({"users": "U3"}) == ""
    assert _who({"users": ["U1"]}) != _who({"users": ["U2"]})
