"""What a platform must be able to do and show for a story to be played on it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.app import Bot
from conversations import actions, checklist
from conversations.review import Review
from storage import answers, reviews
from storage.answers import Entry
from storage.tables import CARD, REVIEW

CHECKLIST = checklist.packaged()
NAMES = {"ana": "Ana", "ben": "Ben", "chi": "Chi"}
PERSON = re.compile(r"@(ana|ben|chi)\b")
OWN_LINKS = re.compile(r"http://127\.0\.0\.1|https://teams\.microsoft\.com/")
START = datetime.fromisoformat("2026-03-02T09:00:00Z")  # a Monday


@dataclass
class StoryClock:
    """The time on the wall of both workspaces and of both bots; it passes when a story says so."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by


@dataclass(frozen=True)
class Button:
    """A button that does something; `about` what it names: "1.2", "layer-3", "rag", "scope"."""

    label: str
    packed: str
    message: Any  # the platform's own, as it stood when the button was seen

    @property
    def about(self) -> set[str]:
        action = actions.unpack(self.packed)
        values = {str(getattr(action, name)) for name in type(action).__dataclass_fields__}
        checks, layers = CHECKLIST.by_id, CHECKLIST.layers_by_id
        return {
            *values,
            *(checks[it].number for it in values if it in checks),
            *(f"layer-{layers[it].number}" for it in values if it in layers),
            *(["scope"] if isinstance(action, actions.EditScope) else []),
        }


@dataclass(frozen=True)
class Seen:
    """Something that somebody can read. `where`: "channel", "thread", or one person's name."""

    key: str  # the same for as long as it is the same message
    where: str
    lines: tuple[str, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Answered:
    """What a gesture is answered with at once, and to nobody else."""

    form: tuple[str, ...] = ()  # a form that opened, line by line
    wrong: tuple[str, ...] = ()  # what is said beside the fields of a form that stays open
    line: str = ""


class Stage(Protocol):
    """A platform with the real bot on it. Gestures return when everything owed has left."""

    name: str
    people: Mapping[str, str]  # the platform's own user ids, by name

    async def command(self, who: str, words: str) -> None:
        """Types a command in the channel, the way the platform has for it."""

    async def reply(self, who: str, text: str) -> None:
        """Types in the review's thread; `@Readiness` there is a mention."""

    async def say(self, who: str, text: str) -> None:
        """Types in the channel, to nobody in particular."""

    async def direct(self, who: str, text: str) -> None:
        """Types where the person is alone with the bot."""

    async def home(self, who: str) -> None:
        """Opens the person's own page, or what stands for it."""

    async def press(self, who: str, button: Button, at: datetime) -> Answered:
        """Presses a button, at a moment that may be past: also one that is gone by now."""

    async def fill_in(self, who: str, values: Mapping[str, str]) -> Answered:
        """Changes fields of the form that the person has open, and sends it."""

    async def give_up(self, who: str) -> None:
        """Puts the form away."""

    async def look(self) -> list[Seen]:
        """Everything that can be read now, each conversation from its top."""

    async def follow(self) -> None:
        """Turns to the thread of the newest review."""

    async def catch_up(self) -> None:
        """Does what is due by now."""

    @property
    def bot(self) -> Bot: ...


@dataclass
class Names:
    """The words of one platform in everybody's words."""

    replaced: dict[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        for words, by in self.replaced.items():
            text = text.replace(words, by)
        return text


async def slots(bot: Bot) -> dict[str, str]:
    """Which card a message is, by the key under which it is seen."""
    rows = await bot.runner.read(lambda conn: conn.execute(CARD.select()).all())
    return {row.message: row.slot for row in rows}


async def stored(bot: Bot) -> list[tuple[Review, list[Entry]]]:
    """All reviews, in the order in which they were begun, each with its history."""

    def look(conn: Connection) -> list[tuple[Review, list[Entry]]]:
        rows = conn.execute(REVIEW.select().order_by(REVIEW.c.started_at)).all()
        found = [reviews.load(conn, row.id) for row in rows]
        return [(it, answers.history(conn, it.id)) for it in found if it]

    return await bot.runner.read(look)


def label(buttons: Iterable[tuple[str, bool]]) -> str:
    """Buttons in a row; the flag is whether it asks before it does anything."""
    return " ".join(f"[{text}{', asks first' if asks else ''}]" for text, asks in buttons)


def link(text: str, url: str) -> str:
    """A link; where one leads within a platform is the platform's own affair."""
    return f"{text} ({'«link»' if OWN_LINKS.match(url) else url})"
