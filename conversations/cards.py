"""The view-model: what is shown, on every platform. One renderer a platform turns it into JSON.

Every string here is already written in the platform's dialect by `wording`, escaped where it
holds somebody's words; `Label` texts (buttons, options, titles) are plain and never parsed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from conversations.actions import Action
from conversations.wording import Safe

Style = Literal["default", "primary", "danger"]
# What is drawn of a part is remembered by it, and parts are looked up far more often than made:
# their hashes take in what tells them apart, not all that is in them.


@dataclass(frozen=True, slots=True)
class Confirm:
    """A question put before a button does its work. Plain texts."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button: does `action`, or opens `url`."""

    label: str
    action: Action | None = None
    url: str | None = None
    style: Style = "default"
    confirm: Confirm | None = None
    hint: str = ""  # what a screen reader says instead of the label: "Met: 1.1 We can …"

    def __hash__(self) -> int:
        """Of label and hint."""
        return hash((self.label, self.hint))


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, plain text, at most 150 characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, with at most one button at its end."""

    text: Safe
    button: Button | None = None

    def __hash__(self) -> int:
        """Of the text."""
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Faint:
    """A smaller line: where one is, how to stop."""

    text: Safe


@dataclass(frozen=True, slots=True)
class Mention:
    """A line that notifies these people: a plain lead ("For"), then each person's id and name."""

    lead: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons in a row."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two things."""


Element = Heading | Text | Faint | Mention | Buttons | Divider


@dataclass(frozen=True, slots=True)
class Card:
    """A message: its elements, and the one-line `summary` for notifications and screen readers."""

    summary: Safe
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choose:
    """One of a few options, all visible (`compact`: in a drop-down)."""

    id: str
    label: str
    options: tuple[Option, ...]
    chosen: str | None = None
    compact: bool = False
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """A text that somebody types."""

    id: str
    label: str
    value: str = ""
    lines: bool = False  # several lines
    optional: bool = True
    longest: int = 2000  # characters
    hint: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class ChooseChannel:
    """A channel of the workspace."""

    id: str
    label: str
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class ChoosePerson:
    """A member, by person id. `options`: those who are known, where a platform has no picker."""

    id: str
    label: str
    options: tuple[Option, ...] = ()
    chosen: str | None = None
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChooseDate:
    """A date, ISO 8601: 2026-12-09."""

    id: str
    label: str
    chosen: str | None = None
    optional: bool = False
    hint: str = ""


Field = Choose | Write | ChooseChannel | ChoosePerson | ChooseDate


@dataclass(frozen=True, slots=True)
class Form:
    """Questions that are sent together. `action` names what it was opened for."""

    title: str  # plain, at most 24 characters
    submit: str  # plain, at most 24 characters
    action: Action
    intro: tuple[Element, ...]
    fields: tuple[Field, ...]
