"""What every test may use: a database of each kind, empty and migrated."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if "XDG_RUNTIME_DIR" not in os.environ:  # PostgreSQL's wheel locks there, and warns without it
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run")

if os.access("/dev/shm", os.W_OK):  # SQLite waits for the disk at every commit: here, for memory
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")

from postgres_kit import Postgres

from storage.database import Database
from storage.migrating import migrate

ENGINES = ("sqlite", "postgres")
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL; gives the address of a database by its name."""
    server = Postgres(MEMORY)
    yield server.create
    server.stop()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The kind of database; a test that asks for it runs on each."""
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database without any table."""
    if engine == "sqlite":
        return f"sqlite:///{tmp_path / 'readiness.db'}"
    return str(request.getfixturevalue("postgres")("template0"))


@pytest.fixture
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a migrated database."""
    if engine == "postgres":
        return str(request.getfixturevalue("postgres")())
    url = f"sqlite:///{tmp_path / 'readiness.db'}"
    database = Database(url)
    migrate(database)
    database.close()
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    opened = Database(database_url)
    yield opened
    opened.close()
