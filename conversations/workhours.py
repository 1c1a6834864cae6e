"""When a person may be written to."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from conversations.calendar import DAY, NEVER, is_working_day, wall


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Local times of a working day; the end is no longer part of it."""

    start: time = time(9)
    end: time = time(17)

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError("start must be before end")


OFFICE = WorkHours()


def is_decent(
    instant: datetime, zone: str, holidays: Container[date] = NEVER, hours: WorkHours = OFFICE
) -> bool:
    """Whether the person's clock shows a working day's hours."""
    shown = wall(instant, zone)
    return hours.start <= shown.time() < hours.end and is_working_day(shown.date(), holidays)


def next_decent(
    instant: datetime,
    zone: str,
    holidays: Container[date] = NEVER,
    *,
    hours: WorkHours = OFFICE,
    away_until: datetime | None = None,
) -> datetime:
    """The instant (UTC) itself within the person's working hours, otherwise their next start.

    `away_until`: the person is away before it, and reached from then on.
    """
    moment = instant if away_until is None else max(instant, away_until)
    if is_decent(moment, zone, holidays, hours):
        return moment.astimezone(UTC)
    day = wall(moment, zone).date()
    while True:
        for start in _starts(day, zone, hours):
            if start > moment and is_decent(start, zone, holidays, hours):
                return start
        day += DAY


def _starts(day: date, zone: str, hours: WorkHours) -> tuple[datetime, ...]:
    """When the day's work starts, as RFC 5545 reads it; and again, if clocks are put back over it.

    In a gap the second is too early, which `is_decent` sees.
    """
    start = datetime.combine(day, hours.start, ZoneInfo(zone))
    return tuple(start.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
