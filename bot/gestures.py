"""What people do in a review, on every platform alike: type, press, open a form, send it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.door import Door
from bot.members import check_member
from bot.turn import Look, Said, Taken
from conversations import actions as act
from conversations import events, intents
from conversations.calendar import wall
from conversations.cards import Form
from conversations.effects import Refused
from conversations.replies import Reply, parse_reply
from conversations.review import Place, Review
from conversations.text import PERSON, service_name
from conversations.views import forms
from storage import reviews

OfGaps = act.EditGaps | act.SettleForm | act.HandOver
Opened = act.Edit | act.EditLayer | act.EditScope | OfGaps | act.SnoozeForm | act.StartForm


@dataclass(frozen=True, slots=True)
class Gestures:
    """Reads gestures, and has them carried out as turns."""

    door: Door

    async def typed(
        self,
        text: str,
        said: Said,
        *,
        addressed: bool,
        refusal: Refused | None = None,
        concerned: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """A message: an answer in a review's thread or, where the bot is addressed, a command.

        `refusal` is why this person is not served; whoever just talks does not hear of it.
        `concerned` is awaited before an answer is taken: not for talk among people.
        """
        if await self._answered(text, said, refusal, concerned) or not addressed:
            return
        if refusal:
            await self.door.refuse(said, refusal)
            return
        self.door.delivery.wake(await self.door.commands.later(text, said))

    async def _answered(
        self,
        text: str,
        said: Said,
        refusal: Refused | None,
        concerned: Callable[[], Awaitable[None]] | None,
    ) -> bool:
        """Whether the message was an answer typed in a review's thread, and was taken as such."""
        reply: Reply | None = None
        try:
            reply = parse_reply(text)
            if reply is None:
                return False
        except Refused as error:
            refusal = refusal or error
        review_id = await self._review_here(said)
        if review_id is None:
            return False
        if concerned:
            await concerned()
        if refusal or reply is None:
            await self.door.refuse(said, refusal or Refused("unknown_button"))
            return True
        event = events.Replied(by=said.by, at=said.at, reply=reply)
        taken = await self.door.turns.take(said, review_id, lambda _: event)
        self.door.delivery.wake(taken.lanes)
        return True

    async def _review_here(self, said: Said) -> str | None:
        """The review that an answer typed there belongs to.

        The thread's; where a conversation has no threads, the newest that is open in it.
        """
        place, thread = said.place, said.thread
        if place is None:
            return None
        read = self.door.turns.runner.read
        if thread is not None:
            return await read(lambda conn: reviews.by_message(conn, place, thread))
        if self.door.chat.has_threads(place):
            return None
        found = await read(lambda conn: reviews.open_in(conn, place))
        return found[-1].id if found else None

    async def press(
        self,
        said: Said,
        action: intents.Pressed,
        *,
        whisper: bool = True,
        look: Look | None = None,
    ) -> Taken:
        """Takes what a button means; `whisper` and `look` as `Turns.take` has them."""

        def event_of(review: Review) -> events.Event:
            self.door.here(said, review)
            return intents.pressed(self.door.turns.checklist, review, action, said.by, said.at)

        taken = await self.door.turns.take(
            said, action.review, event_of, whisper=whisper, look=look
        )
        self.door.delivery.wake(taken.lanes)
        return taken

    async def renew(self, said: Said, message: str) -> None:
        """Brings a reminder up to date whose button was of no use any more."""
        reminders, place, now = self.door.turns.reminders, said.place, self.door.now()
        if reminders:
            owed = self.door.turns.runner.write(
                lambda conn: reminders.renew_pressed(conn, place, message, now)
            )
            self.door.delivery.wake(await owed)

    async def form(self, said: Said, action: Opened) -> Form:
        """The form that a button opens. Raises Refused."""
        words = self.door.chat.words
        if isinstance(action, act.StartForm):
            alone = said.place is not None and self.door.chat.is_direct(said.place)
            return forms.start(words, action, alone=alone)
        read, scenes = self.door.turns.runner.read, self.door.commands.asking.scenes
        review = await read(lambda conn: reviews.load(conn, action.review))
        if review is None:
            raise Refused("unknown_button")
        self.door.here(said, review)
        if isinstance(action, act.Edit | act.EditLayer | act.EditScope) and not review.open:
            raise Refused("finished", service=review.service)
        if isinstance(action, act.EditGaps) and review.open:
            raise Refused("gaps_open", service=review.service)
        return forms.of(await read(lambda conn: scenes.of(conn, review, words)), action)

    async def submit(
        self, said: Said, action: act.Action, values: Mapping[str, str], workspace: str
    ) -> None:
        """Takes a form. Raises Refused, and FieldRefused where a field has to be mended."""
        if isinstance(action, act.StartForm):
            await self._start(
                said, action.channel or values.get(forms.CHANNEL, ""), values, workspace
            )
            return
        if isinstance(action, act.SnoozeForm):
            await self._snooze(said, action, values)
            return
        if not isinstance(action, act.Edit | act.EditLayer | act.EditScope | OfGaps):
            raise Refused("unknown_button")
        await self._is_member(values.get(forms.OWNER))
        zones = self.door.commands.asking.schedule.zones
        zone = await self.door.turns.runner.read(lambda conn: zones.of_person(conn, said.by))
        today = wall(said.at, zone).date()
        taken = await self.door.turns.take(
            said, action.review, self._entered(said, action, values, today), whisper=False
        )
        self.door.delivery.wake(taken.lanes)

    async def _is_member(self, person: str | None) -> None:
        """Makes sure of it, where somebody was chosen. Raises FieldRefused."""
        if person is None:
            return
        turns, chats = self.door.turns, self.door.commands.asking.scenes.chats
        known = PERSON.fullmatch(f"@{{{person}}}")
        chat = chats.get(person.partition(":")[0]) if known else None
        try:
            await check_member(turns.runner, chat, person, self.door.now)
        except Refused as refusal:
            raise intents.FieldRefused(forms.OWNER, refusal) from refusal

    async def _snooze(self, said: Said, action: act.SnoozeForm, values: Mapping[str, str]) -> None:
        days = values.get(forms.DAYS, "")
        if days not in forms.SNOOZES:
            raise intents.FieldRefused(forms.DAYS, Refused("choose_duration"))
        commands = self.door.commands
        taken = await self.door.turns.attempt(
            said, lambda conn: commands.snooze_review(conn, action.review, int(days), said)
        )
        self.door.delivery.wake(taken.lanes)

    def _entered(
        self, said: Said, action: intents.Submitted, values: Mapping[str, str], today: date
    ) -> Callable[[Review], events.Event]:
        def event_of(review: Review) -> events.Event:
            self.door.here(said, review)
            checklist = self.door.turns.checklist
            return intents.submitted(checklist, review, action, values, said.by, said.at, today)

        return event_of

    async def _start(
        self, said: Said, channel: str, values: Mapping[str, str], workspace: str
    ) -> None:
        if not channel:
            raise intents.FieldRefused(forms.CHANNEL, Refused("choose_channel"))
        try:
            name = service_name(values.get(forms.SERVICE, ""))
        except Refused as refusal:
            raise intents.FieldRefused(forms.SERVICE, refusal) from refusal
        place = Place(self.door.chat.platform, workspace, channel)
        self.door.delivery.wake(
            await self.door.commands.later(f"start {name}", replace(said, place=place))
        )


def meant(packed: str) -> act.Action:
    """The action of a payload. Raises Refused for one that is not ours, or was tampered with."""
    try:
        return act.unpack(packed)
    except act.Unreadable as error:
        raise Refused("unknown_button") from error
