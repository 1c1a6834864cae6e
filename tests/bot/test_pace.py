"""Slack's few edits a minute: evenly spent, pressed cards first, each at its turn."""

import heapq
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest

from bot.slack.pace import ABSENT, KEPT, OVERDUE, QUIET, SHARE, TAKEN, Pace

FIRST = 8  # edits that go out as they come


class Here:
    """A pace, and the clock by which it goes."""

    def __init__(self, a_minute: int = TAKEN) -> None:
        self.at = self.begun = datetime(2026, 11, 30, 9, tzinfo=UTC)
        self.pace = Pace(lambda: self.at, a_minute)

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def asks(self, message: str, *, aside: bool = False) -> float:
        """The seconds that it is told; where it is told none it is edited."""
        told = self.pace.turn(message, aside=aside)
        if not told:
            assert self.pace.take(message) == 0
        return told

    def use_up(self) -> None:
        """As many as go out as they come."""
        assert [self.asks(f"early {it}") for it in range(FIRST)] == [0] * FIRST

    def spend(self, edits: int) -> None:
        """So many different messages are edited, one after the other."""
        for number in range(edits):
            while told := self.asks(f"spent {number}"):
                self.later(told)

    def hot(self, pressed: Iterable[str], progress: Iterable[str], seconds: float) -> "Edits":
        """Messages that always want to be edited, and each asks when it was told to."""
        serial, made, begun = count(), [], self.at
        asking = [(0.0, next(serial), it, aside) for its, aside in ((pressed, False),
                  (progress, True)) for it in its]  # fmt: skip
        heapq.heapify(asking)
        while asking[0][0] < seconds:
            at, _, message, aside = heapq.heappop(asking)
            self.at = begun + timedelta(seconds=at)
            told = self.asks(message, aside=aside)
            if not told:
                made.append((at, message))
            heapq.heappush(asking, (at + (told or 0.01) + 0.002, next(serial), message, aside))
        return made


Edits = list[tuple[float, str]]


@pytest.fixture
def here() -> Here:
    return Here()


def most_in_a_minute(made: Edits) -> int:
    return max(sum(since <= at < since + 59.999 for at, _ in made) for since, _ in made)


def times(made: Edits, message: str) -> list[float]:
    return [at for at, it in made if it == message]


def test_no_minute_has_more_edits_than_slack_takes(here: Here) -> None:
    made = here.hot([f"card {it}" for it in range(16)], [f"root {it}" for it in range(16)], 300)
    assert TAKEN * 0.9 <= most_in_a_minute(made) < TAKEN
    assert len(made) > 5 * TAKEN * 0.9, "nor far fewer"


def test_after_the_first_few_they_are_evenly_spaced_and_never_stop(here: Here) -> None:
    made = here.hot([f"card {it}" for it in range(16)], [], 180)
    assert made[FIRST - 1][0] < 0.1
    gaps = [after - before for (before, _), (after, _) in pairwise(made)]
    assert max(gaps) < 2, "1.2 s is what Slack's limit comes to"
    quarters = [sum(at <= it < at + 15 for it, _ in made) for at in range(15, 165)]
    assert (min(quarters), max(quarters)) == (10, 13), "of a minute, whichever is looked at"


def test_each_card_of_a_crowd_has_its_turn_after_all_others(here: Here) -> None:
    cards = [f"card {it}" for it in range(16)]
    made = here.hot(cards, [], 180)
    waits = [b - a for it in cards for a, b in pairwise(times(made, it))]
    assert max(waits) < 26, "16 cards at 50 edits a minute: each every 19 s, at best"


def test_who_waits_longest_comes_first_whoever_happens_to_ask(here: Here) -> None:
    here.use_up()
    told = here.asks("first")
    assert 0 < told < here.asks("second")
    here.later(told)
    assert here.asks("lucky") > 0
    assert here.asks("second") > 0
    assert here.asks("first") == 0


def test_a_single_reviewer_never_waits(here: Here) -> None:
    """A verdict every two seconds, each of which changes the progress too."""
    for second in range(0, 300, 2):
        assert here.asks("card") == 0, second
        here.asks("root", aside=True)
        here.later(2)


def test_without_scarcity_progress_is_shown_at_once(here: Here) -> None:
    assert here.asks("card") == here.asks("root", aside=True) == 0


def test_progress_waits_for_pressed_cards_and_for_quiet(here: Here) -> None:
    here.use_up()
    told = here.asks("card")
    assert here.asks("root", aside=True) > told
    here.later(told)
    assert here.asks("root", aside=True) > 0, "the card may come any moment"
    assert here.asks("card") == 0
    assert here.asks("root", aside=True) == pytest.approx(QUIET)
    here.later(QUIET)
    assert here.asks("root", aside=True) == 0


def test_progress_is_shown_once_a_minute_where_it_never_gets_quiet(here: Here) -> None:
    made = here.hot(["one", "two"], ["root"], 400)
    shown = times(made, "root")
    assert len(shown) >= 6
    assert max(b - a for a, b in pairwise(shown)) < OVERDUE + 5


def test_progress_of_a_crowd_takes_its_share_and_no_more(here: Here) -> None:
    roots = [f"root {it}" for it in range(16)]
    made = [it for it in here.hot([f"card {it}" for it in range(16)], roots, 600) if it[0] > 60]
    share = sum(message in roots for _, message in made) / len(made)
    assert 0.8 / (SHARE + 1) < share < 1.2 / SHARE
    assert all(len(times(made, it)) >= 3 for it in roots), "every one of them again and again"


def test_a_turn_is_kept_while_the_card_is_drawn_and_counts_once(here: Here) -> None:
    here.use_up()
    here.later(60)
    assert [here.pace.turn("slow") for _ in range(FIRST)] == [0] * FIRST
    assert here.asks("other") == here.asks("slow") == 0


def test_a_turn_that_is_not_needed_is_the_next_ones_at_once(here: Here) -> None:
    here.use_up()
    here.later(told := here.asks("unchanged"))
    assert here.pace.turn("unchanged") == 0
    here.pace.unused("unchanged")
    assert here.asks("card") == 0
    assert here.asks("another") == pytest.approx(told, abs=0.1), "one turn, not two"


def test_a_turn_that_was_used_is_not_given_back(here: Here) -> None:
    here.use_up()
    here.pace.unused("early 7")
    assert here.asks("card") > 0


def test_turns_that_are_not_needed_cost_the_others_nothing(here: Here) -> None:
    """Every other turn is that of a card which turns out to be as it was."""
    here.use_up()
    edits = 0
    for number in range(400):
        while told := here.pace.turn(f"{number}"):
            here.later(told)
        if number % 2:
            here.pace.unused(f"{number}")
        else:
            assert here.pace.take(f"{number}") == 0
            edits += 1
    assert (here.at - here.begun).total_seconds() / edits < 1.3, "1.25 s is what there can be"


def test_progress_that_turns_out_unchanged_does_not_use_up_the_share_of_progress() -> None:
    here = Here()
    cards, roots = [f"card {it}" for it in range(16)], ["root"]
    here.hot(cards, roots, OVERDUE - 1)
    while told := here.pace.turn("root", aside=True):
        here.later(told)
    between = here.pace._between
    here.pace.unused("root")
    assert between == 0 < here.pace._between


def test_a_turn_that_is_not_used_is_given_back(here: Here) -> None:
    for number in range(FIRST):
        assert here.pace.turn(f"unchanged {number}") == 0
    assert here.asks("card") > 0
    here.later(KEPT)
    assert here.asks("card") == here.asks("another") == here.asks("third") == 0


def test_who_never_asked_for_a_turn_waits_for_one_too(here: Here) -> None:
    here.use_up()
    told = here.pace.take("card")
    assert told > 0
    here.later(told)
    assert here.pace.take("card") == 0


def test_nobody_is_edited_during_a_pause_and_who_was_refused_is_the_next(here: Here) -> None:
    here.use_up()
    here.asks("waits")
    here.pace.refuse("early 7", 30)
    assert here.pace.turn("early 7", pause=30) == 30
    assert here.pace.turn("waits", pause=30) > 30
    here.later(30)
    assert here.asks("waits") > 0
    assert here.asks("early 7") == 0


def test_who_does_not_come_is_soon_not_waited_for_and_then_forgotten(here: Here) -> None:
    here.use_up()
    told = here.asks("gone")
    here.later(told + 1.1)
    assert here.asks("card") == 0
    here.later(ABSENT)
    here.hot(["one", "two"], [], 60)
    assert here.asks("three") < here.asks("gone")


def test_after_a_refusal_slack_is_taken_at_its_word() -> None:
    here = Here(a_minute=100_000)
    assert [here.asks(f"{it}") for it in range(200)] == [0] * 200
    here.pace.refuse("0", 60)
    here.later(60)
    made = here.hot([f"{it}" for it in range(16)], [], 300)
    assert TAKEN * 0.9 <= most_in_a_minute(made) < TAKEN
    assert len(made) > 5 * TAKEN * 0.9, "nor far fewer"


@pytest.mark.parametrize("a_minute", [120, 400])
@pytest.mark.parametrize("edits", [40, 115])
def test_after_a_refusal_of_a_limit_set_too_high_the_line_goes_on(
    a_minute: int, edits: int
) -> None:
    here = Here(a_minute)
    here.spend(edits)
    here.pace.refuse("card 0", 0)
    cards = [f"card {it}" for it in range(40)]
    made = here.hot(cards, [], 300)
    assert max(times(made, it)[0] for it in cards) < 112, "a minute, and 40 times 1.25 s"
    assert most_in_a_minute(made) < TAKEN


@pytest.mark.parametrize("a_minute", [1, 2, 3, 6, 12])
def test_a_small_limit_is_kept_to_and_used(a_minute: int) -> None:
    made = Here(a_minute).hot(["one", "two"], [], 600)
    assert most_in_a_minute(made) == a_minute
    assert len(made) >= 10 * a_minute - 1


def test_a_clock_that_was_set_back_ends_all_waiting(here: Here) -> None:
    here.use_up()
    assert here.asks("card") > 0
    here.later(-3600)
    assert here.asks("card") == 0
