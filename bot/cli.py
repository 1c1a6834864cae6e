"""The command line. Answers go to standard output, errors to standard error in one line.

Exit codes: 0 done; 1 the answer is "no"; 2 wrong usage or settings. Heavy imports wait until a
command needs them, so that help comes at once.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.config import Settings

NO, WRONG = 1, 2
INTERRUPTED = 130  # the shells' 128 + SIGINT

app = typer.Typer(
    name="readiness",
    help="LLMOps production-readiness reviews where your team already talks.",
    epilog="Settings come from the environment or .env. To try it: readiness demo",
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
    except (BrokenPipeError, SystemExit):  # whoever read our output has seen enough
        # Typer and Rich make an exit of it; nothing else exits where standalone_mode is off.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "readiness"
        return _complain(f"{error.format_message()} (see `{command} --help`)")
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
        typer.Option(
            min=0, max=65535, metavar="N", help="Where the page is; by default 8765, or a free one."
        ),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the answers in this SQLite file.")
    ] = None,
    *,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser.")
    ] = False,
    teams: Annotated[
        bool,
        typer.Option("--teams", help="In Teams' local client, which needs Node.js with npm."),
    ] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Begin with a dozen services and a year of reviews.")
    ] = False,
) -> None:
    """Run the whole product on this machine.

    The page it names is a workspace of its own. Needs no account and no settings, and keeps
    nothing unless told to.

    With --teams the page is Microsoft 365 Agents Playground, which npm fetches the first time.

    Example: readiness demo --keep demo.db
    """
    from bot import demo as product
    from bot import logs

    logs.set_up("text", "WARNING")
    product.run(port, keep, open_browser=open_browser, teams=teams, sample=sample)


@app.command()
def serve(
    *,
    no_worker: Annotated[
        bool,
        typer.Option(
            "--no-worker",
            help="Deliver what people ask for here; leave what is due, or was left behind, to "
            "`readiness work`.",
        ),
    ] = False,
) -> None:
    """Serve Slack and Teams: whichever is set up.

    Slack over HTTP needs SLACK_SIGNING_SECRET, Socket Mode SLACK_APP_TOKEN. Also does the
    worker's part, unless told not to. Ends on SIGTERM or Ctrl-C after finishing what is in hand.

    Example: PORT=8080 readiness serve --no-worker
    """
    from bot import app as bot
    from storage.locking import alone

    settings = _settings_with_logs()
    with alone(settings.database_url):
        bot.serve(settings, worker=not no_worker)


@app.command()
def work() -> None:
    """Deliver what is owed, without listening.

    Looks for due work, too. Any number of these may run at once on PostgreSQL.

    Example: DATABASE_URL=postgresql://readiness@db/readiness readiness work
    """
    from bot import app as bot
    from storage.locking import alone

    settings = _settings_with_logs()
    with alone(settings.database_url):
        bot.work(settings)


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
def doctor(*, as_json: AsJson = False) -> None:
    """Say what keeps the bot from working, and what to do.

    Checks the checklist's files, the settings, the database, Slack's tokens and scopes, the clock,
    and Teams' credentials. Exit code 1 when there is a fault.

    Example: readiness doctor --json
    """
    from dataclasses import asdict

    from bot import doctor as general
    from bot import logs, terminal
    from bot.config import is_whole, teams_is_set_up
    from bot.slack import doctor as slack

    logs.set_up("text", "ERROR")  # what is found stands in the table
    settings, found = general.examine()
    if settings is not None:
        found += asyncio.run(slack.examine(settings, _now))
        if teams_is_set_up(settings) and is_whole(settings):
            from bot.teams import doctor as teams

            found += asyncio.run(teams.examine(settings))
    healthy = all(it.state != "fault" for it in found)
    if as_json:
        _print_json({"ok": healthy, "findings": [asdict(it) for it in found]})
    else:
        terminal.show(terminal.findings(found))
    if not healthy:
        raise typer.Exit(NO)


@app.command()
def services(*, as_json: AsJson = False) -> None:
    """List all services, the least ready first.

    Example: readiness services --json
    """
    from bot import lookup, terminal
    from bot.report import services_json

    known = lookup.listing()
    if as_json:
        _print_json(services_json(known))
    elif not known.services:
        typer.echo("No services yet: /readiness start SERVICE in a channel adds the first one.")
    else:
        terminal.show(terminal.services(known, _now()))


@app.command()
def scorecard(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The service's name.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show the scorecard of one service.

    It is of the newest review, open or finished. Exit code 1 for a service that is not known
    or has no review.

    Example: readiness scorecard search-assistant --json
    """
    from bot import lookup, terminal
    from bot.report import scorecard_json

    scene = lookup.newest(service)
    if scene is None:
        _complain(f"there is no review of {service}: `readiness services` lists what there is")
        raise typer.Exit(NO)
    if as_json:
        _print_json(scorecard_json(scene.checklist, scene.review, scene.thresholds))
    else:
        terminal.show(*terminal.scorecard(scene, _now()))


@app.command()
def due(*, as_json: AsJson = False) -> None:
    """List what happens by itself: when, what, and why.

    Re-reviews, weekly scorecards, nudges. A nudge is only the moment at which somebody's gaps are
    looked at: whether there is something to say shows then.

    Example: readiness due --json
    """
    from bot import lookup, terminal
    from bot.report import due_json

    things = lookup.planned()
    if as_json:
        _print_json(due_json(things))
    elif not things:
        typer.echo("Nothing is planned: /readiness schedule and /readiness weekly plan things.")
    else:
        terminal.show(terminal.planned(things, _now()))


@app.command()
def checks(*, as_json: AsJson = False) -> None:
    """Show the checklist.

    As JSON with why each check matters, how to verify it, and example evidence.

    Example: readiness checks --json
    """
    from bot import terminal
    from bot.report import checklist_json
    from conversations.checklist import packaged

    if as_json:
        _print_json(checklist_json(packaged()))
    else:
        terminal.show(*terminal.checks(packaged()))


@app.command()
def manifest(
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where `serve` is reached; without it Socket Mode."),
    ] = None,
) -> None:
    """Print the manifest to create the Slack app from.

    Example: readiness manifest --url https://readiness.example.com
    """
    from bot.slack.manifest import manifest as declared

    _print_json(declared(url))


@app.command("teams-package")
def teams_package(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.zip", help="Where to write it.")
    ],
    website: Annotated[
        str | None, typer.Option(metavar="URL", help="Shown beside the app: who runs it.")
    ] = None,
    privacy: Annotated[
        str | None, typer.Option(metavar="URL", help="Shown beside it: what becomes of data.")
    ] = None,
    terms: Annotated[
        str | None, typer.Option(metavar="URL", help="Shown beside it: the terms of use.")
    ] = None,
) -> None:
    """Write the app package that a Teams administrator uploads.

    It is for the bot of MICROSOFT_APP_ID. Without addresses of yours the app's page links to the
    checklist.

    Example: readiness teams-package -o readiness.zip --website https://example.com/readiness
    """
    from bot.config import load
    from bot.teams import package

    app_id = load().microsoft_app_id
    package.write(output, package.manifest(app_id, website=website, privacy=privacy, terms=terms))
    typer.echo(f"Wrote {output}: upload it in the Teams admin center, under Manage apps.")


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
