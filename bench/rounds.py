"""Rounds in which the servers take turns, so that a slow minute of the machine hits all alike."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import ROOT
from bench.load import Taken
from bench.servers import busy, set_apart

WIDTH = 124  # characters of the table, also where the output goes into a file
RESULTS = ROOT / "build" / "bench"
Pressing = Callable[[int, float], Awaitable[Taken]]  # of so many clients, for so many seconds


@dataclass(frozen=True)
class Server:
    """What is measured: how it is pressed, and its process."""

    pressing: Pressing
    pid: int

    async def press(self, clients: int, seconds: float) -> Taken:
        """What came of pressing it, its processor time included."""
        before = busy(self.pid)
        taken = await self.pressing(clients, seconds)
        taken.busy = busy(self.pid) - before
        return taken


@dataclass(frozen=True)
class Plan:
    """How long it is measured."""

    rounds: int = 5
    seconds: float = 3.0  # a round of one server
    warm_up: float = 1.0  # before the first of them, not counted
    rest: float = 2.0  # between two: what one still has to edit is not on the next one's bill


@dataclass(frozen=True)
class Row:
    """One server at one number of clients: medians over the rounds."""

    server: str
    clients: int
    rate: float  # answers a second
    slowest: float  # the same, of the worst round
    fastest: float
    p50: float  # milliseconds
    p99: float
    busy: float  # milliseconds of the server's processor time an answer: other load hardly counts
    ratio: float  # of the rate to the baseline's
    failed: int  # requests that were answered with an error, in all rounds
    longest: float  # milliseconds until the slowest answer of all rounds


@dataclass(frozen=True)
class Goal:
    """What was to be reached, and what was. `at_most`: less is better."""

    name: str
    value: float
    target: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether it was."""
        return self.value <= self.target if self.at_most else self.value >= self.target


async def measure(servers: Mapping[str, Server], clients: Sequence[int], plan: Plan) -> list[Row]:
    """A row for each server and number of clients. The first server is the baseline."""
    rows = []
    set_apart(it.pid for it in servers.values())
    for count in clients:
        for server in servers.values():
            await server.press(count, plan.warm_up)
        taken: dict[str, list[Taken]] = {name: [] for name in servers}
        for number in range(plan.rounds):
            order = list(servers.items())
            for name, server in order[number % len(order) :] + order[: number % len(order)]:
                await asyncio.sleep(plan.rest)
                taken[name].append(await server.press(count, plan.seconds))
        baseline = statistics.median(it.rate for it in next(iter(taken.values())))
        rows += [_row(name, count, found, baseline) for name, found in taken.items()]
    return rows


def _row(server: str, clients: int, found: Sequence[Taken], baseline: float) -> Row:
    rates = [it.rate for it in found]
    return Row(
        server,
        clients,
        rate=statistics.median(rates),
        slowest=min(rates),
        fastest=max(rates),
        p50=statistics.median(it.wait(0.50) for it in found),
        p99=statistics.median(it.wait(0.99) for it in found),
        busy=statistics.median(1000 * it.busy / len(it.waits) for it in found),
        ratio=statistics.median(rates) / baseline,
        failed=sum(it.failed for it in found),
        longest=1000 * max(max(it.waits) for it in found),
    )


def report(
    name: str, title: str, rows: Sequence[Row], plan: Plan, goals: Sequence[Goal] = ()
) -> Path:
    """Prints the rows and goals as tables; the JSON file in which they are kept."""
    table = Table(title=title, caption=f"medians of {plan.rounds} rounds of {plan.seconds:g} s")
    for head in (
        "server",
        "clients",
        "a second",
        "worst … best",
        "p50 ms",
        "p99 ms",
        "CPU ms",
        "ratio",
        "failed",
    ):
        table.add_column(head, justify="left" if head == "server" else "right", no_wrap=True)
    for it in rows:
        table.add_row(
            it.server, str(it.clients), f"{it.rate:.0f}", f"{it.slowest:.0f} … {it.fastest:.0f}",
            f"{it.p50:.1f}", f"{it.p99:.1f}", f"{it.busy:.1f}", f"{it.ratio:.1f} ×", str(it.failed),
        )  # fmt: skip
    show([table], goals)
    found = {"plan": asdict(plan), "title": title, "rows": [asdict(it) for it in rows]}
    return keep(name, found, goals)


def show(tables: Sequence[Table], goals: Sequence[Goal]) -> None:
    """Prints tables, and below them the goals."""
    console = Console(width=WIDTH)
    console.print(*tables)
    for it in goals:
        mark, word = "✓" if it.reached else "✗", "at most" if it.at_most else "at least"
        console.print(f"{mark} {it.name}: {it.value:.1f} ({word} {it.target:g})")


def keep(name: str, found: Mapping[str, Any], goals: Sequence[Goal]) -> Path:
    """Keeps figures as JSON, with when and where they were measured; the file."""
    head = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "arch": platform.machine(), "os": platform.system()},
        "python": platform.python_version(),
        "load": os.getloadavg()[1],  # what ran meanwhile, ours included: of the last five minutes
    }
    reached = [asdict(it) | {"reached": it.reached} for it in goals]
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{name}.json"
    text = json.dumps({**head, **found, "goals": reached}, indent=2)
    file.write_text(text + "\n", encoding="utf-8")
    return file
