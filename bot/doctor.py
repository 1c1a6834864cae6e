"""What could keep the bot from working here, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.config import BadSettings, Settings, load, require_platform, teams_is_set_up
from conversations import checklist
from conversations.checklist import BrokenChecklist
from storage.database import Database, Outdated, Unreachable, missing_file, writable
from storage.migrating import schema_state

SET = "correct it in the environment or in .env"
START = "start the database, or correct DATABASE_URL"


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
    return Finding("settings", "ok", "; ".join(_set_up(settings)))


def _set_up(settings: Settings) -> list[str]:
    """Each platform that is served, and by which door."""
    doors = {"HTTP": settings.slack_signing_secret, "Socket Mode": settings.slack_app_token}
    used = " and ".join(door for door, secret in doors.items() if secret)
    found = [f"Slack by {used}"] if settings.slack_bot_token else []
    if settings.teams_anonymous:
        return [*found, "Teams for a playground on this machine"]
    return [*found, "Teams"] if teams_is_set_up(settings) else found


def _database(url: str) -> Finding:
    try:
        database = Database(url)
    except Unreachable as error:
        return _fault("database", error, START)
    try:
        if (path := missing_file(database)) is not None:
            return Finding("database", "ok", f"{path} will be made by `readiness serve`")
        state = schema_state(database)
        if database.sqlite and state in {"absent", "old"}:
            return Finding("database", "ok", f"schema is {state}: `readiness serve` renews it")
        if state != "current":
            found, _, fix = str(Outdated(state)).partition(": ")
            return Finding("database", "fault", found, fix)
        writable(database)
    except Unreachable as error:
        return _fault("database", error, START)
    finally:
        database.close()
    return Finding("database", "ok", f"{database.url.get_backend_name()}, schema is current")


def _fault(subject: str, error: Exception, fix: str) -> Finding:
    return Finding(subject, "fault", " ".join(str(error).split()), fix)
