"""The composition root: everything is put together here, and here only."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from bot.asking import Asking
from bot.chat import Chat
from bot.commands import Commands
from bot.config import BadSettings, Settings, require_platform, teams_is_set_up
from bot.courier import Courier
from bot.delivery import Delivery
from bot.health import Health
from bot.introductions import Introductions
from bot.logs import log
from bot.platform import Platform
from bot.runner import Runner
from bot.scenes import Scenes
from bot.scheduler import Alarm
from bot.telling import Telling
from bot.turn import Turns
from bot.web import build
from conversations import checklist as checklists
from conversations.scoring import Thresholds
from storage import lanes
from storage.database import Database, Outdated, writable
from storage.migrating import migrate, schema_state

CALL_TIMEOUT = 10.0  # seconds a call to a platform may take: half a lane's lease
# Seconds after SIGTERM to answer the requests that are in hand (who waits longer has given up),
# and to finish deliveries. With the platform's own 3 they are 10.
DOOR_GRACE, GRACE = 2.0, 5.0


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
        self.checklist = checklists.packaged()
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
        if self.database.sqlite and self.web_server and self.worker:
            # The whole bot is this process: a lease that is left was a crashed one's.
            await self.runner.write(lanes.release_all)
        for platform in self.platforms.values():
            self._up.push_async_callback(platform.close)
        await asyncio.gather(*(it.identify() for it in self.platforms.values()))
        if self.web_server:
            await self._open_doors()
        if self.worker:
            alarm = Alarm(self.delivery.sweep, self.settings.tick_seconds)
            alarm.start()
            self._up.callback(alarm.stop)
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
        asking = Asking(self.runner, scenes, self.now)
        introductions = Introductions(self.runner, self.now)
        telling = Telling(self.runner, scenes, asking)
        courier = Courier(self.runner, scenes, chats, introductions, telling)
        self.delivery = Delivery(self.runner, courier, self.now)
        self.turns = Turns(self.runner, self.checklist, self.now, thresholds)
        self.commands = Commands(self.turns, asking, self.now)

    async def _open_doors(self) -> None:
        for platform in self.platforms.values():
            platform.listen(self.turns, self.commands, self.delivery, self.now)
        await self._serve()
        for platform in self.platforms.values():
            await platform.connect()

    async def _serve(self) -> None:
        health = Health(self.database, self.runner, self.now)
        app = build(ready=health.ready, measure=health.measure)
        for platform in self.platforms.values():
            for path, handler in platform.routes.items():
                app.router.add_post(path, handler)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=DOOR_GRACE
        )
        self._up.push_async_callback(runner.cleanup)
        await runner.setup()
        site = web.TCPSite(runner, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise BadSettings(f"{why}: choose another HOST or PORT") from error
        self.port = runner.addresses[0][1]
        log("listening", host=self.settings.host, port=self.port)


def prepare(database: Database) -> None:
    """SQLite is brought to the newest schema; on PostgreSQL that is a step of the release.

    Raises Unreachable or Outdated.
    """
    if database.threads == 1:
        migrate(database)
    elif (state := schema_state(database)) != "current":
        raise Outdated(state)
    writable(database)


def serve(settings: Settings, *, worker: bool) -> None:
    """Serves until SIGTERM or SIGINT."""
    require_platform(settings)
    asyncio.run(_until_stopped(Bot(settings, worker=worker)))


def work(settings: Settings) -> None:
    """Delivers what is owed until SIGTERM or SIGINT."""
    require_platform(settings)
    asyncio.run(_until_stopped(Bot(settings, web_server=False)))


async def _until_stopped(bot: Bot) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await bot.start()
    try:
        await stopped.wait()
    finally:
        await bot.stop()
