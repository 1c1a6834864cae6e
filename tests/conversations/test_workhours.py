"""Decent hours: the person's own, on their working days, when they are there."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from clocks import ZONES, shown, utc
from hypothesis import example, given
from hypothesis import strategies as st

from conversations.workhours import WorkHours, is_decent, next_decent

BERLIN = "Europe/Berlin"
QUARTER = timedelta(minutes=15)
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
RECENT = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants them naive


@pytest.mark.parametrize(
    ("instant", "zone", "decent"),
    [
        # Wednesday, 1 April 2026; Good Friday is the 3rd, Easter Monday the 6th.
        ("2026-04-01T06:59:59", BERLIN, "2026-04-01T07:00"),
        ("2026-04-01T07:00", BERLIN, "2026-04-01T07:00"),
        ("2026-04-01T12:34:56", BERLIN, "2026-04-01T12:34:56"),
        ("2026-04-01T14:59:59", BERLIN, "2026-04-01T14:59:59"),
        ("2026-04-01T15:00", BERLIN, "2026-04-02T07:00"),
        ("2026-04-02T15:00", BERLIN, "2026-04-07T07:00"),
        ("2026-04-03T10:00", BERLIN, "2026-04-07T07:00"),
        ("2026-04-05T10:00", BERLIN, "2026-04-07T07:00"),
        # A weekend over which clocks change: Friday at +1, Monday at +2.
        ("2026-03-27T16:00", BERLIN, "2026-03-30T07:00"),
        ("2026-10-23T16:00", BERLIN, "2026-10-26T08:00"),
        # One instant, other people.
        ("2026-04-01T12:34:56", "Asia/Kolkata", "2026-04-02T03:30"),
        ("2026-04-01T12:34:56", "America/New_York", "2026-04-01T13:00"),
        ("2026-04-01T23:00", "Australia/Lord_Howe", "2026-04-01T23:00"),  # Thursday, 10:00
        # Apia's Friday, 30 December 2011, never was: from Thursday evening to Monday.
        ("2011-12-30T04:00", "Pacific/Apia", "2012-01-01T19:00"),
    ],
)
def test_a_nudge_waits_for_the_next_decent_hour(instant, zone, decent):
    assert next_decent(utc(instant), zone, EASTER) == utc(decent)


@pytest.mark.parametrize(
    ("away_until", "decent"),
    [
        (None, "2026-04-01T10:00"),
        ("2026-03-01T00:00", "2026-04-01T10:00"),
        ("2026-04-01T13:00", "2026-04-01T13:00"),
        ("2026-04-01T20:00", "2026-04-02T07:00"),
        ("2026-04-17T22:00", "2026-04-20T07:00"),
    ],
)
def test_somebody_away_is_nudged_when_they_are_back(away_until, decent):
    back = utc(away_until) if away_until else None
    found = next_decent(utc("2026-04-01T10:00"), BERLIN, EASTER, away_until=back)
    assert found == utc(decent)


def test_hours_are_a_setting():
    late = WorkHours(time(13), time(13, 30))
    assert next_decent(utc("2026-04-01T10:00"), BERLIN, hours=late) == utc("2026-04-01T11:00")
    assert next_decent(utc("2026-04-01T11:30"), BERLIN, hours=late) == utc("2026-04-02T11:00")


def test_hours_that_come_twice_start_twice():
    """Baghdad, Monday, 1 October 2007: at 04:00 clocks went back to 03:00."""
    night = WorkHours(time(3, 15), time(3, 45))
    found = next_decent(utc("2007-09-30T23:50"), "Asia/Baghdad", hours=night)
    assert found == utc("2007-10-01T00:15")


def test_hours_that_start_in_a_gap_start_as_much_later():
    """Cairo, Friday, 24 April 2026: at 00:00 clocks went on to 01:00."""
    night = WorkHours(time(0, 15), time(2))
    found = next_decent(utc("2026-04-23T20:00"), "Africa/Cairo", hours=night)
    assert found == utc("2026-04-23T22:15")
    assert is_decent(found, "Africa/Cairo", hours=night)


def test_hours_that_a_gap_swallows_are_those_of_the_next_working_day():
    night = WorkHours(time(0, 15), time(0, 45))
    found = next_decent(utc("2026-04-23T20:00"), "Africa/Cairo", hours=night)
    assert found == utc("2026-04-26T21:15")  # Monday


@pytest.mark.parametrize(("start", "end"), [(time(9), time(9)), (time(17), time(9))])
def test_hours_that_end_before_they_start_are_refused(start, end):
    with pytest.raises(ValueError, match="before"):
        WorkHours(start, end)


@given(RECENT, st.sampled_from(ZONES), st.frozensets(st.dates(date(2000, 1, 1)), max_size=3))
@example(utc("2011-12-30T04:00"), "Pacific/Apia", frozenset())
def test_the_hour_found_is_decent_and_none_before_it_is(instant, zone, holidays):
    """By looking at the person's clock every quarter of an hour."""
    start = instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)
    found = next_decent(start, zone, holidays)
    assert found - start <= timedelta(days=3 + 2 * len(holidays) + 2)
    looked = start
    while looked < found:
        assert not decent(looked, zone, holidays)
        looked += QUARTER
    assert decent(found, zone, holidays)
    assert next_decent(found, zone, holidays) == found


def decent(instant: datetime, zone: str, holidays: frozenset[date]) -> bool:
    local = shown(instant, zone)
    return local.isoweekday() <= 5 and 9 <= local.hour < 17 and local.date() not in holidays
