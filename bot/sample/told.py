"""What year.toml tells: the services of the sample, and what people say of each check."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.playground.seed import PEOPLE
from bot.playground.world import TEAM
from conversations.calendar import Every, Unit
from conversations.review import Place, Verdict

CHANNELS = {"search-team": "C0SEARCH", "general": "C0GENERAL", "llm-platform": "C0PLATFORM"}
SAID = {it.value: it for it in (Verdict.MET, Verdict.PARTLY, Verdict.UNMET)}


@dataclass(frozen=True, slots=True)
class Told:
    """A service as the file tells of it."""

    name: str
    channel: str
    owners: tuple[str, ...]
    facts: frozenset[str]
    every: Every | None
    holes: frozenset[str]  # numbers of checks
    reviews: tuple[tuple[int, float], ...]
    open: tuple[int, float] | None

    @property
    def place(self) -> Place:
        """Its home channel."""
        return Place("slack", TEAM, CHANNELS[self.channel])


@dataclass(frozen=True, slots=True)
class Sayings:
    """What people say of a check, by verdict, and where its evidence is."""

    notes: Mapping[Verdict, str]
    link: str


@cache
def services() -> tuple[Told, ...]:
    """The services, in the file's order."""
    return tuple(_told(it) for it in _file()["service"])


def person(name: str) -> str:
    """The id of one of the demo's people."""
    return next(f"slack:{it.id}" for it in PEOPLE if it.name == name)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("bot.sample").joinpath("year.toml").read_text(encoding="utf-8"))


@cache
def sayings() -> dict[str, Sayings]:
    """What people say of each check, by its id."""
    return {
        key: Sayings({verdict: said[name] for name, verdict in SAID.items()}, said["link"])
        for key, said in _file()["check"].items()
    }


def _told(it: Mapping[str, Any]) -> Told:
    every: Iterable[Any] | None = it.get("every")
    number, unit = every or (0, "")
    return Told(
        name=it["name"],
        channel=it["channel"],
        owners=tuple(it["owners"]),
        facts=frozenset(it["facts"]),
        every=Every(number, Unit(unit)) if every else None,
        holes=frozenset(it.get("holes", ())),
        reviews=tuple((days, share) for days, share in it.get("reviews", ())),
        open=tuple(it["open"]) if "open" in it else None,
    )
