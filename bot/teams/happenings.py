"""What happens to the app and its channels: posting stops, resumes, or people are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot import posts
from bot.door import Door
from bot.logs import log
from bot.standing import restore, stop
from bot.teams import payloads
from bot.teams.payloads import PLATFORM, Json, at, ident
from bot.turn import Said, meet, note
from conversations.review import Place
from storage import places, references, turns

# `channelData.eventType` -> why nothing can be posted any more. Of a whole team, or one channel.
GONE = {
    "channelDeleted": "channel_gone",
    "teamDeleted": "channel_gone",
    "teamHardDeleted": "channel_gone",
    "teamArchived": "archived",
}
BACK = {"channelRestored", "teamRestored", "teamUnarchived"}


@dataclass(frozen=True, slots=True)
class Happenings:
    """Activities that are nobody's answer."""

    door: Door

    async def installation(self, body: Json) -> None:
        """The app was taken into a team or chat, or out of it."""
        action = ident(body.get("action"))
        if action in {"remove", "remove-upgrade"}:
            await self._stop(self._scope(body), "not_in_channel")
        elif action in {"add", "add-upgrade"}:
            await self._resume(self._scope(body))
            if action == "add" and payloads.kind(body) == "personal" and ident(body.get("id")):
                await self.show_home(payloads.said(body, "install", self.door.now()))

    async def conversation(self, body: Json) -> None:
        """Channels and teams change, the bot joins or leaves."""
        event = ident(at(body, "channelData", "eventType"))
        if event in GONE:
            await self._stop(self._changed(body, event), GONE[event])
        elif event in BACK:
            await self._resume(self._changed(body, event))
        elif self._is_among(body, "membersRemoved"):
            await self._stop(self._scope(body), "not_in_channel")
        elif self._is_among(body, "membersAdded"):
            await self._resume(self._scope(body))

    async def show_home(self, said: Said) -> None:
        """Owes the person what Slack shows on the app's home page, once for each asking."""

        def work(conn: Connection) -> frozenset[str]:
            if not turns.record(conn, said.key, self.door.now(), said.by, "home"):
                return frozenset()
            meet(conn, said)
            return frozenset({posts.home(conn, said.by, self.door.now())})

        self.door.delivery.wake(await self.door.turns.runner.write(work))
        note(said, "asked")

    def _scope(self, body: Json) -> Callable[[Connection], list[Place]]:
        """The conversation; of a team, all its channels that were ever seen."""
        return self._places(payloads.place(body), ident(at(body, "channelData", "team", "id")))

    def _changed(self, body: Json, event: str) -> Callable[[Connection], list[Place]]:
        """The places that an event of channels or teams is about."""
        here = payloads.place(body)
        if event.startswith("team"):
            return self._scope(body)
        channel = ident(at(body, "channelData", "channel", "id"))
        return self._places(replace(here, channel=channel or here.channel), "")

    def _places(self, here: Place, team: str) -> Callable[[Connection], list[Place]]:
        def look(conn: Connection) -> list[Place]:
            known = references.of_team(conn, PLATFORM, here.workspace, team) if team else []
            return [*dict.fromkeys([here, *(it.place for it in known)])]

        return look

    def _is_among(self, body: Json, members: str) -> bool:
        """Whether the bot is one of those."""
        found, bot = body.get(members), at(body, "recipient", "id")
        return isinstance(found, list) and any(at(it, "id") == bot for it in found)

    async def _stop(self, affected: Callable[[Connection], list[Place]], reason: str) -> None:
        now = self.door.now()

        def work(conn: Connection) -> set[str]:
            lanes: set[str] = set()
            for place in affected(conn):
                lanes |= stop(conn, place, reason, now) or set()
                log("place_stopped", place=place.channel, reason=reason)
            return lanes

        self.door.delivery.wake(await self.door.turns.runner.write(work))

    async def _resume(self, affected: Callable[[Connection], list[Place]]) -> None:
        checklist, now = self.door.turns.checklist, self.door.now()

        def work(conn: Connection) -> set[str]:
            lanes: set[str] = set()
            for place in affected(conn):
                if places.resume(conn, place):
                    lanes |= restore(conn, checklist, place, now)
            return lanes

        self.door.delivery.wake(await self.door.turns.runner.write(work))
