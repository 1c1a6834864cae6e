"""The command line: its help, its errors, and how it ends."""

import os
import re
import subprocess

import pytest
from cli_kit import (
    READINESS,
    ROOT,
    environment,
    inside,
    python,
    readiness,
)

from bot import cli

COMMANDS = (
    "demo",
    "serve",
    "work",
    "migrate",
    "doctor",
    "services",
    "scorecard",
    "due",
    "checks",
    "manifest",
    "teams-package",
)
READING = (
    ["services"],
    ["services", "--json"],
    ["scorecard", "search"],
    ["due"],
    ["due", "--json"],
)


# Help


def test_help_names_every_command(capsys):
    done = inside(capsys, "--help")
    assert done.code == 0
    assert [
        line.split()[0] for line in done.out.splitlines() if re.match(r"  [a-z][a-z-]*  ", line)
    ] == [*COMMANDS]
    assert "..." not in done.out.replace("[ARGS]...", "")


def test_without_a_command_there_is_help(capsys):
    assert inside(capsys).out == inside(capsys, "--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(capsys, command):
    done = inside(capsys, command, "--help")
    assert (done.code, done.err) == (0, "")
    example = re.search(rf"Example: (?:\S+=\S+ )?readiness {command}\b", done.out)
    assert example, done.out


def test_help_loads_nothing_heavy(tmp_path):
    """So it comes at once."""
    code = (
        "import sys; from bot.cli import run; run(['--help']); run(['serve', '--help'])\n"
        "print(sorted({'sqlalchemy', 'aiohttp', 'slack_bolt', 'pydantic_settings', 'rich.table',"
        " 'alembic', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    assert python(code, cwd=tmp_path).err == "[]\n"


# Errors: one line, no traceback, the right code


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serv"], "No such command 'serv'"),
        (["--jsn"], "No such option: --jsn"),
        (["checks", "--jsn"], "(see `readiness checks --help`)"),
        (["checks", "more"], "unexpected extra argument"),
        (["scorecard"], "SERVICE"),
        (["demo", "--port", "eighty"], "--port"),
        (["demo", "--port", "65536"], "--port"),
        (["manifest", "--url"], "--url"),
        (["manifest", "--url", "http://example.org"], "--url must begin with https://"),
        (["ser\x1b[31mv\n"], "No such command"),
    ],
)
def test_wrong_usage_is_one_line(capsys, arguments, says):
    done = inside(capsys, *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.complaint
    assert done.complaint.isprintable()


@pytest.mark.parametrize("command", ["serve", "work"])
def test_without_a_platform_nothing_is_served(tmp_path, command):
    done = readiness(command, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET" in done.complaint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["serve"], ["work"], ["migrate"], *READING])
@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"PORT": "hunter2"}, "PORT must be a whole number"),
        ({"DATABASE_URL": "sqlite:///nowhere/x.db"}, "unable to open database file"),
        ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/d"}, "Connection refused"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/d?password=hunter2"}, "Connection refused"),
        ({"DATABASE_URL": "postgresql://u:hunter2@h:port/d"}, "not a database address"),
        ({"DATABASE_URL": "mysql://u:hunter2@h/d"}, "mysql is not supported"),
        ({"DATABASE_URL": "hunter2"}, "not a database address"),
    ],
    ids=lambda it: next(iter(it.values())) if isinstance(it, dict) else None,
)
def test_wrong_settings_are_one_line_without_a_secret(
    capsys, monkeypatch, tmp_path, command, setting, says
):
    platform = {"SLACK_BOT_TOKEN": "xoxb-hunter2", "SLACK_SIGNING_SECRET": "hunter2"}
    for name, value in (platform | setting).items():
        monkeypatch.setenv(name, value)
    done = inside(capsys, *command)
    assert (done.code, done.out) == (2, "")
    assert says in done.complaint
    assert "hunter2" not in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "work", "migrate", "services"])
def test_a_file_that_is_no_database(tmp_path, command):
    (tmp_path / "notes.txt").write_text("these are notes, and no database " * 100)
    done = readiness(
        command,
        cwd=tmp_path,
        DATABASE_URL="sqlite:///notes.txt",
        SLACK_BOT_TOKEN="x",
        SLACK_SIGNING_SECRET="y",
    )
    assert done.code == 2
    assert "file is not a database" in done.complaint


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_database_that_may_only_be_read(tmp_path, stored, command):
    done = readiness(
        command,
        cwd=tmp_path,
        DATABASE_URL=f"sqlite:///file:{stored.url.database}?mode=ro&uri=true",
        SLACK_BOT_TOKEN="x",
        SLACK_SIGNING_SECRET="y",
    )
    assert done.code == 2
    assert "readonly" in done.complaint


@pytest.mark.parametrize("command", [["serve"], ["work"], *READING])
def test_an_old_schema_on_postgresql_is_for_somebody_to_migrate(
    capsys, monkeypatch, postgres, command
):
    monkeypatch.setenv("DATABASE_URL", postgres("template0"))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "x")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "y")
    done = inside(capsys, *command)
    assert done.code == 2
    assert done.complaint.endswith("run `readiness migrate`")


@pytest.mark.parametrize("command", [["serve"], ["work"], ["migrate"], *READING])
def test_the_schema_of_a_newer_version_is_left_alone(capsys, monkeypatch, stored, command):
    with stored.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = 'zz'")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "x")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "y")
    done = inside(capsys, *command)
    assert done.code == 2
    assert done.complaint.endswith("install the newest readiness-bot")


@pytest.fixture
def fails():
    """A command that raises what it is given, for as long as the test lasts."""

    def add(error):
        @cli.app.command("fails")
        def fail():
            raise error

    yield add
    cli.app.registered_commands[:] = [it for it in cli.app.registered_commands if it.name is None]


def test_a_bug_is_not_hidden(fails):
    """What nobody expected keeps its traceback, for the report."""
    fails(KeyError("bug"))
    with pytest.raises(KeyError):
        cli.run(["fails"])


def test_an_interrupt_is_quiet(capsys, fails):
    fails(KeyboardInterrupt())
    done = inside(capsys, "fails")
    assert (done.code, done.out, done.err) == (130, "", "")


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path):
    read, write = os.pipe()
    os.close(read)
    for arguments in (["checks"], ["checks", "--json"], ["manifest"], ["--help"]):
        done = subprocess.run(
            [READINESS, *arguments],
            cwd=tmp_path,
            env=environment(),
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert done.stderr == b""
        assert done.returncode == 0
    os.close(write)


# migrate


def test_migrate_brings_a_database_up_and_may_be_repeated(capsys, monkeypatch, empty_url):
    monkeypatch.setenv("DATABASE_URL", empty_url)
    assert inside(capsys, "migrate").code == 0
    assert inside(capsys, "migrate").code == 0
    assert inside(capsys, "services", "--json").json == []


# What platforms run


def test_the_procfile_runs_commands_that_exist(capsys):
    lines = (ROOT / "Procfile").read_text().splitlines()
    processes = dict(line.split(": ", 1) for line in lines)
    assert processes == {
        "release": "readiness migrate",
        "web": "env HOST=0.0.0.0 readiness serve --no-worker",
        "worker": "readiness work",
    }
    for command in processes.values():
        words = command.partition("readiness ")[2].split()
        assert inside(capsys, *words, "--help").code == 0
