"""The checklist: what is asked, why, and of whom. Read from TOML, one file a layer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

PACKAGED = Path(__file__).parent / "checks"
INTERVALS = (90, 180, 365)


class BrokenChecklist(Exception):
    """A checklist file cannot be used; the message names the file, the entry and the reason."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that scoping asks about a service, answered yes or no."""

    id: str
    question: str
    yes: str
    no: str
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
    head_file = folder / "checklist.toml"
    head = _toml(head_file)
    facts = tuple(
        Fact(*(_text(head_file, f"fact {at}", entry, key) for key in _FACT_KEYS))
        for at, entry in enumerate(_list(head_file, head, "fact"), 1)
    )
    paths = sorted(path for path in folder.glob("*.toml") if path != head_file)
    layers = tuple(_layer(path, {fact.id for fact in facts}) for path in paths)
    if [layer.number for layer in layers] != list(range(1, len(layers) + 1)) or not layers:
        raise BrokenChecklist(f"{folder.name}: layer files must be numbered 1, 2, 3 … without gaps")
    version, title, credit, url = (
        _text(head_file, "head", head, key) for key in ("version", "title", "credit", "url")
    )
    checklist = Checklist(version, title, credit, url, facts, layers)
    if len(checklist.by_id) != len(checklist.checks):
        raise BrokenChecklist(f"{folder.name}: two checks share one id")
    return checklist


_FACT_KEYS = ("id", "question", "yes", "no", "without")
_CHECK_KEYS = {
    "id", "text", "why", "verify", "evidence", "critical", "interval_days", "applies_if",
}  # fmt: skip


def _layer(path: Path, facts: set[str]) -> Layer:
    data = _toml(path)
    number = data.get("number")
    if not isinstance(number, int):
        raise BrokenChecklist(f"{path.name}: number: a whole number is needed")
    layer_id = _text(path, "layer", data, "id")
    checks = tuple(
        _check(path, f"{number}.{at}", layer_id, entry, facts)
        for at, entry in enumerate(_list(path, data, "check"), 1)
    )
    return Layer(number, layer_id, _text(path, "layer", data, "title"), checks)


def _check(path: Path, number: str, layer_id: str, entry: Any, facts: set[str]) -> Check:
    def broken(reason: str) -> BrokenChecklist:
        return BrokenChecklist(f"{path.name}: check {number}: {reason}")

    if not isinstance(entry, dict):
        raise broken("must be a table")
    if unknown := set(entry) - _CHECK_KEYS:
        raise broken(f"unknown key {min(unknown)!r}")
    verify = entry.get("verify")
    if not isinstance(verify, list) or not 1 <= len(verify) <= 3:  # noqa: PLR2004 - "one to three"
        raise broken("verify: one to three steps are needed")
    applies_if = entry.get("applies_if", [])
    if not isinstance(applies_if, list) or not set(applies_if) <= facts:
        raise broken(f"applies_if: only {', '.join(sorted(facts))} are known")
    if entry.get("interval_days") not in INTERVALS:
        raise broken(f"interval_days: must be one of {', '.join(map(str, INTERVALS))}")
    critical = entry.get("critical", False)
    if not isinstance(critical, bool) or (critical and applies_if):
        raise broken("critical: must be true or false, and such a check always applies")
    where = f"check {number}"
    return Check(
        number=number,
        id=f"{layer_id}.{_text(path, where, entry, 'id')}",
        text=_text(path, where, entry, "text"),
        why=_text(path, where, entry, "why"),
        verify=tuple(_text(path, where, {"verify": step}, "verify") for step in verify),
        evidence=_text(path, where, entry, "evidence"),
        critical=critical,
        interval_days=entry["interval_days"],
        applies_if=tuple(applies_if),
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenChecklist(f"{path.name}: {error}") from error


def _list(path: Path, data: Mapping[str, Any], key: str) -> list[Any]:
    entries = data.get(key)
    if not isinstance(entries, list) or not entries:
        raise BrokenChecklist(f"{path.name}: {key}: at least one [[{key}]] is needed")
    return entries


def _text(path: Path, where: str, entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BrokenChecklist(f"{path.name}: {where}: {key}: a text is needed")
    return value
