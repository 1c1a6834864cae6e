"""The composition root: everything is put together here, and here only."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web
from sqlalchemy import Connection

from bot import loops
from bot.asking import Asking
from bot.chat import Chat
from bot.commands import Commands
from bot.config import BadSettings, Settings, require_platform, teams_is_set_up
from bot.courier import Courier
from bot.delivery import Delivery
from bot.digests import Digests
from bot.duework import DueWork, Kind
from bot.health import Health
from bot.introductions import Introductions
from bot.logs import log
from bot.nudging import Nudging
from bot.overdue import Overdue
from bot.platform import Handler, Platform
from bot.reminders import KIND as NUDGE
from bot.reminders import OVERDUE, Reminders
from bot.rereviews import Rereviews
from bot.runner import Runner
from bot.scenes import Scenes
from bot.schedule import KIND as REREVIEW
from bot.schedule import Schedule
from bot.scheduler import Alarm
from bot.telling import Telling
from bot.turn import Turns
from bot.web import build
from bot.weekly import KIND as WEEKLY
from bot.weekly import WeeklyScorecards
from bot.zones import Zones
from conversations import checklist as checklists
from conversations.nudging import Policy
from conversations.scoring import Thresholds
from storage import due, lanes
from storage.database import AWAY, Database, Outdated, writable
from storage.migrating import migrate, schema_state

CALL_TIMEOUT = 10.0  # seconds a call to a platform may take: half a lane's lease
# Seconds after SIGTERM to answer the requests that are in hand (who waits longer has given up),
# and to finish deliveries. With the platform's own 3 they are 10.
DOOR_GRACE, DUE_GRACE, GRACE = 2.0, 1.5, 3.5


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


class Bot:
    """The running bot: `start` brings it up, `stop` lets it finish what is in hand.

    Without `web_server` it only delivers what is owed. `port` is the one it listens on.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        worker: bool = True,
        web_server: bool = True,
        now: Callable[[], datetime] = utc_now,
        call_timeout: float = CALL_TIMEOUT,
    ) -> None:
        self.settings = settings
        self.call_timeout = call_timeout
        self.worker = worker
        self.web_server = web_server
        self.now = now
        self.port = settings.port
        self.checklist = replace(checklists.packaged(), due_days=settings.due_days)
        self.database = Database(settings.database_url)
        self.runner = Runner(self.database)
        self._up = AsyncExitStack()

    async def start(self) -> None:
        """Raises BadSettings, for a taken port too, Unreachable or Outdated."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Takes nothing new, finishes what is in hand within 10 s, gives leases back."""
        await self._up.aclose()

    async def _start(self) -> None:
        self._up.push_async_callback(asyncio.to_thread, self.runner.close)
        await asyncio.to_thread(prepare, self.database)
        timeout = aiohttp.ClientTimeout(total=self.call_timeout)
        session = aiohttp.ClientSession(timeout=timeout)
        self._up.push_async_callback(session.close)
        self.platforms = self._platforms(session)
        self._assemble()
        self._up.push_async_callback(self.delivery.close, GRACE)
        self._up.push_async_callback(self.due.close, DUE_GRACE)
        if self.database.sqlite and self.web_server and self.worker:
            # The whole bot is this process: a lease that is left was a crashed one's.
            await self.runner.write(_release_all)
        for platform in self.platforms.values():
            self._up.push_async_callback(platform.close)
        await asyncio.gather(*(it.identify() for it in self.platforms.values()))
        if self.web_server:
            await self._open_doors()
        elif self.settings.metrics_port:
            await self._serve(self.settings.metrics_port, {})
        if self.worker:
            alarm = Alarm(self.tick, self.settings.tick_seconds)
            alarm.start()
            self._up.callback(alarm.stop)
            await self.tick()

    async def tick(self) -> None:
        """Does what is due, and sends what is owed and in nobody's hands."""
        try:
            await self.due.sweep()
        except AWAY as error:  # the next tick tries again
            log("tick_failed", level="warning", exc_info=error)
        await self.delivery.sweep()

    def _platforms(self, session: aiohttp.ClientSession) -> dict[str, Platform]:
        """Those that are set up, by name. Nothing of another one is even imported."""
        found: dict[str, Platform] = {}
        if self.settings.slack_bot_token:
            from bot.slack.platform import SlackPlatform

            found["slack"] = SlackPlatform(self.settings, session, self.now)
        if teams_is_set_up(self.settings):
            from bot.teams.platform import TeamsPlatform

            found["teams"] = TeamsPlatform(self.settings, session, self.runner, self.now)
        return found

    def _assemble(self) -> None:
        chats: dict[str, Chat] = {name: it.chat for name, it in self.platforms.items()}
        thresholds = Thresholds(self.settings.ready_overall, self.settings.ready_layer)
        scenes = Scenes(self.checklist, chats, thresholds)
        schedule = Schedule(Zones(self.settings.timezone), self.settings.public_holidays)
        asking = Asking(self.runner, scenes, self.now, schedule)
        introductions = Introductions(self.runner, self.now)
        telling = Telling(self.runner, scenes, asking)
        weekly = WeeklyScorecards(self.runner, scenes, self.now)
        reminders = self._reminders(schedule.zones)
        digests = Digests(self.runner, scenes, reminders, self.now)
        courier = Courier(self.runner, scenes, chats, introductions, telling, weekly, digests)
        self.delivery = Delivery(self.runner, courier, self.now)
        self.turns = Turns(self.runner, self.checklist, self.now, thresholds, schedule, reminders)
        self.commands = Commands(self.turns, asking, self.now)
        kinds: dict[str, Kind] = {
            WEEKLY: weekly,
            REREVIEW: Rereviews(self.commands, schedule, self.now),
            NUDGE: Nudging(self.runner, self.turns, reminders, introductions, chats, self.now),
            OVERDUE: Overdue(reminders, self.now),
        }
        self.due = DueWork(self.runner, kinds, self.delivery.wake, self.now)

    def _reminders(self, zones: Zones) -> Reminders:
        silence = timedelta(days=self.settings.nudge_silent_days)
        policy = Policy(self.settings.ladder, silence, self.settings.nudges_per_week)
        return Reminders(self.checklist, zones, self.settings.public_holidays, policy)

    async def _open_doors(self) -> None:
        for platform in self.platforms.values():
            platform.listen(self.turns, self.commands, self.delivery, self.now)
        routes = {path: it for one in self.platforms.values() for path, it in one.routes.items()}
        self.port = await self._serve(self.settings.port, routes)
        for platform in self.platforms.values():
            await platform.connect()

    async def _serve(self, port: int, routes: Mapping[str, Handler]) -> int:
        """Listens there for these, and for who asks how the bot is; the port."""
        health = Health(self.database, self.runner, self.now)
        app = build(ready=health.ready, measure=health.measure)
        for path, handler in routes.items():
            app.router.add_post(path, handler)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=DOOR_GRACE
        )
        self._up.push_async_callback(runner.cleanup)
        await runner.setup()
        site = web.TCPSite(runner, self.settings.host, port)
        try:
            await site.start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise BadSettings(f"{why}: choose another HOST or PORT") from error
        found: int = runner.addresses[0][1]
        log("listening", host=self.settings.host, port=found)
        return found


def _release_all(conn: Connection) -> None:
    lanes.release_all(conn)
    due.release_all(conn)


def prepare(database: Database) -> None:
    """SQLite is brought to the newest schema; on PostgreSQL that is a step of the release.

    Raises Unreachable or Outdated.
    """
    if database.sqlite:
        migrate(database)
    elif (state := schema_state(database)) != "current":
        raise Outdated(state)
    writable(database)


def serve(settings: Settings, *, worker: bool) -> None:
    """Serves until SIGTERM or SIGINT."""
    require_platform(settings)
    loops.run(_until_stopped(Bot(settings, worker=worker)))


def work(settings: Settings) -> None:
    """Delivers what is owed until SIGTERM or SIGINT."""
    require_platform(settings)
    loops.run(_until_stopped(Bot(settings, web_server=False)))


async def _until_stopped(bot: Bot) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await bot.start()
    loops.settle()
    try:
        await stopped.wait()
    finally:
        await bot.stop()
