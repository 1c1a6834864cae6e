"""The public holidays of a country, from the `holidays` package. No network: it knows them.

It is loaded when somebody names a place: it is four megabytes, and most name none.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from conversations.calendar import NEVER


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The holidays of one place, to be asked `day in holidays`: ISO 3166 codes in upper case.

    Without a subdivision only what the whole country has off.
    """

    country: str
    subdivision: str | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _of_year(self.country, self.subdivision, day.year)


def public_holidays(place: str) -> PublicHolidays:
    """The holidays of `DE` or `DE-BY` (ISO 3166-1 alpha-2, or 3166-2), in any case.

    Raises ValueError with one line for people, where the package does not know the place.
    """
    country, _, subdivision = place.strip().upper().partition("-")
    known = _countries()
    if country not in known or len(country) != 2:  # noqa: PLR2004 - not alpha-3
        raise ValueError(f"No public holidays known for {place!r}: use a code like DE or DE-BY")
    if not subdivision:
        return PublicHolidays(country)
    parts = {part.upper(): part for part in known[country]}
    if subdivision not in parts:
        near = get_close_matches(subdivision, parts, n=1) or sorted(parts)[:1]
        hint = f"use {country}, or one like {country}-{near[0]}" if near else f"use {country}"
        raise ValueError(f"No public holidays known for {place!r}: {hint}")
    return PublicHolidays(country, parts[subdivision])


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    from holidays import list_supported_countries

    return dict(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=512)
def _of_year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays(country, subdiv=subdivision, years=year))


@dataclass(frozen=True, slots=True)
class Holidays:
    """Whose public holidays count: places as HOLIDAYS names them, by a person's time zone."""

    places: tuple[PublicHolidays, ...] = ()

    def of(self, zone: str) -> Container[date]:
        """The holidays where clocks show this zone.

        Where its country is not known, those of the only place that there is.
        """
        country = _country_of().get(zone)
        for place in self.places:
            if place.country == country:
                return place
        return self.places[0] if country is None and len(self.places) == 1 else NEVER


@lru_cache(maxsize=1)
def _country_of() -> dict[str, str]:
    """The country of each IANA zone, from the time zone database's own table."""
    table = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
