"""A bot in trouble, for which time passes only on demand, and what its workspace must show."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot_kit import ANA, CHANNEL, buttons
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.app import Bot
from bot.courier import digest
from bot.demo import local_settings, local_workspace
from bot.playground import posts
from bot.playground.core import Outcome
from bot.playground.faults import MethodFaults
from bot.playground.workspace import Workspace, serve_workspace
from bot.playground.world import BOT, BOT_ID, TEAM, Message
from bot.scenes import Scenes
from bot.slack import blocks
from bot.slack.chat import Identity, SlackChat
from conversations import checklist as checklists
from conversations import views
from conversations.effects import ROOT, Show
from conversations.following import standing
from conversations.review import Review
from storage import answers, outbox, reviews
from storage.database import Database
from storage.tables import CARD, LANE, OUTBOX

CHECKLIST = checklists.packaged()
CHECKS = CHECKLIST.checks
PATIENCE = 30.0  # seconds until a test gives up waiting
SERVICE = "search-assistant"


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def until(true: Callable[[], bool], what: str) -> None:
    """Returns once it is true."""
    for _ in range(int(PATIENCE / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited in vain for: {what}")


# What must be true in the end


def is_quiet(database: Database) -> bool:
    """Whether nothing is owed, and no lane is in anybody's hands."""
    with database.read() as conn:
        leased = conn.execute(select(LANE.c.id).where(LANE.c.token.is_not(None))).first()
        return outbox.depth(conn)[0] == 0 and leased is None


async def quiet(database: Database) -> None:
    """Waits for it."""
    await until(lambda: is_quiet(database), "everything owed has left")


def faults_shown(workspace: Workspace, database: Database) -> list[str]:
    """Where the workspace does not show what the database holds; the database has to be quiet.

    Every card that should stand does, each as a fresh rendering of the stored state gives it, in
    its place; and no message stands twice.
    """
    found = [f"{key} stands {times} times" for key, times in keys(workspace).items() if times > 1]
    chat = SlackChat(AsyncWebClient(), lambda: datetime.now(UTC))
    chat.identity = Identity(TEAM, BOT, BOT_ID, workspace.url)
    scenes = Scenes(CHECKLIST, {"slack": chat})
    with database.read() as conn:
        for review in reviews.latest_of_all(conn):
            if review.place.platform != chat.platform:
                continue
            scene = scenes.of(conn, review, chat.words)
            rows = conn.execute(select(CARD).where(CARD.c.review_id == review.id)).all()
            marks = {row.slot: row.digest for row in rows}
            cards = {row.slot: workspace.core.world.find(row.channel, row.message) for row in rows}
            found += [f"{slot} is missing" for slot in expected(review) if not cards.get(slot)]
            for slot, message in cards.items():
                card = views.card(scene, slot)
                drawn = blocks.message(card)
                if marks[slot] != digest(card):
                    found.append(f"{slot} is remembered as another one")
                if message and (message.text, bare(message)) != (drawn["text"], drawn["blocks"]):
                    found.append(f"{slot} is out of date: {message.text}")
                if message and not _in_place(slot, message, cards.get(ROOT)):
                    found.append(f"{slot} is not in the thread")
    return found


def _in_place(slot: str, message: Message, root: Message | None) -> bool:
    if slot == ROOT or slot.startswith("scorecard:"):
        return not message.is_reply
    return root is not None and message.thread_ts == root.ts


def expected(review: Review) -> list[str]:
    """The cards that must stand for a review."""
    slots = [it.slot for it in standing(CHECKLIST, review) if isinstance(it, Show)]
    return [*slots, *(f"scorecard:{number}" for number in range(1, review.closings + 1))]


def bare(message: Message) -> list[dict[str, Any]]:
    """The blocks without the ids that Slack gives them."""
    return [{key: it for key, it in each.items() if key != "block_id"} for each in message.blocks]


def keys(workspace: Workspace) -> Counter[str]:
    """How often the message of each outbox row stands in the workspace.

    What stands under a deleted message is not seen from the channel any more, and not counted.
    """
    find = workspace.core.world.find
    lost = {
        message.ts
        for message in everything(workspace)
        if message.thread_ts and getattr(find(message.channel, message.thread_ts), "deleted", True)
    }
    return Counter(
        message.metadata["event_payload"]["key"]
        for message in everything(workspace)
        if message.metadata and not message.deleted and message.ts not in lost
    )


def everything(workspace: Workspace) -> Iterator[Message]:
    """Every message of the bot, private ones included."""
    for log in list(workspace.core.world.log.values()):
        yield from (message for message in list(log.values()) if message.by_bot)


def told(workspace: Workspace, person: str, words: str) -> int:
    """How often a line with these words was said to the person, in whichever way."""
    private = workspace.ephemerals(person)
    direct = [it for it in workspace.messages(workspace.dm(person)) if it.by_bot]
    return sum(words in json.dumps(it.blocks) for it in (*private, *direct))


def dropped(database: Database) -> list[str]:
    """Why posts were given up."""
    with database.read() as conn:
        rows = conn.execute(select(OUTBOX.c.reason).where(OUTBOX.c.state == "dropped"))
        return sorted(rows.scalars())


# People


@dataclass
class People:
    """Who does something in the workspace, and what became of it."""

    workspace: Workspace
    database: Database

    def say(self, text: str, person: str = ANA, channel: str = CHANNEL) -> Awaitable[Outcome]:
        return self.workspace.send(person, channel, text)

    def reply(self, text: str, person: str = ANA) -> Awaitable[Outcome]:
        return self.workspace.send(person, CHANNEL, text, self.root)

    def press(self, check: str, label: str, person: str = ANA) -> Awaitable[Outcome]:
        message, action_id = find_button(self.workspace, self.root, check, label)
        return self.workspace.click(person, action_id=action_id, message_ts=message.ts)

    def shows(self, check: str, label: str) -> bool:
        """Whether there is such a button to press."""
        try:
            find_button(self.workspace, self.root, check, label)
        except LookupError:
            return False
        return True

    @property
    def root(self) -> str:
        """The message that opens the thread."""
        found = [it.ts for it in self.workspace.messages(CHANNEL) if "/root@" in key_of(it)]
        return found[-1] if found else ""

    def said(self, check: str) -> int:
        """How often somebody's answer to the check stands in the history."""
        wanted = next(it.id for it in CHECKS if it.number == check)
        with self.database.read() as conn:
            (review,) = reviews.latest_of_all(conn)
            return sum(it.check == wanted for it in answers.history(conn, review.id))


def all_of(layer: int) -> str:
    """The numbers of all checks of a layer, as they are typed."""
    return ", ".join(check.number for check in CHECKS if check.number.startswith(f"{layer}."))


def key_of(message: Message) -> str:
    """The key in the metadata of a message."""
    return message.metadata["event_payload"]["key"] if message.metadata else ""


def find_button(workspace: Workspace, root: str, check: str, label: str) -> tuple[Message, str]:
    """The message and action id of a verdict's button."""
    for message in workspace.thread(CHANNEL, root) if root else ():
        for element, _title in buttons(message):
            hint = element.get("accessibility_label", "")
            if hint.startswith(f"{label}: {check} "):
                return message, element["action_id"]
    raise LookupError(f"no button {label!r} of {check}")


# A bot in trouble


@dataclass
class Trouble(People):
    """A workspace, and a bot for which time only passes when somebody lets it pass."""

    clock: Clock
    bots: list[Bot] = field(default_factory=list)

    @property
    def bot(self) -> Bot:
        return self.bots[0]

    def faults(self, method: str) -> MethodFaults:
        """What goes wrong with a method."""
        return self.workspace.faults.method(method)

    def calls(self, method: str, *, since: int = 0) -> list[str]:
        """How the calls of a method ended: "ok", or Slack's word for what was wrong."""
        made = self.workspace.calls[since:]
        return [it.result.get("error") or "ok" for it in made if it.method == method]

    async def still(self) -> None:
        """Waits until nobody sends anything: all that is owed has left, or waits for its time."""

        def quiet() -> bool:
            for it in self.bots:
                for lane in [*it.delivery._looks]:
                    it.delivery._look(lane)  # now: its moment is of the real clock
            return not any(it.delivery._running for it in self.bots)

        await until(quiet, "stillness")

    async def wait(self, seconds: float) -> None:
        """Time passes."""
        await self.still()
        self.clock.move(seconds)
        for bot in self.bots:
            await bot.delivery.sweep()
        await self.still()

    async def wait_for_all(self, *, step: int = 1) -> int:
        """Time passes until nothing is owed; how many seconds it took, at most 900 steps."""
        await self.still()
        for times in range(900):
            if is_quiet(self.database):
                return times * step
            await self.wait(step)
        raise AssertionError("something is owed for ever")

    async def check(self, *, step: int = 1) -> None:
        """Holds the workspace against the database, once nothing is owed."""
        await self.wait_for_all(step=step)
        found = faults_shown(self.workspace, self.database)
        assert not found, "\n".join(found)

    async def begin(self) -> None:
        """A review whose first layer is asked."""
        assert (await self.say(f"/readiness start {SERVICE}")).ok
        await self.check()
        assert (await self.reply("skip")).ok
        await self.check()

    async def answer_all(self) -> None:
        """Every check is met."""
        for layer in range(1, 9):
            assert (await self.reply(f"{all_of(layer)} yes")).ok

    def delete(self, message: Message) -> None:
        """Somebody deletes a message of the bot."""
        posts.remove(self.workspace.core, message)

    def card(self, slot: str) -> Message:
        """The message of a card, the newest one."""
        found = [it for it in everything(self.workspace) if f"/{slot}@" in key_of(it)]
        return max(found, key=lambda it: it.ts)


@asynccontextmanager
async def trouble(
    url: str,
    *,
    bots: int = 1,
    call_timeout: float = 10.0,
    made: Callable[..., Bot] = Bot,
    **settings: Any,
) -> AsyncIterator[Trouble]:
    """A bot that listens, and others that only deliver. Nobody ticks: `wait` sweeps."""
    clock = Clock()
    workspace = Workspace(local_workspace().app, clock=clock)
    async with AsyncExitStack() as up:
        page = await serve_workspace(workspace)
        up.push_async_callback(page.cleanup)
        database = Database(url)
        up.callback(database.close)
        given = local_settings(workspace, url).model_copy(update={"tick_seconds": 3600, **settings})
        it = Trouble(workspace, database, clock)
        for number in range(bots):
            bot = made(given, web_server=number == 0, now=clock, call_timeout=call_timeout)
            it.bots.append(bot)
            await bot.start()
            up.push_async_callback(bot.stop)
        workspace.connect_http(f"http://127.0.0.1:{it.bot.port}/slack/events")
        yield it
