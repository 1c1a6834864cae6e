"""What happened in a review. Every event says who and when; `step` says what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from conversations.replies import Reply
from conversations.review import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Who did it, and when it was said (the platform's time, aware UTC)."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Happened):
    """Somebody opened the review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped(Happened):
    """One or several scoping questions were answered (fact id -> yes)."""

    facts: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEverything(Happened):
    """Scoping was skipped: all checks apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Happened):
    """A verdict on one check or several. None leaves the note or the evidence as it was."""

    checks: tuple[str, ...]
    verdict: Verdict
    note: str | None = None
    evidence: tuple[str, ...] | None = None
    walking: bool = False  # from the card that shows one check at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested(Happened):
    """Somebody says that the answers a layer carries over from last time are still true."""

    layer: str
    walking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPassAsked(Happened):
    """A re-review is to ask everything: nothing stands from last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Happened):
    """A note or evidence for an answer that stands; its verdict stays whose it was."""

    check: str
    note: str | None = None
    evidence: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Happened):
    """Somebody typed an answer in the thread."""

    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Happened):
    """The rest of a layer, or some of its checks, were put off."""

    checks: tuple[str, ...]
    walking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkAsked(Happened):
    """Somebody wants one check at a time."""

    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Happened):
    """A layer was handed to somebody."""

    layer: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Happened):
    """Somebody closed the review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Happened):
    """Somebody opened a finished review again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfNewest(Happened):
    """What is possible in the service's newest review only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsAccepted(OfNewest):
    """Owner and date of every gap are as they were proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapChanged(OfNewest):
    """Gaps were handed over, or put off. None leaves the owner or the date as it was."""

    checks: tuple[str, ...]
    owner: str | None = None
    to_owners: bool = False  # nobody's in particular: the service's owners see to it
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(OfNewest):
    """A gap of a finished review has another answer. None leaves note or evidence."""

    check: str
    verdict: Verdict
    note: str | None = None
    evidence: tuple[str, ...] | None = None
    due: datetime | None = None  # of what is a gap still; None leaves it


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Happened):
    """The review's channel is gone; it goes on in another, where `place` now points."""


Event = (
    Started
    | Scoped
    | AskedEverything
    | Answered
    | Attested
    | FullPassAsked
    | Amended
    | Replied
    | Skipped
    | WalkAsked
    | Assigned
    | Finished
    | Reopened
    | Moved
    | GapsAccepted
    | GapChanged
    | Settled
)
