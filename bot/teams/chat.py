"""The chat port over the Bot Connector."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from bot.chat import ChatRejected, ChatUnavailable, MessageGone, Profile
from bot.logs import log
from bot.teams import adaptive
from bot.teams.connector import TOKEN_REFUSED, Connector, in_thread
from bot.teams.dialect import Runs
from bot.teams.holds import Holds
from bot.teams.known import Known
from bot.teams.payloads import BEGINS, PLATFORM
from conversations.cards import Card
from conversations.review import Place
from conversations.text import NAME_LONGEST, clean
from conversations.wording import Wording
from storage.references import Reference

LINK = "https://teams.microsoft.com/l/message"
IN_CHAT = {"context": '{"contextType":"chat"}'}


class TeamsChat:
    """Every organisation that the bot serves. Never retries: what is owed stands in the outbox.

    A message in a thread is named `ROOT/MESSAGE`, since Teams wants both to edit it.
    """

    platform = PLATFORM
    home_rows = 6  # a message is at most 28 KB, and each row has a link of up to 600 characters

    def __init__(self, connector: Connector, known: Known, holds: Holds) -> None:
        self.connector = connector
        self.known = known
        self.holds = holds
        self.words = Wording(Runs())

    async def ready(self) -> None:
        """Learns what links say of channels; who the bot is stands in every activity."""
        await self.known.look()

    async def post(self, place: Place, card: Card, *, key: str, thread: str | None = None) -> str:  # noqa: ARG002 - Teams keeps no keys
        """The name of the new message."""
        to = await self._reference(place)
        channel, activity = conversation(place), adaptive.message(card)
        with self._doubting(place):
            if not self.has_threads(place):
                return await self.connector.post(to.service_url, channel, activity)
            if thread is None:
                workspace = place.workspace
                return await self.connector.new_thread(
                    to.service_url, channel, workspace, to.bot, activity
                )
            root = thread.partition("/")[0]
            number = await self.connector.post(to.service_url, in_thread(channel, root), activity)
            return f"{root}/{number}"

    async def find(
        self,
        place: Place,
        *,
        key: str,
        thread: str | None,
        since: datetime,
        before_call: Callable[[], Awaitable[None]],
    ) -> str | None:
        """Never anything: bots may not read what stands in a conversation."""

    async def edit(self, place: Place, message: str, card: Card) -> None:
        """Replaces the card; not while somebody fills in a form that stands in its place."""
        if seconds := await self.holds.left(place, message):
            raise ChatUnavailable("form open", retry_after=seconds, unsure=False, answered=True)
        to = await self._reference(place)
        where, number = self._thread_of(place, message)
        with self._doubting(place):
            await self.connector.update(to.service_url, where, number, adaptive.message(card))

    async def edit_waits(self, place: Place, message: str) -> float:
        """As long as Teams' limits are reached, for that thread or for the app."""
        to = await self._reference(place)
        where, _ = self._thread_of(place, message)
        return self.connector.wait(to.service_url, where)

    def _thread_of(self, place: Place, message: str) -> tuple[str, str]:
        """The conversation that the message is edited in, and its number."""
        root, _, number = message.rpartition("/")
        where = conversation(place)
        return (in_thread(where, root or number) if self.has_threads(place) else where), number

    async def whisper(
        self, place: Place, person: str, card: Card, *, thread: str | None = None
    ) -> None:
        """In the person's own chat; where the bot is not allowed there, in the thread."""
        try:
            alone = await self._alone(person, place.workspace)
            await self.post(alone, card, key="")
        except ChatRejected as error:
            log("no_personal_chat", reason=error.reason, person=person)
            await self.post(place, card, key="", thread=thread)

    async def respond(self, address: str, card: Card) -> None:  # noqa: ARG002 - the port's call
        """Nothing brings an address: presses are answered at once."""
        raise ChatRejected("no address")

    async def direct(self, person: str) -> Place:
        """The person's own chat, opened where there is none."""
        return await self._alone(person, None)

    def is_direct(self, place: Place) -> bool:
        """Whether one person and the bot are alone there."""
        return place.channel.startswith(BEGINS["personal"])

    def has_threads(self, place: Place) -> bool:
        """Channels have; chats have not."""
        return not place.channel.startswith((BEGINS["personal"], BEGINS["group"]))

    async def show_home(self, person: str, card: Card) -> None:
        """A message in the person's own chat: Teams has no page that a bot could draw."""
        await self.post(await self.direct(person), card, key="")

    async def profile(self, person: str) -> Profile:
        """Activities name people: only who never appeared in one is asked for, and is nobody."""
        nobody = Profile("", None, member=False)
        near = await self.known.nearest(person, None)
        if near is None or near.person != person:
            return nobody
        found = await self.connector.member(
            near.service_url, conversation(near.place), _bare(person)
        )
        return Profile(clean(found.name)[:NAME_LONGEST], None) if found else nobody

    async def quiet(self, people: Collection[str], now: datetime) -> Mapping[str, datetime]:  # noqa: ARG002 - the port's call
        """Nobody: bots are not told who does not want to be disturbed."""
        return {}

    def link(self, place: Place, message: str) -> str:
        """The address that opens a message. Source: learn.microsoft.com, "Deep links"."""
        root, _, number = message.rpartition("/")
        path = f"{LINK}/{quote(conversation(place), safe='')}/{quote(number, safe='')}"
        if not self.has_threads(place):
            return f"{path}?{urlencode(IN_CHAT)}"
        facts = {
            "tenantId": place.workspace,
            "groupId": self.known.groups.get(place),
            "parentMessageId": root or number,
        }
        return f"{path}?{urlencode({key: it for key, it in facts.items() if it})}"

    async def _alone(self, person: str, workspace: str | None) -> Place:
        near = await self.known.nearest(person, workspace)
        if near is None:
            raise ChatRejected("nothing heard from Teams yet")
        if near.person == person:
            return near.place
        made = await self.connector.personal(
            near.service_url, _bare(person), near.place.workspace, near.bot
        )
        place = replace(near.place, channel=BEGINS["personal"] + made)
        await self.known.opened(
            Reference(
                place, near.service_url, near.bot, "personal", self.known.now(), person=person
            )
        )
        return place

    @contextmanager
    def _doubting(self, place: Place) -> Iterator[None]:
        """Where Teams refuses a call, the next one is made by what is stored by then."""
        try:
            yield
        except (ChatRejected, MessageGone):
            self.known.doubt(place)
            raise
        except ChatUnavailable as error:
            if error.reason == TOKEN_REFUSED:
                self.known.doubt(place)
            raise

    async def _reference(self, place: Place) -> Reference:
        known = await self.known.reference(place)
        if known is None:
            raise ChatRejected("conversation not known", gone="not_in_channel")
        return known


def conversation(place: Place) -> str:
    """Teams' own id of the conversation."""
    for begins in (BEGINS["personal"], BEGINS["group"]):
        if place.channel.startswith(begins):
            return place.channel.removeprefix(begins)
    return place.channel


def _bare(person: str) -> str:
    return person.partition(":")[2]
