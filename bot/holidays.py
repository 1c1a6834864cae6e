"""The public holidays of a country, from the `holidays` package. No network: it knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from holidays import country_holidays, list_supported_countries


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
    return dict(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=512)
def _of_year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, subdiv=subdivision, years=year))
