"""Inserts that may meet a row with the same key, alike on both databases.

Built once for each table: building one takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import Prepared

Insert = postgresql.Insert | sqlite.Insert


def insert(conn: Connection, table: Table) -> Insert:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return insert_of(conn.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Insert:
    """The same, to be kept: its values come when it is executed."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_new(conn: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Adds the row; False where one with the same key stands already, which stays as it is."""
    return _insert_new(conn.dialect.name, table, frozenset(row)).first(conn, row) is not None


@cache
def _insert_new(dialect: str, table: Table, given: frozenset[str]) -> Prepared:
    del given  # a statement for each set of columns
    return Prepared(
        insert_of(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)
    )


def put(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds the rows, or replaces those with the same primary key. No rows: nothing."""
    if rows:
        _put(conn.dialect.name, table, frozenset(rows[0])).run_all(conn, rows)


@cache
def _put(dialect: str, table: Table, given: frozenset[str]) -> Prepared:
    keys = [column.name for column in table.primary_key]
    statement = insert_of(dialect, table)
    changed = {name: statement.excluded[name] for name in sorted(given) if name not in keys}
    return Prepared(statement.on_conflict_do_update(index_elements=keys, set_=changed))
