"""The command line. Answers go to standard output, errors to standard error in one line.

Exit codes: 0 done; 1 the answer is "no"; 2 wrong usage or settings. Heavy imports wait until a
command needs them, so that help comes at once.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.config import Settings

NO, WRONG = 1, 2
INTERRUPTED = 130  # the shells' 128 + SIGINT

app = typer.Typer(
    name="readiness",
    help="LLMOps production-readiness reviews where your team already talks.",
    epilog="Settings come from the environment or a .env file. Try it first: readiness demo",
    add_completion=False,
    pretty_exceptions_enable=False,  # it would print the values of variables: tokens
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit code. Expected errors become one line; anything else is a bug, and is raised."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = app(list(arguments), prog_name="readiness", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO
    except typer.TyperException as error:
        return _complain(f"{error.format_message()} (see `readiness --help`)")
    except Exception as error:
        if not isinstance(error, _expected()):
            raise
        return _complain(str(error))
    return code if isinstance(code, int) else 0


def _complain(line: str) -> int:
    shown = "".join(it if it.isprintable() else " " for it in line)
    print(f"readiness: {' '.join(shown.split())}", file=sys.stderr)  # noqa: T201 - the error line
    return WRONG


def _expected() -> tuple[type[Exception], ...]:
    from bot.config import BadSettings
    from conversations.checklist import BrokenChecklist
    from storage.database import Outdated, Unreachable

    return BadSettings, BrokenChecklist, Outdated, Unreachable


@app.callback(invoke_without_command=True)
def _entry(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def demo(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Where the page is; by default 8765, or a free one."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the answers in this SQLite file.")
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser.")
    ] = False,
) -> None:
    """Run the whole product on this machine, with a workspace of its own in the browser.

    Needs no account and no settings, and keeps nothing unless told to.

    Example: readiness demo --keep demo.db
    """
    from bot import demo as product
    from bot import logs

    logs.set_up("text", "WARNING")
    product.run(port, keep, open_browser=open_browser)


@app.command()
def serve(
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Also deliver and look for due work.")
    ] = True,
) -> None:
    """Serve Slack over HTTP, and by Socket Mode where SLACK_APP_TOKEN is set.

    Also does the worker's part, unless told not to. Ends on SIGTERM or Ctrl-C after finishing
    what is in hand.

    Example: PORT=8080 readiness serve --no-worker
    """
    from bot import app as bot

    bot.serve(_settings_with_logs(), worker=worker)


@app.command()
def work() -> None:
    """Deliver what is owed and look for due work, without listening.

    Any number of these may run at once on PostgreSQL.

    Example: DATABASE_URL=postgresql://readiness@db/readiness readiness work
    """
    from bot import app as bot

    bot.work(_settings_with_logs())


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema.

    On SQLite `readiness serve` does so by itself; on PostgreSQL it is a step of every release.

    Example: DATABASE_URL=postgresql://readiness@db/readiness readiness migrate
    """
    from bot.config import load
    from storage.database import Database
    from storage.migrating import migrate as bring_up

    database = Database(load().database_url)
    try:
        bring_up(database)
    finally:
        database.close()
    typer.echo("The database has the newest schema.")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look for whatever keeps the bot from working, and say what to do about it.

    Checks the checklist's files, the settings, the database, Slack's tokens and scopes, and the
    clock. Exit code 1 when there is a fault.

    Example: readiness doctor --json
    """
    from dataclasses import asdict

    from bot import doctor as general
    from bot import terminal
    from bot.slack import doctor as slack

    settings, found = general.examine()
    if settings is not None:
        found += asyncio.run(slack.examine(settings, _now))
    healthy = all(it.state != "fault" for it in found)
    if as_json:
        _print_json({"ok": healthy, "findings": [asdict(it) for it in found]})
    else:
        terminal.console().print(terminal.findings(found))
    if not healthy:
        raise typer.Exit(NO)


@app.command()
def services(as_json: AsJson = False) -> None:
    """List all services with the state of their newest review, the least ready first.

    Example: readiness services --json
    """
    from bot import terminal
    from bot.report import services_json
    from storage import people, reviews
    from storage import services as known

    with _reading() as (settings, conn):
        listed = known.all_of(conn) if conn else []
        newest = reviews.latest_of_all(conn) if conn else []
        owners = {person for it in listed for person in it.owners}
        names = people.names(conn, owners) if conn else {}
        scenes = [_scene(settings, conn, it) for it in newest] if conn else []
    if as_json:
        by_key = {it.service_key: it for it in newest}
        _print_json(services_json(_checklist(), listed, by_key, _thresholds(settings)))
    elif not listed:
        typer.echo("No services yet: /readiness start SERVICE in a channel adds the first one.")
    else:
        terminal.console().print(terminal.services(listed, scenes, names, _now()))


@app.command()
def scorecard(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The service's name.")],
    as_json: AsJson = False,
) -> None:
    """Show the scorecard of a service's newest review, open or finished.

    Exit code 1 for a service that is not known or has no review.

    Example: readiness scorecard search-assistant --json
    """
    from bot import terminal
    from bot.report import scorecard_json
    from conversations.text import fold
    from storage import reviews

    with _reading() as (settings, conn):
        review = reviews.latest_of(conn, fold(service)) if conn else None
        scene = _scene(settings, conn, review) if conn and review else None
    if review is None or scene is None:
        _complain(f"there is no review of {service}: `readiness services` lists the services")
        raise typer.Exit(NO)
    if as_json:
        _print_json(scorecard_json(scene.checklist, review, scene.thresholds))
    else:
        console = terminal.console()
        for part in terminal.scorecard(scene, _now()):
            console.print(part)


@app.command()
def checks(as_json: AsJson = False) -> None:
    """Show the checklist; as JSON with why, how to verify and example evidence.

    Example: readiness checks --json
    """
    from bot import terminal
    from bot.report import checklist_json

    if as_json:
        _print_json(checklist_json(_checklist()))
    else:
        console = terminal.console()
        for part in terminal.checks(_checklist()):
            console.print(part)


@app.command()
def manifest(
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where `serve` is reached; without it Socket Mode."),
    ] = None,
) -> None:
    """Print the Slack app's manifest, to create the app from.

    Example: readiness manifest --url https://readiness.example.com
    """
    from bot.slack.manifest import manifest as declared

    _print_json(declared(url))


@contextmanager
def _reading() -> Iterator[tuple[Settings, Connection | None]]:
    """The settings and one state of the database; None where no review was ever stored.

    Makes no file and changes no schema. Raises BadSettings, Unreachable, Outdated.
    """
    from sqlalchemy.exc import DBAPIError

    from bot.config import load
    from bot.doctor import missing_file
    from storage.database import Database, Outdated, unreachable
    from storage.migrating import schema_state

    settings = load()
    database = Database(settings.database_url)
    try:
        state = "absent" if missing_file(database) else schema_state(database)
        if state == "absent" and database.sqlite:
            yield settings, None
        elif state != "current":
            raise Outdated(state)
        else:
            with database.read() as conn:
                yield settings, conn
    except (DBAPIError, sqlite3.Error) as error:
        raise unreachable(database, error) from error
    finally:
        database.close()


def _scene(settings: Settings, conn: Connection, review: Any) -> Any:
    from bot.scenes import Scenes
    from conversations.views.forms import PLAIN

    return Scenes(_checklist(), {}, _thresholds(settings)).of(conn, review, PLAIN)


def _thresholds(settings: Settings) -> Any:
    from conversations.scoring import Thresholds

    return Thresholds(settings.ready_overall, settings.ready_layer)


def _checklist() -> Any:
    from conversations.checklist import packaged

    return packaged()


def _settings_with_logs() -> Settings:
    from bot import logs
    from bot.config import load, require_platform

    settings = load()
    require_platform(settings)
    logs.set_up(settings.log_format, settings.log_level)
    return settings


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2))


def _now() -> datetime:
    return datetime.now(UTC)
