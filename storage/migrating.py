"""Bringing a database to the newest schema, also when two processes try at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from storage.database import Database, Outdated, reachable, unreachable

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 7_305_133  # the advisory lock that a migrating process holds on PostgreSQL

SchemaState = Literal["current", "old", "absent", "newer"]


def migrate(database: Database) -> None:
    """Brings the schema to the newest revision; does nothing where it is there already.

    One transaction under one lock: a second process waits, then finds nothing to do. Raises
    Unreachable, and Outdated where a newer version has migrated it already.
    """
    if schema_state(database) == "newer":
        raise Outdated("newer")
    config = _config()
    try:
        with database.write() as connection:
            if not database.sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (DBAPIError, sqlite3.Error) as error:
        raise unreachable(database, error) from error


def schema_state(database: Database) -> SchemaState:
    """How the schema stands to the newest one. Raises Unreachable."""
    reachable(database)
    script = ScriptDirectory.from_config(_config())
    with database.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return "absent"
    if current == script.get_current_head():
        return "current"
    return "old" if current in {it.revision for it in script.walk_revisions()} else "newer"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config
