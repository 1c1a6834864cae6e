"""Due work: what a tick costs while nothing is due, and how fast what is due is claimed.

The first must not depend on how much is planned; beside the second stands the obvious way, one
row at a time.
"""

from __future__ import annotations

import argparse
import json
import platform
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import delete

from bench.rounds import RESULTS
from bench.servers import databases
from bot.duework import BATCH
from storage import due
from storage.database import Database
from storage.due import Plan
from storage.tables import DUE

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
FEW, MANY, CLAIMED = 100, 100_000, 10_000
ROUNDS, TICKS = 5, 200


def fill(database: Database, count: int, at: datetime) -> None:
    """So many things planned from that moment on, a second apart, and nothing else."""
    with database.write() as conn:
        conn.execute(delete(DUE))
    for start in range(0, count, 5000):
        plans = (
            Plan("nudge", f"slack:U{number}", at + timedelta(seconds=number), "1", "bench")
            for number in range(start, min(start + 5000, count))
        )
        with database.write() as conn:
            due.plan(conn, *plans)


def tick(database: Database) -> float:
    """Milliseconds of a tick that finds nothing."""
    begun = time.perf_counter()
    for _ in range(TICKS):
        with database.write() as conn:
            assert not due.claim(conn, now=NOW, token="bench", limit=BATCH)
    return (time.perf_counter() - begun) / TICKS * 1000


def claim_all(database: Database, limit: int, most: int) -> float:
    """Rows a second, until `most` are claimed."""
    with database.write() as conn:
        due.release_all(conn)
    claimed, begun = 0, time.perf_counter()
    while claimed < most:
        with database.write() as conn:
            found = due.claim(conn, now=NOW, token=secrets.token_hex(8), limit=limit)
        assert found
        claimed += len(found)
    return claimed / (time.perf_counter() - begun)


def idle(database: Database) -> tuple[float, float]:
    """Milliseconds of an idle tick with few rows waiting, and with many: medians of rounds."""
    found: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(ROUNDS):
        for count, taken in found.items():
            fill(database, count, NOW + timedelta(days=1))
            taken.append(tick(database))
    return statistics.median(found[FEW]), statistics.median(found[MANY])


def claiming(database: Database) -> tuple[float, float]:
    """Rows a second, one at a time and in batches: medians of rounds."""
    fill(database, CLAIMED, NOW - timedelta(days=1))
    ways: dict[str, tuple[Callable[[], float], list[float]]] = {
        "one": (partial(claim_all, database, 1, CLAIMED // 20), []),
        "batch": (partial(claim_all, database, BATCH, CLAIMED), []),
    }
    for _ in range(ROUNDS):
        for way, taken in ways.values():
            taken.append(way())
    return statistics.median(ways["one"][1]), statistics.median(ways["batch"][1])


def main() -> None:
    """Measures both databases, prints a table, keeps the figures in build/bench/due.json."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    table = Table(title="Due work", caption=f"medians of {ROUNDS} rounds")
    rows = []
    for head in ("database", f"idle tick, {FEW} waiting", f"{MANY} waiting", "ratio",
                 "claimed one by one", f"in batches of {BATCH}", "ratio"):  # fmt: skip
        table.add_column(head, justify="right")
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as urls:
        for name, url in urls.items():
            database = Database(url)
            few, many = idle(database)
            one, batch = claiming(database)
            database.close()
            table.add_row(name, f"{few:.2f} ms", f"{many:.2f} ms", f"{many / few:.2f} ×",
                          f"{one:.0f}/s", f"{batch:.0f}/s", f"{batch / one:.1f} ×")  # fmt: skip
            rows.append({"database": name, "idle_few_ms": few, "idle_many_ms": many,
                         "one_per_s": one, "batch_per_s": batch})  # fmt: skip
    Console().print(table)
    RESULTS.mkdir(parents=True, exist_ok=True)
    found = {"at": datetime.now(UTC).isoformat(timespec="seconds"),
             "python": platform.python_version(), "rows": rows}  # fmt: skip
    (RESULTS / "due.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
