"""Dockerfile and compose file: what they start exists, and runs with no more rights than needed.

hadolint reads the Dockerfile in `make check`.
"""

import re

import typer
import yaml
from docs_kit import ROOT, text

from bot.cli import app
from bot.config import Settings
from bot.slack.pace import TAKEN

COMMANDS = typer.main.get_command(app).commands
OURS = ("migrate", "web", "worker")
DOCKERFILE = text(ROOT / "Dockerfile")
COMPOSE = yaml.safe_load(text(ROOT / "compose.yaml"))
SETTINGS = {name.upper() for name in Settings.model_fields}


def test_the_image_starts_what_there_is():
    assert re.search(r'^ENTRYPOINT \["readiness"\]$', DOCKERFILE, re.MULTILINE)
    [command] = re.findall(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.MULTILINE)
    assert command in COMMANDS


def test_the_image_runs_without_rights():
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user == ["10001"]
    assert DOCKERFILE.index("USER 10001") < DOCKERFILE.index("ENTRYPOINT")


def test_the_example_runs_it_on_a_file_system_it_cannot_change_but_for_tmp():
    [example] = re.findall(r"^# +docker run (.+)$", DOCKERFILE, re.MULTILINE)
    assert "--read-only --tmpfs /tmp " in example


def test_the_image_holds_what_the_package_needs_and_no_more():
    copied = set(re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    names = {name for line in copied for name in line.split()}
    ignored = text(ROOT / ".dockerignore").splitlines()
    assert ignored[0] == "*"
    assert names == {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / name).exists() for name in names)


def test_each_service_starts_a_command_with_its_options():
    for name in OURS:
        command, *options = COMPOSE["services"][name]["command"]
        known = {opt for it in COMMANDS[command].params for opt in (*it.opts, *it.secondary_opts)}
        assert set(options) <= known, name


def test_each_service_runs_without_rights_on_a_file_system_it_cannot_change():
    for name in OURS:
        it = COMPOSE["services"][name]
        assert it["read_only"] is True
        assert it["tmpfs"] == ["/tmp"]
        assert it["cap_drop"] == ["ALL"]
        assert it["security_opt"] == ["no-new-privileges:true"]


def test_nothing_is_open_to_the_network_and_no_password_is_written_down():
    assert "ports" not in COMPOSE["services"]["database"]
    ports = [port for name in OURS for port in COMPOSE["services"][name].get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)
    passwords = re.findall(r"POSTGRES_PASSWORD: (.+)", text(ROOT / "compose.yaml"))
    assert all(it.startswith("${POSTGRES_PASSWORD:?") for it in passwords)


def test_its_settings_are_settings():
    for name in OURS:
        assert set(COMPOSE["services"][name]["environment"]) <= SETTINGS


def test_all_processes_together_edit_no_more_than_slack_takes():
    edits = 0
    for name in ("web", "worker"):
        it = COMPOSE["services"][name]
        copies = it.get("deploy", {}).get("replicas", 1)
        edits += copies * it["environment"]["SLACK_EDITS_PER_MINUTE"]
    assert 45 <= edits <= TAKEN


def test_each_process_listens_where_it_is_reached_and_its_health_is_asked():
    asked = re.search(r"^HEALTHCHECK .*environ\.get\('PORT', '(\d+)'\)", DOCKERFILE, re.MULTILINE)
    assert asked
    for name, setting in (("web", "PORT"), ("worker", "METRICS_PORT")):
        it = COMPOSE["services"][name]
        assert "healthcheck" not in it, "the image's"
        port = it["environment"][setting]
        assert port == it["environment"]["PORT"] == int(asked[1])
        assert [each.rpartition(":")[2] for each in it["ports"]] == [str(port)]


def test_the_schema_is_there_before_anything_starts():
    for name in ("web", "worker"):
        needs = COMPOSE["services"][name]["depends_on"]
        assert needs == {"migrate": {"condition": "service_completed_successfully"}}
