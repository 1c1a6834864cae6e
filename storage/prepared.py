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
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Facts = Mapping[str, Any]
_Convert = Callable[[Any], Any]


class Prepared:
    """One statement. Its facts have the same names at each execution."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}  # by the name of the dialect

    def rows(self, conn: Connection, facts: Facts) -> list[Any]:
        """All rows, as named tuples."""
        compiled = self._for(conn, facts)
        cursor = _run(conn, compiled, compiled.bound(facts))
        found = cursor.fetchall()
        cursor.close()
        return compiled.read(found)

    def first(self, conn: Connection, facts: Facts) -> Any:
        """The first row, as a named tuple; None where there is none."""
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
            found = _compile(self._statement, conn.dialect, facts)
            self._compiled[conn.dialect.name] = found
        return found


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one database reads it."""

    sql: str
    blank: Any  # the driver's values, those filled in that are always the same: a list or a dict
    gaps: Sequence[tuple[Any, str, _Convert | None]]  # which value is which fact
    known: Collection[str]  # the facts' names
    row: Callable[[Sequence[Any]], Any]
    converted: Sequence[tuple[int, _Convert]]  # columns whose values are not what the driver gives

    def bound(self, facts: Facts) -> Any:
        """What the driver gets beside the statement. Raises ValueError for other facts."""
        if len(facts) != len(self.known):
            raise ValueError(f"{sorted(facts)} are not {sorted(self.known)}")
        values = self.blank.copy()
        for at, name, convert in self.gaps:
            values[at] = convert(facts[name]) if convert else facts[name]
        return values

    def read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """The driver's rows as named tuples."""
        if not self.converted:
            return [self.row(values) for values in found]
        rows = []
        for values in found:
            changed = list(values)
            for at, convert in self.converted:
                changed[at] = convert(changed[at])
            rows.append(self.row(changed))
        return rows


def _compile(statement: Any, dialect: Dialect, facts: Facts) -> _Compiled:
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
    columns = list(getattr(statement, "exported_columns", ()))
    names = [it.key for it in columns]
    row: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 - of no fixed fields
    reading = ((at, _reader(it.type, dialect)) for at, it in enumerate(columns))
    return _Compiled(
        sql=str(compiled),
        blank=list(blank.values()) if compiled.positional else blank,
        gaps=gaps,
        known=frozenset(facts),
        row=row._make,
        converted=[(at, convert) for at, convert in reading if convert],
    )


def _reader(of_type: Any, dialect: Dialect) -> _Convert | None:
    found: _Convert | None = of_type.dialect_impl(dialect).result_processor(dialect, None)
    return found


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
