"""How cost grows with what is stored: a click, a tick, a start, a page, at 10 to 10,000 services.

And with what was done: the memory of a bot with both platforms, over very many clicks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table
from sqlalchemy import func, select

from bench.filling import Fleet
from bench.load import ask
from bench.portfolio import Portfolio, pages
from bench.rounds import RESULTS, Goal, keep, show
from bench.servers import databases, running
from bench.slack import PEOPLE, Pressed
from bot.delivery import Delivery
from bot.duework import DueWork
from bot.runner import Runner
from storage.database import Database
from storage.tables import HISTORY

SIZES = (10, 100, 1_000, 10_000)
A_SERVICE = 100  # lines of history of a service
A_CHANNEL = 10  # services, so that a page is the same everywhere
ROUNDS, TICKS, PAGES = 5, 200, 5
WARM_UP, SECONDS = 1.0, 1.5  # of clicks, after each start
STEP, AT_ONCE = 10_000, 16  # clicks between two looks at the memory, and who clicks
START_S, MEMORY_MB = 2.5, 110.0
GROWTH_MB = 5.0  # over all clicks after the first step: allocators round
ASKED = {"click_ms": "click, p50 ms", "tick_ms": "idle tick, ms", "start_s": "start to ready, s",
         "page_ms": f"page of {A_CHANNEL}, ms"}  # fmt: skip
READY = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_CLICKED = select(func.count()).where(HISTORY.c.review_id == PEOPLE[0].review.id)


@dataclass
class Sized:
    """One database of a size, and what was measured of it in rounds, by name."""

    name: str
    services: int
    url: str
    database: Database
    taken: dict[str, list[float]] = field(default_factory=lambda: {it: [] for it in ASKED})

    @property
    def row(self) -> dict[str, Any]:
        """Medians."""
        found = {what: statistics.median(it) for what, it in self.taken.items()}
        return {"database": self.name, "services": self.services, **found}


@dataclass(frozen=True)
class Bots:
    """Starts bots with both platforms, whose platforms are the same."""

    slack: str
    metadata: str
    service: str

    @asynccontextmanager
    async def one(self, url: str) -> AsyncIterator[tuple[dict[str, Any], float]]:
        """What it said, and the seconds from its start until /readyz said yes."""
        begun = time.perf_counter()
        where = (self.slack, self.metadata, self.service)
        log = RESULTS / "growth_bot.log"
        async with running("bench.both_bot", url, *where, log=log) as facts:
            await ask(facts["port"], READY)
            yield facts, time.perf_counter() - begun


async def ticks(database: Database) -> float:
    """Milliseconds of a tick that finds nothing, as bot/app.py does it."""
    runner, courier = Runner(database), None  # nothing is sent
    due = DueWork(runner, {}, lambda _: None, lambda: datetime.now(UTC))
    delivery = Delivery(runner, courier, lambda: datetime.now(UTC))  # type: ignore[arg-type]
    begun = time.perf_counter()
    for _ in range(TICKS):
        await due.sweep()
        await delivery.sweep()
    taken = (time.perf_counter() - begun) / TICKS * 1000
    await delivery.close(1)
    return taken


async def measure(every: Sequence[Sized], bots: Bots, rounds: int) -> None:
    """Fills in what was taken. Sizes take turns."""
    clicking = {it.url: Pressed(0, it.database, _CLICKED) for it in every}
    for number in range(rounds):
        for it in every:
            it.taken["tick_ms"].append(await ticks(it.database))
            portfolio = Portfolio.of(it.database)
            places = _chosen(it, number)
            pages(portfolio, places[:1], A_CHANNEL)
            it.taken["page_ms"].append(pages(portfolio, places, A_CHANNEL)[0])
    for number in range(rounds):
        for it in [*every[number % len(every) :], *every[: number % len(every)]]:
            async with bots.one(it.url) as (facts, seconds):
                it.taken["start_s"].append(seconds)
                person = clicking[it.url]  # who goes on where they stopped: no click comes twice
                person.port = facts["port"]
                await person.press(1, WARM_UP)
                it.taken["click_ms"].append((await person.press(1, SECONDS)).wait(0.5))


def _chosen(it: Sized, number: int) -> list[Any]:
    """The pages of a round, others than before where there are enough."""
    places = Fleet(it.services, 0, A_CHANNEL).places
    return [places[(number * PAGES + at) % len(places)] for at in range(PAGES)]


def resident(pid: int) -> float:
    """The megabytes of memory that a process has; 0 where that is not told."""
    try:
        pages_ = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    except OSError:
        return 0.0
    return pages_ * os.sysconf("SC_PAGE_SIZE") / 1e6


async def memory(url: str, bots: Bots, clicks: int) -> list[tuple[int, float]]:
    """Clicks so far and megabytes, at the start and after each step."""
    async with bots.one(url) as (facts, _):
        person = Pressed(facts["port"])
        found = [(0, resident(facts["pid"]))]
        print(f"{0:>8,} clicks: {found[0][1]:.1f} MB", flush=True)
        while person.answered < clicks:
            await person.press(AT_ONCE, 1.0)
            if person.answered // STEP > found[-1][0] // STEP or person.answered >= clicks:
                found.append((person.answered, resident(facts["pid"])))
                print(f"{found[-1][0]:>8,} clicks: {found[-1][1]:.1f} MB", flush=True)
    return found


async def main(given: argparse.Namespace) -> None:
    """Measures and reports."""
    rows: list[dict[str, Any]] = []
    held: dict[str, list[tuple[int, float]]] = {}
    RESULTS.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as up:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="bench")))

        async def start(module: str) -> dict[str, Any]:
            log = RESULTS / f"growth_{module.rpartition('.')[2]}.log"
            return await up.enter_async_context(running(module, log=log))

        slack, microsoft = await start("bench.slack_api"), await start("bench.microsoft")
        bots = Bots(slack["api"], microsoft["metadata"], microsoft["service"])
        every = []
        for size in [it for it in SIZES if it <= given.services]:
            place = folder / str(size)
            place.mkdir()
            for name, url in _asked(up.enter_context(databases(place)), given.on):
                database = Database(url)
                up.callback(database.close)
                Fleet(size, size * A_SERVICE, A_CHANNEL).fill(database)
                with database.write() as conn:
                    PEOPLE[0].store(conn)
                every.append(Sized(name, size, url, database))
        await measure(every, bots, given.rounds)
        rows = [it.row for it in every]
        place = folder / "memory"
        place.mkdir()
        for name, url in _asked(up.enter_context(databases(place)), given.on):
            if given.clicks:
                print(f"memory, {name}")
                _store(url)
                held[name] = await memory(url, bots, given.clicks)
    print(report(rows, held, given.rounds))


def _asked(urls: dict[str, str], only: str | None) -> list[tuple[str, str]]:
    return [(name, url) for name, url in urls.items() if only in {None, name}]


def _store(url: str) -> None:
    database = Database(url)
    with database.write() as conn:
        for person in PEOPLE[:AT_ONCE]:
            person.store(conn)
    database.close()


def goals(
    rows: Sequence[dict[str, Any]], held: dict[str, list[tuple[int, float]]]
) -> Iterator[Goal]:
    """What was to be reached."""
    for it in rows:
        if it["services"] == max(one["services"] for one in rows):
            name = f"{it['database']}: start to ready, s, at {it['services']:,} services"
            yield Goal(name, it["start_s"], START_S, at_most=True)
    for name, found in held.items():
        clicks, first = found[1]
        last, end = found[-1]
        yield Goal(f"{name}: MB after {clicks:,} clicks", first, MEMORY_MB, at_most=True)
        if last > clicks:
            what = f"{name}: MB more after {last:,} clicks"
            yield Goal(what, end - first, GROWTH_MB, at_most=True)


def report(
    rows: Sequence[dict[str, Any]], held: dict[str, list[tuple[int, float]]], rounds: int
) -> Path:
    """Prints the table and the goals; the JSON file in which they are kept."""
    title = "How cost grows with what is stored, to the same with the fewest services"
    table = Table(title=title, caption=f"medians of {rounds} rounds")
    sizes = sorted({it["services"] for it in rows})
    for head in ("database", "what", *(f"{it:,} services" for it in sizes)):
        table.add_column(head, justify="left" if head in {"database", "what"} else "right")
    for name in dict.fromkeys(it["database"] for it in rows):
        mine = {it["services"]: it for it in rows if it["database"] == name}
        for what, called in ASKED.items():
            least = mine[sizes[0]][what]
            cells = [f"{mine[it][what]:.2f} ({mine[it][what] / least:.1f} ×)" for it in sizes]
            table.add_row(name, called, *cells)
    reached = list(goals(rows, held))
    show([table], reached)
    memory_ = {name: [{"clicks": it, "mb": mb} for it, mb in all_] for name, all_ in held.items()}
    plan = {"rounds": rounds, "history_a_service": A_SERVICE, "at_once": AT_ONCE}
    found = {"plan": plan, "title": title, "rows": list(rows), "memory": memory_}
    return keep("growth", found, reached)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--services", type=int, default=max(SIZES), help="at most")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--clicks", type=int, default=100_000, help="for the memory; 0: none")
    parser.add_argument("--on", choices=("SQLite", "PostgreSQL"), help="one of the two alone")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(_arguments()))
