"""The whole product on this machine: the bot, an embedded database and a local workspace.

Or, in the workspace's place, Teams' local client: `bot.demo_teams`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import webbrowser
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web
from pydantic import SecretStr

from bot.app import Bot
from bot.config import BadSettings, Local, Settings
from bot.passing import catch_up, offer
from bot.playground.clockwork import MovableClock
from bot.playground.core import App, Command, MessageShortcut
from bot.playground.values import Clock, system_clock
from bot.playground.workspace import Workspace, serve_workspace
from bot.sample.life import Life, begins
from bot.slack.manifest import COMMAND, SHORTCUT, manifest
from bot.standing import repost
from conversations.commands import COMMANDS
from storage import services
from storage.database import ADVICE, Database, Unreachable, reachable
from storage.locking import alone

HOST = "127.0.0.1"
PORT = 8765
FIRST = "Type /readiness start search-assistant in #search-team."
LIVED = "Type /readiness services in #search-team, or put the clock forward, at the top."


class Show(Protocol):
    """A demo that runs until a signal. Its page is at `port`; the database is `file`."""

    async def __call__(
        self, port: int | None, file: Path, /, *, open_browser: bool, kept: bool
    ) -> None:
        """Raises BadSettings for what cannot be used."""


def local_workspace(clock: Clock = system_clock) -> Workspace:
    """A workspace that offers what the app's manifest declares; `clock` is the one on its wall.

    Signatures are dated by real time, by which the bot checks them.
    """
    declares = manifest(None)
    features = declares["features"]
    declared = features["slash_commands"][0]
    return Workspace(
        App(
            commands=(
                Command(
                    COMMAND,
                    usage_hint=declared["usage_hint"],
                    description=declared["description"],
                    completions=tuple(one.usage for one in COMMANDS),
                    effects=tuple(one.effect for one in COMMANDS),
                    should_escape=True,
                ),
            ),
            shortcuts=(MessageShortcut(SHORTCUT, features["shortcuts"][0]["name"]),),
            home=True,
            scopes=tuple(declares["oauth_config"]["scopes"]["bot"]),
        ),
        clock=clock,
    )


def local_settings(workspace: Workspace, database: str, port: int = 0) -> Settings:
    """Settings of a bot that talks to the local workspace, whatever the environment says."""
    return Local(
        database_url=database,
        host=HOST,
        port=port,
        slack_bot_token=SecretStr(workspace.app.bot_token),
        slack_signing_secret=SecretStr(workspace.app.signing_secret),
        slack_app_token=None,
        slack_api_url=workspace.api_url,
        slack_edits_per_minute=100_000,  # it takes all, unless told to be as strict as Slack
        tick_seconds=1,
    )


def run(
    port: int | None = None,
    keep: Path | None = None,
    *,
    open_browser: bool = False,
    teams: bool = False,
    sample: bool = False,
) -> None:
    """Runs until Ctrl-C. Keeps nothing unless `keep` names a database file.

    With `sample` it begins with a year of history. Without `port` the page is at PORT or, where
    that is taken, at any free one. Raises BadSettings for a port and for a file that cannot be
    used, and for what `teams` needs and is not installed.
    """
    if keep and not keep.parent.is_dir():
        raise BadSettings(f"--keep {keep}: there is no folder {keep.parent}")
    if sample and teams:
        raise BadSettings("--sample is for the local workspace: leave out --teams")
    show: Show = partial(_run, sample=sample)
    if teams:
        from bot.demo_teams import prepared

        show = prepared()
    with tempfile.TemporaryDirectory(prefix="readiness-") as folder:
        file = keep or Path(folder) / "demo.db"
        try:
            with alone(f"sqlite:///{file}"):
                if sample and _in_use(file):
                    raise BadSettings(f"--sample: {keep} has services already, name a new file")
                asyncio.run(show(port, file, open_browser=open_browser, kept=keep is not None))
        except Unreachable as error:
            raise BadSettings(str(error).replace(ADVICE, "choose another --keep")) from error


def _in_use(file: Path) -> bool:
    """Whether somebody's services are in there, which is not changed by looking."""
    if not file.exists():
        return False
    database = Database(f"sqlite:///{file}")
    try:
        reachable(database)
        with database.read() as conn:
            return services.any_stored(conn)
    finally:
        database.close()


async def _run(
    port: int | None, file: Path, *, open_browser: bool, kept: bool, sample: bool
) -> None:
    stopped = told_to_stop()
    async with AsyncExitStack() as stack:
        now = system_clock()
        clock = MovableClock(ahead=begins(now) - now if sample else timedelta())
        workspace, page = await _served(port, clock)
        stack.push_async_callback(page.cleanup)
        bot = Bot(local_settings(workspace, f"sqlite:///{file}"), now=clock)
        await bot.start()
        stack.push_async_callback(bot.stop)
        workspace.connect_http(f"http://{HOST}:{bot.port}/slack/events")
        clockwork = offer(bot, workspace, clock)
        if sample:
            print("\n  A year passes: a few seconds …", flush=True)  # noqa: T201 - output
            await _unless(stopped, Life(bot, clockwork, now).live())
        elif kept:
            await bot.runner.read(lambda conn: catch_up(conn, clock))
            lanes = await bot.runner.write(lambda conn: repost(conn, bot.checklist, bot.now()))
            bot.delivery.wake(lanes)
        if stopped.is_set():
            return
        say(
            "Readiness is running in a workspace of its own",
            workspace.url,
            LIVED if sample else FIRST,
            file if kept else None,
        )
        if open_browser:
            webbrowser.open(workspace.url)
        await stopped.wait()


async def _unless(stopped: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Does the work, and leaves it when a signal comes."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if working.done():
        working.result()
    working.cancel()


async def _served(port: int | None, clock: Clock) -> tuple[Workspace, web.AppRunner]:
    workspace = local_workspace(clock)
    try:
        return workspace, await serve_workspace(workspace, HOST, PORT if port is None else port)
    except OSError as error:
        if port is None:
            return await _served(0, clock)
        raise cannot_use(port, os.strerror(error.errno or 0).lower()) from error


def told_to_stop() -> asyncio.Event:
    """Set when SIGTERM or Ctrl-C comes."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def cannot_use(port: int, why: str) -> BadSettings:
    """The error for a port that was asked for."""
    return BadSettings(f"cannot use port {port} of {HOST} ({why}): choose another with --port")


def say(what: str, url: str, first: str, kept: Path | None) -> None:
    """Prints where the page is, what to do there first, and what becomes of the answers."""
    where = f"Answers are kept in {kept}." if kept else "Nothing is kept: it all ends with Ctrl-C."
    print(f"\n  {what}:\n\n    {url}\n\n  {first}\n  {where}\n", flush=True)  # noqa: T201 - output
