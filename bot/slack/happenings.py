"""What happens to channels, people and tokens: posting stops, resumes, or people are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.delivery import Delivery
from bot.logs import log
from bot.slack import payloads
from bot.slack.chat import SlackChat
from bot.standing import left, restore, stop
from bot.turn import Turns
from conversations.review import Place
from conversations.text import NAME_LONGEST, clean
from storage import cards, people, places, turns
from storage.people import Person

Json = dict[str, Any]
Listener = Callable[..., Awaitable[None]]
NOBODY = "slack"  # whose turns these are


@dataclass(frozen=True, slots=True)
class Happenings:
    """Events that are nobody's answer."""

    chat: SlackChat
    turns: Turns
    delivery: Delivery
    now: Callable[[], datetime]

    def listeners(self) -> dict[str, Listener]:
        """Event name -> listener."""
        return {
            "channel_archive": self.on_archived,
            "group_archive": self.on_archived,
            "channel_left": self.on_left,
            "group_left": self.on_left,
            "channel_unarchive": self.on_back,
            "group_unarchive": self.on_back,
            "member_joined_channel": self.on_joined,
            "user_change": self.on_person,
            "tokens_revoked": self.on_revoked,
            "app_uninstalled": self.on_revoked,
        }

    async def on_archived(self, event: Json, body: Json) -> None:
        """The channel is archived: nothing more is posted there, the work is kept."""
        await self._stop(event, body, "archived")

    async def on_left(self, event: Json, body: Json) -> None:
        """The bot was removed from the channel."""
        await self._stop(event, body, "not_in_channel")

    async def on_back(self, event: Json, body: Json) -> None:
        """The channel is there again: its open reviews are brought up to date."""
        await self._resume(event, body)

    async def on_joined(self, event: Json, body: Json) -> None:
        """The bot was invited (other people's joining is not ours to know)."""
        if event.get("user") == (await self.chat.identify()).user:
            await self._resume(event, body)

    async def on_person(self, event: Json, body: Json) -> None:
        """A person's name, zone or state changed. Only people we know are kept.

        Who left has no layers any more: the services' owners are told.
        """
        if not await self._ours(body):
            return
        user = event["user"]
        person = payloads.person(user["id"])
        shown = user.get("profile") or {}
        name = shown.get("display_name") or user.get("real_name") or user.get("name") or ""
        deleted = bool(user.get("deleted"))

        def work(conn: Connection) -> frozenset[str]:
            known = people.get(conn, person)
            if known is None:
                return frozenset()
            named = clean(name)[:NAME_LONGEST] or known.name
            tz = clean(user.get("tz") or "") or known.tz  # who left has none any more
            away = payloads.away_until(shown)
            people.upsert(
                conn, Person(person, known.platform, named, tz, deleted, self.now(), away)
            )
            if not deleted:
                return frozenset()
            return left(conn, self.turns, person, self.now())

        self.delivery.wake(await self.turns.runner.write(work))

    async def on_revoked(self, body: Json) -> None:
        """The token is dead: who the bot is has to be asked anew once there is another."""
        if await self._ours(body):
            self.chat.identity = None
            fix = "install the app again, then set SLACK_BOT_TOKEN"
            log("slack_revoked", level="error", fix=fix)

    async def _stop(self, event: Json, body: Json, reason: str) -> None:
        """Slack repeats events, and the bot may be back meanwhile: then it is old news.

        It is back where it has posted since. Where that is wrong, the next post is refused.
        """
        place = _place(event, body)
        if not await self._ours(body):
            return
        key = f"slack:place:{place.channel}:{body.get('event_id') or event.get('event_ts')}"
        happened = payloads.moment(event.get("event_ts"), self.now())

        def work(conn: Connection) -> frozenset[str] | None:
            new = turns.record(conn, key, self.now(), NOBODY, reason)
            if not new or cards.posted_since(conn, place, happened):
                return None
            return stop(conn, place, reason, self.now())

        lanes = await self.turns.runner.write(work)
        log("place_stopped", place=place.channel, reason=reason)
        self.delivery.wake(lanes or ())

    async def _resume(self, event: Json, body: Json) -> None:
        place = _place(event, body)

        def work(conn: Connection) -> frozenset[str]:
            if not places.resume(conn, place):
                return frozenset()
            return restore(conn, self.turns.checklist, place, self.now())

        if await self._ours(body):
            self.delivery.wake(await self.turns.runner.write(work))

    async def _ours(self, body: Json) -> bool:
        """Whether it happened in our workspace. The app may be installed in others, too."""
        return payloads.team_of(body) == (await self.chat.identify()).team


def _place(event: Json, body: Json) -> Place:
    return Place(payloads.PLATFORM, payloads.team_of(body), str(event.get("channel")))
