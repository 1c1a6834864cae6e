"""A workspace and a Teams under siege: real bots, people at work, and what they were promised.

The bots are processes on one database. People reach any of them that lives, as through a proxy.
What they do is noted in `promises`, to be held against the database and the platforms in the end
(`proof.py`).
"""

import asyncio
import json
import random
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from bot_kit import ANA, BEN, CHI
from child import Child
from fake_teams import ANA as TEAMS_ANA
from fake_teams import BEN as TEAMS_BEN
from fake_teams import CHANNEL as TEAMS_CHANNEL
from fake_teams import Shown, Teams
from raw_kit import press_payload
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError
from teams_kit import APP, TENANT, Rig
from teams_room import Room
from trouble_kit import CHECKS, until

from bot.demo import local_settings, local_workspace
from bot.playground import payloads
from bot.playground.link import Ack, Delivery
from bot.playground.outbound import SignedHttp
from bot.playground.workspace import Workspace, serve_workspace
from bot.playground.world import BOT, Message
from conversations.review import Review, Verdict
from storage import reviews
from storage.database import Database
from storage.tables import CARD, DUE, LANE, OUTBOX

SCRIPT = Path(__file__).with_name("fault_bot.py")
KITS = ("bot", "teams", "faults")
LEASE = 3.0  # seconds
BUSY = 1000  # milliseconds
ACK_SECONDS = 20.0  # a busy machine is no reason to fail
REPETITIONS = (0.3,) * 200  # seconds between Slack's deliveries of an event that failed
WORDS = {"met": "yes", "partly": "partly", "unmet": "no"}  # what is typed for a verdict
SLACK_PEOPLE, TEAMS_PEOPLE = (ANA, BEN, CHI), (TEAMS_ANA, TEAMS_BEN)
CHANNELS = ("search-team", "general", "llm-platform")


@dataclass(frozen=True)
class Promise:
    """An answer that somebody gave. `key`: its turn; `mark`: the note that only it has.

    `kept`: the bot said that it has it. It may only be missing where it could be refused.
    """

    key: str
    review: str
    check: str
    by: str
    verdict: str
    mark: str = ""
    kept: bool = True
    refusable: bool = False
    seen: str = field(default_factory=lambda: datetime.now(UTC).time().isoformat(), compare=False)


class Balancer:
    """A way to the bots: each request goes to one of those that live."""

    def __init__(self, siege: "Siege") -> None:
        self.siege = siege
        self.ways: dict[int, SignedHttp] = {}

    async def send(self, delivery: Delivery) -> Ack:
        port = self.siege.port
        return await self.way(port).send(delivery) if port else Ack("connection_failed")

    def way(self, port: int) -> SignedHttp:
        """The way to one bot."""
        if port not in self.ways:
            self.ways[port] = SignedHttp(
                f"http://127.0.0.1:{port}/slack/events",
                self.siege.workspace.app.signing_secret,
                clock=self.siege.workspace._signing_clock,
                faults=self.siege.workspace.faults,
                ack_seconds=ACK_SECONDS,
            )
        return self.ways[port]

    async def close(self) -> None:
        for way in self.ways.values():
            await way.close()


class People(Room):
    """People in Teams, who do not wait for what follows."""

    async def settle(self) -> None:
        return


@dataclass
class Siege:
    """Everything that takes part. `bots`: the processes, by the port they serve."""

    workspace: Workspace
    teams: Teams
    rig: Rig
    url: str
    database: Database
    chance: random.Random
    bots: dict[int, Child] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)  # by bots that are gone
    promises: list[Promise] = field(default_factory=list)
    whispered: list[tuple[str, str]] = field(default_factory=list)  # person and mark
    marks: int = 0
    ahead: int = 0
    stopped: list[float] = field(default_factory=list)  # when a bot was killed, or stood still
    people: People | None = None

    # The bots

    async def live(self, **settings: Any) -> int:
        """Starts one more bot; the port it serves."""
        given = local_settings(self.workspace, self.url).model_dump(mode="json")
        given |= {
            "slack_bot_token": self.workspace.app.bot_token,
            "slack_signing_secret": self.workspace.app.signing_secret,
            "microsoft_app_id": APP,
            "microsoft_app_password": "secret",
            "microsoft_app_tenant_id": TENANT,
            "tick_seconds": 0.3,
        }
        service = f"{self.teams.url}/"
        microsoft = {"login": self.teams.url, "metadata": self.rig.metadata, "service": service}
        order = {"microsoft": microsoft, "lease": LEASE, "busy": BUSY}
        child = await Child.begin(SCRIPT, order | {"settings": given | settings}, KITS)
        port = int(await child.hear("port"))
        self.bots[port] = child
        if self.ahead:
            await child.order(f"ahead {self.ahead}")
        return port

    async def kill(self, port: int) -> None:
        """One is killed."""
        child = self.bots.pop(port)
        self.stopped.append(time.monotonic())
        await child.die()
        self.logged += child.logged

    async def finish(self, port: int) -> int:
        """One is asked to end; its exit status."""
        child = self.bots.pop(port)
        status = await child.finish()
        self.logged += child.logged
        return status

    async def order(self, line: str) -> None:
        """Tells all bots something."""
        await asyncio.gather(*(it.order(line) for it in self.bots.values()))

    async def stacks(self) -> str:
        """Where the bots stand, and what they said last."""
        for it in self.bots.values():
            it.process.send_signal(signal.SIGUSR1)
        await asyncio.sleep(1)
        return "\n".join("".join(it.logged[-200:]) for it in self.bots.values())

    @property
    def port(self) -> int:
        """Of any bot that lives; 0: there is none."""
        return self.chance.choice(sorted(self.bots)) if self.bots else 0

    def lines(self, event: str) -> list[dict[str, Any]]:
        """What the bots have logged of an event."""
        written = [*self.logged, *(line for it in self.bots.values() for line in it.logged)]
        found = [json.loads(it) for it in written if it.startswith("{")]
        return [it for it in found if it.get("event") == event]

    # What people do in Slack

    def mark(self) -> str:
        """A word that was never said before."""
        self.marks += 1
        return f"mark{self.marks:05}"

    async def start(self, service: str, channel: str) -> Review:
        """Somebody begins a review in Slack, until one is there."""
        for _ in range(20):
            await self.workspace.send(ANA, channel, f"/readiness start {service}")
            if found := [it for it in self.all_reviews() if it.service == service]:
                break
        [review] = found
        await until(lambda: self.card(review, "root") != "", f"{service} has a thread")
        await self.press(review, ANA, f"all|{review.id}")
        return review

    async def type(self, review: Review, person: str, check: str, verdict: str) -> None:
        """An answer typed in the review's thread, with a note that only it has."""
        mark, words = self.mark(), WORDS[verdict]
        root = self.card(review, "root")
        channel = review.place.channel
        text = f"{check} {words}: {mark}"
        heard = BOT in self.workspace.core.world.channels[channel].members
        outcome = await self.workspace.send(person, channel, text, root)
        if outcome.ts and heard:  # else nobody could type there, or the bot is not told
            # Slack repeats an event until it was taken: whatever happened, it has to count.
            key = f"slack:message:{channel}:{outcome.ts}"
            by = f"slack:{person}"
            self.promises.append(Promise(key, review.id, check_id(check), by, verdict, mark))

    async def press(
        self, review: Review, person: str, value: str, *, times: int = 1, stale: bool = False
    ) -> list[Ack]:
        """A press in the thread, the same one `times` at once, each to any of the bots."""
        message = self.message(review)
        if message is None:
            return []
        body = press_payload(self, person, message, value)
        ask = self.workspace.core.courier.ask
        acks = await asyncio.gather(*(ask(Delivery("interactive", body)) for _ in range(times)))
        if value.startswith("give|"):
            _, review_id, check, verdict, _ = value.split("|")
            kept = any(it.error is None for it in acks)
            key = f"slack:press:{body['trigger_id']}"
            by = f"slack:{person}"
            given = Promise(key, review_id, check, by, verdict, kept=kept, refusable=stale)
            self.promises.append(given)
        return acks

    async def late(self, review: Review, check: str, verdict: str, seconds: int) -> None:
        """An answer that was typed long ago and arrives only now."""
        mark, channel, root = self.mark(), review.place.channel, self.card(review, "root")
        stamp = f"{float(root) - seconds + self.marks / 100:.6f}"
        body = {"type": "message", "channel": channel, "channel_type": "channel", "user": BEN}
        body |= {"ts": stamp, "thread_ts": root, "text": f"{check} {WORDS[verdict]}: {mark}"}
        await self.workspace.event(payloads.event(self.workspace.core, body))
        key, by = f"slack:message:{channel}:{stamp}", f"slack:{BEN}"
        self.promises.append(Promise(key, review.id, check_id(check), by, verdict, mark))

    # What people do in Teams

    @property
    def bot(self) -> "Siege":
        """What people in Teams take for the bot: any of them."""
        return self

    async def start_in_teams(self, service: str) -> Review:
        """Somebody begins a review there, until one is there."""
        for _ in range(20):
            answered = await self.people.say(TEAMS_ANA, f"start {service}")
            if found := [it for it in self.all_reviews() if it.service == service]:
                break
        assert found, f"no review was begun: {answered}"
        [review] = found
        await until(lambda: self.card(review, "root") != "", f"{service} has a thread")
        await self.press_in_teams(review, TEAMS_ANA, f"all|{review.id}")
        return review

    async def type_in_teams(self, review: Review, person: str, check: str, verdict: str) -> None:
        mark = self.mark()
        root = self.card(review, "root").rpartition("/")[2]
        body = self.people.activity(person, "message", thread=root)
        body |= {"text": f"{check} {WORDS[verdict]}: {mark}"}
        await self._send_to_teams(body, "message", review, check_id(check), verdict, mark)

    async def press_in_teams(self, review: Review, person: str, value: str) -> None:
        shown = self.shown(review)
        if shown is None:
            return
        body = self.people.invoke(person, shown, value)
        check, verdict = (value.split("|")[2:4]) if value.startswith("give|") else ("", "")
        await self._send_to_teams(body, "press", review, check, verdict, "")

    async def _send_to_teams(
        self, body: Any, kind: str, review: Review, check: str, verdict: str, mark: str
    ) -> None:
        try:
            answered = await self.people.send(body)
        except TimeoutError as error:
            error.add_note(await self.stacks())
            raise
        except aiohttp.ClientError:  # nobody there: who did it sees that
            kept = False
        else:
            bug = self.people_bug(answered.body)
            kept = answered.status == 200 and not bug
        if check:
            key = f"teams:{kind}:{TEAMS_CHANNEL}:{body['id']}"
            by = f"teams:{body['from']['id']}"
            self.promises.append(Promise(key, review.id, check, by, verdict, mark, kept=kept))

    @staticmethod
    def people_bug(body: Any) -> bool:
        """Whether an answer says that something went wrong."""
        return "went wrong" in json.dumps(body)

    # What there is

    def read(self, work: Callable[[Connection], Any]) -> Any:
        """What the database holds, once it can be asked: it may just be starting again."""
        for _ in range(200):
            try:
                with self.database.read() as conn:
                    return work(conn)
            except OperationalError:
                time.sleep(0.05)
        raise AssertionError("the database has not come back")

    def all_reviews(self) -> list[Review]:
        """The newest review of each service, as the database holds it."""
        return self.read(reviews.latest_of_all)

    def card(self, review: Review, slot: str) -> str:
        """The message of a card; empty where there is none."""
        query = select(CARD.c.message).where(CARD.c.review_id == review.id, CARD.c.slot == slot)
        return self.read(lambda conn: conn.execute(query).scalar() or "")

    def message(self, review: Review) -> Message | None:
        """Its first message, to press on."""
        return self.workspace.core.world.find(review.place.channel, self.card(review, "root"))

    def shown(self, review: Review) -> Shown | None:
        """Its first message in Teams."""
        root = self.card(review, "root").rpartition("/")[2]
        return next((it for it in self.teams.shown if it.id == root), None)

    # The end

    async def calm(self) -> None:
        """Everything works again; returns when nothing is owed, and nobody is at anything."""
        self.workspace.faults.clear()
        self.teams.faults.clear()
        courier = self.workspace.core.courier
        await until(lambda: not courier._retries, "every event was taken")
        await self.workspace.idle()
        try:
            await until(lambda: not self.unsettled(), "all is quiet")
        except AssertionError as error:
            error.add_note("\n".join(map(str, self.unsettled())))
            raise

    def unsettled(self) -> list[Any]:
        """What is owed, and what is in somebody's hands."""
        queries = (
            select(OUTBOX).where(OUTBOX.c.state == "owed"),
            select(LANE).where(LANE.c.token.is_not(None)),
            select(DUE).where(DUE.c.token.is_not(None)),
        )
        return self.read(lambda conn: [row for it in queries for row in conn.execute(it)])


def check_id(number: str) -> str:
    """The id of a check by its number."""
    return next(it.id for it in CHECKS if it.number == number)


def give(review: Review, check: str, verdict: Verdict | str) -> str:
    """The payload of a verdict's button. `check`: a number."""
    return f"give|{review.id}|{check_id(check)}|{verdict}|0"


@asynccontextmanager
async def siege(
    url: str, *, bots: int = 1, seed: object = 0, settings: Sequence[Any] = ()
) -> AsyncIterator[Siege]:
    """The bots, and everything around them."""
    workspace, teams, rig = local_workspace(), Teams(), Rig()
    workspace.core.courier._retry_delays = REPETITIONS
    async with AsyncExitStack() as up:
        page = await serve_workspace(workspace)
        up.push_async_callback(page.cleanup)
        for server in (teams, rig):
            await server.start()
            up.push_async_callback(server.stop)
        rig.service = f"{teams.url}/"
        database = Database(url)
        up.callback(database.close)
        it = Siege(workspace, teams, rig, url, database, random.Random(f"way {seed}"))
        patience = aiohttp.ClientTimeout(total=ACK_SECONDS)
        session = await up.enter_async_context(aiohttp.ClientSession(timeout=patience))
        it.people = People(teams, rig, it, session)
        workspace.core.courier.use(Balancer(it))
        up.push_async_callback(_end, it)
        for _ in range(bots):
            await it.live(**dict(settings))
        yield it


async def _end(it: Siege) -> None:
    await asyncio.gather(*(it.kill(port) for port in [*it.bots]))
