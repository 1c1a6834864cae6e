"""What could keep the bot from working here, and what to do about it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import DBAPIError

from bot.config import BadSettings, Settings, load, require_platform
from conversations import checklist
from conversations.checklist import BrokenChecklist
from storage.database import Database, Unreachable, unreachable
from storage.migrating import schema_state

SET = "correct it in the environment or in .env"
START = "start the database, or correct DATABASE_URL"
_NO_CHANGE = "DELETE FROM turn WHERE 1 = 0"  # refused where writing is, for any reason


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `fix` says what to do about a fault."""

    subject: str
    state: Literal["ok", "fault", "skipped"]
    found: str
    fix: str = ""


def examine() -> tuple[Settings | None, list[Finding]]:
    """What can be seen without a network: checklist, settings, database.

    The settings are None where they cannot be read.
    """
    checks = _checklist()
    try:
        settings = load()
    except BadSettings as error:
        return None, [checks, _fault("settings", error, SET)]
    return settings, [checks, _settings(settings), _database(settings.database_url)]


def _checklist() -> Finding:
    try:
        found = checklist.packaged()
    except BrokenChecklist as error:
        return Finding("checklist", "fault", str(error), "install readiness-bot again")
    return Finding("checklist", "ok", f"{found.version}, {len(found.checks)} checks")


def _settings(settings: Settings) -> Finding:
    try:
        require_platform(settings)
    except BadSettings as error:
        return _fault("settings", error, SET)
    doors = {"HTTP": settings.slack_signing_secret, "Socket Mode": settings.slack_app_token}
    used = " and ".join(door for door, secret in doors.items() if secret)
    return Finding("settings", "ok", f"Slack by {used}")


def _database(url: str) -> Finding:
    try:
        database = Database(url)
    except Unreachable as error:
        return _fault("database", error, START)
    try:
        if (path := missing_file(database)) is not None:
            return Finding("database", "ok", f"{path} will be made by `readiness serve`")
        state = schema_state(database)
        if state == "current":
            return _writable(database)
        if state == "newer":
            fix = "install the newest readiness-bot"
            return Finding("database", "fault", "a newer version has migrated it", fix)
        fix = "run `readiness migrate`"
        return Finding("database", "fault", f"its schema is {state}", fix)
    except Unreachable as error:
        return _fault("database", error, START)
    finally:
        database.close()


def _writable(database: Database) -> Finding:
    try:
        with database.write() as connection:
            connection.exec_driver_sql(_NO_CHANGE)
    except (DBAPIError, sqlite3.Error) as error:
        return _fault("database", unreachable(database, error), "let it be written to")
    return Finding("database", "ok", f"{database.url.get_backend_name()}, schema is current")


def missing_file(database: Database) -> Path | None:
    """The SQLite file that is still to be made, in a folder that exists; None otherwise."""
    name = database.url.database
    if not database.sqlite or not name or name == ":memory:" or name.startswith("file:"):
        return None
    path = Path(name)
    return path if path.parent.is_dir() and not path.exists() else None


def _fault(subject: str, error: Exception, fix: str) -> Finding:
    return Finding(subject, "fault", " ".join(str(error).split()), fix)
