"""/healthz, /readyz and /metrics."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession
from bot_kit import ANA, BEN, CHANNEL, Room, room
from raw_kit import post, press
from sqlalchemy import create_engine, text

from bot import metrics

NAMES = {
    "readiness_turns_total",
    "readiness_turn_seconds",
    "readiness_deliveries_total",
    "readiness_outbox_owed",
    "readiness_outbox_oldest_seconds",
}


async def get(room: Room, path: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{room.bot.port}{path}"
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


def turns(kind: str, outcome: str) -> float:
    return metrics.REGISTRY.get_sample_value(
        "readiness_turns_total", {"platform": "slack", "kind": kind, "outcome": outcome}
    ) or 0  # fmt: skip


def requests() -> float:
    return metrics.REGISTRY.get_sample_value(
        "readiness_turn_seconds_count", {"platform": "slack"}
    ) or 0  # fmt: skip


async def test_a_running_bot_is_alive_and_ready(slack: Room) -> None:
    assert await get(slack, "/healthz") == (200, "ok")
    assert await get(slack, "/readyz") == (200, "ready")


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("absent", "DELETE FROM alembic_version"),
        ("old", "UPDATE alembic_version SET version_num = '0001'"),
    ],
)
async def test_a_schema_that_lacks_something_is_not_ready_and_says_what_to_do(
    slack: Room, state: str, change: str
) -> None:
    await slack.bot.runner.write(lambda conn: conn.execute(text(change)))
    status, reason = await get(slack, "/readyz")
    assert status == 503
    assert reason == f"the database schema is {state}: run `readiness migrate`"
    assert await get(slack, "/healthz") == (200, "ok"), "restarting would not help"


async def test_a_running_bot_stays_ready_when_an_upgrade_has_migrated(slack: Room) -> None:
    """Else a balancer had nobody to send to until the new processes are there."""
    change = "UPDATE alembic_version SET version_num = '9999'"
    await slack.bot.runner.write(lambda conn: conn.execute(text(change)))
    status, reason = await get(slack, "/readyz")
    assert status == 200
    assert reason.startswith("ready; the database schema is newer: ")
    await slack.start()


async def test_a_writer_that_has_ended_is_not_ready(quick: Room) -> None:
    """Reading goes on without it, so nothing else would tell."""
    runner = quick.bot.runner
    assert runner.writing
    runner._waiting.put(None)
    assert runner._writer is not None
    await asyncio.to_thread(runner._writer.join)
    status, reason = await get(quick, "/readyz")
    assert status == 503
    assert "has ended" in reason


async def test_a_deleted_database_file_is_not_ready(quick: Room) -> None:
    await asyncio.to_thread(Path(str(quick.bot.database.url.database)).unlink)
    status, reason = await get(quick, "/readyz")
    assert status == 503
    assert "file is gone" in reason


async def test_a_database_that_cannot_be_used_is_not_ready_and_leaks_nothing(slack: Room) -> None:
    """Somebody dropped what it holds: no password, no statement is shown."""
    drop = "DROP TABLE alembic_version"
    await slack.bot.runner.write(lambda conn: conn.execute(text(drop)))
    status, reason = await get(slack, "/readyz")
    assert status == 503
    assert "\n" not in reason
    assert slack.bot.settings.database_url not in reason


async def test_a_database_that_went_away_is_not_ready_and_still_measured(
    postgres: Callable[[str], str],
) -> None:
    """A PostgreSQL database that was dropped under the running bot."""
    async with room(postgres("readiness_template")) as opened:
        drop(opened)
        status, reason = await get(opened, "/readyz")
        assert status == 503
        assert reason.startswith("the database cannot be used (")
        status, shown = await get(opened, "/metrics")
        assert status == 200
        assert "readiness_outbox_owed NaN" in shown
        assert (await opened.workspace.send(ANA, CHANNEL, "/readiness start x")).ok
        [told] = opened.told(ANA)
        assert "went wrong on my side" in told, "who asks is told, with a number"
        assert opened.bot.settings.database_url not in reason + shown + told


def drop(room: Room) -> None:
    """Drops the bot's database, whoever is connected."""
    url = room.bot.database.url
    engine = create_engine(url.set(database="template1"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {url.database} WITH (FORCE)"))
    engine.dispose()


async def test_every_metric_is_shown_with_its_type(quick: Room) -> None:
    await quick.start()
    status, shown = await get(quick, "/metrics")
    assert status == 200
    assert set(re.findall(r"^# TYPE (\w+) ", shown, re.MULTILINE)) >= NAMES


async def test_turns_and_their_time_are_counted_by_kind_and_outcome(quick: Room) -> None:
    expected = [("command", "taken"), ("press", "taken"), ("message", "taken"),
                ("message", "repeated"), ("form", "refused"), ("form", "taken"),
                ("command", "asked"), ("press", "refused")]  # fmt: skip
    before = {it: turns(*it) for it in expected}
    asked = requests()
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.reply(BEN, "yes")
    await quick.workspace.redeliver()
    await quick.press(BEN, "N/A", check="1.2")
    await quick.submit(BEN, reason="\u200b")
    await quick.submit(BEN, reason="none")
    await quick.ask(BEN, "slash", "status")
    stale = quick.button("Met", check="1.3")
    await quick.press(ANA, "Finish review")
    await press(quick, BEN, *stale)
    moved = {it: turns(*it) - before[it] for it in expected}
    assert moved == dict.fromkeys(expected, 1) | {("press", "taken"): 2}
    assert requests() - asked >= sum(moved.values())


async def test_what_is_not_from_slack_counts_as_no_turn(quick: Room) -> None:
    before = requests()
    await post(quick, b"{}", secret="guessed")
    await post(quick, b"{")
    assert requests() == before


async def test_deliveries_are_counted_and_what_is_owed_is_measured(quick: Room) -> None:
    def posted() -> float:
        labels = {"kind": "card", "outcome": "posted"}
        return metrics.REGISTRY.get_sample_value("readiness_deliveries_total", labels) or 0

    before = posted()
    await quick.start()
    assert posted() - before == 2, "root and scope"
    assert "readiness_outbox_owed 0.0" in (await get(quick, "/metrics"))[1]
    quick.workspace.faults.method("chat.postMessage").rate_limited = 1
    quick.workspace.faults.method("chat.postMessage").retry_after = 60
    await quick.workspace.send(BEN, CHANNEL, "/readiness start ticket-router")
    assert "readiness_outbox_owed 2.0" in (await get(quick, "/metrics"))[1]
