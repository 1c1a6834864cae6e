"""The demo in Teams: the bot beside Microsoft 365 Agents Playground, the vendor's local client."""

from __future__ import annotations

import asyncio
import webbrowser
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot.app import Bot
from bot.config import Local, Settings
from bot.demo import HOST, PORT, Show, cannot_use, say, told_to_stop
from bot.teams.agents_playground.fetching import Client, fetched
from bot.teams.agents_playground.running import Playground, running
from bot.teams.platform import PATH
from storage import cards, places, reviews

FIRST_WORDS = (
    "Under Search Team, General, start a post with @Readiness and choose it from the list,\n"
    "  then type: start search-assistant. (Reloading the page empties it.)"
)


def prepared() -> Show:
    """The demo with its client, which is fetched where it is not there. Raises BadSettings."""
    return partial(_run, fetched())


def local_settings(database: str) -> Settings:
    """Settings of a bot that only this machine may talk to, whatever the environment says."""
    return Local(database_url=database, host=HOST, port=0, teams_anonymous=True, tick_seconds=1)


async def _run(
    client: Client, port: int | None, file: Path, *, open_browser: bool, kept: bool
) -> None:
    stopped = told_to_stop()
    async with AsyncExitStack() as stack:
        bot = Bot(local_settings(f"sqlite:///{file}"))
        await bot.start()
        stack.push_async_callback(bot.stop)
        if kept:
            await bot.runner.write(lambda conn: _wait_for_channels(conn, bot.now()))
        endpoint = f"http://{HOST}:{bot.port}{PATH}"
        at = PORT if port is None else port
        playground = await stack.enter_async_context(running(client, endpoint, at))
        stack.push_async_callback(bot.stop)  # what it is still to post, it posts there
        if port and playground.port != port:
            raise cannot_use(port, "taken, or not allowed")
        url = f"http://{HOST}:{playground.port}/"
        say(
            "Readiness is running in Agents Playground",
            url,
            _rest(endpoint),
            file if kept else None,
        )
        if open_browser:
            webbrowser.open(url)
        await _until(stopped, playground)


def _wait_for_channels(conn: Connection, now: datetime) -> None:
    """Cards of a former run are lost with its playground: they are posted anew.

    Not before somebody opens the channel: the page shows only what is posted while it is open.
    """
    for review in reviews.latest_of_all(conn):
        cards.forget(conn, review.id)
        if review.open:
            places.stop(conn, review.place, "not_in_channel", now)


async def _until(stopped: asyncio.Event, playground: Playground) -> None:
    """Waits for a signal. Raises BadSettings where the playground ends before."""
    waiting = asyncio.create_task(stopped.wait())
    watching = asyncio.create_task(playground.ended())
    await asyncio.wait({waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if watching.done() and not stopped.is_set():
        watching.result()
    watching.cancel()


def _rest(endpoint: str) -> str:
    return f"{FIRST_WORDS}\n  The bot itself listens at {endpoint}."
