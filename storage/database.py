"""The database: one path for SQLite and PostgreSQL, synchronous, transactions spelt out."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    InternalError,
    InvalidatePoolError,
    OperationalError,
)

from storage.prepared import Prepared
from storage.quickjson import dumps, loads

POSTGRES_THREADS = 12
SQLITE_READERS = 2  # beside the writer; each sees what was committed when it began
STATEMENT_TIMEOUT = 10_000  # milliseconds
BUSY_TIMEOUT = 5_000  # milliseconds that a writer waits for another process's
CONNECT_TIMEOUT = 5  # seconds
LIVELY = 1.0  # seconds for which a connection that has just been used is taken to be alive
RESTING = "resting since"  # of a connection in the pool, by the monotonic clock
ADVICE = "check DATABASE_URL"
_JSON: dict[str, Any] = {
    "json_deserializer": loads,
    "json_serializer": lambda it: dumps(it).decode(),
}
_WORDS = {it: Prepared(text(it)) for it in ("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")}
LOST_RACES = {"40001", "40P01"}  # PostgreSQL's serialization_failure and deadlock_detected


class Unreachable(Exception):
    """The database cannot be used; the message is one line that says what to do."""


class Outdated(Exception):
    """The schema is not the newest; the message is one line that says what to do."""

    def __init__(self, state: str) -> None:
        fix = "install the newest readiness-bot" if state == "newer" else "run `readiness migrate`"
        super().__init__(f"the database schema is {state}: {fix}")


class Conflict(Exception):
    """Somebody else changed the same thing at the same moment: load it again and retry."""


# What a database that is away, or in the way, says: the same may succeed a moment later.
AWAY = (Conflict, InterfaceError, InternalError, OperationalError)


@dataclass(frozen=True, slots=True)
class Failed:
    """In the place of a result: what a work raised."""

    error: BaseException


class Database:
    """An engine. `threads`: how many may use it at once; on SQLite only to read.

    `one_writer`: its transactions have to be begun one after the other. `one_connection`: there is
    no other one, not even to read with.
    """

    def __init__(self, url: str) -> None:
        self.url = address(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.one_writer = self.sqlite
        self.one_connection = self.sqlite and _in_memory(self.url)
        self.threads = SQLITE_READERS if self.sqlite else POSTGRES_THREADS
        self.engine = _sqlite(self.url) if self.sqlite else _postgres(self.url)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back by an exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that what it reads is
        what it changes; on PostgreSQL rows are protected by compare-and-set. Raises Conflict where
        two transactions waited for each other: this one is to be tried again.
        """
        with self._connection() as connection:
            self._begin(connection, "BEGIN IMMEDIATE")
            try:
                yield connection
                self._end(connection, "COMMIT")
            except OperationalError as error:
                self._end(connection, "ROLLBACK")
                if getattr(error.orig, "sqlstate", None) in LOST_RACES:
                    raise Conflict("deadlock") from error
                raise
            except BaseException:
                self._end(connection, "ROLLBACK")
                raise

    def write_all(self, works: Sequence[Callable[[Connection], Any]]) -> list[Any]:
        """The works' results, in order, in one transaction of SQLite.

        Each is all or nothing: what it did is undone where it raises, and its result is Failed. An
        error that ends the transaction itself, that of the commit included, is raised: nothing of
        any of them is stored.
        """
        with self.write() as connection:
            return [self._within(connection, work) for work in works]

    def _within(self, connection: Connection, work: Callable[[Connection], Any]) -> Any:
        transaction: Any = connection.connection.dbapi_connection
        transaction.execute("SAVEPOINT work")
        try:
            result = work(connection)
        except BaseException as error:
            if not transaction.in_transaction:  # a full disk: SQLite has undone everything
                raise
            transaction.execute("ROLLBACK TO work")
            return Failed(error)
        else:
            if not transaction.in_transaction:
                raise RuntimeError("a work passed over the error that undid everything")
            return result
        finally:
            if transaction.in_transaction:
                transaction.execute("RELEASE work")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One state of the database, not to be changed."""
        with self._connection() as connection:
            self._begin(connection, "BEGIN")
            try:
                yield connection
            finally:
                self._end(connection, "ROLLBACK")

    def close(self) -> None:
        """Lets the connections go."""
        self.engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    def _begin(self, connection: Connection, word: str) -> None:
        connection.begin()  # for SQLAlchemy's own count; psycopg begins at its first statement
        if self.sqlite:
            _WORDS[word].run(connection, {})

    def _end(self, connection: Connection, word: str) -> None:
        if self.sqlite:
            if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                _WORDS[word].run(connection, {})
        elif word == "COMMIT":
            connection.commit()
        else:
            connection.rollback()


def missing_file(database: Database) -> Path | None:
    """The SQLite file that is still to be made, in a folder that exists; None otherwise."""
    name = database.url.database
    if not database.sqlite or not name or name == ":memory:" or name.startswith("file:"):
        return None
    path = Path(name)
    return path if path.parent.is_dir() and not path.exists() else None


def reachable(database: Database) -> None:
    """Raises Unreachable, with one line that says what to do, if the database cannot be used."""
    try:
        with database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
    except (DBAPIError, sqlite3.Error) as error:
        raise unreachable(database, error) from error


def writable(database: Database) -> None:
    """Raises Unreachable if nothing can be stored: a read-only file, disk, user or replica.

    The schema has to be there.
    """
    try:
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM turn WHERE 1 = 0")
    except (DBAPIError, sqlite3.Error) as error:
        raise unreachable(database, error) from error


def unreachable(database: Database, error: Exception) -> Unreachable:
    """The one line for an error of the driver, without the password, wherever it stands."""
    shown = database.url.set(query={}).render_as_string(hide_password=True)
    cause = str(getattr(error, "orig", error)).strip().splitlines()
    return Unreachable(
        f"cannot use the database {shown}: {cause[0] if cause else type(error).__name__}; {ADVICE}"
    )


def address(given: str) -> URL:
    """DATABASE_URL as it is used. Raises Unreachable."""
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise Unreachable(
            "DATABASE_URL is not a database address: "
            "use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite")
        case "postgres" | "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case _:
            raise Unreachable(
                f"DATABASE_URL: {url.get_backend_name()} is not supported: "
                "use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
            )


def _in_memory(url: URL) -> bool:
    return url.database in {None, "", ":memory:"}


def _sqlite(url: URL) -> Engine:
    extra: dict[str, Any] = {"poolclass": StaticPool} if _in_memory(url) else {}
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "isolation_level": None},
        pool_reset_on_return=None,  # `_end` has ended the transaction, whatever happened
        **_JSON,
        **extra,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        # WAL lets readers of other processes go on. FULL: an acked answer survives a power cut.
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        connection.execute("PRAGMA foreign_keys=ON")
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        except sqlite3.OperationalError:
            connection.execute("PRAGMA query_only=ON")  # a read-only file: said when it is used

    return engine


def _postgres(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=POSTGRES_THREADS,
        max_overflow=0,
        **_JSON,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT} -c timezone=UTC",
        },
    )

    died = float("-inf")  # when the last connection was found dead

    @event.listens_for(engine, "invalidate")
    def bury(*_: Any) -> None:
        nonlocal died
        died = time.monotonic()

    @event.listens_for(engine, "checkin")
    def rest(_: Any, record: Any) -> None:
        record.info[RESTING] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(connection: Any, record: Any, _: Any) -> None:
        """As `pool_pre_ping`, but not for a connection that was in use just now.

        Each of those would cost a turn two trips to the server. Once one is found dead, all that
        rest are looked at: PostgreSQL was restarted.
        """
        since = record.info.get(RESTING)
        if since is None or (since > died and time.monotonic() - since < LIVELY):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return engine
