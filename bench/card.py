"""From a click to the changed card at Slack.

Idle: one person clicks now and then, beside stock Bolt that edits the message by itself; faster
than Slack's limits would let them for long, so there are none, and the bot is told so. Crowd: 64
people in 16 threads click for a minute, at Slack's own limits and without any; beside it what one
edit a click would come to, and how soon cards could change with 50 edits a minute, evenly spaced.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from bench.crowd import Crowd, Happened, at_best, refused_one_by_one
from bench.load import Taken
from bench.lonely import CLICKS, OURS, STOCK, Idle, alone
from bench.rounds import RESULTS, Goal, keep, show
from bench.servers import databases, running
from bench.talk import IN_A_THREAD, Click, Talk
from storage.database import Database

TITLE = "Slack: click → the changed card has arrived"
EACH, EVENLY = "an edit a click, at once", "edits evenly spaced, ideal"  # by calculation
FREE = ", no limits"
SHORTER = 3  # times as short is the crowd that meets no limits
ROUNDS = 5
IDLE_MOST, STALE_MOST = 50.0, 2000.0  # milliseconds: what was to be reached


@dataclass(frozen=True)
class Row:
    """A crowd: staleness in milliseconds."""

    server: str
    clicks: int
    edits: float  # a click, of all cards
    cards: float  # the same, of the cards that are clicked
    refused: int  # edits that Slack refused
    p50: float
    p99: float
    longest: float
    unseen: int  # clicks that were not shown within our patience
    roots: tuple[float, float] | None = None  # p50 and p99 until the progress was edited next


def crowd_row(server: str, happened: Happened, talks: Sequence[Talk]) -> Row:
    """A row of a crowd that clicked."""
    clicks, waits = len(happened.clicks), Taken(waits=happened.waits)
    roots = Taken(waits=happened.roots)
    taken = [it for it in happened.edits if not it.refused]
    cards = {it.card for it in talks}
    return Row(
        server,
        clicks,
        edits=len(taken) / clicks,
        cards=sum(it.message in cards for it in taken) / clicks,
        refused=len(happened.edits) - len(taken),
        p50=waits.wait(0.50),
        p99=waits.wait(0.99),
        longest=waits.wait(1.0),
        unseen=happened.unseen,
        roots=(roots.wait(0.50), roots.wait(0.99)) if roots.waits else None,
    )


def compared(clicks: Sequence[Click]) -> list[Row]:
    """The same clicks, by calculation: an edit each at once, and as many as Slack takes, evenly."""
    count, refused = len(clicks), refused_one_by_one(clicks)
    spent = list(at_best(clicks))
    waits = Taken(waits=[wait for its in spent for wait in its])
    share = len(spent) / count
    return [
        Row(EACH, count, (count - refused) / count, (count - refused) / count, refused,
            0.0, *([math.inf if refused else 0.0] * 2), refused),
        Row(EVENLY, count, share, share, 0, waits.wait(0.5), waits.wait(0.99), waits.wait(1.0), 0),
    ]  # fmt: skip


async def main(rounds: int, crowd: Crowd) -> None:
    """Measures and reports."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    idle: list[Idle] = []
    rows: list[Row] = []
    lonely = Talk(0)
    free = Crowd(crowd.threads, crowd.seconds / SHORTER, crowd.pace, crowd.patience, crowd.seed)
    bounded, boundless = crowd.talks(1), free.talks(1 + crowd.threads)
    with tempfile.TemporaryDirectory(prefix="bench") as folder, databases(Path(folder)) as urls:
        for url in urls.values():
            database = Database(url)
            with database.write() as conn:
                for talk in (lonely, *bounded, *boundless):
                    talk.store(conn)
            database.close()
        idle = await alone(urls, lonely, rounds)
        for name, url in urls.items():
            happened = await _crowd(name, url, crowd, bounded)
            if not rows:
                rows += compared(happened.clicks)
            rows.append(crowd_row(f"{OURS}, {name}", happened, bounded))
            happened = await _crowd(name, url, free, boundless, "boundless")
            rows.append(crowd_row(f"{OURS}, {name}{FREE}", happened, boundless))
    print(report(idle, rows, rounds, crowd))


async def _crowd(name: str, url: str, crowd: Crowd, talks: Sequence[Talk], *told: str) -> Happened:
    database = Database(url)
    log = RESULTS / f"card_crowd_{name.lower()}{'_'.join(('', *told))}.log"
    try:
        async with (
            running("bench.slack_api", "arrivals", *told, log=log.with_suffix(".api.log")) as slack,
            running("bench.slack_bot", url, slack["api"], *told, log=log) as bot,
        ):
            return await crowd.run(talks, bot["port"], slack["port"], database)
    finally:
        database.close()


def goals(idle: Sequence[Idle], rows: Sequence[Row]) -> Iterator[Goal]:
    """What was to be reached."""
    for lone in idle:
        if lone.server != STOCK:
            yield Goal(f"{lone.server}: idle p50 in ms", lone.p50, IDLE_MOST, at_most=True)
    for row in rows:
        if row.server.startswith(OURS):
            yield Goal(f"{row.server}: stale p99 in ms", row.p99, STALE_MOST, at_most=True)


def report(idle: Sequence[Idle], rows: Sequence[Row], rounds: int, crowd: Crowd) -> Path:
    """Prints both tables and the goals; the JSON file in which they are kept."""
    lone = Table(title=TITLE, caption=f"medians of {rounds} rounds of {CLICKS} clicks")
    _heads(lone, "server", "p50 ms", "best … worst", "p99 ms", "CPU ms", "ratio")
    for one in idle:
        lone.add_row(
            one.server, f"{one.p50:.1f}", f"{one.fastest:.1f} … {one.slowest:.1f}",
            f"{one.p99:.1f}", f"{one.busy:.1f}", f"{one.ratio:.2f} ×",
        )  # fmt: skip
    people = crowd.threads * IN_A_THREAD
    many = Table(
        title=f"Staleness: {people} people, {crowd.threads} threads, a click each {crowd.pace:g} s",
        caption=f"for {crowd.seconds:g} s, without limits {crowd.seconds / SHORTER:g} s; edits a "
        "click, all and of the clicked cards; root: seconds to its next edit, p50 / p99",
    )
    _heads(many, "server", "clicks", "edits", "cards", "refused", "p50 ms",
           "p99 ms", "longest", "unseen", "root")  # fmt: skip
    for row in rows:
        times = (f"{it:.0f}" for it in (row.p50, row.p99, row.longest))
        many.add_row(
            row.server, str(row.clicks), f"{row.edits:.2f}", f"{row.cards:.2f}", str(row.refused),
            *times, str(row.unseen),
            "–" if row.roots is None else " / ".join(f"{it / 1000:.0f}" for it in row.roots),
        )  # fmt: skip
    reached = list(goals(idle, rows))
    show([lone, many], reached)
    found = {
        "plan": {"rounds": rounds, "clicks": CLICKS, **asdict(crowd)},
        "title": TITLE,
        "idle": [asdict(it) for it in idle],
        "crowd": [{key: None if value == math.inf else value for key, value in asdict(it).items()}
                  for it in rows],
    }  # fmt: skip
    return keep("card", found, reached)


def _heads(table: Table, *heads: str) -> None:
    for head in heads:
        table.add_column(head, justify="left" if head == "server" else "right", no_wrap=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.card", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=Crowd.seconds)
    parser.add_argument("--threads", type=int, default=Crowd.threads)
    return parser.parse_args()


if __name__ == "__main__":
    told = _arguments()
    asyncio.run(main(told.rounds, Crowd(told.threads, told.seconds)))
