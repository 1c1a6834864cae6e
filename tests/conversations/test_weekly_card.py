"""The table of a weekly scorecard: all services while they fit, else the first and the best."""

from itertools import chain

import pytest
from reviewing import CHECKLIST, WORDS

from conversations.cards import Card, Faint, Text
from conversations.scoring import Readiness
from conversations.views import weekly
from conversations.week import Standing, Week


def week_of(count: int, *, name: str = "Service") -> Week:
    made = (
        Standing(
            f"s{number}", f"{name} {number:03}", f"r{number}", open=False,
            readiness=Readiness.READY, percent=90, weakest=None, applicable=50, critical_open=0,
            overdue=0, days=1,
        )
        for number in range(count)
    )  # fmt: skip
    return Week("2026-11-30", tuple(made))


def lines(card: Card) -> list[str]:
    texts = (it.text for it in card.elements if isinstance(it, Text | Faint))
    return [*chain.from_iterable(it.split("\n") for it in texts)][1:]


@pytest.mark.parametrize("count", [1, 19, 20])
def test_so_many_services_have_a_line_each(count: int) -> None:
    said = lines(weekly.card(week_of(count), CHECKLIST, WORDS, {}))
    assert [f"Service {number:03}" in line for number, line in enumerate(said)] == [True] * count


@pytest.mark.parametrize("count", [21, 500])
def test_of_more_the_first_and_the_best_have_one(count: int) -> None:
    made = week_of(count)
    said = lines(weekly.card(made, CHECKLIST, WORDS, {}))
    assert str(count - 20) in said[15]
    wanted = [*range(15), *range(count - 5, count)]
    assert [it.name for it in weekly.shown(made)] == [f"Service {it:03}" for it in wanted]
    for line, number in zip(said[:15] + said[16:], wanted, strict=True):
        assert f"Service {number:03}" in line


@pytest.mark.parametrize("count", [17, 20, 21])
def test_of_long_lines_there_are_fewer_and_none_is_shown_twice(count: int) -> None:
    said = lines(weekly.card(week_of(count, name="x" * 600), CHECKLIST, WORDS, {}))
    left_out = [it for it in said if "xxx" not in it]
    assert len(left_out) == 1
    assert str(count - len(said) + 1) in left_out[0]
    assert len(set(said)) == len(said)
