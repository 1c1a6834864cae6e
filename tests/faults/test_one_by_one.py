"""Faults one at a time, where real processes or a server of one's own are needed to have them.

Those that a bot within the test can have are in tests/bot: killed at each step (`test_crash.py`),
Slack in trouble (`test_faults.py`), leases, clocks and SIGTERM (`test_faults_workers.py`), due
work (`test_due_killed.py`), repeated and late events (`test_redelivery.py`), crowds
(`test_crowd.py`), channels (`test_channels.py`), forged requests (`test_http_door.py`).
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from bot_kit import ANA, BEN, CHI
from postgres_kit import Postgres
from proof import prove
from raw_kit import press_payload
from siege_kit import BUSY, Siege, give, siege
from sqlalchemy import text
from trouble_kit import CHECKS, until

from bot.playground.link import Delivery
from conversations.review import Review
from storage.database import Database
from storage.migrating import schema_state

NUMBERS = [it.number for it in CHECKS[:12]]


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Siege]:
    """One bot on SQLite."""
    async with siege(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        yield it


@pytest.fixture
async def pair(own_postgres: Postgres) -> AsyncIterator[Siege]:
    """Two bots on a PostgreSQL of their own."""
    async with siege(own_postgres.create(), bots=2) as it:
        yield it


async def proven(it: Siege) -> None:
    await it.calm()
    proof = prove(it)
    assert (proof.wrong, proof.duplicates) == ([], [])


async def answers(it: Siege, review: Review) -> None:
    """Three people answer a dozen checks at once, typed and pressed."""
    people = (ANA, BEN, CHI)
    await asyncio.gather(
        *(it.type(review, people[at % 3], check, "met") for at, check in enumerate(NUMBERS)),
        *(it.press(review, people[at % 3], give(review, check, "partly"))
          for at, check in enumerate(NUMBERS)),
    )  # fmt: skip


async def ready(it: Siege, port: int) -> int:
    """What /readyz answers."""
    url = f"http://127.0.0.1:{port}/readyz"
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status


# SQLite


async def test_a_database_that_somebody_else_has_locked_is_waited_for_and_then_said(
    alone: Siege,
) -> None:
    """Longer than the bot waits: who presses is told, what was typed Slack sends again."""
    review = await alone.start("slack-search", "search-team")
    other = sqlite3.connect(str(alone.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    working = asyncio.ensure_future(answers(alone, review))
    await until(lambda: bool(alone.lines("bug")), f"somebody has waited {BUSY} ms in vain")
    other.execute("ROLLBACK")
    other.close()
    await working
    await proven(alone)


async def test_on_a_full_disk_nothing_is_half_stored_and_with_room_all_goes_on(
    alone: Siege,
) -> None:
    review = await alone.start("slack-search", "search-team")
    await alone.order("full 4096")
    await answers(alone, review)
    assert alone.lines("bug")
    await alone.order("full 0")
    await answers(alone, review)
    await proven(alone)
    assert await ready(alone, alone.port) == 200


# PostgreSQL


@pytest.mark.xdist_group("own-postgres")
async def test_a_server_that_restarts_in_mid_transaction_loses_nothing(
    pair: Siege, own_postgres: Postgres
) -> None:
    review = await pair.start("slack-search", "search-team")
    working = asyncio.ensure_future(answers(pair, review))
    await asyncio.to_thread(own_postgres.restart)
    await working
    await proven(pair)
    assert [await ready(pair, port) for port in pair.bots] == [200, 200]


@pytest.mark.xdist_group("own-postgres")
async def test_a_server_that_lets_nobody_in_is_said_and_then_served_again(
    pair: Siege, own_postgres: Postgres
) -> None:
    """No connection is left, and none can be had."""
    review = await pair.start("slack-search", "search-team")
    await pair.calm()
    message = pair.message(review)
    assert message is not None
    press = press_payload(pair, ANA, message, give(review, "1.1", "met"))
    name = pair.database.url.database
    own_postgres.server.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false;")
    own_postgres.restart()
    assert [await ready(pair, port) for port in pair.bots] == [503, 503]
    await pair.workspace.core.courier.ask(Delivery("interactive", press))
    assert [it["by"] for it in pair.lines("bug")] == [f"slack:{ANA}"], "she was told so"
    own_postgres.server.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true;")
    await answers(pair, review)
    await proven(pair)


@pytest.mark.xdist_group("own-postgres")
async def test_a_row_that_is_locked_holds_up_every_connection_and_then_all_is_taken(
    pair: Siege,
) -> None:
    """The pools are exhausted: more turns wait for one review than there are connections."""
    review = await pair.start("slack-search", "search-team")
    with pair.database.write() as conn:
        conn.execute(text("SELECT id FROM review FOR UPDATE"))
        working = asyncio.gather(answers(pair, review), answers(pair, review))
        await until(lambda: waiting(pair) >= 20, "both pools wait")
    await working
    assert pair.lines("bug") == []
    await proven(pair)


def waiting(it: Siege) -> int:
    """How many connections wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return int(it.read(lambda conn: conn.execute(text(query)).scalar_one()))


@pytest.mark.xdist_group("own-postgres")
async def test_the_same_event_on_both_bots_at_once_counts_once(pair: Siege) -> None:
    review = await pair.start("slack-search", "search-team")
    await pair.type(review, ANA, "1.1", "met")
    [event] = [it for it in pair.workspace.events if "mark00001" in str(it)]
    again = event | {"event": event["event"] | {"text": "1.2 yes: mark00002"}}
    again["event"]["ts"] = pair.workspace.core.world.stamps.new()
    balancer = pair.workspace.core.courier.link
    delivery = Delivery("events_api", again)
    acks = await asyncio.gather(*(balancer.way(port).send(delivery) for port in pair.bots))
    assert [it.error for it in acks] == [None, None]
    with pair.database.read() as conn:
        query = text("SELECT count(*) FROM answer_history WHERE note = 'mark00002'")
        assert conn.execute(query).scalar() == 1


@pytest.mark.xdist_group("own-postgres")
async def test_two_releases_that_migrate_at_once_leave_one_schema(own_postgres: Postgres) -> None:
    """Real processes, on an empty database: both say that it is done."""
    url = own_postgres.create("template0")
    program = "import sys; from bot.cli import main; sys.argv = ['readiness', 'migrate']; main()"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env={**os.environ, "DATABASE_URL": url}
        )
        for _ in range(2)
    ]
    assert await asyncio.gather(*(it.wait() for it in processes)) == [0, 0]
    database = Database(url)
    assert schema_state(database) == "current"
    database.close()


# The bot


async def test_sigterm_under_load_loses_nothing_that_was_acknowledged(alone: Siege) -> None:
    review = await alone.start("slack-search", "search-team")
    working = asyncio.ensure_future(answers(alone, review))
    await until(lambda: len(alone.lines("turn")) > 4, "it is at work")
    assert await alone.finish(alone.port) == 0
    assert alone.lines("lease_kept") == []
    await alone.live()
    await working
    await proven(alone)


async def test_a_socket_that_breaks_again_and_again_loses_nothing(tmp_path: Path) -> None:
    """Slack repeats over the next connection what nobody acknowledged on the last one."""
    app_token = {"slack_signing_secret": None, "slack_app_token": "xapp-playground-local"}
    url = f"sqlite:///{tmp_path / 'readiness.db'}"
    async with siege(url, settings=tuple(app_token.items())) as it:
        sockets = it.workspace.sockets
        it.workspace.core.courier.use(sockets)
        await sockets.joined()
        review = await it.start("slack-search", "search-team")
        for check in NUMBERS[:4]:
            typing = asyncio.gather(
                *(it.type(review, person, check, "met") for person in (ANA, BEN, CHI))
            )
            await asyncio.sleep(0)
            await sockets.refresh()
            await typing
            await sockets.joined()
        await proven(it)
