"""Prepared statements do what SQLAlchemy's own execution does."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, case, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.database import Database
from storage.prepared import Prepared
from storage.tables import DUE, SERVICE, TURN

AT = datetime(2026, 11, 25, 8, 30, 1, 250, UTC)
SERVICE_ROW = {
    "id": "s1", "name": "Søk ☺", "key": "søk", "home_platform": "slack", "home_workspace": "T1",
    "home_channel": "C1", "profile": {"rag": True, "tools": False}, "created_at": AT,
    "created_by": "slack:U1",
}  # fmt: skip
INSERT = Prepared(SERVICE.insert())
OF_KEY = select(SERVICE).where(SERVICE.c.key == bindparam("k"))
TURN_ROW = {"key": "k1", "at": AT, "person": "slack:U1", "event": "x", "review_id": None}
INSERT_TURN = Prepared(TURN.insert())


def test_what_goes_in_and_comes_out_is_what_sqlalchemy_has(database: Database) -> None:
    with database.write() as conn:
        INSERT.run(conn, SERVICE_ROW)
    with database.read() as conn:
        row = Prepared(OF_KEY).first(conn, {"k": "søk"})
        assert row._asdict() == conn.execute(OF_KEY, {"k": "søk"}).one()._asdict()
        assert (row.profile, row.created_at) == (SERVICE_ROW["profile"], AT)
        assert Prepared(OF_KEY).first(conn, {"k": "none"}) is None


def test_values_of_the_statement_itself_are_filled_in(database: Database) -> None:
    renamed = Prepared(
        update(SERVICE)
        .where(SERVICE.c.key == bindparam("k"))
        .values(
            name=case((SERVICE.c.name == "Søk ☺", bindparam("new")), else_="other"), created_at=AT
        )
        .returning(SERVICE.c.name, SERVICE.c.created_at)
    )
    with database.write() as conn:
        INSERT.run(conn, SERVICE_ROW)
        assert renamed.rows(conn, {"k": "søk", "new": "first"}) == [("first", AT)]
        assert renamed.rows(conn, {"k": "søk", "new": "second"}) == [("other", AT)]
        assert renamed.rows(conn, {"k": "none", "new": "third"}) == []


def test_it_says_how_many_rows_it_changed(database: Database) -> None:
    moved = Prepared(update(TURN).where(TURN.c.person == bindparam("p")).values(event="y"))
    with database.write() as conn:
        INSERT_TURN.run_all(conn, [TURN_ROW | {"key": f"k{it}"} for it in range(3)])
        INSERT_TURN.run_all(conn, [TURN_ROW | {"key": "k9"}])
        INSERT_TURN.run_all(conn, [])
        assert moved.run(conn, {"p": "slack:U1"}) == 4
        assert moved.run(conn, {"p": "slack:U2"}) == 0


def test_it_belongs_to_the_transaction(database: Database) -> None:
    def undone() -> None:
        with database.write() as conn:
            INSERT.run(conn, SERVICE_ROW)
            raise KeyError

    with pytest.raises(KeyError):
        undone()
    with database.read() as conn:
        assert Prepared(select(SERVICE.c.id)).rows(conn, {}) == []


def test_its_errors_are_sqlalchemys_and_hold_no_values(database: Database) -> None:
    with database.write() as conn:
        INSERT_TURN.run(conn, TURN_ROW)
    with pytest.raises(IntegrityError) as caught, database.write() as conn:
        INSERT_TURN.run(conn, TURN_ROW)
    assert "[parameters" not in str(caught.value)
    with pytest.raises(IntegrityError), database.write() as conn:
        INSERT_TURN.run_all(conn, [TURN_ROW | {"key": "k2"}, TURN_ROW])
    with database.read() as conn:
        assert len(Prepared(select(TURN.c.key)).rows(conn, {})) == 1


@pytest.mark.parametrize("facts", [{}, {"k": "a", "more": "b"}])
def test_other_facts_than_at_first_are_refused(database: Database, facts: dict[str, str]) -> None:
    of_key = Prepared(OF_KEY)
    with database.read() as conn:
        of_key.rows(conn, {"k": "a"})
        with pytest.raises(ValueError, match="are not"):
            of_key.rows(conn, facts)


def test_what_is_remembered_is_made_once_and_never_out_of_date(database: Database) -> None:
    made: list[str] = []

    def make(row) -> tuple[str, str]:
        made.append(row.event)
        return row.key, row.event

    events = Prepared(select(TURN.c.key, TURN.c.event), make, remember=10)
    with database.write() as conn:
        INSERT_TURN.run(conn, TURN_ROW)
        assert [events.rows(conn, {}) for _ in range(2)] == [[("k1", "x")]] * 2
        Prepared(update(TURN).values(event="z")).run(conn, {})
        assert events.rows(conn, {}) == [("k1", "z")]
    assert made == ["x", "z"]


def test_one_statement_serves_both_databases(tmp_path, database: Database) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    with other.write() as conn:
        TURN.create(conn)
    counted = Prepared(select(TURN.c.at).where(TURN.c.key == bindparam("k")))
    for one in (database, other):
        with one.write() as conn:
            INSERT_TURN.run(conn, TURN_ROW)
            assert counted.rows(conn, {"k": "k1"}) == [(AT,)]
    other.close()


def test_a_connection_that_died_is_not_used_again(postgres: Callable[[], str]) -> None:
    """A file has none that could."""
    database = Database(postgres())
    of_due = Prepared(select(DUE.c.id))

    def cut_off() -> None:
        with database.write() as conn, database.write() as other:
            pid = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            of_due.rows(conn, {})

    with pytest.raises(OperationalError) as caught:
        cut_off()
    assert caught.value.connection_invalidated
    with database.read() as conn:
        assert of_due.rows(conn, {}) == []
    database.close()
