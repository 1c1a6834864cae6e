"""What the README says is what the program does."""

import re
import tomllib

import pytest
import typer
from docs_kit import README, ROOT, code_lines, section, table, text
from pydantic_core import PydanticUndefined

from bot.cli import app
from bot.config import Settings
from bot.metrics import REGISTRY
from bot.web import build
from conversations.commands import COMMANDS, parse_command
from conversations.replies import parse_reply

COMMAND_LINE = typer.main.get_command(app).commands


def usage(command: str) -> str:
    """A command with its arguments and options, as the table writes it."""
    parts = [f"readiness {command}"]
    for it in COMMAND_LINE[command].params:
        if it.param_type_name == "argument":
            parts.append(it.metavar)
        else:
            option = (it.secondary_opts or it.opts)[0]
            shown = f"{option} {it.metavar}" if it.metavar else option
            parts.append(shown if it.required else f"[{shown}]")
    return " ".join(parts)


def default(field) -> str:
    """A setting's default as the table shows it; a dash for none, or one that depends."""
    value = field.default
    if value is None or value is PydanticUndefined:
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_it_begins_with_the_two_commands():
    before_sections = text(README).partition("\n## ")[0]
    first_block = before_sections.partition("```sh\n")[2].partition("```")[0]
    commands = [line.split("#")[0].strip() for line in first_block.splitlines()]
    assert commands == ["make demo", "make test"]
    assert len(before_sections.partition("```")[0].splitlines()) <= 5
    makefile = text(ROOT / "Makefile")
    assert all(f"\n{command.split()[1]}:" in makefile for command in commands)


def test_the_table_of_settings_is_the_settings_class():
    fields = Settings.model_fields
    assert all(field.description for field in fields.values())
    assert table(section(README, "Settings"), "name") == [
        (f"`{key.upper()}`", default(field), field.description) for key, field in fields.items()
    ]


def test_the_table_of_commands_is_the_bots_help():
    commands = [(f"`{it.usage}`", it.effect) for it in COMMANDS]
    assert table(section(README, "What people type"), "words") == commands


def test_every_typed_reply_is_understood():
    rows = table(section(README, "What people type"), "you type")
    examples = [it for row in rows for it in re.findall("`([^`]+)`", row[0])]
    assert len(examples) > len(rows)
    assert [it for it in examples if parse_reply(it) is None] == []


def test_the_command_line_is_the_programs():
    rows = table(section(README, "Command line"), "command")
    assert [row[0] for row in rows] == [f"`{usage(command)}`" for command in COMMAND_LINE]


@pytest.mark.parametrize("platform", ["Slack", "Teams"])
def test_a_platform_takes_ten_steps(platform):
    steps = section(README, f"{platform} in ten steps")
    assert re.findall(r"^(\d+)\. ", steps, re.MULTILINE) == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize(("platform", "called"), [("Slack", "/readiness"), ("Teams", "@Readiness")])
def test_the_steps_end_in_a_command_that_starts_a_review(platform, called):
    last = section(README, f"{platform} in ten steps").rpartition("\n10. ")[2]
    typed = re.findall(f"`{called} ([^`]+)`", last)
    assert [type(parse_command(it)).__name__ for it in typed] == ["Start"]


def test_every_make_target_named_exists():
    makefile = text(ROOT / "Makefile")
    lines = [line for page in (README, ROOT / "CONTRIBUTING.md") for line in code_lines(page)]
    words = (word for line in lines if line.startswith("make ") for word in line.split()[1:])
    targets = {word for word in words if "=" not in word}
    assert targets
    assert [it for it in targets if f"\n{it}:" not in makefile] == []


async def test_addresses_and_metrics_to_watch_exist():
    async def nothing() -> None: ...

    rows = table(section(README, "Deployment"), "address")
    routes = {it.resource.canonical for it in build(ready=nothing, measure=nothing).router.routes()}
    assert {row[0].strip("`") for row in rows} == routes
    metrics = {it.name for it in REGISTRY.collect()}
    named = set(re.findall("`(readiness_[a-z_]+)`", section(README, "Deployment")))
    assert {it.removesuffix("_total") for it in named} <= metrics


def test_the_changes_name_this_version():
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    newest = re.search(r"^## (.+)$", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert project["version"] in newest[1]
