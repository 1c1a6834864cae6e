"""People who click at their own pace, and how long it takes until their cards show it.

Nothing else tells them: Slack leaves a card as it is until the bot edits it, and an answer is
acknowledged without a word. So a click's wait is what whoever clicked sees, and the others too.
"""

from __future__ import annotations

import asyncio
import random
import time
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bench.load import ask
from bench.slack_api import EDIT as METHOD
from bench.talk import CHECKS, IN_A_THREAD, Choice, Click, Edit, Lines, Talk, edits
from bot.playground.rates import TIERS, Rates
from conversations.labels import VERDICTS as LABELS
from conversations.review import Verdict
from storage.database import Database
from storage.tables import HISTORY

ONE_EDIT = 60 / TIERS[METHOD]  # seconds between two at an even pace


@dataclass
class Happened:
    """All clicks and edits of a run."""

    clicks: list[Click] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # seconds, one a click
    unseen: int = 0  # clicks that no edit has shown: their waits are longer than that
    roots: list[float] = field(default_factory=list)  # the same until the progress was edited next


@dataclass(frozen=True)
class Crowd:
    """How many threads, how long they click, how long a person thinks, and what repeats it."""

    threads: int = 16
    seconds: float = 60.0
    pace: float = 2.0  # seconds between a person's clicks, on average
    patience: float = 75.0  # seconds after the last click until what has not come is given up
    seed: int = 20261125

    def talks(self, first: int) -> list[Talk]:
        """The threads, numbered from there on."""
        return [Talk(it) for it in range(first, first + self.threads)]

    async def click(self, talks: Sequence[Talk], port: int) -> list[Click]:
        """Lets all people click; their clicks by time."""
        found: list[Click] = []
        end = time.perf_counter() + self.seconds
        going = []
        for talk in talks:
            choice = Choice(random.Random(f"{self.seed} {talk.number}"))
            going += [self._person(talk, it, choice, port, end, found) for it in range(IN_A_THREAD)]
        await asyncio.gather(*going)
        return sorted(found)

    async def _person(
        self, talk: Talk, hand: int, choice: Choice, port: int, end: float, found: list[Click]
    ) -> None:
        chance = random.Random(f"{self.seed} {talk.number} {hand}")
        serial = 0
        while True:
            await asyncio.sleep(chance.expovariate(1 / self.pace))
            if time.perf_counter() >= end:
                return
            check, verdict = choice.next()
            raw = talk.click(hand, f"{talk.number}.{hand}.{serial}", check, verdict)
            serial += 1
            found.append(
                Click(time.perf_counter(), talk.number, talk.hand(hand), check.id, verdict)
            )
            await ask(port, raw)

    async def run(self, talks: Sequence[Talk], port: int, api: int, database: Database) -> Happened:
        """All of it, until all cards and progress show the last click, or patience is over."""
        happened = Happened(await self.click(talks, port))
        states = {it.card: states_of(database, it) for it in talks}
        given_up = time.perf_counter() + self.patience
        left, last_click = set(talks), {it.talk: it.at for it in happened.clicks}
        while left and time.perf_counter() < given_up:
            happened.edits += await edits(api, len(happened.edits))
            last = {it.message: it for it in happened.edits if not it.refused}
            left = {
                it
                for it in left
                if it.card not in last
                or last[it.card].lines != states[it.card][-1][0]
                or it.root not in last
                or last[it.root].at < last_click[it.number]
            }
        await asyncio.sleep(1.0)  # the cards that follow
        happened.edits += await edits(api, len(happened.edits))
        for talk in talks:
            _judge(happened, talk, states[talk.card])
            happened.roots += _until_edited(happened, talk)
        return happened


def states_of(database: Database, talk: Talk) -> list[tuple[Lines, str]]:
    """What the card showed or would have shown after each click, and whose that was."""
    kept = select(HISTORY).where(HISTORY.c.review_id == talk.review_id).order_by(HISTORY.c.id)
    numbers = {it.id: it.number for it in CHECKS}
    # Whoever started it is known to the bot by this name.
    now: Lines = {it.number: (LABELS[Verdict.MET], "somebody") for it in CHECKS}
    found = [(now, "")]
    with database.read() as conn:
        for row in conn.execute(kept):
            by = row.by.partition(":")[2]
            now = now | {numbers[row.check_id]: (LABELS[Verdict(row.verdict)], by)}
            found.append((now, by))
    return found


def _judge(happened: Happened, talk: Talk, states: Sequence[tuple[Lines, str]]) -> None:
    """Adds how long each click of a thread took to be seen.

    A card may have looked the same twice: it counts as the earlier, so that no wait is too short.
    Where it looks in the end as it should, the last clicks waited for the last edit all the same.
    Raises AssertionError where a click was not stored, or a card shows what never was.
    """
    clicked: dict[str, deque[Click]] = defaultdict(deque)
    for it in happened.clicks:
        if it.talk == talk.number:
            clicked[it.by].append(it)
    stored = Counter(by for _, by in states[1:])
    assert stored == Counter({by: len(its) for by, its in clicked.items()}), (
        "a click was not stored"
    )
    order = [clicked[by].popleft() for _, by in states[1:]]  # as they were stored
    shown = 0
    for edit in happened.edits:
        if edit.message != talk.card or edit.refused:
            continue
        after = next((it for it in range(shown, len(states)) if states[it][0] == edit.lines), None)
        assert after is not None, f"{edit.lines} was never so, after {shown}"
        happened.waits += [edit.at - it.at for it in order[shown:after]]
        shown = after
    left, end = order[shown:], time.perf_counter()
    if states[shown][0] == states[-1][0] and left:
        end = max(left[-1].at, *(it.at for it in happened.edits if it.message == talk.card))
    else:
        happened.unseen += len(left)
    happened.waits += [end - it.at for it in left]


def _until_edited(happened: Happened, talk: Talk) -> Iterator[float]:
    """How long each click of a thread waited for the next edit of its progress, if one came."""
    came = [it.at for it in happened.edits if it.message == talk.root and not it.refused]
    for click in happened.clicks:
        after = bisect_right(came, click.at)
        if click.talk == talk.number and after < len(came):
            yield came[after] - click.at


def refused_one_by_one(clicks: Sequence[Click]) -> int:
    """How many edits Slack refuses where each click causes one at once."""
    now = datetime.now(UTC)
    rates = Rates(lambda: now)
    refused, begun, start = 0, clicks[0].at, now
    for it in clicks:
        now = start + timedelta(seconds=it.at - begun)
        refused += bool(rates.wait(METHOD, {}))
    return refused


def at_best(clicks: Sequence[Click]) -> Iterator[list[float]]:
    """The waits that each edit ends where all that Slack takes go to these cards alone.

    Evenly, the oldest click first; nothing takes any time but what Slack's limit asks for.
    """
    coming = deque(sorted(clicks))
    waiting: dict[int, list[float]] = {}
    now = coming[0].at
    while coming or waiting:
        while coming and coming[0].at <= now:
            click = coming.popleft()
            waiting.setdefault(click.talk, []).append(click.at)
        if waiting:
            oldest = min(waiting, key=lambda it: waiting[it][0])
            yield [now - it for it in waiting.pop(oldest)]
            now += ONE_EDIT
        else:
            now = coming[0].at
