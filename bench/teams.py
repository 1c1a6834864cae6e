"""Teams: a verdict's button is pressed, the turn is committed, the fresh card is the answer.

Beside it the stock adapter, which merely echoes. Each client is a person of their own with a
review of their own: half way through its first layer, where cards are longest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from fake_teams import BOT, GROUP, TEAM, Json
from sqlalchemy import Connection, func, select
from teams_kit import TENANT

from bench.load import Client, Taken, ask, press, request
from bench.rounds import RESULTS, Goal, Plan, Pressing, Row, Server, measure, report
from bench.servers import databases, running, until
from conversations.actions import AskAll, Give, pack
from conversations.checklist import packaged
from conversations.effects import SCOPE, layer_slot
from conversations.review import Place, Verdict
from storage import cards, outbox, reviews
from storage.database import Database
from storage.tables import HISTORY

PATH = "/api/messages"
AT_ONCE = (1, 16)
LAYER = packaged().layers[0]
CHECKS = LAYER.checks[: len(LAYER.checks) // 2]  # the others stay open, with their five buttons
VERDICTS = (Verdict.MET, Verdict.PARTLY, Verdict.UNMET, Verdict.UNKNOWN)
CARD = b'"application/vnd.microsoft.card.adaptive"'


@dataclass(frozen=True)
class Person:
    """Somebody with a channel and a review of their own. `shown`: the message of the card."""

    number: int
    service: str  # where Microsoft is
    header: str  # of a token
    review: str = ""
    shown: str = ""

    @property
    def channel(self) -> str:
        """Where the review is."""
        return f"19:bench{self.number}@thread.tacv2"

    def start(self) -> bytes:
        """Opens a review."""
        mention = {
            "type": "mention", "text": "<at>Readiness</at>",
            "mentioned": {"id": BOT, "name": "Readiness"},
        }  # fmt: skip
        text = f"<at>Readiness</at> start bench-{self.number}"
        more = {"type": "message", "text": text, "entities": [mention]}
        return self._post(self._activity(f"start{self.number}") | more)

    def scope(self) -> bytes:
        """Skips scoping."""
        return self._post(self._press(pack(AskAll(self.review)), f"scope{self.number}"))

    def presses(self) -> Iterator[bytes]:
        """One verdict after another, each another one than that check has."""
        for number in count():
            check = CHECKS[number % len(CHECKS)]
            verdict = VERDICTS[number // len(CHECKS) % len(VERDICTS)]
            verb = pack(Give(self.review, check.id, verdict))
            yield self._post(self._press(verb, f"press{self.number}-{number}"))

    def _press(self, verb: str, name: str) -> Json:
        action = {"type": "Action.Execute", "verb": verb, "data": {}}
        root, _, number = self.shown.rpartition("/")
        return self._activity(name, root) | {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "replyToId": number,
            "value": {"action": action, "trigger": "manual"},
        }

    def _activity(self, name: str, root: str = "") -> Json:
        return {
            "id": name,
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "localTimezone": "Europe/Ljubljana",
            "channelId": "msteams",
            "serviceUrl": self.service,
            "from": {"id": f"29:1person{self.number}", "name": f"Person {self.number}"},
            "recipient": {"id": BOT, "name": "Readiness"},
            "conversation": {
                "id": f"{self.channel};messageid={root or name}",
                "conversationType": "channel",
                "tenantId": TENANT,
                "isGroup": True,
            },
            "channelData": {
                "tenant": {"id": TENANT},
                "team": {"id": TEAM, "aadGroupId": GROUP},
                "channel": {"id": self.channel},
            },
        }

    def _post(self, activity: Json) -> bytes:
        return request(PATH, json.dumps(activity).encode(), Authorization=self.header)


class Ours:
    """The bot, with a review for each of so many people under way."""

    def __init__(self, port: int, database: Database) -> None:
        self.port = port
        self.database = database
        self.clients: list[Client] = []
        self.answered = 0

    async def prepare(self, people: Sequence[Person]) -> None:
        """Opens their reviews, and waits until the cards stand in Teams."""
        for person in people:
            await ask(self.port, person.start())
        begun = [await self._reach(person, SCOPE) for person in people]
        for person in begun:
            await ask(self.port, person.scope())
        ready = [await self._reach(person, layer_slot(LAYER.number)) for person in begun]
        self.clients = [Client(it.presses(), lambda body: CARD in body) for it in ready]

    async def press(self, clients: int, seconds: float) -> Taken:
        """Presses; then looks whether all that was answered is stored."""
        taken = await press(self.port, self.clients[:clients], seconds)
        self.answered += len(taken.waits)
        stored = self._read(lambda conn: conn.execute(_SAID).scalar_one())
        if stored != self.answered:
            raise AssertionError(f"{self.answered} presses were answered, {stored} are stored")
        return taken

    async def settle(self) -> None:
        """Waits until the cards in Teams are up to date. It takes few edits a second."""

        async def all_sent() -> bool:
            return not self._read(outbox.depth)[0]

        await until(all_sent, "the last edits")

    async def _reach(self, person: Person, slot: str) -> Person:
        found: list[Person] = []

        def look(conn: Connection) -> None:
            place = Place("teams", TENANT, person.channel)
            found.extend(
                replace(person, review=it.id, shown=shown.message)
                for it in reviews.open_in(conn, place)
                if (shown := cards.find(conn, it.id, slot))
            )

        async def stands() -> bool:
            self._read(look)
            return bool(found)

        await until(stands, f"{slot} of person {person.number}")
        return found[0]

    def _read(self, work: Any) -> Any:
        with self.database.read() as conn:
            return work(conn)


_SAID = select(func.count()).select_from(HISTORY)


async def main(plan: Plan, logs: Path) -> None:
    """Measures and reports."""
    async with AsyncExitStack() as up:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="bench")))

        async def start(module: str, name: str, *arguments: str) -> dict[str, Any]:
            log = logs / f"{name.lower()}.log"
            return await up.enter_async_context(running(module, *arguments, log=log))

        microsoft = await start("bench.microsoft", "microsoft")
        stock = await start("bench.teams_stock", "teams_stock", microsoft["metadata"])
        echo = _echo(stock["port"], _people(microsoft))
        servers = {"stock adapter, echoing": Server(echo, stock["pid"])}
        bots = []
        for name, url in up.enter_context(databases(folder)).items():
            microsoft = await start("bench.microsoft", f"microsoft_{name}")
            where = (microsoft["metadata"], microsoft["service"])
            bot = await start("bench.teams_bot", f"teams_{name}", url, *where)
            database = Database(url)
            up.callback(database.close)
            ours = Ours(bot["port"], database)
            await ours.prepare(_people(microsoft))
            bots.append(ours)
            servers[f"readiness-bot, {name}"] = Server(ours.press, bot["pid"])
        rows = await measure(servers, AT_ONCE, plan)
        for one in bots:
            await one.settle()
        title = "Teams: Action.Execute → committed → answered with the fresh card"
        print(report("teams", title, rows, plan, [*_goals(rows)]))


def _goals(rows: Sequence[Row]) -> Iterator[Goal]:
    """What was to be reached at the most clients, and that nobody ever waits for a second."""
    for database in ("SQLite", "PostgreSQL"):
        name = f"readiness-bot, {database}"
        ours = next(it for it in rows if it.server == name and it.clients == max(AT_ONCE))
        yield Goal(f"{database}: times the stock adapter", ours.ratio, 5.0)
        yield Goal(f"{database}: slowest answer in ms", ours.longest, 1000.0, at_most=True)


def _people(microsoft: dict[str, Any]) -> list[Person]:
    return [Person(it, microsoft["service"], microsoft["header"]) for it in range(max(AT_ONCE))]


def _echo(port: int, people: Sequence[Person]) -> Pressing:
    """The same presses; no review is needed."""
    named = [replace(it, review="r" * 12, shown="1795562459000/1795562459001") for it in people]
    clients = [Client(it.presses(), lambda body: CARD in body) for it in named]
    return lambda count, seconds: press(port, clients[:count], seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.teams", description=__doc__)
    parser.add_argument("--rounds", type=int, default=Plan.rounds)
    parser.add_argument("--seconds", type=float, default=Plan.seconds)
    asked = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Plan(asked.rounds, asked.seconds), RESULTS))
