"""A small vocabulary for describing JSON shapes and saying, as Slack does, what breaks them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """The problems found so far, in the order of the document."""

    problems: list[str] = field(default_factory=list)

    def add(self, pointer: str, problem: str) -> None:
        """Notes a problem at a JSON pointer."""
        self.problems.append(f"[ERROR] {problem} [json-pointer:{pointer}]")


Check = Callable[[Report, str, Any], None]
"""Looks at the value found at a pointer and reports what is wrong with it."""

ANYTHING: Check = lambda _report, _pointer, _value: None  # noqa: E731


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(report: Report, pointer: str, value: Any) -> None:
        if not isinstance(value, str):
            report.add(pointer, "must be a string")
        elif len(value) > most:
            report.add(pointer, f"must be less than {most + 1} characters")
        elif len(value) < least:
            report.add(pointer, f"must be more than {least - 1} characters")

    return check


def boolean(report: Report, pointer: str, value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add(pointer, "must be a boolean")


def integer(least: int, most: int) -> Check:
    """A whole number within the range, ends included."""

    def check(report: Report, pointer: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(pointer, "must be an integer")
        elif not least <= value <= most:
            report.add(pointer, f"must be between {least} and {most}")

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(report: Report, pointer: str, value: Any) -> None:
        if value not in allowed:
            report.add(pointer, f"must be a valid enum value: {', '.join(allowed)}")

    return check


def listing(item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items, each of which passes `item`."""

    def check(report: Report, pointer: str, value: Any) -> None:
        if not isinstance(value, list):
            report.add(pointer, "must be an array")
            return
        if len(value) > most:
            report.add(pointer, f"no more than {most} items allowed")
        if len(value) < least:
            report.add(pointer, f"no fewer than {least} items allowed")
        for index, entry in enumerate(value):
            item(report, f"{pointer}/{index}", entry)

    return check


def shape(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *rules: Check,
) -> Check:
    """An object with these fields and no others; `rules` look at it as a whole.

    The rules run only over an object whose fields are in order.
    """
    known = {**required, **(optional or {})}

    def check(report: Report, pointer: str, value: Any) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must be an object")
            return
        before = len(report.problems)
        for name in (name for name in required if name not in value):
            report.add(pointer, f"missing required field: {name}")
        for name, entry in value.items():
            if name in known:
                known[name](report, f"{pointer}/{name}", entry)
            else:
                report.add(pointer, f"invalid additional property: {name}")
        if len(report.problems) == before:
            for rule in rules:
                rule(report, pointer, value)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` names the check it has to pass."""

    def check(report: Report, pointer: str, value: Any) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must be an object")
        elif "type" not in value:
            report.add(pointer, "missing required field: type")
        elif value["type"] not in kinds:
            report.add(f"{pointer}/type", f"unsupported type: {json.dumps(value['type'])}")
        else:
            kinds[value["type"]](report, pointer, value)

    return check


def needs_one(*names: str) -> Check:
    """At least one of the fields is there."""

    def check(report: Report, pointer: str, value: Any) -> None:
        if not any(value.get(name) for name in names):
            report.add(pointer, f"missing required field: {' or '.join(names)}")

    return check


def unique(key: Callable[[Any], Any], problem: Callable[[Any], str]) -> Check:
    """No two entries of a list have the same key; a key of None is never compared."""

    def check(report: Report, pointer: str, value: Any) -> None:
        seen = set()
        for index, entry in enumerate(value if isinstance(value, list) else []):
            found = key(entry)
            if isinstance(found, str) and found in seen:
                report.add(f"{pointer}/{index}", problem(found))
            elif isinstance(found, str):
                seen.add(found)

    return check


def both(*checks: Check) -> Check:
    """Every one of the checks, in order."""

    def check(report: Report, pointer: str, value: Any) -> None:
        for each in checks:
            each(report, pointer, value)

    return check
