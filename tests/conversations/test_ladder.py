"""The days on which there is reason for a nudge, and how many a person gets."""

from datetime import UTC, date, datetime, timedelta

import pytest
from clocks import DAY, utc
from hypothesis import given
from hypothesis import strategies as st

from conversations.ladder import (
    LADDER,
    WEEK,
    Step,
    ladder,
    latest_step,
    room_from,
    silent_since,
)

DUE = date(2026, 3, 30)
NOON = utc("2026-03-30T12:00")


def test_the_ladder_has_five_steps_and_tells_more_people_as_it_climbs():
    assert [(step.owners, step.channel, day.isoformat()) for step, day in ladder(DUE)] == [
        (False, False, "2026-03-27"),
        (False, False, "2026-03-30"),
        (False, False, "2026-04-02"),
        (True, False, "2026-04-06"),
        (True, True, "2026-04-13"),
    ]


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-03-26", None),
        ("2026-03-27", -3),
        ("2026-03-29", -3),
        ("2026-03-30", 0),
        ("2026-04-02", 3),
        ("2026-04-05", 3),
        ("2026-04-06", 7),
        ("2026-04-12", 7),
        ("2026-04-13", 14),
        ("2027-04-13", 14),
    ],
)
def test_a_gap_stands_on_the_last_step_that_has_come(today, days):
    step = latest_step(DUE, date.fromisoformat(today))
    assert (step and step.days) == days


def test_steps_are_a_setting_in_any_order():
    steps = (Step(5, owners=True), Step(-1))
    assert ladder(DUE, steps) == [
        (Step(-1), date(2026, 3, 29)),
        (Step(5, owners=True), date(2026, 4, 4)),
    ]
    assert latest_step(DUE, date(2026, 4, 1), steps) == Step(-1)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-40, 40))
def test_a_date_that_is_moved_moves_the_step(due, days):
    """Nothing of the old date is left: only the distance from today counts."""
    come = [step for step in LADDER if step.days <= days]
    assert latest_step(due, due + DAY * days) == (come[-1] if come else None)


@pytest.mark.parametrize(
    ("answered", "silent"),
    [
        (None, "2026-03-29T09:00"),
        ("2026-03-27T09:30", "2026-03-29T09:30"),
        ("2026-04-10T00:00", "2026-04-12T00:00"),
        ("2026-03-01T00:00", "2026-03-29T09:00"),  # carried over from an earlier review
    ],
)
def test_a_review_is_silent_two_days_after_its_last_answer(answered, silent):
    opened = utc("2026-03-27T09:00")
    assert silent_since(opened, utc(answered) if answered else None) == utc(silent)


@pytest.mark.parametrize(
    ("nudged", "most", "room"),
    [
        ([], 2, "2026-03-30T12:00"),
        (["2026-03-30T09:00"], 2, "2026-03-30T12:00"),
        (["2026-03-24T09:00", "2026-03-30T09:00"], 2, "2026-03-31T09:00"),
        (["2026-03-30T09:00", "2026-03-24T09:00"], 2, "2026-03-31T09:00"),
        (["2026-03-23T12:00", "2026-03-30T09:00"], 2, "2026-03-30T12:00"),  # seven days to the tick
        (["2026-03-23T12:01", "2026-03-30T09:00"], 2, "2026-03-30T12:01"),
        (["2026-03-28T09:00", "2026-03-29T09:00", "2026-03-30T09:00"], 2, "2026-04-05T09:00"),
        (["2026-03-30T09:00"], 1, "2026-04-06T09:00"),
    ],
)
def test_a_person_has_room_for_two_nudges_in_seven_days(nudged, most, room):
    assert room_from([utc(one) for one in nudged], NOON, most) == utc(room)


def test_a_cap_of_none_is_no_cap():
    with pytest.raises(ValueError, match="at least 1"):
        room_from([], NOON, 0)


@given(st.lists(st.integers(0, 2000), max_size=40), st.integers(1, 4))
def test_no_seven_days_hold_more_than_the_cap(hours, most):
    """However often there is reason: each goes out when there is room from then on."""
    sent: list[datetime] = []
    wanted = sorted(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in hours)
    for now in wanted:
        going = room_from(sent, max(now, sent[-1]) if sent else now, most)
        assert going >= now
        sent.append(going)
    for first in sent:
        assert sum(first <= one < first + WEEK for one in sent) <= most
