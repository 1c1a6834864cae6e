"""`readiness doctor`: against the local workspace, healthy and with each fault."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from cli_kit import READINESS, environment, inside, readiness
from pydantic import SecretStr

from bot import doctor as general
from bot.config import Local, Settings
from bot.demo import local_settings, local_workspace
from bot.playground.workspace import Workspace, serve_workspace
from bot.slack import doctor as slack
from bot.slack.manifest import SCOPES
from storage.database import Database


def clock(off: float = 0):
    return lambda: datetime.now(UTC) + timedelta(seconds=off)


@pytest.fixture
async def workspace():
    made = local_workspace()
    page = await serve_workspace(made)
    yield made
    await page.cleanup()


def of(workspace: Workspace, **changes) -> Settings:
    """The settings of a bot in the workspace, by HTTP and Socket Mode."""
    token = SecretStr(workspace.app.app_token)
    known = local_settings(workspace, "sqlite://")
    return known.model_copy(update={"slack_app_token": token, **changes})


async def faults(settings: Settings, now=None) -> dict[str, str]:
    """What is wrong, by subject; each fault says what to do."""
    found = await slack.examine(settings, now or clock())
    assert all(bool(it.fix) == (it.state == "fault") for it in found)
    return {it.subject: it.found for it in found if it.state == "fault"}


# Slack


async def test_a_healthy_bot_has_no_fault(workspace):
    found = await slack.examine(of(workspace), clock())
    assert [(it.subject, it.state) for it in found] == [
        ("Slack bot token", "ok"),
        ("Slack scopes", "ok"),
        ("clock", "ok"),
        ("Slack app token", "ok"),
    ]
    assert found[0].found == "readiness in Acme"
    assert not workspace.sockets.connected


async def test_without_tokens_there_is_nothing_to_ask(workspace):
    found = await slack.examine(Local(), clock())
    assert [it.state for it in found] == ["skipped", "skipped"]
    assert workspace.calls == []


async def test_a_wrong_bot_token(workspace):
    settings = of(workspace, slack_bot_token=SecretStr("xoxb-wrong"))
    assert await faults(settings) == {"Slack bot token": "Slack answers invalid_auth"}


async def test_a_revoked_bot_token(workspace):
    workspace.faults.token_revoked = True
    assert await faults(of(workspace)) == {"Slack bot token": "Slack answers token_revoked"}


async def test_an_app_that_was_removed(workspace):
    workspace.core.installed = False
    assert set((await faults(of(workspace))).values()) == {"Slack answers account_inactive"}


async def test_the_two_tokens_confused(workspace):
    app = workspace.app
    swapped = of(
        workspace,
        slack_bot_token=SecretStr(app.app_token),
        slack_app_token=SecretStr(app.bot_token),
    )
    assert set(await faults(swapped)) == {"Slack bot token", "Slack app token"}


async def test_a_wrong_app_token(workspace):
    settings = of(workspace, slack_app_token=SecretStr("xapp-wrong"))
    assert await faults(settings) == {"Slack app token": "Slack answers invalid_auth"}


async def test_slack_has_too_much_to_do(workspace):
    workspace.faults.method().rate_limited = 2
    assert set((await faults(of(workspace))).values()) == {"Slack answers ratelimited"}


async def test_slack_is_broken(workspace):
    workspace.faults.method().server_error = 2
    assert set(await faults(of(workspace))) == {"Slack bot token", "Slack app token"}


@pytest.mark.parametrize(("off", "says"), [(100, "ahead of"), (-100, "behind")])
async def test_a_clock_that_is_off(workspace, off, says):
    """Slack's signatures are refused from five minutes on, so one minute is a fault already."""
    (found,) = (await faults(of(workspace), clock(off))).values()
    assert found.endswith(f" s {says} Slack's")
    assert abs(int(found.split()[0]) - 100) < 20


async def test_a_clock_that_is_nearly_right(workspace):
    assert await faults(of(workspace), clock(-30)) == {}


async def test_a_slack_that_cannot_be_reached(workspace):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api/"
    found = await faults(of(workspace, slack_api_url=url))
    assert set(found) == {"Slack bot token", "Slack app token"}
    assert all(url in it for it in found.values())


@asynccontextmanager
async def other(answer: web.Response):
    """Something that answers every call in the same way; gives its address."""

    async def handle(_request):
        body = answer.body if isinstance(answer.body, bytes) else b""
        return web.Response(body=body, status=answer.status, headers=answer.headers)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


OK = {"ok": True, "team": "Acme", "user": "readiness", "bot_id": "B1", "url": "wss://x"}


async def told(answer: web.Response) -> dict[str, slack.Finding]:
    """What is found of a bot token, by subject, where Slack answers so."""
    async with other(answer) as url:
        settings = Local(slack_bot_token=SecretStr("xoxb-1"), slack_api_url=url)
        return {it.subject: it for it in await slack.examine(settings, clock())}


async def test_every_scope_granted():
    scopes = ",".join([*SCOPES, "files:read"])
    found = await told(web.json_response(OK, headers={"x-oauth-scopes": scopes}))
    assert found["Slack scopes"].state == "ok"


async def test_scopes_that_the_manifest_asks_for_are_missing():
    granted = ", ".join(sorted(set(SCOPES) - {"chat:write", "im:write"}))
    found = await told(web.json_response(OK, headers={"x-oauth-scopes": granted}))
    assert found["Slack scopes"].found == "missing: chat:write, im:write"
    assert "install" in found["Slack scopes"].fix


async def test_a_token_of_a_person():
    found = await told(web.json_response({**OK, "bot_id": None}))
    assert found["Slack bot token"].state == "fault"
    assert "a person's" in found["Slack bot token"].found


async def test_the_date_of_the_answer_counts():
    late = format_datetime(datetime.now(UTC) - timedelta(minutes=10), usegmt=True)
    found = await told(web.json_response(OK, headers={"Date": late}))
    assert found["clock"].state == "fault"


async def test_an_answer_without_a_readable_date():
    found = await told(web.json_response(OK, headers={"Date": "yesterday"}))
    assert found["clock"].state == "skipped"


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="<h1>Welcome</h1>", content_type="text/html"),
        web.Response(text="hello"),
        web.Response(text="not found", status=404),
        web.Response(text="{", content_type="application/json"),
        web.json_response([1]),
        web.json_response({}),
        web.json_response({"ok": False}),
        web.json_response({"ok": False, "error": 5}),
    ],
    ids=["html", "text", "404", "broken", "list", "empty", "unsaid", "number"],
)
async def test_something_that_is_not_slack(answer):
    found = await told(answer)
    assert found["Slack bot token"].state == "fault"
    assert "not Slack" in found["Slack bot token"].found
    assert "SLACK_API_URL" in found["Slack bot token"].fix


# What needs no network


def local(subject: str) -> general.Finding:
    (found,) = [it for it in general.examine()[1] if it.subject == subject]
    return found


def test_the_checklist_is_looked_at():
    assert local("checklist").found == "llmops-2026.1, 50 checks"


def test_settings_that_cannot_be_read(monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    settings, found = general.examine()
    assert settings is None
    assert [(it.subject, it.state) for it in found] == [("checklist", "ok"), ("settings", "fault")]


def test_no_platform():
    assert local("settings").state == "fault"
    assert "SLACK_BOT_TOKEN" in local("settings").found


def test_both_ways_to_slack(monkeypatch):
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(name, "x")
    assert local("settings").found == "Slack by HTTP and Socket Mode"


def test_a_database_still_to_be_made(tmp_path):
    """Looking does not make it."""
    assert local("database").state == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_no_folder(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nowhere/readiness.db")
    assert local("database").state == "fault"


def test_a_migrated_database(monkeypatch, database_url):
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert local("database").state == "ok"
    assert local("database").found.endswith("schema is current")


def test_an_empty_database(monkeypatch, empty_url, engine):
    """SQLite is migrated by `serve`; on PostgreSQL it is for somebody to do."""
    monkeypatch.setenv("DATABASE_URL", empty_url)
    found = local("database")
    assert found.state == ("fault" if engine == "postgres" else "ok")
    if engine == "postgres":
        assert (found.found, found.fix) == (
            "the database schema is absent",
            "run `readiness migrate`",
        )


def test_a_database_of_a_newer_version(monkeypatch, database_url):
    opened = Database(database_url)
    with opened.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = 'zz'")
    opened.close()
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert local("database").fix == "install the newest readiness-bot"


def test_a_database_that_may_only_be_read(monkeypatch, stored):
    file = stored.url.database
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///file:{file}?mode=ro&uri=true")
    assert local("database").state == "fault"
    assert "readonly" in local("database").found


def test_a_replica_that_may_only_be_read(monkeypatch, postgres):
    url = postgres()
    opened = Database(url)
    with opened.write() as conn:
        name = opened.url.database
        conn.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    opened.close()
    monkeypatch.setenv("DATABASE_URL", url)
    assert local("database").state == "fault"
    assert "read-only" in local("database").found


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql://u:hunter2@h:port/d"])
def test_an_address_that_is_none(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    assert local("database").state == "fault"
    assert "hunter2" not in local("database").found


# The command


async def command(workspace: Workspace, tmp_path, *arguments: str, **settings: str):
    """Runs `readiness doctor` while the workspace is served."""
    known = {
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.app.bot_token,
        "SLACK_SIGNING_SECRET": workspace.app.signing_secret,
        "SLACK_APP_TOKEN": workspace.app.app_token,
    }
    process = await asyncio.create_subprocess_exec(
        READINESS,
        "doctor",
        *arguments,
        cwd=tmp_path,
        env=environment(**(known | settings)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert err == b""
    return process.returncode, out.decode()


async def test_the_command_in_good_health(workspace, tmp_path):
    code, out = await command(workspace, tmp_path, "--json")
    assert code == 0
    assert json.loads(out)["ok"] is True
    code, out = await command(workspace, tmp_path)
    assert code == 0
    assert "readiness in Acme" in out


async def test_the_command_with_a_fault(workspace, tmp_path):
    workspace.faults.token_revoked = True
    code, out = await command(workspace, tmp_path, "--json")
    assert code == 1
    found = json.loads(out)
    assert found["ok"] is False
    (fault,) = [it for it in found["findings"] if it["state"] == "fault"]
    assert list(fault) == ["subject", "state", "found", "fix"]
    assert fault["fix"] == "install the app again, then set SLACK_BOT_TOKEN"
    code, out = await command(workspace, tmp_path)
    assert code == 1
    assert fault["fix"] in out


async def test_no_secret_is_shown(workspace, tmp_path):
    secrets = {"SLACK_BOT_TOKEN": "xoxb-hunter2", "SLACK_APP_TOKEN": "xapp-hunter2"}
    secrets["DATABASE_URL"] = "postgresql://u:hunter2@127.0.0.1:1/d"
    for form in ((), ("--json",)):
        code, out = await command(workspace, tmp_path, *form, **secrets)
        assert code == 1
        assert "hunter2" not in out


def test_wrong_settings_are_a_fault_among_others(capsys, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    done = inside(capsys, "doctor", "--json")
    assert done.code == 1
    assert [it["subject"] for it in done.json["findings"]] == ["checklist", "settings"]


def test_it_leaves_the_folder_as_it_was(tmp_path):
    assert readiness("doctor", cwd=tmp_path).code == 1
    assert list(tmp_path.iterdir()) == []
