"""Where many services stand: what a weekly scorecard says, for a channel's services and for all.

Beside it the obvious loop: the newest review of each service is loaded and its answers are
counted. What the bot keeps with each finished review stands there before it is measured (filling).
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table
from sqlalchemy import Connection

from bench.filling import NOW, TODAY, Fleet
from bench.rounds import RESULTS, Goal, keep, show
from bench.servers import databases
from bot import loops
from bot.runner import Runner
from bot.scenes import Scenes
from bot.weekly import FRESH, WeeklyScorecards
from conversations.checklist import packaged
from conversations.review import Place
from conversations.standing import Stand
from conversations.week import week
from storage import reviews, services, weeklies
from storage.database import Database
from storage.services import Service

ROUNDS, PAGES = 5, 20
SAMPLE = 200  # services of the loop over all: the rest would take as long again, many times
PAGE_MS, ALL_MS = 5.0, 250.0


@dataclass(frozen=True)
class Measured:
    """Milliseconds, medians of rounds, of the product and of the loop."""

    database: str
    what: str
    services: int
    ours: float
    best: float  # of the product's rounds
    loop: float

    @property
    def ratio(self) -> float:
        """How many times as long the loop takes."""
        return self.loop / self.ours


@dataclass(frozen=True)
class Portfolio:
    """What is measured, on one database."""

    database: Database
    scorecards: WeeklyScorecards

    @classmethod
    def of(cls, database: Database) -> Portfolio:
        """As the bot puts it together."""
        return cls(
            database,
            WeeklyScorecards(Runner(database), Scenes(packaged(), {}), lambda: NOW),
        )

    def page(self, place: Place) -> int:
        """What a channel's scorecard says; of how many services."""
        with self.database.read() as conn:
            return self._made(conn, place)

    def page_by_loop(self, place: Place) -> int:
        """The same, a service at a time."""
        with self.database.read() as conn:
            return self._by_loop(conn, services.in_channel(conn, place))

    def all(self) -> int:
        """What a scorecard of all would say."""
        with self.database.read() as conn:
            return self._made(conn, None)

    def some_by_loop(self, most: int) -> int:
        """The same of so many, a service at a time."""
        with self.database.read() as conn:
            known = services.all_of(conn)
            return self._by_loop(conn, known[:: max(1, len(known) // most)])

    def _made(self, conn: Connection, place: Place | None) -> int:
        return len(self.scorecards.made(conn, place, TODAY.isoformat(), NOW).standings)

    def _by_loop(self, conn: Connection, here: Sequence[Service]) -> int:
        scenes, stands, until = self.scorecards.scenes, [], TODAY - FRESH
        before = weeklies.before(conn, until, here[0].home)
        for it in here:
            [review], _ = reviews.settled(conn, reviews.latest_of_services(conn, [it.id]))
            facts = scenes.yardstick.facts(review)
            stands.append(Stand(it.id, it.key, it.name, review.id, review.open, review.started_at,
                                review.finished_at, again=False, facts=facts))  # fmt: skip
        return len(week(TODAY.isoformat(), stands, before, NOW, scenes.checklist).standings)


def milliseconds(work: Callable[[], int], expected: int) -> float:
    """How long it takes. Raises ValueError where it tells of another number of services."""
    begun = time.perf_counter()
    found = work()
    taken = (time.perf_counter() - begun) * 1000
    if found != expected:
        raise ValueError(f"{found} services instead of {expected}")
    return taken


def pages(portfolio: Portfolio, places: Sequence[Place], size: int) -> tuple[float, float]:
    """Milliseconds of a page, and of the loop over one: medians of these, in turns."""
    ours, loop = [], []
    for place in places:
        ours.append(milliseconds(partial(portfolio.page, place), size))
        loop.append(milliseconds(partial(portfolio.page_by_loop, place), size))
    return statistics.median(ours), statistics.median(loop)


def measure(name: str, database: Database, fleet: Fleet, rounds: int) -> Iterator[Measured]:
    """A page and all, each beside its loop, in turns. No round sees a page of another one."""
    portfolio, places = Portfolio.of(database), fleet.places
    size = min(fleet.services, len(_first_page(database, places)))
    sample = min(SAMPLE, fleet.services)
    taken: dict[str, list[tuple[float, float]]] = {"page": [], "all": []}
    pages(portfolio, places[-2:-1] or places, size)  # statements are compiled
    for number in range(rounds):
        chosen = [places[(number * PAGES + it) % len(places)] for it in range(PAGES)]
        taken["page"].append(pages(portfolio, chosen, size))
        ours = milliseconds(portfolio.all, fleet.services)
        loop = milliseconds(lambda: portfolio.some_by_loop(sample), sample)
        taken["all"].append((ours, loop * fleet.services / sample))
    for what, count in (("page", size), ("all", fleet.services)):
        ours, loop = zip(*taken[what], strict=True)
        yield Measured(name, what, count, statistics.median(ours), min(ours),
                       statistics.median(loop))  # fmt: skip


def _first_page(database: Database, places: Sequence[Place]) -> Sequence[Service]:
    with database.read() as conn:
        return services.in_channel(conn, places[0])


def goals(rows: Sequence[Measured]) -> Iterator[Goal]:
    """What was to be reached."""
    for it in rows:
        target = PAGE_MS if it.what == "page" else ALL_MS
        yield Goal(f"{it.database}: {_named(it)} in ms", it.ours, target, at_most=True)


def _named(it: Measured) -> str:
    return f"one page of {it.services}" if it.what == "page" else f"all {it.services:,}"


def profiled(work: Callable[[], Any], file: Path) -> None:
    """Keeps where the time of one call goes, by functions, the most expensive first."""
    profile = cProfile.Profile()
    profile.runcall(work)
    with file.open("w", encoding="utf-8") as out:
        pstats.Stats(profile, stream=out).sort_stats("tottime").print_stats(30)


def report(fleet: Fleet, rounds: int, rows: Sequence[Measured]) -> Path:
    """Prints the table and the goals; the JSON file in which they are kept."""
    title = (f"Where services stand: {fleet.services:,} services, "
             f"{fleet.history:,} lines of history")  # fmt: skip
    caption = f"medians of {rounds} rounds; the loop over all by a sample of {SAMPLE} services"
    table = Table(title=title, caption=caption)
    for head in ("database", "what", "ms", "best", "a service at a time, ms", "ratio"):
        table.add_column(head, justify="left" if head in {"database", "what"} else "right")
    for it in rows:
        table.add_row(it.database, _named(it), f"{it.ours:.1f}", f"{it.best:.1f}",
                      f"{it.loop:.0f}", f"{it.ratio:.1f} ×")  # fmt: skip
    show([table], list(goals(rows)))
    found = {"plan": asdict(fleet) | {"rounds": rounds}, "title": title,
             "rows": [asdict(it) | {"ratio": it.ratio} for it in rows]}  # fmt: skip
    return keep("portfolio", found, list(goals(rows)))


def main() -> None:
    """Measures both databases."""
    parser = argparse.ArgumentParser(prog="python -m bench.portfolio", description=__doc__)
    parser.add_argument("--services", type=int, default=Fleet.services)
    parser.add_argument("--history", type=int, default=Fleet.history, help="lines, in all")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    fleet, rows = Fleet(given.services, given.history), []
    RESULTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench") as folder, databases(Path(folder)) as urls:
        for name, url in urls.items():
            database = Database(url)
            fleet.fill(database)
            loops.settle()  # as the bot does: garbage is looked for less often
            rows += list(measure(name, database, fleet, given.rounds))
            portfolio = Portfolio.of(database)
            page = partial(list, map(portfolio.page, fleet.places[:PAGES]))
            for what, work in {"page": page, "all": portfolio.all}.items():
                profiled(work, RESULTS / f"portfolio_{what}_{name.lower()}.profile.txt")
            database.close()
    print(report(fleet, given.rounds, rows))


if __name__ == "__main__":
    main()
