"""Stories in the local workspace, entered by signed HTTP as Slack enters the bot."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from block_lines import read, read_form
from bot_kit import ANA, BEN, CHANNEL, CHI, Room, buttons, room
from stage import PERSON, Answered, Button, Names, Seen, StoryClock, slots

from bot.app import Bot
from bot.playground import payloads
from bot.playground.link import Delivery
from bot.playground.rates import Rates
from bot.playground.world import Message

NEUTRAL = Names(
    {
        "Ana Berger": "Ana", "Ben Okafor": "Ben", "Chitra Rao": "Chi",
        f"@{ANA}": "@Ana", f"@{BEN}": "@Ben", f"@{CHI}": "@Chi",
        "/readiness": "«readiness»",
    }
)  # fmt: skip


class Impatient:
    """A clock by which an hour passes between two calls: nobody is held up by rates."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(hours=1)
        return self.time


@dataclass
class SlackStage:
    """Acme's #search-team."""

    room: Room
    name: str = "slack"

    people: ClassVar = {"ana": ANA, "ben": BEN, "chi": CHI}

    async def command(self, who: str, words: str) -> None:
        await self.room.type(self.people[who], f"/readiness {_named(words)}")

    async def reply(self, who: str, text: str) -> None:
        await self.room.reply(self.people[who], _named(text))

    async def say(self, who: str, text: str) -> None:
        await self.room.type(self.people[who], _named(text))

    async def direct(self, who: str, text: str) -> None:
        await self.room.say(self.people[who], "direct", _named(text))

    async def home(self, who: str) -> None:
        await self.room._done(self.room.workspace.open_home(self.people[who]))

    async def press(self, who: str, button: Button, at: datetime) -> Answered:
        """As Slack sends it, from the message as the person has it before them."""
        core, person = self.room.workspace.core, self.people[who]
        before = self.room.workspace.views(person)
        action = {
            "type": "button",
            "action_id": button.packed,
            "value": button.packed,
            "block_id": "b1",
            "action_ts": f"{at.timestamp():.6f}",
        }
        user = core.world.users[person]
        body = payloads.message_click(core, user, button.message, action)
        ack = await core.courier.ask(Delivery("interactive", body))
        assert ack.error is None, ack.error
        await self.room.settle()
        opened = [it for it in self.room.workspace.views(person) if it not in before]
        return Answered(form=tuple(read_form(opened[-1].body))) if opened else Answered()

    async def fill_in(self, who: str, values: Mapping[str, str]) -> Answered:
        outcome = await self.room.submit(self.people[who], **values)
        return Answered(wrong=tuple(map(NEUTRAL, outcome.errors.values())))

    async def give_up(self, who: str) -> None:
        await self.room._done(self.room.workspace.close_view(self.people[who]))

    async def look(self) -> list[Seen]:
        return [*self._public(), *self._private()]

    def _public(self) -> Iterator[Seen]:
        for root in self.room.workspace.messages(CHANNEL):
            for it in self.room.workspace.thread(CHANNEL, root.ts):
                if it.by_bot:
                    yield _seen(it, "thread" if it.is_reply else "channel")

    def _private(self) -> Iterator[Seen]:
        workspace = self.room.workspace
        for name, person in self.people.items():
            alone = workspace.dm(person)
            roots = workspace.messages(alone)
            direct = [it for root in roots for it in workspace.thread(alone, root.ts)]
            told = sorted((*workspace.ephemerals(person), *direct), key=lambda it: it.ts)
            yield from (_seen(it, name) for it in told if it.by_bot)
            if page := workspace.home(person):
                yield Seen(f"home of {name}", name, tuple(map(NEUTRAL, read(page.blocks))))

    async def follow(self) -> None:
        found = await slots(self.bot)
        self.room.root = [key for key, slot in sorted(found.items()) if slot == "root"][-1]

    async def catch_up(self) -> None:
        await self.bot.tick()
        await self.room.settle()

    @property
    def bot(self) -> Bot:
        return self.room.bot


def _seen(message: Message, where: str) -> Seen:
    found = [it for it, _ in buttons(message) if "url" not in it]
    return Seen(
        message.ts,
        where,
        tuple(map(NEUTRAL, read(message.blocks))) or (NEUTRAL(message.text),),
        tuple(Button(it["text"]["text"], it["value"], message) for it in found),
    )


def _named(text: str) -> str:
    """Chi's name in Slack is another."""
    return PERSON.sub(lambda it: "@chitra" if it[1] == "chi" else it[0], text)


@asynccontextmanager
async def slack_stage(database_url: str, clock: StoryClock) -> AsyncIterator[SlackStage]:
    async with room(database_url, now=clock, tick_seconds=3600) as opened:
        opened.workspace.core.rates = Rates(Impatient())
        yield SlackStage(opened)
