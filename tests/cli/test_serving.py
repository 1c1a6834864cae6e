"""`serve`, `work` and `demo` as processes: how they come up, what they say, how they end."""

import asyncio
import json
import re
import signal
import socket
import sys
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession
from cli_kit import READINESS, environment

from bot.demo import local_workspace
from bot.playground.workspace import Workspace, serve_workspace

PATIENCE = 30.0  # seconds until a test gives up waiting
# `readiness serve`, which says in the end what it has loaded: with both platforms.
TELLING = """
import sys, bot.slack.platform, bot.teams.platform
from bot.cli import run
run(["serve"])
print(*sys.modules)
"""
SELDOM = {"alembic", "holidays", "mako", "pygments", "rich"}  # a tenth of the memory


@pytest.fixture
async def workspace():
    made = local_workspace()
    page = await serve_workspace(made)
    yield made
    await page.cleanup()


@pytest.fixture
def taken():
    """A port of this machine that somebody listens on."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        yield busy.getsockname()[1]


def of(workspace: Workspace, **changes: str) -> dict[str, str]:
    """The settings of a bot in the workspace, over HTTP."""
    return {
        "PORT": "0",
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.app.bot_token,
        "SLACK_SIGNING_SECRET": workspace.app.signing_secret,
        **changes,
    }


@asynccontextmanager
async def running(tmp_path, *arguments, program=READINESS, **settings):
    """The process, which is gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        cwd=tmp_path,
        env=environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def end(process, number=signal.SIGTERM) -> tuple[int, str]:
    """Its exit code after a signal, and what it said until then."""
    process.send_signal(number)
    _, err = await process.communicate()
    return process.returncode, err.decode()


async def refusal(tmp_path, *arguments, **settings) -> str:
    """The one line of a process that does not start."""
    async with running(tmp_path, *arguments, **settings) as process:
        out, err = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    (line,) = err.decode().splitlines()
    assert line.startswith("readiness: ")
    return line


async def listening(process) -> int:
    """The port, once the log names it."""
    async for line in process.stderr:
        entry = json.loads(line)
        if entry["event"] == "listening":
            return entry["port"]
    raise AssertionError("it ended")


async def get(url: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_what_is_needed_seldom_is_not_loaded(workspace, tmp_path, stored):
    """Neither what migrates a schema that is current, nor what prints tables, nor holidays."""
    settings = of(workspace, DATABASE_URL=str(stored.url))
    python = ("-c", TELLING)
    async with running(tmp_path, *python, program=sys.executable, **settings) as process:
        port = await listening(process)
        assert (await get(f"http://127.0.0.1:{port}/readyz"))[0] == 200
        process.send_signal(signal.SIGTERM)
        out, _ = await process.communicate()
    loaded = {name.partition(".")[0] for name in out.decode().split()}
    assert {"bot", "botbuilder", "slack_bolt"} <= loaded
    assert not loaded & SELDOM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("more", [(), ("--no-worker",)])
async def test_serve_comes_up_and_ends_at_a_signal(workspace, tmp_path, number, more):
    """SQLite is migrated on the way, and the log is JSON where it is no terminal."""
    async with running(tmp_path, "serve", *more, **of(workspace)) as process:
        port = await listening(process)
        assert await get(f"http://127.0.0.1:{port}/healthz") == (200, "ok")
        assert (await get(f"http://127.0.0.1:{port}/readyz"))[0] == 200
        workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
        assert await workspace.verify_url()
        code, err = await end(process, number)
    assert code == 0
    assert all(json.loads(line)["event"] for line in err.splitlines())
    assert (tmp_path / "readiness.db").is_file()


async def test_serve_by_socket_mode_only(workspace, tmp_path):
    settings = of(workspace, SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN=workspace.app.app_token)
    async with running(tmp_path, "serve", **settings) as process:
        await workspace.sockets.joined()
        assert (await end(process))[0] == 0


async def test_the_log_may_be_text(workspace, tmp_path):
    async with running(tmp_path, "serve", **of(workspace, LOG_FORMAT="text")) as process:
        line = (await process.stderr.readline()).decode()
        await end(process)
    assert re.fullmatch(r"\S+Z INFO    listening host=127\.0\.0\.1 port=\d+\n", line)


async def test_a_quiet_log(workspace, tmp_path):
    settings = of(workspace, SLACK_APP_TOKEN=workspace.app.app_token, LOG_LEVEL="WARNING")
    async with running(tmp_path, "serve", **settings) as process:
        await workspace.sockets.joined()
        assert await end(process) == (0, "")


async def test_work_does_not_listen(workspace, tmp_path, taken):
    async with running(tmp_path, "work", **of(workspace, PORT=str(taken))) as process:
        async with asyncio.timeout(PATIENCE):
            while not [it for it in workspace.calls if it.method == "auth.test"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert (await end(process))[0] == 0


async def test_a_slack_that_cannot_be_reached_keeps_nobody_waiting(workspace, tmp_path):
    """The bot comes up without it, tries again, and ends at a signal all the same."""
    away = {"SLACK_API_URL": "http://127.0.0.1:1/api/", "SLACK_APP_TOKEN": "xapp-1"}
    async with running(tmp_path, "serve", **of(workspace, **away)) as process:
        port = await listening(process)
        assert (await get(f"http://127.0.0.1:{port}/readyz"))[0] == 200
        assert (await end(process))[0] == 0


async def test_a_taken_port(workspace, tmp_path, taken):
    line = await refusal(tmp_path, "serve", **of(workspace, PORT=str(taken)))
    assert "address already in use" in line
    assert line.endswith("choose another HOST or PORT")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_a_host_that_is_not_ours(workspace, tmp_path, host):
    line = await refusal(tmp_path, "serve", **of(workspace, HOST=host))
    assert line.endswith("choose another HOST or PORT")


@pytest.mark.parametrize("command", ["serve", "work"])
async def test_a_bot_token_that_slack_refuses(workspace, tmp_path, command):
    settings = of(workspace, SLACK_BOT_TOKEN="xoxb-hunter2")
    line = await refusal(tmp_path, command, **settings)
    assert "SLACK_BOT_TOKEN is refused by Slack (invalid_auth)" in line
    assert "hunter2" not in line


async def test_an_app_token_that_slack_refuses(workspace, tmp_path):
    settings = of(workspace, SLACK_APP_TOKEN="xapp-hunter2")
    async with running(tmp_path, "serve", **settings) as process:
        out, err = await process.communicate()
    line = err.decode().splitlines()[-1]
    assert (process.returncode, out) == (2, b"")
    assert line.startswith("readiness: SLACK_APP_TOKEN is refused by Slack (invalid_auth)")
    assert b"hunter2" not in err
    assert b"Traceback" not in err


# demo


async def page_of(process) -> str:
    """The URL, once it is printed."""
    async for line in process.stdout:
        if found := re.search(rb"http://\S+", line):
            return found[0].decode()
    raise AssertionError("it ended")


async def test_the_demo_takes_another_port_where_its_own_is_taken(tmp_path):
    with socket.socket() as busy:
        try:
            busy.bind(("127.0.0.1", 8765))
            busy.listen()
        except OSError:
            pass  # somebody else has it already
        async with running(tmp_path, "demo") as process:
            url = await page_of(process)
            assert not url.endswith(":8765/")
            assert (await get(f"{url}_page/state?user=U0ANA"))[0] == 200
            assert await end(process, signal.SIGINT) == (0, "")
    assert list(tmp_path.iterdir()) == []


async def test_the_demo_needs_no_settings_and_heeds_none(tmp_path):
    settings = {"PORT": "eighty", "SLACK_APP_TOKEN": "xapp-1", "DATABASE_URL": "nonsense"}
    async with running(tmp_path, "demo", "--port", "0", **settings) as process:
        await page_of(process)
        assert await end(process) == (0, "")


async def test_the_demo_keeps_a_file_when_told_to(tmp_path):
    for _ in range(2):
        async with running(tmp_path, "demo", "--port", "0", "--keep", "kept.db") as process:
            await page_of(process)
            assert await end(process) == (0, "")
    assert (tmp_path / "kept.db").is_file()


async def test_a_taken_port_that_was_asked_for(tmp_path, taken):
    line = await refusal(tmp_path, "demo", "--port", str(taken))
    assert line.endswith("choose another with --port")


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("nowhere/kept.db", "--keep nowhere/kept.db: there is no folder nowhere"),
        (".", "unable to open database file; choose another --keep"),
    ],
)
async def test_a_file_that_cannot_be_kept(tmp_path, file, says):
    line = await refusal(tmp_path, "demo", "--port", "0", "--keep", file)
    assert line.endswith(says)
    assert "DATABASE_URL" not in line


# One bot at a time on SQLite

TAKEN = "stop it first, or use PostgreSQL for several processes"


@pytest.mark.parametrize("first", [["serve"], ["serve", "--no-worker"], ["work"]])
async def test_a_second_bot_on_one_file_is_refused(workspace, tmp_path, first):
    """However each of the two names the file, and whatever it does with it."""
    (tmp_path / "link.db").symlink_to("readiness.db")
    async with running(tmp_path, *first, **of(workspace)) as process:
        async with asyncio.timeout(PATIENCE):
            while not (tmp_path / "readiness.db").exists():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        for second in (["serve"], ["work"]):
            settings = of(workspace, DATABASE_URL=f"sqlite:///{tmp_path}/link.db")
            line = await refusal(tmp_path, *second, **settings)
            assert line.startswith(f"readiness: another readiness bot uses {tmp_path}/readiness.db")
            assert line.endswith(TAKEN)
        line = await refusal(tmp_path, "demo", "--port", "0", "--keep", "readiness.db")
        assert line.endswith(TAKEN)
        assert (await end(process))[0] == 0


async def test_what_only_reads_runs_beside_a_bot(workspace, tmp_path):
    async with running(tmp_path, "serve", **of(workspace)) as process:
        await listening(process)
        for command in (["services", "--json"], ["migrate"], ["doctor"]):
            async with running(tmp_path, *command, **of(workspace)) as other:
                await other.communicate()
            assert other.returncode == 0
        assert (await end(process))[0] == 0


async def test_a_bot_that_was_killed_keeps_nobody_out(workspace, tmp_path):
    for number in (signal.SIGKILL, signal.SIGTERM):
        async with running(tmp_path, "serve", **of(workspace)) as process:
            await listening(process)
            assert (await end(process, number))[0] in {0, -signal.SIGKILL}
