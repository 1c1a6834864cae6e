"""Several workers, leases, clocks that are wrong, a database and a Slack that go and return."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bot_kit import ANA, BEN, CHANNEL
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from trouble_kit import (
    CHECKS,
    PATIENCE,
    SERVICE,
    Clock,
    all_of,
    dropped,
    faults_shown,
    is_quiet,
    keys,
    quiet,
    trouble,
    until,
)

from bot.app import Bot
from bot.config import Settings
from bot.demo import local_settings, local_workspace
from bot.playground.workspace import serve_workspace
from storage.database import Database
from storage.tables import LANE

CHANNELS = (CHANNEL, "general", "llm-platform")


def postgres_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres")())


def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'readiness.db'}"


# Workers


async def test_three_workers_deliver_every_post_once(request: pytest.FixtureRequest) -> None:
    async with trouble(postgres_url(request), bots=3) as slack:
        starts = [
            slack.say(f"/readiness start service {number}", channel=CHANNELS[number % 3])
            for number in range(9)
        ]
        sweeps = [bot.delivery.sweep() for bot in slack.bots for _ in range(3)]
        await asyncio.gather(*starts, *sweeps)
        await slack.check()
        assert len(keys(slack.workspace)) == 18
        by_worker = [bot.runner for bot in slack.bots]
        assert len(set(by_worker)) == 3


async def test_what_the_web_process_could_not_send_a_worker_sends(
    request: pytest.FixtureRequest,
) -> None:
    async with trouble(postgres_url(request), bots=2) as slack:
        slack.bot.delivery.wake = lambda _lanes: None  # type: ignore[method-assign]
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        assert slack.workspace.messages(CHANNEL) == []
        await slack.bots[1].delivery.sweep()
        await slack.check()


async def test_a_worker_past_its_lease_posts_nothing(request: pytest.FixtureRequest) -> None:
    """It was asking for a name while its lease ran out; the other one has the lane by then."""
    async with trouble(postgres_url(request), bots=2) as slack:
        slack.faults("users.info").delay = 1.5
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        await until(lambda: _token(slack.database) is not None, "the first worker has the lane")
        first = _token(slack.database)
        slack.clock.move(21)
        await slack.bots[1].delivery.sweep()
        assert _token(slack.database) not in {None, first}
        await slack.check()
        assert len(slack.calls("chat.postMessage")) == 2, (
            "the root and the scope, by one of the two"
        )


async def test_a_worker_that_stood_still_before_its_call_does_not_make_it(
    request: pytest.FixtureRequest,
) -> None:
    """The other one has looked in vain for its message meanwhile, and has posted."""
    async with trouble(postgres_url(request), bots=2) as slack:
        first, second = slack.bots
        write = first.runner.write

        async def stopped(work: Any) -> Any:
            result = await write(work)
            if _attempts(slack.database) == 1:
                first.runner.write = write  # type: ignore[method-assign]
                slack.clock.move(21)
                await second.delivery.sweep()
                await until(lambda: not second.delivery._running, "the second one has posted")
            return result

        first.runner.write = stopped  # type: ignore[method-assign]
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        await slack.check()
        assert slack.calls("chat.postMessage") == ["ok", "ok"], "the root and the scope"


async def test_a_lane_that_its_own_process_takes_over_is_gone_on_with_at_once(
    tmp_path: Path,
) -> None:
    """A sweep finds the lease run out while the same process is still at it."""
    async with trouble(sqlite_url(tmp_path)) as slack:
        slack.faults("users.info").delay = 1.0
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        await until(lambda: _token(slack.database) is not None, "the lane is taken")
        slack.clock.move(21)
        await slack.bot.delivery.sweep()
        await slack.still()
        assert is_quiet(slack.database), "no lease has to run out first"
        await slack.check()
        assert len(slack.calls("chat.postMessage")) == 2


async def test_a_worker_whose_lease_ran_out_while_it_posted_stores_nothing(
    request: pytest.FixtureRequest,
) -> None:
    """The other one has found its message, and has edited it since."""
    async with trouble(postgres_url(request), bots=2) as slack:
        await slack.begin()
        first, second = slack.bots
        call = first.platforms["slack"].client.api_call

        async def slow(api_method: str, **rest: Any) -> Any:
            answer = await call(api_method, **rest)
            if api_method == "chat.postMessage" and "layer:2" in str(rest):
                first.platforms["slack"].client.api_call = call  # type: ignore[method-assign]
                slack.clock.move(21)
                assert (await slack.reply("2.1 yes", BEN)).ok
                await second.delivery.sweep()
                await until(lambda: not second.delivery._running, "the second one has sent it")
            return answer

        first.platforms["slack"].client.api_call = slow  # type: ignore[method-assign]
        assert (await slack.reply(f"{all_of(1)} yes")).ok
        await slack.check()


async def test_the_lease_lasts_as_long_as_a_look_up_does(request: pytest.FixtureRequest) -> None:
    """Each page may take as long as a call does; together they take longer than a lease."""
    async with trouble(postgres_url(request), bots=2) as slack:
        slack.faults("chat.postMessage").drop_after_accept = 1
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        await slack.still()
        for number in range(700):
            await slack.workspace.send(ANA, CHANNEL, f"chatter {number}")
        call, stolen = slack.bot.platforms["slack"].client.api_call, []

        async def slow(api_method: str, **rest: Any) -> Any:
            if api_method == "conversations.history":
                slack.clock.move(9)
                await slack.bots[1].delivery.sweep()
                stolen.append(bool(slack.bots[1].delivery._running))
            return await call(api_method, **rest)

        slack.bot.platforms["slack"].client.api_call = slow  # type: ignore[method-assign]
        slack.clock.move(1)
        await slack.bot.delivery.sweep()
        await slack.check()
        assert stolen == [False] * 4, "the root is older than all that was said since"
        assert slack.calls("chat.postMessage") == ["ok", "ok"]


async def test_a_lane_has_one_task_however_often_it_is_woken(tmp_path: Path) -> None:
    async with trouble(sqlite_url(tmp_path)) as slack:
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        for number in range(1000):
            slack.bot.delivery.wake(["review:nobody", f"review:{number % 3}"])
            slack.bot.delivery.later("review:nobody", 3600)
        assert len(slack.bot.delivery._running) <= 5
        assert len(slack.bot.delivery._pauses) == 1
        await slack.check()
        assert slack.bot.delivery._failures == {}
        assert slack.bot.delivery._leases == set()


async def test_more_lanes_than_fit_at_once_are_all_delivered_by_one_sweep(tmp_path: Path) -> None:
    async with trouble(sqlite_url(tmp_path)) as slack:
        wake = slack.bot.delivery.wake
        slack.bot.delivery.wake = lambda _lanes: None  # type: ignore[method-assign]
        for number in range(60):
            name = f"/readiness start service {number}"
            assert (await slack.say(name, channel=CHANNELS[number % 3])).ok
        slack.bot.delivery.wake = wake  # type: ignore[method-assign]
        await slack.bot.delivery.sweep()
        await quiet(slack.database)
        await slack.check()
        assert len(keys(slack.workspace)) == 120


# Clocks


async def test_a_clock_that_is_set_back_an_hour_stops_nothing(tmp_path: Path) -> None:
    async with trouble(sqlite_url(tmp_path)) as slack:
        await slack.begin()
        slack.faults("chat.postMessage").rate_limited = 1
        slack.faults("chat.postMessage").retry_after = 40
        slack.faults("chat.update").rate_limited = 1
        slack.faults("chat.update").retry_after = 40
        await slack.reply("1.1 yes")
        await slack.say("/readiness start another")
        await slack.still()
        slack.clock.move(-3600)
        await slack.wait(1)
        assert is_quiet(slack.database)
        await slack.check()


def an_hour_ahead(settings: Settings, *, now: Clock, **rest: Any) -> Bot:
    return Bot(settings, now=lambda: now() + timedelta(hours=1), **rest)


async def test_a_clock_an_hour_ahead_of_slack_s_finds_what_it_has_posted(tmp_path: Path) -> None:
    async with trouble(sqlite_url(tmp_path), made=an_hour_ahead) as slack:
        slack.faults("chat.postMessage").drop_after_accept = 1
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        await slack.check()
        assert set(keys(slack.workspace).values()) == {1}


async def test_a_lease_from_before_the_clock_was_set_back_ends(
    request: pytest.FixtureRequest,
) -> None:
    async with trouble(postgres_url(request), bots=2) as slack:
        slack.faults("users.info").delay = 0.5
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        await until(lambda: _token(slack.database) is not None, "the first worker has the lane")
        slack.clock.move(-3600)
        await slack.bots[1].delivery.sweep()
        await slack.check()
        assert set(keys(slack.workspace).values()) == {1}


# Away and back


async def test_slack_that_cannot_be_reached_at_start_is_served_when_it_comes_back(
    tmp_path: Path,
) -> None:
    """What was owed when the last bot ended leaves when Slack is there again, links included."""
    url = sqlite_url(tmp_path)
    async with trouble(url) as slack:
        await slack.begin()
        slack.bot.delivery.wake = lambda _lanes: None  # type: ignore[method-assign]
        await slack.answer_all()
    workspace = local_workspace()
    page = await serve_workspace(workspace)
    port = page.addresses[0][1]
    await page.cleanup()
    bot = Bot(local_settings(workspace, url).model_copy(update={"tick_seconds": 0.1}))
    database = Database(url)
    await bot.start()
    try:
        await until(lambda: bot.delivery._failures != {}, "an attempt has failed")
        assert not is_quiet(database)
        page = await serve_workspace(workspace, port=port)
        await quiet(database)
        assert faults_shown(workspace, database) == []
        assert dropped(database) == []
    finally:
        await bot.stop()
        await page.cleanup()
        database.close()


async def test_whichever_call_of_the_database_fails_nothing_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    async with trouble(sqlite_url(tmp_path)) as slack:
        await slack.begin()
        delivery, runner = slack.bot.delivery, slack.bot.runner
        wake, failed = delivery.wake, 0
        for number, check in enumerate(CHECKS[:24]):
            delivery.wake = lambda _lanes: None  # type: ignore[method-assign]
            assert (await slack.reply(f"{check.number} yes")).ok
            delivery.wake = wake  # type: ignore[method-assign]
            fuse = Fuse(number)
            runner.read = fuse.before(runner.read)  # type: ignore[method-assign]
            runner.write = fuse.before(runner.write)  # type: ignore[method-assign]
            with contextlib.suppress(OperationalError):  # the alarm logs it, and ticks again
                await delivery.sweep()
            await slack.still()
            failed += fuse.left < 0
            del runner.read, runner.write
            await slack.check()
        assert failed > 12, "every call on the way has failed once"
        assert set(keys(slack.workspace).values()) == {1}
        assert dropped(slack.database) == []


async def test_a_database_that_drops_its_connections_loses_no_post(
    request: pytest.FixtureRequest,
) -> None:
    async with trouble(postgres_url(request)) as slack:
        await slack.begin()
        for check in CHECKS[:12]:
            gesture = asyncio.ensure_future(slack.reply(f"{check.number} yes", BEN))
            await asyncio.sleep(0)
            _cut(slack.database)
            await gesture
        await slack.wait(1)
        for check in CHECKS[:12]:
            if slack.said(check.number) == 0:  # Slack would repeat the event
                assert (await slack.reply(f"{check.number} yes", BEN)).ok
        await slack.check()
        assert dropped(slack.database) == []


# The end


async def test_at_the_end_a_call_that_hangs_is_left_to_the_next_start(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    async with trouble(url) as slack:
        slack.faults("chat.postMessage").delay = 1.0
        assert (await slack.say(f"/readiness start {SERVICE}")).ok
        await until(lambda: _attempts(slack.database) == 1, "the first post is being made")
        await slack.bot.delivery.close(0.05)
        assert _token(slack.database) is None, "the lease is given back"
        slack.faults("chat.postMessage").delay = 0
        await until(lambda: slack.root != "", "Slack has carried it out all the same")
        later = Bot(slack.bot.settings, web_server=False, now=slack.clock)
        await later.start()
        slack.bots.append(later)
        await slack.check()
        await later.stop()


async def test_sigterm_finishes_what_is_in_hand_and_the_next_start_does_the_rest(
    tmp_path: Path,
) -> None:
    url = sqlite_url(tmp_path)
    workspace = local_workspace()
    page = await serve_workspace(workspace)
    settings = local_settings(workspace, url)
    variables = {
        "DATABASE_URL": url,
        "PORT": "0",
        "SLACK_BOT_TOKEN": workspace.app.bot_token,
        "SLACK_SIGNING_SECRET": workspace.app.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "LOG_FORMAT": "text",
    }
    serve = "import sys; from bot.cli import main; sys.argv = ['readiness', 'serve']; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        serve,
        env={**os.environ, **variables},
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    database = Database(url)
    try:
        port = await _heard(process, "listening", "port=")
        workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
        workspace.faults.method("chat.postMessage").delay = 1.0
        assert (await workspace.send(ANA, CHANNEL, f"/readiness start {SERVICE}")).ok
        await until(lambda: _attempts(database) == 1, "the first post is being made")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
        assert len(keys(workspace)) == 1, "the root, and it is remembered"
        assert _attempts(database) == 0
        assert _token(database) is None, "no lane is leased any more"
        assert not is_quiet(database), "the scoping card is still owed"
        workspace.faults.clear()
        bot = Bot(settings)
        await bot.start()
        await quiet(database)
        assert faults_shown(workspace, database) == []
        await bot.stop()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        database.close()
        await page.cleanup()


# What the database says, and does


class Fuse:
    """Lets so many calls of the database through, and fails the next one."""

    def __init__(self, left: int) -> None:
        self.left = left

    def before(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def failing(work: Any) -> Any:
            self.left -= 1
            if self.left == -1:
                raise OperationalError("the server closed the connection", None, Exception())
            return await call(work)

        return failing


def _token(database: Database) -> str | None:
    """Under which token a lane is leased, if one is."""
    with database.read() as conn:
        query = select(LANE.c.token).where(LANE.c.token.is_not(None))
        found: str | None = conn.execute(query).scalar()
        return found


def _attempts(database: Database) -> int:
    """How many calls were begun whose outcome is not known."""
    with database.read() as conn:
        return int(conn.execute(text("SELECT COALESCE(SUM(attempts), 0) FROM outbox")).scalar_one())


def _cut(database: Database) -> None:
    """Every other connection to the database is lost."""
    with database.write() as conn:
        conn.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


async def _heard(process: asyncio.subprocess.Process, event: str, field: str) -> str:
    """The field of the log line with this event."""
    while True:
        line = await asyncio.wait_for(process.stderr.readline(), PATIENCE)
        assert line, "the process ended"
        words = line.decode().split()
        if event in words:
            return next(it.removeprefix(field) for it in words if it.startswith(field))
