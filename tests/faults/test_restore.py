"""A backup that is taken while the bot runs, and put back as docs/operations.md says."""

import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from docs_kit import DOCS, code_lines
from postgres_kit import Postgres
from sqlalchemy import select
from trouble_kit import Trouble, keys, trouble

from bot.app import Bot
from storage.database import Database
from storage.tables import ANSWER, HISTORY

[COMMAND] = [it for it in code_lines(DOCS / "operations.md") if "sqlite3" in it]
BACKUP = [sys.executable, *shlex.split(COMMAND)[1:]]
KEPT, LOST, NEW = "1.1 yes: before", "1.2 no: in between", "1.3 partly: after"


async def test_sqlite_is_restored_from_a_copy_made_by_sqlite(tmp_path: Path) -> None:
    file, copy = tmp_path / "readiness.db", tmp_path / "readiness-backup.db"

    def back_up() -> None:
        subprocess.run(BACKUP, cwd=tmp_path, check=True, capture_output=True)

    def restore() -> None:
        for log in ("readiness.db-wal", "readiness.db-shm"):
            (tmp_path / log).unlink(missing_ok=True)
        copy.replace(file)

    await restored(f"sqlite:///{file}", back_up, restore)


@pytest.mark.xdist_group("own-postgres")
async def test_postgresql_is_restored_by_its_own_programs(
    own_postgres: Postgres, tmp_path: Path
) -> None:
    url, copy = own_postgres.create(), str(tmp_path / "readiness.dump")
    programs = Path(own_postgres.server.bin_path)
    other = own_postgres.create("template1")

    def program(name: str, *words: str) -> None:
        subprocess.run([programs / name, *words], check=True, capture_output=True)

    await restored(
        url,
        lambda: program("pg_dump", "--format=custom", "--file", copy, url),
        lambda: program("pg_restore", "--dbname", other, copy),
        other,
    )


async def restored(url: str, back_up: Any, restore: Any, other: str = "") -> None:
    """`other`: the address of what is restored, where it is not the same."""
    async with trouble(url) as it:
        await it.begin()
        assert (await it.reply(KEPT)).ok
        await it.check()
        before = held(url)
        back_up()
        assert (await it.reply(LOST)).ok
        await it.check()
        posted = keys(it.workspace)

        await it.bot.stop()
        it.database.close()
        restore()
        it.database = Database(other or url)
        assert held(other or url) == before
        async with another_bot(it, other or url):
            assert (await it.reply(NEW)).ok  # the next edit shows what the database knows
            await it.check()
            assert (it.said("1.1"), it.said("1.2"), it.said("1.3")) == (1, 0, 1)
            assert it.shows("1.2", "Met")
            assert keys(it.workspace) == posted, "nothing is posted again"
        it.database.close()


@asynccontextmanager
async def another_bot(it: Trouble, url: str) -> AsyncIterator[None]:
    """It starts on what was restored."""
    settings = it.bot.settings.model_copy(update={"database_url": url})
    bot = Bot(settings, now=it.clock)
    await bot.start()
    try:
        it.bots[:] = [bot]
        it.workspace.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
        yield
    finally:
        await bot.stop()


def held(url: str) -> list[tuple[Any, ...]]:
    """All answers and all of their history."""
    database = Database(url)
    with database.read() as conn:
        rows = [*conn.execute(select(ANSWER).order_by(ANSWER.c.check_id))]
        rows += conn.execute(select(HISTORY).order_by(HISTORY.c.id))
    database.close()
    return [tuple(it) for it in rows]
