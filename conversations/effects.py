"""What to do after a step. Effects name cards by slot; delivery renders them when it sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conversations.review import Answer, Review

# The slots of a review: which message of the thread a card is.
ROOT = "root"
SCOPE = "scope"
LEFTOVERS = "leftovers"
END = "end"
GAPS = "gaps"
_SCORECARD = "scorecard:"


def layer_slot(number: int) -> str:
    """The slot of a layer's card."""
    return f"layer:{number}"


def walk_slot(number: int) -> str:
    """The slot of the card that walks through a layer one check at a time."""
    return f"walk:{number}"


def scorecard_slot(closing: int) -> str:
    """The slot of the scorecard of the review's n-th closing, a message of the channel."""
    return f"{_SCORECARD}{closing}"


def is_scorecard(slot: str) -> bool:
    """Whether the slot is a scorecard's."""
    return slot.startswith(_SCORECARD)


@dataclass(frozen=True, slots=True)
class Show:
    """This card stands in the thread, true as of now: posted once, edited from then on."""

    slot: str


@dataclass(frozen=True, slots=True)
class Refresh:
    """Like Show for a card that was posted before; where it never was, nothing happens."""

    slot: str


@dataclass(frozen=True, slots=True)
class Announce:
    """The scorecard of this closing is posted to the channel and stored as a fact."""

    closing: int


@dataclass(frozen=True, slots=True)
class Tell:
    """One private line to one person: a macro of the templates and its facts.

    It appears in the review's thread, or with `direct` as a direct message, or with `here` where
    the gesture was made.
    """

    person: str
    words: str
    facts: dict[str, Any] = field(default_factory=dict)
    direct: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Remind:
    """What people are to be reminded of has changed: it is planned anew when to look."""


Effect = Show | Refresh | Announce | Tell | Remind


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the answers' history. `answer` None: it was withdrawn."""

    check: str
    by: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Step:
    """The review after an event, what was said for the history, and what to do."""

    review: Review
    effects: tuple[Effect, ...] = ()
    records: tuple[Record, ...] = ()


class Refused(Exception):
    """What was asked cannot be done; the words are for the person (templates/refusals.j2)."""

    def __init__(self, words: str, **facts: Any) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts
