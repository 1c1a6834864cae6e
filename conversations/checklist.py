"""The checklist: what is asked, why, and of whom. Read from TOML, one file a layer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from conversations.ladder import DueDays

PACKAGED = Path(__file__).parent / "checks"
HEAD = "checklist.toml"
HEAD_KEYS = ("version", "title", "credit", "url", "fact")
FACT_KEYS = ("id", "question", "yes", "no", "short", "without")
LAYER_KEYS = ("number", "id", "title", "check")
CHECK_KEYS = (
    "id", "text", "why", "verify", "evidence", "critical", "interval_days", "applies_if",
)  # fmt: skip
INTERVALS = (90, 180, 365)
VERIFY_MOST = 3
NAME = re.compile("(?=.{1,40}$)[a-z0-9]+([-_][a-z0-9]+)*")


class BrokenChecklist(Exception):
    """A checklist file cannot be used; the message names the file, the entry and the reason."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that scoping asks about a service, answered yes or no."""

    id: str
    question: str
    yes: str
    no: str
    short: str  # the subject in a word: "retrieval"
    without: str  # the reason written beside a check that does not apply, e.g. "no retrieval"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a layer, with the guidance shown beside it."""

    number: str  # "2.6": layer and position
    id: str  # "evaluation.release-gate": stays when the number moves
    text: str
    why: str
    verify: tuple[str, ...]
    evidence: str
    critical: bool
    interval_days: int  # after so many days the answer is worth asking again
    applies_if: tuple[str, ...]  # fact ids, any of which suffices; empty: always

    def __hash__(self) -> int:
        """Of the id alone: what is drawn is remembered by its check, which is looked up often."""
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Layer:
    """One of the layers, with its checks in the order they are asked."""

    number: int
    id: str
    title: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Checklist:
    """A versioned standard."""

    version: str
    title: str
    credit: str
    url: str
    facts: tuple[Fact, ...]
    layers: tuple[Layer, ...]
    due_days: DueDays = DueDays()  # until a gap is due; where it is used may say otherwise

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """All checks in the order they are asked."""
        return tuple(check for layer in self.layers for check in layer.checks)

    @cached_property
    def by_id(self) -> Mapping[str, Check]:
        """Checks by their stable id."""
        return {check.id: check for check in self.checks}

    @cached_property
    def layer_of(self) -> Mapping[str, Layer]:
        """The layer of each check id."""
        return {check.id: layer for layer in self.layers for check in layer.checks}

    @cached_property
    def layers_by_id(self) -> Mapping[str, Layer]:
        """Layers by their id."""
        return {layer.id: layer for layer in self.layers}

    def reason_without(self, check: Check, profile: Mapping[str, bool]) -> str | None:
        """Why the check does not apply to a service of this profile ("no retrieval").

        None when it applies, which an unknown fact is taken to mean.
        """
        if not check.applies_if or any(profile.get(fact, True) for fact in check.applies_if):
            return None
        return " and ".join(fact.without for fact in self.facts if fact.id in check.applies_if)


@cache
def packaged() -> Checklist:
    """The checklist that ships with the bot."""
    return read(PACKAGED)


def read(folder: Path) -> Checklist:
    """The checklist kept in `folder`: `checklist.toml` and one numbered file a layer.

    Raises BrokenChecklist with file, entry and reason.
    """
    head = _open(folder / HEAD, "head")
    head.allow(*HEAD_KEYS)
    entries = head.tables("fact")
    facts = tuple(_fact(entry) for entry in entries)
    _all_different(entries, [fact.id for fact in facts])
    known = {fact.id for fact in facts}
    files = [_open(path, "layer") for path in sorted(folder.glob("*.toml")) if path.name != HEAD]
    layers = _in_order(folder, [(file, _layer(file, known)) for file in files])
    version, title, credit, url = (head.text(key) for key in HEAD_KEYS[:-1])
    return Checklist(version, title, credit, url, facts, layers)


def _in_order(folder: Path, layers: list[tuple[_Table, Layer]]) -> tuple[Layer, ...]:
    """The layers by number, which must count from 1 without gaps; no two share an id."""
    if not layers:
        raise BrokenChecklist(f"{folder.name}: layer: no layer file beside {HEAD}")
    layers = sorted(layers, key=lambda it: it[1].number)
    for expected, (file, layer) in enumerate(layers, 1):
        if layer.number != expected:
            raise file.broken("number", f"{expected} is expected here, not {layer.number}")
        if any(layer.id == other.id for _, other in layers[: expected - 1]):
            raise file.broken("id", f"{layer.id!r} is another layer's")
    return tuple(layer for _, layer in layers)


def _fact(entry: _Table) -> Fact:
    entry.allow(*FACT_KEYS)
    return Fact(entry.name("id"), *(entry.text(key) for key in FACT_KEYS[1:]))


def _layer(file: _Table, facts: set[str]) -> Layer:
    file.allow(*LAYER_KEYS)
    number, layer_id, title = file.whole("number"), file.name("id"), file.text("title")
    entries = file.tables("check", f"{number}.")
    checks = tuple(
        _check(entry, f"{number}.{at}", layer_id, facts) for at, entry in enumerate(entries, 1)
    )
    _all_different(entries, [check.id for check in checks])
    return Layer(number, layer_id, title, checks)


def _check(entry: _Table, number: str, layer_id: str, facts: set[str]) -> Check:
    entry.allow(*CHECK_KEYS)
    verify = entry.texts("verify")
    if not 1 <= len(verify) <= VERIFY_MOST:
        raise entry.broken("verify", f"one to {VERIFY_MOST} steps are needed, not {len(verify)}")
    if (interval := entry.whole("interval_days")) not in INTERVALS:
        raise entry.broken("interval_days", f"must be one of {', '.join(map(str, INTERVALS))}")
    applies_if = entry.texts("applies_if", ())
    if unknown := sorted(set(applies_if) - facts):
        known = ", ".join(sorted(facts))
        raise entry.broken("applies_if", f"{unknown[0]!r} is not a fact; known are {known}")
    if (critical := entry.flag("critical")) and applies_if:
        raise entry.broken("applies_if", "a critical check always applies")
    return Check(
        number=number,
        id=f"{layer_id}.{entry.name('id')}",
        text=entry.text("text"),
        why=entry.text("why"),
        verify=verify,
        evidence=entry.text("evidence"),
        critical=critical,
        interval_days=interval,
        applies_if=applies_if,
    )


def _all_different(entries: tuple[_Table, ...], ids: list[str]) -> None:
    """Raises BrokenChecklist for the second of two entries with one id."""
    for at, entry_id in enumerate(ids):
        if (first := ids.index(entry_id)) != at:
            raise entries[at].broken("id", f"{entry_id!r} is the id of {entries[first].where}")


def _open(path: Path, where: str) -> _Table:
    try:
        return _Table(path.name, where, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BrokenChecklist(f"{path.name}: {where}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, numbers or nests too big
        raise BrokenChecklist(f"{path.name}: {where}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a file that knows where it stands; what it gives is what it was asked for.

    Everything here raises BrokenChecklist when the value is missing or of another kind.
    """

    file: str
    where: str  # "head", "layer", "fact 2", "check 2.6"
    data: Mapping[str, Any]

    def broken(self, key: str, reason: str) -> BrokenChecklist:
        return BrokenChecklist(f"{self.file}: {self.where}: {key}: {reason}")

    def allow(self, *keys: str) -> None:
        """Refuses keys that nobody would read, such as a misspelt one."""
        if unknown := sorted(set(self.data) - set(keys)):
            raise self.broken(unknown[0], f"is not a key; known are {', '.join(keys)}")

    def text(self, key: str) -> str:
        return self._line(key, self.data.get(key))

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Several lines, in order; `default` where the key may be left out."""
        values = self.data.get(key, default)
        if not isinstance(values, list | tuple):
            raise self.broken(key, "a list of texts is needed")
        return tuple(self._line(key, value) for value in values)

    def name(self, key: str) -> str:
        """A short id that fits into a button's payload: `release-gate`."""
        value = self.text(key)
        if not NAME.fullmatch(value):
            raise self.broken(key, f"{value!r} is not like-this, at most 40 letters and digits")
        return value

    def whole(self, key: str) -> int:
        value = self.data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1000:  # noqa: PLR2004
            raise self.broken(key, "a whole number from 1 to 999 is needed")
        return value

    def flag(self, key: str) -> bool:
        """False where the key is left out."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.broken(key, "must be true or false")
        return value

    def tables(self, key: str, prefix: str = "") -> tuple[_Table, ...]:
        """The [[key]] entries, at least one; each is called by `prefix` and position."""
        values = self.data.get(key)
        if not isinstance(values, list) or not values:
            raise self.broken(key, f"at least one [[{key}]] is needed")
        if not all(isinstance(value, dict) for value in values):
            raise self.broken(key, f"every {key} must be a [[{key}]] table")
        return tuple(
            _Table(self.file, f"{key} {prefix}{at}", value) for at, value in enumerate(values, 1)
        )

    def _line(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.broken(key, "a text is needed")
        if not value.isprintable() or value != value.strip():
            raise self.broken(key, "one line is needed, without odd characters or outer spaces")
        return value
