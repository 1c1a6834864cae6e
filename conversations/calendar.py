"""Rules in local time, and the instants they mean.

A rule is stored as it was said, with its IANA zone. When it comes next is computed from the two
each time, so that a change of the zone's own rules needs no change of what is stored.

How a local time is read is RFC 5545, section 3.3.5: one that does not exist, because clocks were
put forward over it, is read with the offset from before the gap (02:30 becomes 03:30); one that
exists twice is its first coming. The date that a rule names stays the occurrence's date, also
where the gap carries its instant over midnight: 23:30 on the Saturday of Nuuk's change comes at
00:30 on the Sunday and is Saturday's.

A date that a zone left out (Apia had no 30 December 2011) is read the same way: its 09:00 comes
when clocks there show 09:00 on the 31st. Where the rule comes on the 31st as well, the two are
one occurrence, and it is the 31st's.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

DAY = timedelta(days=1)
FARTHEST = 2 * DAY
"""How far an occurrence's date may be from the date on the wall: one day, and one to spare."""

MORNING = time(9)
NEVER: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at a local time of an IANA zone."""

    hour: int
    minute: int
    zone: str

    def __post_init__(self) -> None:
        time(self.hour, self.minute)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on a weekday (0 is Monday) at a local time of an IANA zone."""

    weekday: int
    hour: int
    minute: int
    zone: str

    def __post_init__(self) -> None:
        time(self.hour, self.minute)
        if not 0 <= self.weekday <= 6:  # noqa: PLR2004 - Sunday
            raise ValueError("weekday must be in 0..6")


@dataclass(frozen=True, slots=True)
class Monthly:
    """Every month on a day (1 to 31) at a local time of an IANA zone.

    A month that is too short for the day has it on its last one: a rule for the 31st comes twelve
    times a year. (RFC 5545, section 3.3.10, would leave the short months out, and so a month's
    scorecard with them.)
    """

    day: int
    hour: int
    minute: int
    zone: str

    def __post_init__(self) -> None:
        time(self.hour, self.minute)
        if not 1 <= self.day <= 31:  # noqa: PLR2004 - the longest month
            raise ValueError("day must be in 1..31")


Rule = Daily | Weekly | Monthly


@cache
def zones() -> frozenset[str]:
    """The names of all zones there are."""
    return frozenset(available_timezones())


def at(day: date, clock: time, zone: str) -> datetime:
    """The instant (UTC) of a local time on a date, read as RFC 5545, section 3.3.5 reads it."""
    # fold=0 is that reading: the offset before a gap, and the first of two (PEP 495).
    return datetime.combine(day, clock.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


def wall(instant: datetime, zone: str) -> datetime:
    """What clocks in the zone show. Raises ValueError for an instant without an offset."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(ZoneInfo(zone))


def next_after(rule: Rule, instant: datetime) -> datetime:
    """The rule's first occurrence after the instant, never the instant itself; UTC."""
    day = wall(instant, rule.zone).date() - FARTHEST
    while True:
        day = _next_date(rule, day)
        occurrence = _occurrence(rule, day)
        if occurrence > instant:
            return occurrence


def latest_at_or_before(rule: Rule, instant: datetime) -> datetime:
    """The rule's last occurrence up to the instant, which may be the instant itself; UTC."""
    day = wall(instant, rule.zone).date() + FARTHEST
    while True:
        day = _previous_date(rule, day)
        occurrence = _occurrence(rule, day)
        if occurrence <= instant:
            return occurrence


def between(rule: Rule, since: datetime, until: datetime) -> Iterator[datetime]:
    """All occurrences after `since` and up to `until`, which is included; UTC, oldest first."""
    occurrence = next_after(rule, since)
    while occurrence <= until:
        yield occurrence
        occurrence = next_after(rule, occurrence)


def local_date(rule: Rule, occurrence: datetime) -> date:
    """The date that the occurrence is for: unlike its date on the wall, never that of another.

    For an instant that is no occurrence (of a rule whose zone has changed since it was planned)
    the date on the wall.
    """
    shown = wall(occurrence, rule.zone).date()
    day = shown + FARTHEST
    while day > shown - FARTHEST:
        day = _previous_date(rule, day)
        if _occurrence(rule, day) == occurrence:
            return day
    return shown


@dataclass(frozen=True, slots=True)
class Missed:
    """What was not done in time: the newest occurrence (UTC), and how many older ones there are."""

    newest: datetime
    skipped: int


def missed(rule: Rule, since: datetime, now: datetime) -> Missed | None:
    """What came after `since` (the last occurrence that was done) and up to now; None: nothing."""
    occurrences = list(between(rule, since, now))
    return Missed(occurrences[-1], len(occurrences) - 1) if occurrences else None


class Unit(StrEnum):
    """What a cadence counts in, as it is typed."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Every:
    """A cadence: every so many days, weeks or months."""

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("number must be at least 1")


def after(
    every: Every,
    finished_at: datetime,
    zone: str,
    holidays: Container[date] = NEVER,
    clock: time = MORNING,
) -> datetime:
    """When the re-review is due (UTC), counted from the date on which the last review finished.

    At 09:00 in the zone, on the full cadence's date or, where nobody works then, on the next
    working day; never earlier. A month after the 31st is the last day of a shorter month.
    """
    day = _later(wall(finished_at, zone).date(), every)
    while not is_working_day(day, holidays):
        day += DAY
    return at(day, clock, zone)


def is_working_day(day: date, holidays: Container[date] = NEVER) -> bool:
    """Whether people work: Monday to Friday, unless it is a public holiday."""
    return day.weekday() < 5 and day not in holidays  # noqa: PLR2004 - Saturday


def _occurrence(rule: Rule, day: date) -> datetime:
    return at(day, time(rule.hour, rule.minute), rule.zone)


def _next_date(rule: Rule, day: date) -> date:
    """The rule's first date after the day."""
    match rule:
        case Daily():
            return day + DAY
        case Weekly():
            return day + DAY * ((rule.weekday - day.weekday() - 1) % 7 + 1)
        case Monthly():
            this = _on(day.year, day.month, rule.day)
            return this if this > day else _on(day.year, day.month + 1, rule.day)


def _previous_date(rule: Rule, day: date) -> date:
    """The rule's last date before the day."""
    match rule:
        case Daily():
            return day - DAY
        case Weekly():
            return day - DAY * ((day.weekday() - rule.weekday - 1) % 7 + 1)
        case Monthly():
            this = _on(day.year, day.month, rule.day)
            return this if this < day else _on(day.year, day.month - 1, rule.day)


def _later(day: date, every: Every) -> date:
    match every.unit:
        case Unit.DAYS:
            return day + DAY * every.number
        case Unit.WEEKS:
            return day + DAY * 7 * every.number
        case Unit.MONTHS:
            return _on(day.year, day.month + every.number, day.day)


def _on(year: int, month: int, day: int) -> date:
    """The date, with months counted on over the year's ends; the last one of a month too short."""
    years, month = divmod(month - 1, 12)
    year, month = year + years, month + 1
    return date(year, month, min(day, monthrange(year, month)[1]))
