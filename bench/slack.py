"""Slack: a signed click on a verdict, stored, then acknowledged.

Beside it Bolt with a listener that does nothing, in Python and in JavaScript; what one would build
without much ado; and the limit, which checks signatures and nothing else. Each client is a person
of their own, in a channel with a review of its own: all answered but the end of its first layer.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import Connection, func, select
from sqlalchemy import text as sql

from bench import ROOT
from bench.load import Client, Taken, press, request
from bench.rounds import RESULTS, Goal, Plan, Row, Server, measure, report
from bench.servers import databases, running, started
from bench.slack_api import SECRET, TEAM
from bench.slack_obvious import Base
from bot.slack import blocks
from bot.slack.dialect import Mrkdwn
from conversations.actions import Give, pack
from conversations.checklist import packaged
from conversations.effects import ROOT as FIRST
from conversations.effects import layer_slot
from conversations.review import Answer, Place, Review, Verdict
from conversations.views import Scene, card
from conversations.wording import Wording
from storage import answers, cards, people, reviews, services
from storage.database import Database
from storage.people import Person as Known
from storage.services import Service
from storage.tables import HISTORY

PATH = "/slack/events"
AT_ONCE = (1, 16, 64)
CHECKLIST = packaged()
LAYER = CHECKLIST.layers[0]
OPEN = {it.id for it in LAYER.checks[len(LAYER.checks) // 2 :]}
CHECKS = [it for it in LAYER.checks if it.id not in OPEN]
VERDICTS = (Verdict.MET, Verdict.PARTLY, Verdict.UNMET, Verdict.UNKNOWN)
BOLT, OBVIOUS, OURS = "Bolt for Python, empty", "Bolt with the ORM", "readiness-bot"


@dataclass(frozen=True)
class Person:
    """Somebody with a channel and a review of their own."""

    number: int

    @property
    def id(self) -> str:
        """Slack's id of the person."""
        return f"U0BENCH{self.number}"

    @property
    def review(self) -> Review:
        """Their review, as it stands at the beginning."""
        now, by = datetime.now(UTC), f"slack:{self.id}"
        return Review(
            id=f"bench{self.number:07}",
            service=f"bench-{self.number}",
            service_key=f"bench-{self.number}",
            checklist=CHECKLIST.version,
            place=Place("slack", TEAM, f"C0BENCH{self.number}"),
            started_by=by,
            started_at=now,
            ask_everything=True,
            answers={it.id: Answer(Verdict.MET, by, now) for it in CHECKLIST.checks
                     if it.id not in OPEN},
        )  # fmt: skip

    def ts(self, slot: int) -> str:
        """The message of a card."""
        return f"1795562459.{1000 * self.number + slot:06}"

    def store(self, conn: Connection) -> None:
        """Puts the review, and the cards that show it, where the bot will find them."""
        review, now = self.review, datetime.now(UTC)
        key, place = review.service_key, review.place
        services.create(conn, Service(key, key, key, place, {}, (), now), by=review.started_by)
        reviews.create(conn, review, key)
        answers.save_answers(conn, replace(review, answers={}), review)
        known = Known(review.started_by, "slack", "somebody", "Etc/UTC", deleted=False,
                      fetched_at=now)  # fmt: skip
        people.upsert(conn, known)
        slots = [FIRST, *(layer_slot(it.number) for it in CHECKLIST.layers)]
        for number, slot in enumerate(slots):
            cards.put(conn, review.id, slot, place, self.ts(number), "", now)

    def presses(self) -> Iterator[bytes]:
        """One verdict after another, each another one than that check has."""
        head, middle, tail = self._payload().split("%40%40")
        for number in count():
            check = CHECKS[number % len(CHECKS)]
            verdict = VERDICTS[(number // len(CHECKS) + 1) % len(VERDICTS)]
            value = quote_plus(pack(Give(self.review.id, check.id, verdict)))
            yield signed(f"{head}{self.number}.{number}{middle}{value}{tail}".encode())

    def _payload(self) -> str:
        """A press as Slack sends it, with the whole message; @@ in the place of what changes."""
        review = self.review
        names = {review.started_by: "somebody"}
        scene = Scene(CHECKLIST, review, Wording(Mrkdwn()), names, "https://bench.slack.com/x")
        shown = blocks.message(card(scene, layer_slot(LAYER.number)))
        channel, ts = review.place.channel, self.ts(LAYER.number)
        user = {"id": self.id, "username": "somebody", "name": "somebody", "team_id": TEAM}
        payload = {
            "type": "block_actions",
            "user": user,
            "api_app_id": "A0BENCH",
            "token": "verification",
            "container": {"type": "message", "message_ts": ts, "channel_id": channel,
                          "is_ephemeral": False, "thread_ts": self.ts(0)},
            "trigger_id": "@@",
            "team": {"id": TEAM, "domain": "bench"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": channel, "name": "bench"},
            "message": {"type": "message", "user": "U0BOT", "bot_id": "B0BOT", "ts": ts,
                        "thread_ts": self.ts(0), "team": TEAM, **shown},
            "state": {"values": {}},
            "response_url": "https://hooks.slack.com/actions/T/1/x",
            "actions": [{"type": "button", "action_id": "press", "block_id": "b1",
                         "text": {"type": "plain_text", "text": "Met"}, "value": "@@",
                         "action_ts": f"{time.time():.6f}"}],
        }  # fmt: skip
        return "payload=" + quote_plus(json.dumps(payload))


_SAID = select(func.count()).select_from(HISTORY)
_SAID_OBVIOUSLY = sql("SELECT count(*) FROM obvious_history")


def signed(body: bytes) -> bytes:
    """The request of a body, with Slack's signature of this second."""
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:%b:%b" % (stamp.encode(), body), hashlib.sha256)
    return request(
        PATH,
        body,
        Content_Type="application/x-www-form-urlencoded",
        X_Slack_Request_Timestamp=stamp,
        X_Slack_Signature=f"v0={signature.hexdigest()}",
    )


class Pressed:
    """A server, and where it stores what is pressed: all that was acknowledged must stand there.

    Where it `may_fail`, that is counted, and more may be stored than was acknowledged.
    """

    def __init__(
        self,
        port: int,
        database: Database | None = None,
        said: Any = _SAID,
        *,
        may_fail: bool = False,
    ) -> None:
        self.port = port
        self.database = database
        self.said = said
        self.clients = [
            Client(it.presses(), lambda body: not body, may_fail=may_fail) for it in PEOPLE
        ]
        self.may_fail = may_fail
        self.answered = 0

    async def press(self, clients: int, seconds: float) -> Taken:
        """Presses; then looks whether all that was answered is stored."""
        taken = await press(self.port, self.clients[:clients], seconds)
        self.answered += len(taken.waits)
        if self.database:
            with self.database.read() as conn:
                stored = conn.execute(self.said).scalar_one()
            if stored < self.answered or (stored > self.answered and not self.may_fail):
                raise AssertionError(f"{self.answered} presses were answered, {stored} are stored")
        return taken


PEOPLE = [Person(it) for it in range(max(AT_ONCE))]


async def main(plan: Plan, logs: Path) -> None:
    """Measures and reports."""
    async with AsyncExitStack() as up:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="bench")))

        def log(name: str) -> Path:
            return logs / f"slack_{name.lower()}.log"

        async def start(module: str, name: str, *arguments: str) -> dict[str, Any]:
            return await up.enter_async_context(running(module, *arguments, log=log(name)))

        slack = await start("bench.slack_api", "api")
        bolt = await start("bench.slack_stock", "bolt", "bolt", slack["api"])
        servers = {BOLT: Server(Pressed(bolt["port"]).press, bolt["pid"])}
        script = str(ROOT / "bench" / "node" / "bolt.js")
        node = started("node", script, slack["api"], SECRET, log=log("node"))
        js = await up.enter_async_context(node)
        servers["Bolt for JavaScript, empty"] = Server(Pressed(js["port"]).press, js["pid"])
        limit = await start("bench.slack_stock", "limit", "signature", slack["api"])
        servers["signatures only"] = Server(Pressed(limit["port"]).press, limit["pid"])
        for name, url in up.enter_context(databases(folder)).items():
            database = Database(url)
            up.callback(database.close)
            await asyncio.to_thread(_store, database)
            obvious = await start("bench.slack_obvious", f"orm_{name}", url, slack["api"])
            # Bolt answers 404 where nothing was acknowledged within Slack's three seconds.
            pressed = Pressed(obvious["port"], database, _SAID_OBVIOUSLY, may_fail=True)
            servers[f"{OBVIOUS}, {name}"] = Server(pressed.press, obvious["pid"])
            own = await start("bench.slack_api", f"api_{name}")
            bot = await start("bench.slack_bot", f"bot_{name}", url, own["api"])
            pressed = Pressed(bot["port"], database)
            servers[f"{OURS}, {name}"] = Server(pressed.press, bot["pid"])
        rows = await measure(servers, AT_ONCE, plan)
        title = "Slack: signed click → committed → acknowledged"
        print(report("slack", title, rows, plan, list(goals(rows))))


def _store(database: Database) -> None:
    """The reviews, for the bot and, for the obvious build, its answers: as many for both."""
    with database.write() as conn:
        for person in PEOPLE:
            person.store(conn)
        Base.metadata.create_all(conn)
        conn.execute(sql(_OBVIOUS_ANSWERS))


_OBVIOUS_ANSWERS = """
INSERT INTO obvious_answer (review_id, check_id, verdict, "by", at)
SELECT review_id, check_id, verdict, "by", at FROM answer
"""


def goals(rows: list[Row]) -> Iterator[Goal]:
    """What was to be reached at the most clients."""
    most = {it.server: it for it in rows if it.clients == max(AT_ONCE)}
    for name in ("SQLite", "PostgreSQL"):
        ours, obvious = most[f"{OURS}, {name}"], most[f"{OBVIOUS}, {name}"]
        yield Goal(f"{name}: times {OBVIOUS}", ours.rate / obvious.rate, 5.0)
        yield Goal(f"{name}: times {BOLT}", ours.rate / most[BOLT].rate, 1.0)
        yield Goal(f"{name}: p99 in ms", ours.p99, 150.0, at_most=True)


def _arguments() -> Mapping[str, float]:
    parser = argparse.ArgumentParser(prog="python -m bench.slack", description=__doc__)
    parser.add_argument("--rounds", type=int, default=Plan.rounds)
    parser.add_argument("--seconds", type=float, default=Plan.seconds)
    return vars(parser.parse_args())


if __name__ == "__main__":
    RESULTS.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Plan(**_arguments()), RESULTS))
