"""The real bot and the local workspace, joined by signed HTTP, and people who use them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.app import Bot
from bot.demo import local_settings, local_workspace
from bot.playground.core import Outcome
from bot.playground.workspace import Workspace, serve_workspace
from bot.playground.world import Message
from conversations.review import Review
from storage import answers, outbox, reviews

ANA, BEN, CHI, DAN = "U0ANA", "U0BEN", "U0CHI", "U0DAN"
CHANNEL = "search-team"
PATIENCE = 20.0  # seconds until a test gives up waiting
BEGUN = datetime.now(UTC)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Room:
    """A channel in which a bot runs a review; gestures return when everything owed has left."""

    workspace: Workspace
    bot: Bot
    channel: str = CHANNEL
    root: str = ""
    outcomes: list[Outcome] = field(default_factory=list)

    async def settle(self) -> None:
        """Waits until nothing is owed and nobody is sending."""
        for _ in range(int(PATIENCE / 0.01)):
            door = self.bot.platforms["slack"].door
            if door:
                await door.settle(PATIENCE)
            await self.workspace.idle()
            count, _oldest = await self.bot.runner.read(outbox.depth)
            if not count and not self.bot.delivery._running:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{count} posts are still owed")

    async def type(self, person: str, text: str, *, channel: str = "") -> Outcome:
        """Somebody types in the channel: a message or a command."""
        return await self._done(self.workspace.send(person, channel or self.channel, text))

    async def reply(self, person: str, text: str) -> Outcome:
        """Somebody types in the review's thread."""
        return await self._done(self.workspace.send(person, self.channel, text, self.root))

    async def start(self, service: str = "search-assistant", person: str = ANA) -> str:
        """Opens a review and gives its id."""
        await self.type(person, f"/readiness start {service}")
        self.root = self.workspace.messages(self.channel)[-1].ts
        return (await self.review()).id

    async def press(self, person: str, label: str, *, check: str = "", nth: int = 0) -> Outcome:
        """Presses a button of the thread (or of the channel's messages) by what stands on it.

        `check`: only one of that check ("1.2"); the newest card that has it is meant.
        """
        message, action_id = self.button(label, check=check, nth=nth)
        return await self._done(
            self.workspace.click(person, action_id=action_id, message_ts=message.ts)
        )

    def button(self, label: str, *, check: str = "", nth: int = 0) -> tuple[Message, str]:
        """The message and action id of a button."""
        for message in reversed(self.messages()):
            found = [
                element["action_id"]
                for element, title in buttons(message)
                if _same(element["text"]["text"], label)
                and (not check or _belongs(check, element, title))
            ]
            if len(found) > nth:
                return message, found[nth]
        raise AssertionError(f"no button {label!r} {check} among {self.labels()}")

    def labels(self) -> list[str]:
        """What stands on all buttons, newest message first."""
        return [
            element["text"]["text"]
            for message in reversed(self.messages())
            for element, _ in buttons(message)
        ]

    def messages(self) -> list[Message]:
        """The channel's public messages and the review's thread, oldest first."""
        roots = self.workspace.messages(self.channel)
        thread = self.workspace.thread(self.channel, self.root) if self.root else []
        return sorted({it.ts: it for it in (*roots, *thread)}.values(), key=lambda it: it.ts)

    async def submit(self, person: str, **values: Any) -> Outcome:
        """Sends the form that the person has open."""
        return await self._done(self.workspace.submit_view(person, None, values))

    async def review(self) -> Review:
        """The newest review, as the database holds it."""
        found = await self.bot.runner.read(reviews.latest_of_all)
        return max(found, key=lambda it: it.started_at)

    async def history(self) -> list[answers.Entry]:
        """What was said in it."""
        review = await self.review()
        return await self.bot.runner.read(lambda conn: answers.history(conn, review.id))

    def told(self, person: str) -> list[str]:
        """The private lines that the person got, oldest first."""
        private = self.workspace.ephemerals(person)
        direct = self.workspace.messages(self.workspace.dm(person))
        said = sorted((*private, *direct), key=lambda it: it.ts)
        return [text_of(it) for it in said if it.by_bot]

    def card(self, beginning: str) -> str:
        """The text of the newest message of the bot whose summary begins so."""
        for message in reversed(self.messages()):
            if message.by_bot and message.text.startswith(beginning):
                return text_of(message)
        raise AssertionError(f"no card {beginning!r}: {[it.text for it in self.messages()]}")

    async def ask(self, person: str, via: str, text: str) -> str:
        """Types a command in one of the ways there are, and gives the private answer to it.

        `via`: "slash", "mention", "thread" (a mention in the review's) or "direct".
        """
        before = len(self.told(person))
        await self.say(person, via, text)
        answers = self.told(person)[before:]
        assert len(answers) == 1, f"{text!r} was answered by {answers}"
        return answers[0]

    async def say(self, person: str, via: str, text: str) -> Outcome:
        """Types a command in one of the ways there are."""
        match via:
            case "slash":
                return await self.type(person, f"/readiness {text}")
            case "mention":
                return await self.type(person, f"@Readiness {text}")
            case "thread":
                return await self.reply(person, f"@Readiness {text}")
            case "direct":
                return await self.type(person, text, channel=self.workspace.dm(person))
        raise ValueError(via)

    def line(self, words: str, **facts: Any) -> str:
        """The product's own line ("refusals.finished"), as Slack shows it."""
        return str(self.bot.platforms["slack"].chat.words.say(words, **facts))

    async def stored(self) -> list[Any]:
        """Everything that a gesture could change in the newest review, to be compared."""
        return [await self.review(), await self.history()]

    async def _done(self, gesture: Any) -> Outcome:
        outcome: Outcome = await gesture
        self.outcomes.append(outcome)
        await self.settle()
        return outcome


def buttons(message: Message) -> list[tuple[dict[str, Any], str]]:
    """Each button with the section text above it (or beside it)."""
    found, title = [], ""
    for block in message.blocks:
        if block["type"] == "section":
            title = block["text"]["text"]
        elements = [block["accessory"]] if block.get("accessory") else block.get("elements", [])
        found += [(it, title) for it in elements if it["type"] == "button"]
    return found


def text_of(message: Message) -> str:
    """All that can be read in a message, a block a line."""
    lines = []
    for block in message.blocks:
        if "text" in block:
            lines.append(block["text"]["text"])
        lines += [it["text"]["text"] if isinstance(it["text"], dict) else it["text"]
                  for it in block.get("elements", []) if "text" in it]  # fmt: skip
    return "\n".join(lines) or message.text


def _belongs(check: str, button: dict[str, Any], title: str) -> bool:
    return f"*{check}*" in title or f" {check} " in button.get("accessibility_label", "")


def _same(label: str, wanted: str) -> bool:
    return label == wanted or label.endswith(f" {wanted}")


@asynccontextmanager
async def room(
    database_url: str, *, now: Callable[[], datetime] = utc_now, **settings: Any
) -> AsyncIterator[Room]:
    """A workspace and a running bot, both by the clock `now`; `settings` override the demo's."""
    workspace = local_workspace(now)
    page = await serve_workspace(workspace)
    bot = Bot(local_settings(workspace, database_url).model_copy(update=settings), now=now)
    await bot.start()
    # A busy machine is no reason to fail: answers may take long, and triggers live for ever.
    workspace._ack_seconds = PATIENCE
    workspace.core.tickets._clock = lambda: BEGUN
    workspace.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
    try:
        yield Room(workspace, bot)
    finally:
        await bot.stop()
        await page.cleanup()


def dump(value: Any) -> str:
    """JSON for a failed assertion."""
    return json.dumps(value, indent=1, default=str)
