"""Workers that die at the worst moment, and what becomes of what was due."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from trouble_kit import until

from bot.demo import local_settings, local_workspace
from bot.playground.workspace import Workspace, serve_workspace
from bot.playground.world import BOT, TEAM, Channel
from bot.posts import place_key
from bot.weekly import KIND
from conversations.calendar import Weekly, latest_at_or_before, local_date
from conversations.review import Place
from storage import due, outbox, weeklies
from storage.database import Database
from storage.due import Plan
from storage.tables import OUTBOX, TURN


@pytest.fixture
def store(postgres):
    """A PostgreSQL database."""
    made = Database(postgres())
    yield made
    made.close()


SCRIPT = Path(__file__).with_name("due_worker.py")
DUE, KILLS, LEASE = 500, 25, 3.0


def address(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def channels(workspace: Workspace, count: int) -> list[Place]:
    """So many channels with the bot in them."""
    places = []
    for number in range(count):
        it = Channel(f"C9{number:05}", f"team-{number}", members={"U0ANA", BOT})
        workspace.core.world.channels[it.id] = it
        places.append(Place("slack", TEAM, it.id))
    return places


def make_due(database: Database, places: Iterable[Place]) -> None:
    """Their weekly scorecards are due now."""
    now = datetime.now(UTC)
    rule = Weekly(now.weekday(), now.hour, now.minute, "UTC")
    last = latest_at_or_before(rule, now)
    occurrence = local_date(rule, last).isoformat()
    with database.write() as conn:
        for place in places:
            weeklies.put(conn, place, rule, by="slack:U0ANA", at=now - timedelta(days=30))
            due.plan(conn, Plan(KIND, place_key(place), last, occurrence, "test"))


@asynccontextmanager
async def working(workspace: Workspace, url: str, log: Path, *, slow: float = 0.0):
    """A worker, until the block's end at the latest."""
    settings = local_settings(workspace, url).model_dump(mode="json") | {
        "slack_bot_token": workspace.app.bot_token,
        "slack_signing_secret": workspace.app.signing_secret,
        "tick_seconds": 0.2,
    }
    given = json.dumps({"settings": settings, "lease": LEASE, "slow": slow})
    with log.open("ab") as lines:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), given, stdout=PIPE, stderr=lines
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: Process, word: str) -> None:
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    assert line.decode().strip() == word


def posted(workspace: Workspace, places: list[Place]) -> Counter[int]:
    """How many channels have so many messages."""
    return Counter(len(workspace.messages(it.channel)) for it in places)


def all_done(database: Database) -> bool:
    with database.read() as conn:
        return due.overdue(conn, datetime.now(UTC))[0] == 0 and outbox.depth(conn)[0] == 0


@pytest.fixture
async def workspace():
    made = local_workspace()
    page = await serve_workspace(made)
    yield made
    await page.cleanup()


@pytest.mark.timeout(300)
async def test_two_workers_that_die_again_and_again_lose_nothing_and_post_nothing_twice(
    workspace, store, tmp_path
):
    database, url = store, address(store)
    places = channels(workspace, DUE)
    coming = iter(places)
    chance = random.Random(20261130)
    kills = 0

    async def die_and_live(log: Path) -> None:
        nonlocal kills
        while kills < KILLS:
            async with working(workspace, url, log) as process:
                await said(process, "up")
                make_due(database, islice(coming, DUE // KILLS))
                await asyncio.sleep(chance.uniform(0, 0.4))
                process.kill()
                kills += 1

    await asyncio.gather(*(die_and_live(tmp_path / f"{name}.log") for name in "ab"))
    make_due(database, coming)
    async with (
        working(workspace, url, tmp_path / "a.log") as one,
        working(workspace, url, tmp_path / "b.log") as other,
    ):
        for process in (one, other):
            await said(process, "up")
        await until(lambda: all_done(database), "everything due is done and posted")
        for process in (one, other):
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 15) == 0
    assert posted(workspace, places) == {1: DUE}
    with database.read() as conn:
        planned = due.planned(conn)
        done = conn.execute(TURN.select().where(TURN.c.event == KIND)).all()
        states = Counter(conn.execute(OUTBOX.select()).scalars("state"))
    assert len(planned) == len(done) == DUE
    assert {it.at > datetime.now(UTC) for it in planned} == {True}
    assert states == {"done": DUE}


async def test_a_worker_that_is_slow_but_alive_posts_nothing(workspace, store, tmp_path):
    database, url = store, address(store)
    places = channels(workspace, 1)
    make_due(database, places)
    async with working(workspace, url, tmp_path / "slow.log", slow=LEASE + 2) as slow:
        await said(slow, "claimed")
        async with working(workspace, url, tmp_path / "quick.log") as quick:
            await until(lambda: posted(workspace, places) == {1: 1}, "the other one posts")
            await asyncio.sleep(LEASE)  # the slow one goes on meanwhile
            await until(lambda: "lost" in (tmp_path / "slow.log").read_text(), "it sees that")
            quick.terminate()
            assert await asyncio.wait_for(quick.wait(), 15) == 0
    assert posted(workspace, places) == {1: 1}
    with database.read() as conn:
        assert len(due.planned(conn)) == 1
        assert len(conn.execute(TURN.select().where(TURN.c.event == KIND)).all()) == 1
