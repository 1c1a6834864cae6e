"""The port that a platform implements, and the two ways in which it can fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from conversations.cards import Card
from conversations.review import Place
from conversations.wording import Wording


class ChatUnavailable(Exception):
    """The platform did not take the call now; it is worth trying again.

    `retry_after` in seconds, None where the platform did not say. `unsure`: it may have been
    carried out all the same (a time-out, a 5xx). `answered`: the platform itself said that it
    failed, which makes that unlikely, and says nothing against other calls.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        unsure: bool,
        answered: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.unsure = unsure
        self.answered = answered


class ChatRejected(Exception):
    """The platform will never take this call; `reason` is its own word.

    `gone` names why nothing can be posted in that place any more: "archived",
    "not_in_channel" or "channel_gone"; None where only this one post was refused.
    """

    def __init__(self, reason: str, *, gone: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.gone = gone


class MessageGone(Exception):
    """The message that was to be edited was deleted by somebody."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform says of a person."""

    name: str
    tz: str | None  # IANA zone
    deleted: bool = False
    member: bool = True  # neither a bot nor another organisation's
    away_until: datetime | None = None  # on leave or ill until then, as they say themselves


class Chat(Protocol):
    """A platform, as delivery uses it. Every call raises ChatUnavailable or ChatRejected."""

    platform: str
    words: Wording
    home_rows: int  # how many rows a section of somebody's page may have there

    async def ready(self) -> None:
        """Learns once what links and direct messages need: who the bot is there."""

    async def post(self, place: Place, card: Card, *, key: str, thread: str | None = None) -> str:
        """The id of the new message, which carries `key` where the platform can keep one."""

    async def find(
        self,
        place: Place,
        *,
        key: str,
        thread: str | None,
        since: datetime,
        before_call: Callable[[], Awaitable[None]],
    ) -> str | None:
        """The message that was posted with this key since then; None if there is none.

        A look-up may take several calls; `before_call` is awaited before each.
        """

    async def edit(self, place: Place, message: str, card: Card) -> None:
        """Replaces the message. Raises MessageGone."""

    async def edit_waits(self, place: Place, message: str) -> float:
        """For how many seconds nothing is taken where the message stands; 0: not known."""

    async def whisper(
        self, place: Place, person: str, card: Card, *, thread: str | None = None
    ) -> None:
        """Shows the card to one person only, where the conversation is."""

    async def respond(self, address: str, card: Card) -> None:
        """Answers a command privately at the address it came with, even where posts are refused."""

    async def direct(self, person: str) -> Place:
        """The place of the direct messages with that person."""

    def is_direct(self, place: Place) -> bool:
        """Whether one person and the bot are alone there."""

    def has_threads(self, place: Place) -> bool:
        """Whether a message there opens a thread; if not, all is said one below the other."""

    async def show_home(self, person: str, card: Card) -> None:
        """Replaces the person's own page."""

    async def profile(self, person: str) -> Profile:
        """Who the person is."""

    async def quiet(self, people: Collection[str], now: datetime) -> Mapping[str, datetime]:
        """Until when those who do not want to be disturbed now are left alone; one call for all."""

    def link(self, place: Place, message: str) -> str:
        """Where the message can be opened; empty where that is not known."""


@runtime_checkable
class Paced(Protocol):
    """A platform that takes few edits in all of its places together."""

    def edit_turn(self, message: str, *, aside: bool) -> float:
        """Seconds until the message is to ask again; 0: it may be edited now, and at once.

        It keeps its place until then. With `aside` it lets others go first, within reason.
        """

    def edit_unused(self, message: str) -> None:
        """It is not edited after all: its turn is given back. Nothing where it was edited."""
