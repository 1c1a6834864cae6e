"""Bringing a database to the newest schema, also when two processes try at once.

Alembic and what comes with it are ten megabytes: they are loaded where there is something to do.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from storage.database import Database, Outdated, reachable, unreachable

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 7_305_133  # the advisory lock that a migrating process holds on PostgreSQL

SchemaState = Literal["current", "old", "absent", "newer"]


def migrate(database: Database) -> None:
    """Brings the schema to the newest revision; does nothing where it is there already.

    One transaction under one lock: a second process waits, then finds nothing to do. Raises
    Unreachable, and Outdated where a newer version has migrated it already.
    """
    state = schema_state(database)
    if state == "newer":
        raise Outdated("newer")
    if state != "current":
        _upgrade(database)


def schema_state(database: Database) -> SchemaState:
    """How the schema stands to the newest one. Raises Unreachable."""
    reachable(database)
    with database.read() as connection:
        current = _revision(connection)
    if current is None:
        return "absent"
    known = revisions()
    if current == known[-1]:
        return "current"
    return "old" if current in known else "newer"


def revisions() -> list[str]:
    """All that there are, the oldest first: what the scripts' names begin with."""
    return sorted(it.name.partition("_")[0] for it in (SCRIPTS / "versions").glob("*_*.py"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


def _upgrade(database: Database) -> None:
    from alembic import command

    config = _config()
    try:
        with database.write() as connection:
            if not database.sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (DBAPIError, sqlite3.Error) as error:
        raise unreachable(database, error) from error


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config
