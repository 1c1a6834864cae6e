"""`demo --sample` as a process, and what it does not take."""

import asyncio
import signal
import sqlite3
from pathlib import Path

import pytest
from cli_kit import READINESS, environment, inside, readiness, store

from storage.database import Database
from storage.migrating import migrate

USED = "--sample: {} has services already, name a new file"


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A file that somebody has kept."""
    file = tmp_path / "kept.db"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    store(database, "Search")
    database.close()
    return file


async def test_it_says_when_the_year_is_over(tmp_path: Path):
    """Then the services are there, in the file that is kept."""
    process = await asyncio.create_subprocess_exec(
        READINESS,
        *("demo", "--sample", "--port", "0", "--keep", "sample.db"),
        cwd=tmp_path,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said = [(await process.stdout.readline()).decode() for _ in range(8)]
    process.send_signal(signal.SIGTERM)
    rest, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    text = "".join(said) + rest.decode()
    assert "A year passes" in text
    assert "http://127.0.0.1:" in text
    assert "/readiness services" in text
    listed = readiness("services", "--json", cwd=tmp_path, DATABASE_URL="sqlite:///sample.db")
    assert len(listed.json) == 12
    again = readiness("demo", "--sample", "--keep", "sample.db", cwd=tmp_path)
    assert (again.code, again.complaint) == (2, USED.format("sample.db"))


async def test_a_signal_ends_the_year(tmp_path: Path):
    process = await asyncio.create_subprocess_exec(
        READINESS,
        *("demo", "--sample", "--port", "0"),
        cwd=tmp_path,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert await process.stdout.readline() == b"\n"
    assert b"A year passes" in await process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, err = await process.communicate()
    assert (process.returncode, rest, err) == (0, b"", b"")


def test_a_file_with_services_is_left_alone(used: Path, capsys):
    before = used.read_bytes()
    done = inside(capsys, "demo", "--sample", "--keep", str(used))
    assert (done.code, done.complaint) == (2, USED.format(used))
    assert used.read_bytes() == before


def test_a_file_of_an_older_version_is_left_alone(tmp_path: Path, capsys):
    file = tmp_path / "old.db"
    with sqlite3.connect(file) as old:
        old.execute("CREATE TABLE service (id TEXT)")
        old.execute("INSERT INTO service VALUES ('s-1')")
    old.close()
    done = inside(capsys, "demo", "--sample", "--keep", str(file))
    assert (done.code, done.complaint) == (2, USED.format(file))


def test_a_file_that_is_no_database(tmp_path: Path, capsys):
    file = tmp_path / "notes.txt"
    file.write_text("no database " * 100)
    done = inside(capsys, "demo", "--sample", "--keep", str(file))
    assert done.code == 2
    assert "choose another --keep" in done.complaint


def test_it_is_for_the_local_workspace(capsys):
    done = inside(capsys, "demo", "--sample", "--teams")
    assert done.complaint == "--sample is for the local workspace: leave out --teams"
