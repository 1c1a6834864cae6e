"""The settings: names, defaults, what is refused, and that nothing secret is ever said."""

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import BadSettings, Local, Settings, is_loopback, load, require_platform

# The public table: name, default. "LOG_FORMAT" depends on the terminal and has its own test.
TABLE = {
    "DATABASE_URL": "sqlite:///readiness.db",
    "HOST": "127.0.0.1",
    "PORT": 3000,
    "SLACK_BOT_TOKEN": None,
    "SLACK_SIGNING_SECRET": None,
    "SLACK_APP_TOKEN": None,
    "SLACK_API_URL": "https://slack.com/api/",
    "SLACK_EDITS_PER_MINUTE": 50,
    "MICROSOFT_APP_ID": None,
    "MICROSOFT_APP_PASSWORD": None,
    "MICROSOFT_APP_CERTIFICATE": None,
    "MICROSOFT_APP_TENANT_ID": None,
    "MICROSOFT_APP_TYPE": "SingleTenant",
    "MICROSOFT_CLOUD": "Public",
    "TEAMS_SERVICE_HOSTS": None,
    "TEAMS_ANONYMOUS": False,
    "TIMEZONE": "UTC",
    "TICK_SECONDS": 5,
    "READY_OVERALL": 80,
    "READY_LAYER": 50,
    "GAP_DUE_CRITICAL_DAYS": 14,
    "GAP_DUE_DAYS": 30,
    "NUDGE_DAYS": "-3,0,3,7,14",
    "NUDGE_SILENT_DAYS": 2,
    "NUDGES_PER_WEEK": 2,
    "HOLIDAYS": None,
    "METRICS_PORT": None,
    "LOG_LEVEL": "INFO",
}
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "MICROSOFT_APP_PASSWORD")


def give(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def refusal(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """The one line with which these settings are refused."""
    give(monkeypatch, **settings)
    with pytest.raises(BadSettings) as error:
        require_platform(load())
    line = str(error.value)
    assert "\n" not in line
    assert all(value not in line for value in settings.values() if len(value) > 4), line
    return line


def test_the_settings_are_those_of_the_table():
    found = load()
    assert {name.upper() for name in Settings.model_fields} == {*TABLE, "LOG_FORMAT"}
    assert {name: getattr(found, name.lower()) for name in TABLE} == TABLE


def test_every_setting_says_what_it_means():
    """The README's table is made of these."""
    assert all(field.description for field in Settings.model_fields.values())


def test_secrets_are_of_a_type_that_hides_them(monkeypatch):
    give(
        monkeypatch, **dict.fromkeys(SECRETS, "hunter2"), DATABASE_URL="postgresql://u:hunter2@h/d"
    )
    found = load()
    assert all(isinstance(getattr(found, it.lower()), SecretStr) for it in SECRETS)
    assert "hunter2" not in f"{found!r} {found}"


@pytest.mark.parametrize("name", TABLE)
def test_an_empty_variable_is_not_set(monkeypatch, name):
    for empty in ("", "  "):
        give(monkeypatch, **{name: empty})
        assert getattr(load(), name.lower()) == TABLE[name]


def test_space_around_a_value_is_no_part_of_it(monkeypatch):
    give(monkeypatch, SLACK_BOT_TOKEN=" xoxb-1\n", PORT=" 8080 ", TIMEZONE="Asia/Kolkata ")
    found = load()
    assert found.slack_bot_token is not None
    assert found.slack_bot_token.get_secret_value() == "xoxb-1"
    assert (found.port, found.timezone) == (8080, "Asia/Kolkata")


def test_a_file_sets_what_the_environment_does_not(monkeypatch):
    Path(".env").write_text("PORT=4000\nHOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    give(monkeypatch, PORT="5000", HOST="")
    assert (load().port, load().host) == (5000, "0.0.0.0")


def test_a_file_that_is_no_text_is_said_so():
    Path(".env").write_bytes(b"PORT=\xff\xfe\x00")
    with pytest.raises(BadSettings, match=r"^\.env cannot be read"):
        load()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "eighty", "PORT must be a whole number"),
        ("PORT", "-1", "PORT must be at least 0"),
        ("PORT", "65536", "PORT must be at most 65535"),
        ("TEAMS_ANONYMOUS", "perhaps", "TEAMS_ANONYMOUS must be true or false"),
        ("TICK_SECONDS", "often", "TICK_SECONDS must be a number"),
        ("TICK_SECONDS", "0", "TICK_SECONDS must be greater than 0"),
        ("TICK_SECONDS", "nan", "TICK_SECONDS must be a finite number"),
        ("TICK_SECONDS", "9999999", "TICK_SECONDS must be at most 3600"),
        ("READY_OVERALL", "101", "READY_OVERALL must be at most 100"),
        ("READY_LAYER", "-1", "READY_LAYER must be at least 0"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be 'text' or 'json'"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("MICROSOFT_APP_TYPE", "Other", "MICROSOFT_APP_TYPE must be 'SingleTenant', 'Multi"),
        ("MICROSOFT_CLOUD", "Mine", "MICROSOFT_CLOUD must be 'Public' or 'Government'"),
        ("TEAMS_SERVICE_HOSTS", "https://a.example/", "TEAMS_SERVICE_HOSTS must be host names"),
        ("TEAMS_SERVICE_HOSTS", "a.example b.example", "TEAMS_SERVICE_HOSTS must be host names"),
        ("TEAMS_SERVICE_HOSTS", "a.example:8443", "TEAMS_SERVICE_HOSTS must be host names"),
        ("TIMEZONE", "Europe/Berlim", "TIMEZONE must be an IANA time zone, such as Europe/Berlin"),
        ("TIMEZONE", "../../etc/passwd", "TIMEZONE must be an IANA time zone"),
        ("NUDGE_DAYS", "soon", "NUDGE_DAYS must be whole numbers separated by commas, such as"),
        ("NUDGE_DAYS", "1,,2", "NUDGE_DAYS must be whole numbers"),
        ("NUDGES_PER_WEEK", "0", "NUDGES_PER_WEEK must be at least 1"),
        ("GAP_DUE_DAYS", "0", "GAP_DUE_DAYS must be at least 1"),
        ("HOLIDAYS", "DE,Atlantis", "HOLIDAYS must be codes such as DE or DE-BY"),
        ("SLACK_BOT_TOKEN", "two words", "SLACK_BOT_TOKEN must be one word"),
        ("SLACK_APP_TOKEN", "schlüssel", "SLACK_APP_TOKEN must be one word"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch, name, value, says):
    assert refusal(monkeypatch, **{name: value}).startswith(says)


def test_several_wrong_values_are_named_in_one_line(monkeypatch):
    line = refusal(monkeypatch, PORT="eighty", LOG_FORMAT="xmlxml")
    assert line == "PORT must be a whole number; LOG_FORMAT must be 'text' or 'json'"


@pytest.mark.parametrize(
    "url",
    [
        "https://slack.example/api",
        "https://slack.example/",
        "ftp://slack.example/api/",
        "slack.example/api/",
        "https:///api/",
        "https://slack.com/api/?x=/api/",
        "https://slack.com/#/api/",
        "https://user@slack.com/api/",
        "https://a\\@slack.com/api/",
        "https://slack.com:99999/api/",
        "https://[slack/api/",
        "https://sl ack.com/api/",
    ],
)
def test_the_address_of_the_web_api_must_be_one(monkeypatch, url):
    assert refusal(monkeypatch, SLACK_API_URL=url).startswith("SLACK_API_URL must be an http(s)")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8765/api/", "https://proxy.example/slack/api/"])
def test_another_web_api_may_be_named(monkeypatch, url):
    give(monkeypatch, SLACK_API_URL=url)
    assert load().slack_api_url == url


def test_zones_and_levels_are_known_in_any_case(monkeypatch):
    give(monkeypatch, TIMEZONE="europe/berlin", LOG_LEVEL="debug")
    assert (load().timezone, load().log_level) == ("Europe/Berlin", "DEBUG")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.org", "192.168.1.1", "127.0.0.1.evil"])
def test_strangers_may_not_reach_an_anonymous_bot(monkeypatch, host):
    line = refusal(monkeypatch, TEAMS_ANONYMOUS="true", HOST=host)
    assert line == "TEAMS_ANONYMOUS must be off unless HOST is loopback (127.0.0.1)"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])
def test_an_anonymous_bot_may_listen_on_loopback(monkeypatch, host):
    give(monkeypatch, TEAMS_ANONYMOUS="1", HOST=host)
    assert load().teams_anonymous
    assert is_loopback(host)


def test_the_form_of_the_log_follows_the_terminal(tmp_path):
    assert load().log_format == "json"
    parent, child = os.openpty()
    code = "from bot.config import load; print(load().log_format)"
    words = [sys.executable, "-c", code]
    said = subprocess.run(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=child, check=True)
    os.close(child)
    os.close(parent)
    assert said.stdout == b"text\n"


def test_code_may_set_without_the_environment(monkeypatch):
    """The demo runs whatever stands in the environment."""
    Path(".env").write_text("LOG_LEVEL=ERROR\n")
    give(monkeypatch, PORT="eighty", TIMEZONE="Nowhere", SLACK_APP_TOKEN="xapp-1")
    found = Local(port=1)
    assert (found.port, found.timezone, found.slack_app_token) == (1, "UTC", None)
    assert found.log_level == "INFO"


# Platforms: every combination of what can be set.

SLACK = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
TEAMS = ("MICROSOFT_APP_ID", "MICROSOFT_APP_PASSWORD", "MICROSOFT_APP_TENANT_ID")
COMBINATIONS = [
    {name for name, is_set in zip(SLACK + TEAMS, bits, strict=True) if is_set}
    for bits in product((False, True), repeat=6)
]


@pytest.mark.parametrize("given", COMBINATIONS, ids=lambda given: "+".join(sorted(given)) or "-")
def test_a_platform_is_set_up_wholly_or_not_at_all(monkeypatch, given):
    """What is refused names something that is missing; what is whole is taken."""
    slack, teams = given & set(SLACK), given & set(TEAMS)
    whole_slack = not slack or ("SLACK_BOT_TOKEN" in slack and len(slack) > 1)
    whole_teams = len(teams) in {0, 3}
    if given and whole_slack and whole_teams:
        give(monkeypatch, **dict.fromkeys(given, "value-1"))
        require_platform(load())
        return
    line = refusal(monkeypatch, **dict.fromkeys(given, "value-1"))
    missing = set(TEAMS) - teams if whole_slack and given else set(SLACK) - slack
    assert any(name in line for name in missing), line


def test_with_no_platform_the_missing_settings_are_named(monkeypatch):
    line = refusal(monkeypatch)
    assert all(name in line for name in SLACK + TEAMS)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"SLACK_BOT_TOKEN"}, "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is missing"),
        ({"SLACK_SIGNING_SECRET"}, "SLACK_BOT_TOKEN is missing beside SLACK_SIGNING_SECRET"),
        ({"SLACK_APP_TOKEN"}, "SLACK_BOT_TOKEN is missing beside SLACK_APP_TOKEN"),
        ({"MICROSOFT_APP_ID"}, "MICROSOFT_APP_PASSWORD and MICROSOFT_APP_TENANT_ID are missing"),
        ({"MICROSOFT_APP_PASSWORD", "MICROSOFT_APP_TENANT_ID"}, "MICROSOFT_APP_ID is missing"),
        (
            {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "MICROSOFT_APP_ID", "MICROSOFT_APP_TENANT_ID"},
            "MICROSOFT_APP_PASSWORD is missing beside MICROSOFT_APP_ID and MICROSOFT_APP_TENANT_ID",
        ),
    ],
)
def test_what_is_missing_is_said_in_plain_words(monkeypatch, given, says):
    assert refusal(monkeypatch, **dict.fromkeys(given, "value-1")).startswith(says)


def test_a_bot_that_many_tenants_could_use_is_told_whom_it_serves(monkeypatch):
    line = refusal(
        monkeypatch, MICROSOFT_APP_ID="a1b2", MICROSOFT_APP_PASSWORD="hunter2",
        MICROSOFT_APP_TYPE="MultiTenant",
    )  # fmt: skip
    assert line.startswith("MICROSOFT_APP_TENANT_ID is missing beside")


@pytest.mark.parametrize("given", [set(), {"MICROSOFT_APP_ID"}, {"MICROSOFT_APP_PASSWORD"}])
def test_a_playground_needs_no_credentials(monkeypatch, given):
    give(monkeypatch, TEAMS_ANONYMOUS="true", **dict.fromkeys(given, "value-1"))
    require_platform(load())
