"""What people do, from Python: one call a gesture."""

from typing import Any

from bot.playground import clicks, forms, payloads, people
from bot.playground.changes import Changes
from bot.playground.core import Outcome
from bot.playground.people import Refused
from bot.playground.values import Json


class Gestures(Changes):
    """Each returns when the app has answered the first attempt."""

    async def send(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> Outcome:
        """A person types a message, or a slash command."""
        try:
            if text.startswith("/"):
                return await people.command(self.core, user, channel, text, thread_ts)
            message, events = people.say(self.core, user, channel, text, thread_ts)
        except Refused as refused:
            return Outcome(ok=False, error=str(refused))
        acks = [await self.core.courier.event(event) for event in events]
        failed = next((ack.error for ack in acks if ack.error), None)
        return Outcome(ok=failed is None, error=failed, ts=message.ts)

    async def click(
        self,
        user: str,
        *,
        action_id: str,
        block_id: str | None = None,
        message_ts: str | None = None,
        view_id: str | None = None,
        selected: Any = None,
    ) -> Outcome:
        """A person uses an element of a message or view. `selected`: what they choose.

        `block_id` may be left out where the action_id stands only once.
        """
        try:
            if message_ts is not None:
                message = self.message(message_ts)
                where = self.place_of(message.blocks, block_id, action_id)
                at = (message.channel, message_ts)
                return await clicks.click_message(self.core, user, at, where, selected)
            view = self.view(user, view_id)
            where = self.place_of(view.blocks, block_id, action_id)
            return await clicks.click_view(self.core, user, view.id, where, selected)
        except Refused as refused:
            return Outcome(ok=False, error=str(refused))

    async def submit_view(
        self, user: str, view_id: str | None = None, values: Json | None = None
    ) -> Outcome:
        """A person sends a form (the top one by default). `values`: by block_id what they enter."""
        try:
            view = self.view(user, view_id)
            return await forms.submit(self.core, user, view.id, values or {})
        except Refused as refused:
            return Outcome(ok=False, error=str(refused))

    async def close_view(self, user: str, view_id: str | None = None) -> Outcome:
        """A person puts a form away."""
        try:
            outcome = await forms.close(self.core, user, self.view(user, view_id).id)
        except Refused as refused:
            return Outcome(ok=False, error=str(refused))
        await self.idle()
        return outcome

    async def shortcut(self, user: str, callback_id: str, message_ts: str) -> Outcome:
        """A person chooses a message shortcut."""
        try:
            channel = self.message(message_ts).channel
            return await clicks.shortcut(self.core, user, callback_id, channel, message_ts)
        except Refused as refused:
            return Outcome(ok=False, error=str(refused))

    async def open_home(self, user: str) -> Outcome:
        """A person opens App Home."""
        return await self.event(payloads.home_opened_event(self.core, user))
