"""The whole product on this machine: the bot, an embedded database and a local workspace."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import webbrowser
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bot.app import Bot
from bot.config import BadSettings, Local, Settings
from bot.playground.core import App, Command, MessageShortcut
from bot.playground.workspace import Workspace, serve_workspace
from bot.slack.manifest import COMMAND, SHORTCUT, manifest
from bot.standing import repost
from conversations.commands import COMMANDS
from storage.database import ADVICE, Unreachable
from storage.locking import alone

HOST = "127.0.0.1"
PORT = 8765


def local_workspace() -> Workspace:
    """A workspace that offers what the app's manifest declares."""
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
                    completions=tuple(one.usage for one in COMMANDS if one.available),
                    effects=tuple(one.effect for one in COMMANDS if one.available),
                    should_escape=True,
                ),
            ),
            shortcuts=(MessageShortcut(SHORTCUT, features["shortcuts"][0]["name"]),),
            home=True,
            scopes=tuple(declares["oauth_config"]["scopes"]["bot"]),
        )
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
        tick_seconds=1,
    )


def run(port: int | None = None, keep: Path | None = None, *, open_browser: bool = False) -> None:
    """Runs until Ctrl-C. Keeps nothing unless `keep` names a database file.

    Without `port` the page is at PORT or, where that is taken, at any free one. Raises
    BadSettings for a port and for a file that cannot be used.
    """
    if keep and not keep.parent.is_dir():
        raise BadSettings(f"--keep {keep}: there is no folder {keep.parent}")
    with tempfile.TemporaryDirectory(prefix="readiness-") as folder:
        file = keep or Path(folder) / "demo.db"
        try:
            with alone(f"sqlite:///{file}"):
                asyncio.run(_run(port, file, open_browser=open_browser, kept=keep is not None))
        except Unreachable as error:
            raise BadSettings(str(error).replace(ADVICE, "choose another --keep")) from error


async def _run(port: int | None, file: Path, *, open_browser: bool, kept: bool) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with AsyncExitStack() as stack:
        workspace, page = await _served(port)
        stack.push_async_callback(page.cleanup)
        bot = Bot(local_settings(workspace, f"sqlite:///{file}"))
        await bot.start()
        stack.push_async_callback(bot.stop)
        workspace.connect_http(f"http://{HOST}:{bot.port}/slack/events")
        if kept:
            lanes = await bot.runner.write(lambda conn: repost(conn, bot.checklist, bot.now()))
            bot.delivery.wake(lanes)
        _say(workspace.url, file if kept else None)
        if open_browser:
            webbrowser.open(workspace.url)
        await stopped.wait()


async def _served(port: int | None) -> tuple[Workspace, web.AppRunner]:
    workspace = local_workspace()
    try:
        return workspace, await serve_workspace(workspace, HOST, PORT if port is None else port)
    except OSError as error:
        if port is None:
            return await _served(0)
        why = os.strerror(error.errno or 0).lower()
        raise BadSettings(
            f"cannot use port {port} of {HOST} ({why}): choose another with --port"
        ) from error


def _say(url: str, kept: Path | None) -> None:
    where = f"Answers are kept in {kept}." if kept else "Nothing is kept: it all ends with Ctrl-C."
    print(  # noqa: T201 - this is the command's output
        f"\n  Readiness is running in a workspace of its own:\n\n    {url}\n\n"
        f"  Type /readiness start search-assistant in #search-team.\n  {where}\n",
        flush=True,
    )
