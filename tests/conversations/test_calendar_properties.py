"""Any rule in any zone: in order, once for each of its dates, and at the instant that is meant."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from clocks import DAY, ZONES, changes, exists, reading
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conversations.calendar import (
    Daily,
    Every,
    Monthly,
    Rule,
    Unit,
    Weekly,
    after,
    between,
    is_working_day,
    latest_at_or_before,
    local_date,
    missed,
    next_after,
    wall,
)

INSTANTS = st.datetimes(datetime(1850, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants them naive
TICK = timedelta(microseconds=1)
HOURS, MINUTES = st.integers(0, 23), st.integers(0, 59)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rule, datetime]:
    """A rule and an instant, more often than not close to a change of the zone's clocks."""
    zone = draw(st.sampled_from(ZONES))
    clock = draw(HOURS), draw(MINUTES)
    rule = draw(
        st.one_of(
            st.just(Daily(*clock, zone)),
            st.builds(
                Weekly, st.integers(0, 6), st.just(clock[0]), st.just(clock[1]), st.just(zone)
            ),
            st.builds(
                Monthly, st.integers(1, 31), st.just(clock[0]), st.just(clock[1]), st.just(zone)
            ),
        )
    )
    if not changes(zone) or draw(st.integers(0, 3)) == 0:
        return rule, draw(INSTANTS)
    near = timedelta(minutes=draw(st.integers(0, 9 * 24 * 60)))
    return rule, draw(st.sampled_from(changes(zone))) + near


def following(rule: Rule, instant: datetime, number: int) -> list[datetime]:
    found = []
    for _ in range(number):
        instant = next_after(rule, instant)
        found.append(instant)
    return found


@given(cases())
@example((Daily(9, 0, "Pacific/Apia"), datetime(2011, 12, 28, tzinfo=UTC)))
@example((Weekly(4, 0, 0, "Pacific/Apia"), datetime(2011, 12, 20, tzinfo=UTC)))
@example((Monthly(31, 12, 0, "Pacific/Kiritimati"), datetime(1994, 12, 1, tzinfo=UTC)))
@example((Daily(12, 0, "America/Juneau"), datetime(1867, 10, 16, tzinfo=UTC)))
@example((Daily(0, 0, "America/St_Johns"), datetime(2006, 10, 29, 3, tzinfo=UTC)))
@settings(max_examples=300)
def test_occurrences_are_in_order_one_a_date_and_the_same_from_both_sides(case):
    rule, start = case
    come = following(rule, start, 10)
    assert come[0] > start
    assert all(earlier < later for earlier, later in pairwise(come))
    dates = [local_date(rule, one) for one in come]
    assert all(earlier < later for earlier, later in pairwise(dates))
    assert list(between(rule, start, come[-1])) == come
    assert latest_at_or_before(rule, start) <= start
    assert next_after(rule, latest_at_or_before(rule, start)) == come[0]
    for earlier, later in pairwise(come):
        assert latest_at_or_before(rule, later) == later
        assert latest_at_or_before(rule, later - TICK) == earlier
        assert next_after(rule, later - TICK) == later


@given(cases())
@example((Daily(9, 0, "Pacific/Apia"), datetime(2011, 12, 28, tzinfo=UTC)))
@example((Daily(23, 30, "America/Nuuk"), datetime(2025, 3, 27, tzinfo=UTC)))
@example((Daily(12, 0, "Asia/Manila"), datetime(1844, 12, 28, tzinfo=UTC)))
@settings(max_examples=150)
def test_each_of_the_rule_s_dates_has_its_instant(case):
    """By the oracle that tries every offset; only a date that never was may be left out."""
    rule, start = case
    come = following(rule, start, 8)
    dates = [local_date(rule, one) for one in come]
    for day, one in zip(dates, come, strict=True):
        assert one == reading(day, time(rule.hour, rule.minute), rule.zone)
        assert wall(one, rule.zone).date() - day in {timedelta(0), DAY}
    for earlier, later in pairwise(dates):
        between_them = (earlier + DAY * step for step in range(1, (later - earlier).days))
        left_out = [day for day in between_them if belongs(rule, day)]
        assert not any(exists(day, rule.zone) for day in left_out)


def belongs(rule: Rule, day: datetime) -> bool:
    match rule:
        case Daily():
            return True
        case Weekly():
            return day.weekday() == rule.weekday
        case Monthly():
            last = (day + DAY).month != day.month
            return day.day == rule.day or (last and day.day < rule.day)


@given(cases(), st.integers(0, 40))
def test_what_is_missed_is_the_newest_and_all_older_ones(case, number):
    rule, since = case
    come = following(rule, since, number)
    found = missed(rule, since, come[-1] if come else since)
    assert (found is None) == (number == 0)
    if found:
        assert (found.newest, found.skipped) == (come[-1], number - 1)
        assert missed(rule, found.newest, come[-1]) is None


@given(
    st.builds(Every, st.integers(1, 1100), st.sampled_from(Unit)),
    st.sampled_from(ZONES),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - as above
)
def test_a_re_review_waits_the_whole_cadence_and_three_days_at_most(every, zone, finished):
    due = wall(after(every, finished, zone), zone).replace(tzinfo=None)
    assert due.time() >= time(9)
    done = wall(finished, zone).date()
    days = (due.date() - done).days
    least, most = {
        Unit.DAYS: (every.number, every.number),
        Unit.WEEKS: (every.number * 7, every.number * 7),
        Unit.MONTHS: (every.number * 30.4 - 3, every.number * 30.5 + 3),
    }[every.unit]
    assert least <= days <= most + 3
    if exists(due.date() - DAY, zone):
        assert is_working_day(due.date())
