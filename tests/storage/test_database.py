import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from storage_kit import answer, stored

from conversations.review import Verdict
from storage import reviews, turns
from storage.database import Conflict, Database


def test_sqlite_runs_with_the_settings_that_keep_an_acked_answer(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.read() as conn:
        settings = {
            name: conn.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000,
    }  # fmt: skip
    database.close()


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def record(fault: Exception | None) -> None:
        with database.write() as conn:
            assert turns.record(conn, "k", answer().at, "slack:U1", "x")
            if fault:
                raise fault

    with pytest.raises(RuntimeError):
        record(RuntimeError())
    record(None)


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="naive"), database.write() as conn:
        turns.record(conn, "k", datetime(2026, 1, 1), "slack:U1", "x")  # noqa: DTZ001


def test_concurrent_read_modify_writes_are_never_lost(database_url: str) -> None:
    """Four writers on four connections, as four processes would be: each change counts once."""
    first = Database(database_url)
    review_id = stored(first).id
    checks = [f"c{number}" for number in range(40)]

    def change(check: str) -> None:
        database = Database(database_url)
        while True:
            try:
                with database.write() as conn:
                    before = reviews.load(conn, review_id)
                    assert before is not None
                    after = replace(
                        before,
                        closings=before.closings + 1,
                        answers={**before.answers, check: answer(Verdict.MET)},
                    )
                    reviews.save(conn, before, after, by="slack:U1", at=answer().at)
                break
            except Conflict:
                continue
        database.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(change, checks))
    with first.read() as conn:
        review = reviews.load(conn, review_id)
    first.close()
    assert review is not None
    assert (review.closings, review.version) == (40, 40)
    assert set(review.answers) == set(checks)


def test_the_history_refuses_to_be_changed(database: Database) -> None:
    """Also by somebody with a database client, which is what an auditor asks about."""
    from conversations.effects import Record
    from storage import answers

    review = stored(database)
    with database.write() as conn:
        answers.remember(
            conn, review.id, [Record("c", "slack:U1", answer())], turn_key="t", at=answer().at
        )
    for statement in (
        "UPDATE answer_history SET verdict = 'met'",
        "DELETE FROM answer_history",
    ):
        with pytest.raises(Exception, match="append-only"), database.write() as conn:
            conn.execute(text(statement))


def test_a_locked_sqlite_waits_for_the_other_writer(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.write() as conn:
        conn.exec_driver_sql("CREATE TABLE t (x)")
        other = sqlite3.connect(tmp_path / "a.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    database.close()


def _cut(address: str) -> None:
    """Ends every connection to it, as a restart of PostgreSQL does."""
    all_others = "datname = current_database() AND pid <> pg_backend_pid()"
    other = Database(address)
    with other.write() as conn:
        conn.execute(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {all_others}")
        )
    other.close()


@pytest.mark.parametrize("resting", [True, False])
def test_a_connection_that_died_while_it_rested_is_replaced_unseen(
    postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch, *, resting: bool
) -> None:
    """One that was in use just now is not looked at: whoever gets it finds out, and only they."""
    address = postgres()
    database = Database(address)
    with database.read() as one, database.read() as other:
        one.execute(text("SELECT 1"))
        other.execute(text("SELECT 1"))
    _cut(address)
    monkeypatch.setattr("storage.database.LIVELY", 0.0 if resting else 60.0)
    if not resting:
        with pytest.raises(DBAPIError), database.write() as conn:
            turns.record(conn, "k", answer().at, "slack:U1", "x")
    with database.write() as one, database.write() as other:
        assert turns.record(one, "k", answer().at, "slack:U1", "x")
        assert turns.record(other, "l", answer().at, "slack:U1", "x")
    database.close()
