"""Typed button payloads. Every button names its review and check, so a late click is harmless.

A payload is `kind|field|field…`; fields come in the order of the dataclass. Platforms allow
2,000 characters in a button's value; 200 are plenty and a longer one is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, ClassVar

from conversations.review import Verdict

LONGEST = 200
PACKED = 5000  # payloads that are remembered: a card is drawn again with almost the same buttons


class Unreadable(ValueError):
    """The payload is not one of ours, or was tampered with."""


@dataclass(frozen=True, slots=True)
class Give:
    """Give a verdict."""

    kind: ClassVar[str] = "give"
    review: str
    check: str
    verdict: Verdict
    walking: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Answer a scoping question."""

    kind: ClassVar[str] = "scope"
    review: str
    fact: str
    yes: bool


@dataclass(frozen=True, slots=True)
class AskAll:
    """Skip scoping: all checks apply."""

    kind: ClassVar[str] = "all"
    review: str


@dataclass(frozen=True, slots=True)
class Attest:
    """Say that the answers a layer carries over from last time are still true."""

    kind: ClassVar[str] = "attest"
    review: str
    layer: str
    walking: bool = False


@dataclass(frozen=True, slots=True)
class FullPass:
    """Let nothing stand from last time: ask every check."""

    kind: ClassVar[str] = "full"
    review: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Put off what is unanswered in a layer, and what stands there from last time."""

    kind: ClassVar[str] = "skip"
    review: str
    layer: str


@dataclass(frozen=True, slots=True)
class SkipCheck:
    """Put off one check."""

    kind: ClassVar[str] = "later"
    review: str
    check: str
    walking: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """Show one check at a time."""

    kind: ClassVar[str] = "walk"
    review: str
    layer: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Close the review."""

    kind: ClassVar[str] = "finish"
    review: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open a finished review again."""

    kind: ClassVar[str] = "reopen"
    review: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Open the form of one check: its verdict, note and evidence."""

    kind: ClassVar[str] = "edit"
    review: str
    check: str
    focus: str = "change"  # "change", "evidence" or "reason": what the person came for
    walking: bool = False


@dataclass(frozen=True, slots=True)
class EditLayer:
    """Open the form that changes any answer of a layer."""

    kind: ClassVar[str] = "layer"
    review: str
    layer: str


@dataclass(frozen=True, slots=True)
class EditScope:
    """Open the form of the scoping answers."""

    kind: ClassVar[str] = "rescope"
    review: str


@dataclass(frozen=True, slots=True)
class AcceptGaps:
    """Say that every gap's owner and date are right as proposed."""

    kind: ClassVar[str] = "gaps"
    review: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Give a gap of a finished review another verdict."""

    kind: ClassVar[str] = "settle"
    review: str
    check: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class EditGaps:
    """Open the form that hands gaps of a layer over, or moves their dates."""

    kind: ClassVar[str] = "gap"
    review: str
    layer: str


@dataclass(frozen=True, slots=True)
class SettleForm:
    """Open the form that answers a gap of a finished review."""

    kind: ClassVar[str] = "answer"
    review: str
    check: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Open the form that hands a gap to somebody else."""

    kind: ClassVar[str] = "hand"
    review: str
    check: str


@dataclass(frozen=True, slots=True)
class SnoozeForm:
    """Open the form that silences reminders of the review's service."""

    kind: ClassVar[str] = "snooze"
    review: str


@dataclass(frozen=True, slots=True)
class StartForm:
    """Open the form that starts a review in a channel (none: the person chooses one)."""

    kind: ClassVar[str] = "start"
    channel: str = ""


Action = (
    Give
    | Scope
    | AskAll
    | Attest
    | FullPass
    | Skip
    | SkipCheck
    | Walk
    | Finish
    | Reopen
    | Edit
    | EditLayer
    | EditScope
    | AcceptGaps
    | Settle
    | EditGaps
    | SettleForm
    | HandOver
    | SnoozeForm
    | StartForm
)
_KINDS: dict[str, type[Action]] = {
    one.kind: one
    for one in (
        Give, Scope, AskAll, Attest, FullPass, Skip, SkipCheck, Walk, Finish, Reopen, Edit,
        EditLayer, EditScope,
        AcceptGaps, Settle, EditGaps, SettleForm, HandOver,
        SnoozeForm, StartForm,
    )
}  # fmt: skip


@lru_cache(PACKED)
def pack(action: Action) -> str:
    """The payload of a button, at most 200 characters."""
    parts = [_pack_field(getattr(action, it)) for it in action.__match_args__]
    packed = "|".join([action.kind, *parts])
    if len(packed) > LONGEST or not packed.isprintable() or any("|" in part for part in parts):
        raise ValueError(f"not packable: {action}")
    return packed


def unpack(packed: str) -> Action:
    """The action of a payload. Raises Unreadable for anything that `pack` did not write."""
    if len(packed) > LONGEST or not packed.isprintable():
        raise Unreadable(packed[:LONGEST])
    kind, *parts = packed.split("|")
    cls = _KINDS.get(kind)
    if cls is None or len(parts) != len(fields(cls)):
        raise Unreadable(packed)
    values: list[Any] = [
        _unpack_field(str(one.type), part) for one, part in zip(fields(cls), parts)
    ]
    return cls(*values)


def _pack_field(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _unpack_field(type_name: str, part: str) -> object:
    if type_name == "bool":
        if part not in {"0", "1"}:
            raise Unreadable(part)
        return part == "1"
    if type_name == "Verdict":
        try:
            return Verdict(part)
        except ValueError as error:
            raise Unreadable(part) from error
    return part
