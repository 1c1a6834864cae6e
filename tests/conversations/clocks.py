"""Local time read off a clock, without what the calendar reads it with: no `fold`, no rules.

An oracle looks at what clocks show at many instants and picks the one that is asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
TABLE = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
)
HALF = timedelta(minutes=30)
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shown(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@cache
def half_hours(zone: str) -> list[tuple[datetime, datetime]]:
    """What clocks show at every half hour of 2026 and 2027, and some days around them."""
    first, last = utc("2025-12-25"), utc("2028-01-08")
    steps = range(int((last - first) / HALF))
    return [(first + HALF * step, shown(first + HALF * step, zone)) for step in steps]


@cache
def first_comings(zone: str) -> dict[datetime, datetime]:
    """When clocks first show each half hour; one they skip, as if they had not been put forward."""
    found: dict[datetime, datetime] = {}
    seen = half_hours(zone)
    for (instant, local), (_, following) in pairwise(seen):
        found.setdefault(local, instant)
        skipped = local + HALF
        while skipped < following:
            found[skipped] = instant + (skipped - local)
            skipped += HALF
    return found


@cache
def changes(zone: str) -> list[datetime]:
    """The instants, to within a week before, at which clocks changed from 1900 to 2100."""
    week = timedelta(days=7)
    weeks = [utc("1900-01-01") + week * number for number in range(52 * 200)]
    offsets = [one.astimezone(ZoneInfo(zone)).utcoffset() for one in weeks]
    return [one for one, (before, then) in zip(weeks, pairwise(offsets)) if before != then]


def reading(day: date, clock: time, zone: str) -> datetime:
    """The instant of a local time in any zone, by trying every offset in force around it."""
    wanted = datetime.combine(day, clock)
    around = [wanted.replace(tzinfo=UTC) + timedelta(hours=hour) for hour in range(-60, 61)]
    offsets = {one: shown(one, zone) - one.replace(tzinfo=None) for one in around}
    tried = {(wanted - offset).replace(tzinfo=UTC) for offset in offsets.values()}
    exact = [one for one in tried if shown(one, zone) == wanted]
    if exact:
        return min(exact)
    before = max(one for one in around if shown(one, zone) < wanted)
    return (wanted - offsets[before]).replace(tzinfo=UTC)


def exists(day: date, zone: str) -> bool:
    noon = datetime.combine(day, time(12), UTC)
    hours = (noon + timedelta(hours=hour) for hour in range(-40, 41))
    return any(shown(one, zone).date() == day for one in hours)
