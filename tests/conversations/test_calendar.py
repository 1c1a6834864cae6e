"""Rules in local time: over the changes of clocks, at the instants that people would name."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from clocks import DAY, TABLE, first_comings, half_hours, utc

from conversations.calendar import (
    Daily,
    Every,
    Missed,
    Monthly,
    Rule,
    Unit,
    Weekly,
    after,
    at,
    between,
    is_working_day,
    latest_at_or_before,
    local_date,
    missed,
    next_after,
)

SECOND = timedelta(seconds=1)
BERLIN = "Europe/Berlin"
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
DATES = [FIRST + DAY * number for number in range((LAST - FIRST).days + 1)]


def rules(clock: time, zone: str) -> dict[Rule, list[date]]:
    """Every kind of rule, with its dates of 2026 and 2027."""
    found: dict[Rule, list[date]] = {Daily(clock.hour, clock.minute, zone): DATES}
    for weekday in range(7):
        rule = Weekly(weekday, clock.hour, clock.minute, zone)
        found[rule] = [day for day in DATES if day.weekday() == weekday]
    for number in (1, 5, 25, 28, 29, 30, 31):
        months = [(year, month) for year in (2026, 2027) for month in range(1, 13)]
        found[Monthly(number, clock.hour, clock.minute, zone)] = [
            date(year, month, min(number, monthrange(year, month)[1])) for year, month in months
        ]
    return found


@pytest.mark.parametrize("clock", [time(0), time(2, 30), time(9)], ids=str)
@pytest.mark.parametrize("zone", TABLE)
def test_once_on_each_of_its_dates_over_the_changes_of_two_years(zone, clock):
    comings = first_comings(zone)
    for rule, dates in rules(clock, zone).items():
        expected = [comings[datetime.combine(day, clock)] for day in dates]
        before, until = expected[0] - SECOND, expected[-1]
        assert list(between(rule, before, until)) == expected, rule
        assert [local_date(rule, one) for one in expected] == dates, rule
        for earlier, later in pairwise(expected):
            assert next_after(rule, earlier) == later == next_after(rule, later - SECOND)
            assert latest_at_or_before(rule, later - SECOND) == earlier
            assert latest_at_or_before(rule, later) == later


@pytest.mark.parametrize("zone", TABLE)
def test_the_two_years_hold_two_changes_each(zone):
    """So the table above is about something; Kolkata has none."""
    offsets = [
        local - instant.replace(tzinfo=None)
        for instant, local in half_hours(zone)
        if FIRST <= local.date() <= LAST
    ]
    changed = sum(one != other for one, other in pairwise(offsets))
    assert changed == (0 if zone == "Asia/Kolkata" else 4)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        # Clocks go forward.
        ("2026-03-29", "00:00", BERLIN, "2026-03-28T23:00"),
        ("2026-03-29", "02:30", BERLIN, "2026-03-29T01:30"),  # shown as 03:30
        ("2026-03-29", "03:30", BERLIN, "2026-03-29T01:30"),
        ("2026-03-29", "09:00", BERLIN, "2026-03-29T07:00"),
        ("2027-03-28", "02:30", BERLIN, "2027-03-28T01:30"),
        ("2026-03-29", "01:30", "Europe/London", "2026-03-29T01:30"),  # shown as 02:30
        ("2026-03-29", "02:30", "Europe/London", "2026-03-29T01:30"),
        ("2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30"),  # shown as 03:30
        ("2027-03-14", "02:30", "America/New_York", "2027-03-14T07:30"),
        ("2026-09-06", "00:00", "America/Santiago", "2026-09-06T04:00"),  # shown as 01:00
        ("2027-09-05", "00:00", "America/Santiago", "2027-09-05T04:00"),
        ("2026-10-04", "02:00", "Australia/Lord_Howe", "2026-10-03T15:30"),  # shown as 02:30
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),  # shown as 02:45
        ("2026-10-04", "02:30", "Australia/Lord_Howe", "2026-10-03T15:30"),
        ("2025-03-29", "23:30", "America/Nuuk", "2025-03-30T01:30"),  # shown as 00:30, Sunday
        # Clocks go back.
        ("2026-10-25", "02:30", BERLIN, "2026-10-25T00:30"),
        ("2026-10-25", "03:00", BERLIN, "2026-10-25T02:00"),
        ("2026-10-25", "09:00", BERLIN, "2026-10-25T08:00"),
        ("2027-10-31", "02:30", BERLIN, "2027-10-31T00:30"),
        ("2026-10-25", "01:30", "Europe/London", "2026-10-25T00:30"),
        ("2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30"),
        ("2026-11-01", "02:30", "America/New_York", "2026-11-01T07:30"),
        ("2026-04-04", "23:30", "America/Santiago", "2026-04-05T02:30"),
        ("2026-04-05", "00:00", "America/Santiago", "2026-04-05T04:00"),
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45"),
        ("2026-04-05", "02:30", "Australia/Lord_Howe", "2026-04-04T16:00"),
        ("2006-10-28", "23:30", "America/St_Johns", "2006-10-29T02:00"),
        ("2006-10-29", "00:00", "America/St_Johns", "2006-10-29T02:30"),  # then 23:01 again
        # They stay.
        ("2026-06-01", "02:30", "Asia/Kolkata", "2026-05-31T21:00"),
    ],
)
def test_a_local_time_is_the_instant_that_rfc_5545_says(day, clock, zone, instant):
    wanted, local = date.fromisoformat(day), time.fromisoformat(clock)
    rule = Daily(local.hour, local.minute, zone)
    assert at(wanted, local, zone) == utc(instant)
    assert next_after(rule, utc(instant) - SECOND) == utc(instant)
    assert latest_at_or_before(rule, utc(instant)) == utc(instant)
    assert local_date(rule, utc(instant)) == wanted
    assert next_after(rule, utc(instant)).tzinfo is UTC


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Fakaofo"])
def test_a_date_that_a_zone_left_out_is_one_with_the_next(zone):
    """Friday, 30 December 2011: clocks went from Thursday's end to Saturday's beginning."""
    rule = Daily(9, 0, zone)
    come = list(between(rule, utc("2011-12-29T12:00"), utc("2012-01-01T12:00")))
    assert [local_date(rule, one).isoformat() for one in come] == [
        "2011-12-29",
        "2011-12-31",
        "2012-01-01",
    ]


def test_a_weekly_rule_for_a_day_that_was_left_out_comes_a_day_later_and_keeps_its_date():
    rule = Weekly(4, 9, 0, "Pacific/Apia")
    come = next_after(rule, utc("2011-12-28"))
    assert come == utc("2011-12-30T19:00")  # Saturday, 31 December, 09:00 at +14
    assert local_date(rule, come) == date(2011, 12, 30)
    assert next_after(rule, come) == utc("2012-01-05T19:00")


def test_an_instant_that_is_no_occurrence_is_dated_by_the_wall():
    assert local_date(Daily(9, 0, BERLIN), utc("2026-06-01T22:30")) == date(2026, 6, 2)


def test_a_month_too_short_has_the_day_on_its_last():
    come = between(Monthly(31, 9, 0, BERLIN), utc("2028-01-01"), utc("2028-05-01"))
    assert [one.isoformat() for one in come] == [
        "2028-01-31T08:00:00+00:00",
        "2028-02-29T08:00:00+00:00",
        "2028-03-31T07:00:00+00:00",
        "2028-04-30T07:00:00+00:00",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Daily(24, 0, BERLIN),
        lambda: Daily(0, 60, BERLIN),
        lambda: Weekly(7, 9, 0, BERLIN),
        lambda: Weekly(-1, 9, 0, BERLIN),
        lambda: Weekly(0, 25, 0, BERLIN),
        lambda: Monthly(0, 9, 0, BERLIN),
        lambda: Monthly(32, 9, 0, BERLIN),
        lambda: Monthly(1, 9, -1, BERLIN),
        lambda: Every(0, Unit.DAYS),
    ],
)
def test_a_rule_that_no_clock_knows_is_not_made(wrong):
    with pytest.raises(ValueError, match="must be"):
        wrong()


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        next_after(Daily(9, 0, BERLIN), datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


MONDAYS = Weekly(0, 9, 0, BERLIN)


def test_down_over_one_monday_misses_one():
    friday, tuesday = utc("2026-03-27T15:00"), utc("2026-03-31T06:00")
    assert missed(MONDAYS, friday, tuesday) == Missed(utc("2026-03-30T07:00"), 0)


def test_down_for_six_weeks_makes_up_the_newest_and_counts_five():
    found = missed(MONDAYS, utc("2026-03-02T08:00"), utc("2026-04-13T07:00"))
    assert found == Missed(utc("2026-04-13T07:00"), 5)


def test_nothing_is_missed_of_what_was_done_or_is_still_to_come():
    assert missed(MONDAYS, utc("2026-03-30T07:00"), utc("2026-04-06T06:59:59")) is None


GOOD_FRIDAY, EASTER_MONDAY = date(2026, 4, 3), date(2026, 4, 6)


@pytest.mark.parametrize(
    ("number", "unit", "finished", "zone", "due"),
    [
        (90, "days", "2026-01-05T10:00", BERLIN, "2026-04-07T07:00"),  # 5 April: Easter Sunday
        (1, "days", "2026-03-05T10:00", BERLIN, "2026-03-06T08:00"),
        (1, "days", "2026-03-05T23:30", BERLIN, "2026-03-09T08:00"),  # a Friday there
        (2, "weeks", "2026-03-20T12:00", BERLIN, "2026-04-07T07:00"),  # Good Friday
        (1, "months", "2026-01-30T12:00", BERLIN, "2026-03-02T08:00"),  # 28 February: Saturday
        (1, "months", "2027-12-31T12:00", BERLIN, "2028-01-31T08:00"),
        (3, "months", "2027-11-30T12:00", BERLIN, "2028-02-29T08:00"),
        (12, "months", "2026-07-01T03:00", "America/New_York", "2027-06-30T13:00"),
        (36, "months", "2026-07-01T12:00", "Asia/Kolkata", "2029-07-02T03:30"),  # a Sunday
    ],
)
def test_a_re_review_is_due_in_the_morning_of_a_working_day(number, unit, finished, zone, due):
    every = Every(number, Unit(unit))
    holidays = {GOOD_FRIDAY, EASTER_MONDAY}
    assert after(every, utc(finished), zone, holidays) == utc(due)


def test_working_days_are_monday_to_friday_but_for_holidays():
    week = [date(2026, 3, 30) + DAY * number for number in range(8)]
    assert [is_working_day(day, {GOOD_FRIDAY, EASTER_MONDAY}) for day in week] == [
        *[True] * 4,
        *[False] * 4,
    ]
