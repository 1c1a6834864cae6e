"""A thread in which people click, what they click, and what a card shows of it."""

from __future__ import annotations

import json
import random
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self
from urllib.parse import quote_plus

from sqlalchemy import Connection

from bench.load import ask, request
from bench.slack import CHECKLIST, LAYER, VERDICTS, Person, signed
from conversations.actions import Give, pack
from conversations.checklist import Check
from conversations.review import Answer, Review, Verdict
from storage import people
from storage.people import Person as Known

IN_A_THREAD = 4  # people
OPEN = LAYER.checks[-1]  # waits all the time, so that the card keeps its lines
CHECKS = LAYER.checks[:-1]
LINE = re.compile(r"\*(\d+\.\d+)\*.* · \*([^*]+)\* · (.+)$")
Lines = dict[str, tuple[str, str]]  # of a card: number of a check -> verdict and who gave it


@dataclass(frozen=True)
class Talk(Person):
    """A thread with a review, and the people in it: all is answered but the end of a layer."""

    @property
    def review(self) -> Review:
        """As it stands at the beginning."""
        first = super().review
        answer = Answer(Verdict.MET, first.started_by, first.started_at)
        answers = {it.id: answer for it in CHECKLIST.checks if it is not OPEN}
        return replace(first, answers=answers)

    def hand(self, number: int) -> str:
        """Slack's id of one of its people."""
        return f"U0HAND{self.number}X{number}"

    @property
    def card(self) -> str:
        """The message with the card that is clicked."""
        return self.ts(LAYER.number)

    @property
    def root(self) -> str:
        """The thread's first message, which shows the progress."""
        return self.ts(0)

    def store(self, conn: Connection) -> None:
        """The review and its people, each named like their id."""
        super().store(conn)
        for number in range(IN_A_THREAD):
            name = self.hand(number)
            known = Known(f"slack:{name}", "slack", name, "Etc/UTC", deleted=False,
                          fetched_at=datetime.now(UTC))  # fmt: skip
            people.upsert(conn, known)

    def click(self, hand: int, serial: str, check: Check, verdict: Verdict) -> bytes:
        """The signed request of somebody's press of a verdict."""
        head, middle, tail = self._template
        value = quote_plus(pack(Give(self.review_id, check.id, verdict)))
        body = f"{head}{serial}{middle}{value}{tail}"
        return signed(body.replace(self.id, self.hand(hand)).encode())

    @cached_property
    def review_id(self) -> str:
        """The review's id, without making the whole of it."""
        return self.review.id

    @cached_property
    def _template(self) -> list[str]:
        return self._payload().split("%40%40")


class Choice:
    """What is clicked next in a thread: never a verdict that the check has, or is getting."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._last = {it.id: deque([Verdict.MET], maxlen=2) for it in CHECKS}

    def next(self) -> tuple[Check, Verdict]:
        """A check and a verdict for it."""
        check = self._chance.choice(CHECKS)
        last = self._last[check.id]
        verdict = self._chance.choice([it for it in VERDICTS if it not in last])
        last.append(verdict)
        return check, verdict


@dataclass(frozen=True, order=True)
class Click:
    """One click, as it was sent."""

    at: float
    talk: int
    by: str
    check: str
    verdict: Verdict


@dataclass(frozen=True)
class Edit:
    """A message as it was to be: when that reached Slack, and whether Slack refused it."""

    at: float
    message: str
    refused: bool
    lines: Lines

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """From what `bench.slack_api` keeps."""
        blocks = told["blocks"]
        return cls(told["at"], str(told["ts"]), told["refused"], lines(
            json.loads(blocks) if isinstance(blocks, str) else blocks or []
        ))  # fmt: skip


def lines(blocks: Sequence[Mapping[str, Any]]) -> Lines:
    """The answers that a card shows."""
    texts = (it["text"]["text"] for it in blocks if it["type"] == "section")
    found = (LINE.search(it) for it in texts)
    return {it[1]: (it[2], it[3]) for it in found if it}


async def edits(api: int, seen: int) -> list[Edit]:
    """Those that came after the first so many; waits a while where there are none yet."""
    told = json.loads(await ask(api, request(f"/arrivals/{seen}", b"")))
    return [Edit.of(it) for it in told]
