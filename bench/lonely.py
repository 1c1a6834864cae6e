"""One person who clicks now and then, and nobody else: how soon the card has changed."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from bench.load import Taken, ask
from bench.rounds import RESULTS
from bench.servers import busy, running
from bench.slack_api import WAITED
from bench.talk import Choice, Talk, edits
from conversations.labels import VERDICTS

STOCK, OURS = "Bolt for Python, editing", "readiness-bot"
CLICKS = 20  # of one server in a round
THINKS = (0.15, 0.35)  # seconds before a click: what followed the last one is over
LATE = 10.0  # seconds after which a card will not come


@dataclass(frozen=True)
class Idle:
    """One server while nothing else happens: milliseconds, medians over the rounds."""

    server: str
    p50: float
    fastest: float  # p50 of the best round, and of the worst
    slowest: float
    p99: float
    busy: float  # of the server's processor time a click, all that follows from it included
    ratio: float  # how many times as long the baseline takes


class Lonely:
    """A server, and the one person who uses it."""

    def __init__(self, facts: Mapping[str, Any], api: int, talk: Talk, seed: int) -> None:
        self.port, self.pid, self.api, self.talk = facts["port"], facts["pid"], api, talk
        self._chance = random.Random(seed)
        self._choice, self._seen, self._clicks = Choice(self._chance), 0, 0

    async def round(self, clicks: int) -> Taken:
        """The waits of so many clicks, one after the other."""
        before, taken = busy(self.pid), Taken()
        for _ in range(clicks):
            await asyncio.sleep(self._chance.uniform(*THINKS))
            taken.waits.append(await self._click())
        taken.busy = busy(self.pid) - before
        return taken

    async def _click(self) -> float:
        """Seconds until the card with that answer was at Slack. Raises TimeoutError without one."""
        check, verdict = self._choice.next()
        raw = self.talk.click(0, f"{self.talk.number}.idle.{self._clicks}", check, verdict)
        self._clicks += 1
        expected = VERDICTS[verdict], check.number
        begun = time.perf_counter()
        answer = asyncio.create_task(ask(self.port, raw))
        while time.perf_counter() - begun < LATE + WAITED:
            came = await edits(self.api, self._seen)
            self._seen += len(came)
            if answer.done():
                answer.result()  # raises where it was refused
            for it in came:
                shown = it.lines.get(check.number, ("", ""))[0]
                if it.message == self.talk.card and (shown, check.number) == expected:
                    await answer
                    return it.at - begun
        raise TimeoutError(f"{check.id} was not shown")


def idle_row(server: str, found: Sequence[Taken], baseline: float) -> Idle:
    """A row of the rounds of one server."""
    middles = [it.wait(0.50) for it in found]
    p50 = statistics.median(middles)
    return Idle(
        server,
        p50=p50,
        fastest=min(middles),
        slowest=max(middles),
        p99=Taken(waits=[wait for it in found for wait in it.waits]).wait(0.99),
        busy=statistics.median(1000 * it.busy / len(it.waits) for it in found),
        ratio=baseline / p50,
    )


async def alone(urls: Mapping[str, str], talk: Talk, rounds: int) -> list[Idle]:
    """A row for each server, stock Bolt first; the servers take turns."""
    async with AsyncExitStack() as up:

        async def start(module: str, name: str, *arguments: str) -> dict[str, Any]:
            log = RESULTS / f"card_{name.lower()}.log"
            return await up.enter_async_context(running(module, *arguments, log=log))

        async def used(module: str, name: str, *arguments: str) -> Lonely:
            slack = await start("bench.slack_api", f"api_{name}", "arrivals", "boundless")
            limits = ["boundless"] if module == "bench.slack_bot" else []
            facts = await start(module, name, *arguments, slack["api"], *limits)
            return Lonely(facts, slack["port"], talk, seed=1)

        servers = {STOCK: await used("bench.card_stock", "stock")}
        for name, url in urls.items():
            servers[f"{OURS}, {name}"] = await used("bench.slack_bot", f"bot_{name}", url)
        taken: dict[str, list[Taken]] = {name: [] for name in servers}
        for server in servers.values():
            await server.round(CLICKS // 2)  # not counted
        for number in range(rounds):
            order = list(servers.items())
            for name, server in order[number % len(order) :] + order[: number % len(order)]:
                taken[name].append(await server.round(CLICKS))
        baseline = statistics.median(it.wait(0.50) for it in taken[STOCK])
        return [idle_row(name, found, baseline) for name, found in taken.items()]
