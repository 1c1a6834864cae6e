"""Inserts that may meet a row with the same key, alike on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def insert(conn: Connection, table: Table) -> Insert:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    if conn.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_new(conn: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Adds the row; False where one with the same key stands already, which stays as it is."""
    statement = insert(conn, table).values(**row).on_conflict_do_nothing()
    # psycopg gives no row count for an INSERT that SQLAlchemy asks its new key of.
    return conn.execute(statement.returning(*table.primary_key)).first() is not None


def put(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds the rows, or replaces those with the same primary key. No rows: nothing."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = insert(conn, table)
    fresh: Iterable[str] = (name for name in rows[0] if name not in keys)
    changed = {name: statement.excluded[name] for name in fresh}
    conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))
