"""Stories in a Teams of our own, which enters the bot by HTTP with real tokens."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

import adaptive_lines
from fake_teams import ANA, BEN, BOT, CHI, Json, Shown, alone, buttons, inputs
from stage import PERSON, Answered, Button, Names, Seen, StoryClock, slots
from teams_room import Room, room

from bot.app import Bot

CARD, LINE = (
    "application/vnd.microsoft.card.adaptive",
    "application/vnd.microsoft.activity.message",
)
SHOWN = {"ana": "Ana Kovač", "ben": "Ben", "chi": "Chi"}
BOTS_NAME = "@Readiness"
ZONES = {ANA: "Europe/Berlin", BEN: "America/New_York", CHI: "Asia/Kolkata"}  # as in Slack
NEUTRAL = Names({"Ana Kovač": "Ana", BOTS_NAME: "«readiness»"})


@dataclass
class OpenForm:
    """A form that stands in a card's place, for one person."""

    message: Shown
    card: Json
    verb: str


@dataclass
class TeamsStage:
    """A team's channel."""

    room: Room
    name: str = "teams"
    forms: dict[str, OpenForm] = field(default_factory=dict)

    people: ClassVar = {"ana": ANA, "ben": BEN, "chi": CHI}

    async def command(self, who: str, words: str) -> None:
        await self._typed(who, f"{BOTS_NAME} {words}")

    async def reply(self, who: str, text: str) -> None:
        await self._typed(who, text, thread=self.room.root)

    async def say(self, who: str, text: str) -> None:
        await self._typed(who, text)

    async def direct(self, who: str, text: str) -> None:
        await self._typed(who, text, to=alone(self.people[who]))

    async def home(self, who: str) -> None:
        await self.direct(who, "home")

    async def _typed(self, who: str, text: str, **where: str) -> None:
        """What is typed with an @ is a mention, of people and of the bot."""
        known = {BOTS_NAME[1:]: BOT} | {SHOWN[it]: user for it, user in self.people.items()}
        text = PERSON.sub(lambda it: f"@{SHOWN[it[1]]}", text)
        entities = [
            {"type": "mention", "text": f"<at>{it}</at>", "mentioned": {"id": user, "name": it}}
            for it, user in known.items()
            if f"@{it}" in text
        ]
        text = re.sub("@(" + "|".join(known) + ")", r"<at>\1</at>", text)
        await self.room.type(self.people[who], text, entities=entities, **where)

    async def press(self, who: str, button: Button, at: datetime) -> Answered:
        """As Teams sends it, from the message as the person has it before them."""
        answered = await self._invoke(who, button.message, button.packed, at=at)
        if answered.form:
            self.forms[who] = replace(self.forms[who], verb=button.packed)
        return answered

    async def fill_in(self, who: str, values: Mapping[str, str]) -> Answered:
        opened = self.forms[who]
        fields = inputs(opened.card)
        data = {key: it.get("value", "") for key, it in fields.items()} | dict(values)
        empty = [it for key, it in fields.items() if it.get("isRequired") and not data[key]]
        if empty:  # the client says so, and sends nothing
            return Answered(wrong=tuple(it["errorMessage"] for it in empty))
        answered = await self._invoke(who, opened.message, f"form:{opened.verb}", data)
        if not answered.form:
            del self.forms[who]
            return answered
        self.forms[who] = replace(self.forms[who], verb=opened.verb)
        return Answered(wrong=tuple(map(NEUTRAL, adaptive_lines.wrong(self.forms[who].card))))

    async def give_up(self, who: str) -> None:
        opened = self.forms.pop(who)
        await self._invoke(who, opened.message, f"back:{opened.verb}")

    async def _invoke(
        self, who: str, shown: Shown, verb: str, data: Any = None, at: datetime | None = None
    ) -> Answered:
        """The answer to a press: a line, a form, or the card as everybody sees it."""
        body = self.room.invoke(self.people[who], shown, verb, data)
        stamp = {"timestamp": at.isoformat()} if at else {}
        answered = await self.room.send(body | stamp)
        assert (answered.status, answered.body["statusCode"]) == (200, 200)
        if answered.body["type"] == LINE:
            return Answered(line=NEUTRAL(answered.line))
        if inputs(answered.card):
            self.forms[who] = OpenForm(shown, answered.card, "")
            return Answered(form=tuple(map(NEUTRAL, adaptive_lines.read(answered.card))))
        assert answered.card == self._now(shown).card, "who pressed sees what all see"
        return Answered()

    def _now(self, shown: Shown) -> Shown:
        return next(it for it in self.room.teams.shown if it.id == shown.id)

    async def look(self) -> list[Seen]:
        return [*self._public(), *self._private()]

    def _public(self) -> Iterator[Seen]:
        messages = self.room.messages()
        for root in (it for it in messages if it.id == it.thread):
            for it in messages:
                if it.thread == root.id:
                    yield _seen(it, "channel" if it is root else "thread")

    def _private(self) -> Iterator[Seen]:
        for name, person in self.people.items():
            for it in self.room.messages(alone(person)):
                yield _seen(it, name)

    async def follow(self) -> None:
        found = await slots(self.bot)
        self.room.root = [key for key, slot in sorted(found.items()) if slot == "root"][-1]

    async def catch_up(self) -> None:
        await self.bot.tick()
        await self.room.settle()

    @property
    def bot(self) -> Bot:
        return self.room.bot


def _seen(it: Shown, where: str) -> Seen:
    """A copy: an edit puts another card into the message that a person may have before them."""
    threaded = it.thread and it.thread != it.id
    return Seen(
        f"{it.thread}/{it.id}" if threaded else it.id,
        where,
        tuple(map(NEUTRAL, adaptive_lines.read(it.card))),
        tuple(Button(one["title"], one["verb"], replace(it)) for one in buttons(it.card)),
    )


@asynccontextmanager
async def teams_stage(database_url: str, clock: StoryClock) -> AsyncIterator[TeamsStage]:
    async with room(database_url, now=clock, tick_seconds=3600) as opened:
        opened.zones = ZONES
        yield TeamsStage(opened)
