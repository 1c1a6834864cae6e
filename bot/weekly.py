"""The weekly scorecard of a channel: made at its moment, posted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot import posts
from bot.chat import Chat
from bot.duework import Done
from bot.holding import Held
from bot.runner import Runner
from bot.scenes import Scenes
from conversations.calendar import Weekly, latest_at_or_before, local_date, missed, next_after
from conversations.cards import Card
from conversations.review import Place
from conversations.views import weekly as view
from conversations.week import Week, kept, packed, unpacked, week
from storage import due, outbox, places, services, standings, weeklies
from storage.due import Plan

KIND = "weekly"
DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
FRESH = timedelta(days=4)  # what is compared with is at least so old: the day may have changed


def set_rule(conn: Connection, place: Place, rule: Weekly, by: str, now: datetime) -> None:
    """The channel gets its scorecard by this rule from now on."""
    weeklies.put(conn, place, rule, by=by, at=now)
    due.plan(conn, _planned(place, rule, now))


def end(conn: Connection, place: Place) -> bool:
    """The channel gets none any more; whether it did."""
    due.unplan(conn, KIND, posts.place_key(place))
    return weeklies.off(conn, place)


def _planned(place: Place, rule: Weekly, now: datetime) -> Plan:
    at = next_after(rule, now)
    why = f"{DAYS[rule.weekday]} at {rule.hour:02}:{rule.minute:02} {rule.zone}"
    occurrence = local_date(rule, at).isoformat()
    return Plan(KIND, posts.place_key(place), at, occurrence, why)


@dataclass(frozen=True)
class WeeklyScorecards:
    """The due work and the post."""

    runner: Runner
    scenes: Scenes
    now: Callable[[], datetime]

    async def prepare(self, plan: Plan) -> None:
        """Nothing is asked of the platform."""

    def carry_out(self, conn: Connection, plan: Plan, prepared: None) -> Done:  # noqa: ARG002
        """Owes the scorecard of the newest occurrence; those before it are too late for anybody."""
        place, now = posts.place_of(plan.subject), self.now()
        rule = weeklies.rule(conn, place)
        if rule is None:
            return Done(skipped="off")
        late = missed(rule, plan.at - timedelta(seconds=1), now)
        following = _planned(place, rule, now)
        if late is None:  # the zone's own rules have changed since it was planned
            return Done(following, skipped="moved")
        if places.stopped(conn, place):
            return Done(following, skipped="channel_gone", missed=late.skipped)
        day = local_date(rule, latest_at_or_before(rule, now)).isoformat()
        lane = self._owe(conn, place, day, now)
        return Done(following, frozenset({lane}), missed=late.skipped)

    def made(self, conn: Connection, place: Place | None, day: str, now: datetime) -> Week:
        """What the scorecard of a channel's services (or of all) says on a day, ISO 8601."""
        stands = standings.of(conn, self.scenes.yardstick, place)
        before = weeklies.before(conn, date.fromisoformat(day) - FRESH, place)
        return week(day, stands, before, now, self.scenes.checklist)

    def _owe(self, conn: Connection, place: Place, day: str, now: datetime) -> str:
        standings.fill(conn, self.scenes.yardstick, place)
        made = self.made(conn, place, day, now)
        ids = {it.key: it.id for it in services.in_channel(conn, place)}
        for standing in made.standings:
            weeklies.keep(conn, ids[standing.key], date.fromisoformat(day), kept(standing))
        lane = f"channel:{posts.place_key(place)}"
        outbox.owe(
            conn,
            key=f"weekly:{posts.place_key(place)}:{day}",
            lane=lane,
            kind=posts.WEEKLY,
            person=None,
            place=place,
            payload=packed(made),
            at=now,
        )
        return lane

    async def post(self, held: Held, chat: Chat, place: Place) -> str:
        """Posts it; after an attempt of unknown outcome, only if it is not there already."""
        await chat.ready()
        if why := await self.runner.read(lambda conn: places.stopped(conn, place)):
            return await held.drop(f"stopped: {why}")
        if await held.find(chat, place, key=held.row.key):
            return await held.settle("found")
        card = await self.runner.read(lambda conn: self._drawn(conn, held, chat))
        await held.attempt(lambda: chat.post(place, card, key=held.row.key))
        return await held.settle("posted")

    def _drawn(self, conn: Connection, held: Held, chat: Chat) -> Card:
        made = unpacked(held.row.payload)
        links = self.scenes.links(conn, [it.review for it in view.shown(made)])
        return view.card(made, self.scenes.checklist, chat.words, links)
