"""A bot in the middle of everything: run as a process of its own, on Slack and Teams at once.

    fault_bot.py {"settings": {…}, "microsoft": {…}, "lease": 3, "busy": 1000}

It says `port N` when it serves, and ends on SIGTERM as `readiness serve` does. Orders come on its
standard input, a line each:

    ahead SECONDS    its clock is that much ahead from now on, or behind
    full BYTES       no file of its may grow beyond that, as on a full disk; 0: any may again

`lease`: seconds that leases last, so that nobody need wait long for those of the dead; `busy`:
milliseconds that SQLite waits for a lock. Its own pauses are short as well.
"""

import asyncio
import faulthandler
import json
import resource
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientTimeout

from storage import database, due, lanes

GIVEN: dict[str, Any] = json.loads(sys.argv[1])
due.LEASE_SECONDS = lanes.LEASE_SECONDS = GIVEN["lease"]  # before anybody reads them
database.BUSY_TIMEOUT = GIVEN["busy"]

from teams_room import Impatient, TeamsBot  # noqa: E402

from bot import delivery, duework, loops  # noqa: E402
from bot.config import Local  # noqa: E402
from bot.logs import set_up  # noqa: E402
from bot.slack import chat  # noqa: E402
from bot.slack import platform as slack_platform  # noqa: E402
from bot.teams import auth, connector, tokens  # noqa: E402
from bot.teams.cloud import PUBLIC, Addresses  # noqa: E402

CALL_TIMEOUT = 1.0
SOON = 0.5  # seconds, where the bot would be patient for a minute


def hurry() -> None:
    """Shortens the pauses that the bot makes of its own accord."""
    delivery.LONGEST_PAUSE = duework.FIRST_PAUSE = duework.LONGEST_PAUSE = 2 * SOON
    chat.TOKEN_PAUSE = slack_platform.PAUSE = auth.PAUSE_EMPTY = SOON
    tokens.PAUSE = connector.PAUSE = SOON
    chat.STILL_AT_IT = connector.STILL_AT_IT = 2 * CALL_TIMEOUT
    connector.PATIENCE = ClientTimeout(total=CALL_TIMEOUT)


class Clock:
    """The time, or what this process takes for it."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def obey(line: str, clock: Clock) -> None:
    word, number = line.split()
    if word == "ahead":
        clock.ahead = timedelta(seconds=float(number))
    else:
        most = int(number) or resource.RLIM_INFINITY
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the test waits for


async def listen(clock: Clock) -> None:
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        obey(line.decode(), clock)
        say("ordered")


def show_tasks() -> None:
    """Where everything stands, for a test that has waited in vain."""
    faulthandler.dump_traceback(all_threads=True)
    for task in asyncio.all_tasks():
        frames, waits = [], task.get_coro()
        while frame := getattr(waits, "cr_frame", None):
            frames.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
            waits = waits.cr_await
        sys.stderr.write(f"{task.get_name()}: {' '.join(frames)} {waits}\n")
    sys.stderr.flush()


async def main() -> None:
    set_up("json", "INFO")
    hurry()
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, show_tasks)
    clock, microsoft = Clock(), GIVEN["microsoft"]
    bot = TeamsBot(
        Local(**GIVEN["settings"]),
        clock,
        cloud=replace(PUBLIC, login=microsoft["login"], metadata=microsoft["metadata"]),
        addresses=Addresses((microsoft["service"],)),
        clock=Impatient(),
    )
    bot.call_timeout = CALL_TIMEOUT
    await bot.start()
    say(f"port {bot.port}")
    orders = asyncio.create_task(listen(clock))
    await stopped.wait()
    await bot.stop()
    orders.cancel()


if __name__ == "__main__":
    loops.run(main())
