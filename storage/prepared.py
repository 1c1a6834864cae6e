"""Statements that run with every gesture, without SQLAlchemy's work around each execution.

That work (looking the compiled form up, an execution context, a result with its own metadata)
takes ten times as long as SQLite itself takes for a row. A prepared statement is compiled once for
each database, and then handed to the driver together with its values, converted by the columns'
own types. It runs in the connection's transaction, and fails with SQLAlchemy's own errors.

A list of unknown length (`expanding`) cannot be prepared.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Facts = Mapping[str, Any]
_Convert = Callable[[Any], Any]


class Prepared:
    """One statement. Its facts have the same names at each execution.

    Its rows are named tuples, or what `made` makes of one. With `remember` so many are made only
    once, for what is read again and again; what the driver gives must then be hashable.
    """

    def __init__(self, statement: Any, made: _Convert | None = None, *, remember: int = 0) -> None:
        self._statement = statement
        self._made = made
        self._remember = remember
        self._compiled: dict[str, _Compiled] = {}  # by the name of the dialect

    def rows(self, conn: Connection, facts: Facts) -> list[Any]:
        """All rows."""
        compiled = self._for(conn, facts)
        cursor = _run(conn, compiled, compiled.bound(facts))
        found = cursor.fetchall()
        cursor.close()
        return [compiled.row(it) for it in found]

    def first(self, conn: Connection, facts: Facts) -> Any:
        """The first row; None where there is none."""
        return next(iter(self.rows(conn, facts)), None)

    def run(self, conn: Connection, facts: Facts) -> int:
        """How many rows it changed."""
        compiled = self._for(conn, facts)
        cursor = _run(conn, compiled, compiled.bound(facts))
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def run_all(self, conn: Connection, several: Sequence[Facts]) -> None:
        """Runs it once for each; none: not at all."""
        if len(several) == 1:
            self.run(conn, several[0])
        elif several:
            compiled = self._for(conn, several[0])
            _run(conn, compiled, [compiled.bound(facts) for facts in several], many=True).close()

    def _for(self, conn: Connection, facts: Facts) -> _Compiled:
        found = self._compiled.get(conn.dialect.name)
        if found is None:
            row = _reader(self._statement, conn.dialect, self._made)
            if self._remember:
                row = lru_cache(self._remember)(row)
            found = _compile(self._statement, conn.dialect, facts, row)
            self._compiled[conn.dialect.name] = found
        return found


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one database reads it."""

    sql: str
    blank: Any  # the driver's values, those filled in that are always the same: a list or a dict
    gaps: Sequence[tuple[Any, str, _Convert | None]]  # which value is which fact
    known: Collection[str]  # the facts' names
    row: _Convert  # of what the driver gives

    def bound(self, facts: Facts) -> Any:
        """What the driver gets beside the statement. Raises ValueError for other facts."""
        if len(facts) != len(self.known):
            raise ValueError(f"{sorted(facts)} are not {sorted(self.known)}")
        values = self.blank.copy()
        for at, name, convert in self.gaps:
            values[at] = convert(facts[name]) if convert else facts[name]
        return values


def _compile(statement: Any, dialect: Dialect, facts: Facts, row: _Convert) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(facts))
    named = {at: at for at in compiled.binds}
    places = dict(enumerate(compiled.positiontup)) if compiled.positional else named
    blank: dict[Any, Any] = {}
    gaps: list[tuple[Any, str, _Convert | None]] = []
    for at, name in places.items():
        bound = compiled.binds[name]
        convert = bound.type.dialect_impl(dialect).bind_processor(dialect)
        if bound.required:
            gaps.append((at, name, convert))
            blank[at] = None
        else:
            blank[at] = convert(bound.effective_value) if convert else bound.effective_value
    values: Any = list(blank.values()) if compiled.positional else blank
    return _Compiled(str(compiled), values, gaps, frozenset(facts), row)


def _reader(statement: Any, dialect: Dialect, made: _Convert | None) -> _Convert:
    """What makes of the driver's row what is handed out."""
    columns = list(getattr(statement, "exported_columns", ()))
    names = [it.key for it in columns]
    row: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 - of no fixed fields
    types = (it.type.dialect_impl(dialect).result_processor(dialect, None) for it in columns)
    converted = [(at, convert) for at, convert in enumerate(types) if convert]

    def read(values: Any) -> Any:
        if converted:
            values = list(values)
            for at, convert in converted:
                values[at] = convert(values[at])
        found = row._make(values)
        return made(found) if made else found

    return read


def _run(conn: Connection, compiled: _Compiled, values: Any, *, many: bool = False) -> Any:
    """The driver's cursor. Raises what SQLAlchemy would, and gives up a connection that is dead."""
    cursor = conn.connection.cursor()
    driver = conn.dialect.loaded_dbapi.Error
    try:
        if many:
            cursor.executemany(compiled.sql, values)
        else:
            cursor.execute(compiled.sql, values)
    except driver as error:
        dead = conn.dialect.is_disconnect(error, conn.connection, cursor)
        if dead:
            conn.invalidate(error)
        raise DBAPIError.instance(
            compiled.sql, None, error, driver, connection_invalidated=dead, dialect=conn.dialect
        ) from error
    return cursor
