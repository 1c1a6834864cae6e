"""A database as it is after years: services, a finished review each, answers and their history.

Of each service the next review is planned, and its lane has nothing to send.

The small tables are stored as the bot would; answers and history are made inside the database,
without its safety net (foreign keys, syncing), because there are millions. Where the services
stand is counted and kept in the end by `standings.fill`, as the first weekly scorecard after an
update does it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bench.slack_api import TEAM
from bot.schedule import KIND as REREVIEW
from conversations.checklist import packaged
from conversations.effects import ROOT
from conversations.review import Place
from conversations.standing import Yardstick
from storage import standings
from storage.database import Database
from storage.tables import (
    ASSIGNMENT,
    CARD,
    DUE,
    GAP,
    LANE,
    OWNER,
    PERSON,
    REVIEW,
    SERVICE,
    WEEK,
)

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
PEOPLE = 500
CHECKS = [it.id for it in packaged().checks]
VERDICTS = ("met", "met", "met", "met", "partly", "met", "unmet", "not_applicable", "met", "met")


@dataclass(frozen=True)
class Fleet:
    """So many services, and so many lines of history in all."""

    services: int = 10_000
    history: int = 5_000_000
    a_channel: int = 20  # services whose home is the same channel

    @property
    def places(self) -> list[Place]:
        """The channels in which they live."""
        return [self.home(it) for it in range(0, self.services, self.a_channel)]

    def home(self, number: int) -> Place:
        """The home of a service."""
        return Place("slack", TEAM, f"C0OLD{number // self.a_channel}")

    def fill(self, database: Database) -> None:
        """Stores all of it."""
        with database.write() as conn:
            for table, rows in self._rows().items():
                conn.execute(table.insert(), rows)
        times = max(1, self.history // (self.services * len(CHECKS)))
        reviews = [(f"old{it:06}", finished(it) - timedelta(hours=1), it)
                   for it in range(self.services)]  # fmt: skip
        fill = _fill_sqlite if database.sqlite else _fill_postgres
        fill(database, reviews, times)
        with database.write() as conn:
            standings.fill(conn, Yardstick(packaged()))
        _look_around(database)

    def _rows(self) -> dict[Any, list[dict[str, Any]]]:
        numbers = range(self.services)
        people = range(min(PEOPLE, self.services))
        return {
            PERSON: [{"id": who(it), "platform": "slack", "name": f"Person {it}", "tz": "Etc/UTC",
                      "deleted": False, "fetched_at": NOW} for it in people],
            SERVICE: [_service(it, self.home(it)) for it in numbers],
            OWNER: [{"service_id": f"s{it:06}", "person": who(it)} for it in numbers],
            REVIEW: [_review(it, self.home(it)) for it in numbers],
            ASSIGNMENT: [{"service_id": f"s{it:06}", "layer_id": packaged().layers[it % 5].id,
                          "person": who(it + 1), "by": who(it), "at": NOW} for it in numbers],
            GAP: [{"service_id": f"s{it:06}", "check_id": CHECKS[it % len(CHECKS)],
                   "owner": who(it), "due": NOW, "by": who(it), "at": NOW} for it in numbers],
            CARD: [_card(it, self.home(it)) for it in numbers],
            WEEK: [{"service_id": f"s{it:06}", "day": (TODAY - timedelta(days=7)).isoformat(),
                    "data": {"readiness": "conditional", "percent": 70, "overdue": 1}}
                   for it in numbers],
            LANE: [{"id": f"review:old{it:06}"} for it in numbers],
            DUE: [{"id": f"{REREVIEW}:s{it:06}", "kind": REREVIEW, "subject": f"s{it:06}",
                   "at": NOW + timedelta(days=1 + it % 180), "rank": 0, "occurrence": "1",
                   "why": "every 180 days", "attempts": 0} for it in numbers],
        }  # fmt: skip


TODAY: date = NOW.date()


def who(number: int) -> str:
    """Somebody; there are so many people and no more."""
    return f"slack:U0OLD{number % PEOPLE}"


def finished(number: int) -> datetime:
    """When the review of a service was finished."""
    return NOW - timedelta(days=1 + number % 300, minutes=number % 1440)


def _service(number: int, home: Place) -> dict[str, Any]:
    name = f"old-service-{number:06}"
    return {"id": f"s{number:06}", "name": name, "key": name, "home_platform": home.platform,
            "home_workspace": home.workspace, "home_channel": home.channel, "profile": {},
            "created_at": finished(number), "created_by": who(number)}  # fmt: skip


def _review(number: int, home: Place) -> dict[str, Any]:
    end = finished(number)
    return {"id": f"old{number:06}", "service_id": f"s{number:06}",
            "checklist": packaged().version, "platform": home.platform,
            "workspace": home.workspace, "channel": home.channel, "state": "finished",
            "started_by": who(number), "started_at": end - timedelta(days=2),
            "finished_by": who(number), "finished_at": end, "profile": {},
            "ask_everything": True, "skipped": [], "closings": 1, "version": 60}  # fmt: skip


def _card(number: int, home: Place) -> dict[str, Any]:
    return {"review_id": f"old{number:06}", "slot": ROOT, "platform": home.platform,
            "workspace": home.workspace, "channel": home.channel,
            "message": f"1700000000.{number:06}", "digest": "", "posted_at": NOW}  # fmt: skip


_SAID = """c.id, v.verdict,
 CASE WHEN (r.n + c.n) % 4 = 0 THEN 'As agreed with the team, see the runbook' ELSE '' END,
 CASE WHEN (r.n + c.n) % 5 = 0 THEN '["https://wiki.example.com/runbooks/' || r.n || '"]'
      ELSE '[]' END"""
_JOINED = (
    "bench_review r CROSS JOIN bench_check c JOIN bench_verdict v ON v.n = (r.n * 7 + c.n) % 10"
)
_ANSWERS = """INSERT INTO answer
 (review_id, check_id, verdict, note, evidence, "by", at, proposed, carried)
 SELECT r.id, {said}, {by}, {at}, {no}, {no} FROM {joined}"""
_HISTORY = """INSERT INTO answer_history
 (review_id, check_id, verdict, note, evidence, said_by, said_at, proposed, carried, "by", at,
  turn_key)
 SELECT r.id, {said}, {by}, {at}, {no}, {no}, {by}, {at}, 'bench-' || r.n || '-' || t.n
 FROM bench_time t CROSS JOIN {joined}"""


def _statements(by: str, at: str, no: str, evidence: str = "") -> tuple[str, str]:
    facts = {"said": _SAID + evidence, "by": by, "at": at, "no": no, "joined": _JOINED}
    return _ANSWERS.format(**facts), _HISTORY.format(**facts)


Dated = Iterable[tuple[str, datetime, int]]


def _fill_sqlite(database: Database, reviews: Dated, times: int) -> None:
    conn = sqlite3.connect(str(database.url.database), isolation_level=None)
    conn.execute("PRAGMA synchronous=OFF")
    conn.execute("PRAGMA cache_size=-500000")
    conn.execute("BEGIN")
    for name, columns in _HELPERS.items():
        conn.execute(f"CREATE TEMP TABLE {name} ({columns})")
    for name, rows in _helping(reviews, times, lambda at: at.replace(tzinfo=None).isoformat(" ")):
        marks = ", ".join("?" * len(rows[0]))
        conn.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    at = "strftime('%Y-%m-%d %H:%M:%S', r.at, '+' || c.n || ' minutes') || '.250000'"
    by = f"'slack:U0OLD' || ((r.n + c.n % 3) % {PEOPLE})"
    for statement in _statements(by, at, "0"):
        conn.execute(statement)
    conn.execute("COMMIT")
    conn.close()


def _fill_postgres(database: Database, reviews: Dated, times: int) -> None:
    with database.engine.connect() as conn:
        conn.exec_driver_sql("SET statement_timeout = 0")
        conn.exec_driver_sql("SET session_replication_role = replica")  # no foreign keys meanwhile
        conn.exec_driver_sql("SET synchronous_commit = off")
        for name, columns in _HELPERS.items():
            conn.exec_driver_sql(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
        for name, rows in _helping(reviews, times, lambda at: at):
            _copy(conn, name, rows)
        by = f"'slack:U0OLD' || ((r.n + c.n % 3) % {PEOPLE})"
        at = "r.at + c.n * interval '1 minute' + interval '0.25 s'"
        for statement in _statements(by, at, "false", "::json"):
            conn.exec_driver_sql(statement.replace("%", "%%"))
        conn.commit()
        conn.invalidate()  # its settings go with it


def _look_around(database: Database) -> None:
    """What databases do by themselves now and then: they learn what there is."""
    if database.sqlite:
        conn = sqlite3.connect(str(database.url.database), isolation_level=None)
        conn.execute("ANALYZE")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.close()
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("SET statement_timeout = 0")
        conn.exec_driver_sql("VACUUM ANALYZE")  # as autovacuum would have by then
        conn.invalidate()


_HELPERS = {
    "bench_review": "id TEXT, at TIMESTAMP WITH TIME ZONE, n INTEGER",
    "bench_check": "id TEXT, n INTEGER",
    "bench_verdict": "verdict TEXT, n INTEGER",
    "bench_time": "n INTEGER",
}


def _helping(reviews: Dated, times: int, stamp: Any) -> Iterable[tuple[str, list[Any]]]:
    yield "bench_review", [(key, stamp(at), number) for key, at, number in reviews]
    yield "bench_check", [(key, number) for number, key in enumerate(CHECKS)]
    yield "bench_verdict", [(it, number) for number, it in enumerate(VERDICTS)]
    yield "bench_time", [(it,) for it in range(times)]


def _copy(conn: Connection, name: str, rows: list[Any]) -> None:
    cursor: Any = conn.connection.cursor()
    with cursor.copy(f"COPY {name} FROM STDIN") as out:
        for row in rows:
            out.write_row(row)
