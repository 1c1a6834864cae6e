"""What people can ask of the bot, as values, and how it is typed."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Start:
    """Open a review of a service."""

    service: str


@dataclass(frozen=True, slots=True)
class Status:
    """Where the open review stands; None: the one of this channel."""

    service: str | None


@dataclass(frozen=True, slots=True)
class ScorecardOf:
    """The latest scorecard; None: the table of this channel's services."""

    service: str | None


@dataclass(frozen=True, slots=True)
class Services:
    """All services."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is not met; None: of this channel's service."""

    service: str | None


@dataclass(frozen=True, slots=True)
class Assign:
    """Hand a layer to a person id."""

    service: str
    layer: str
    person: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Review the service again every so many days, weeks or months; None: never."""

    service: str
    number: int | None
    unit: str = "days"


@dataclass(frozen=True, slots=True)
class Weekly:
    """Post the channel's scorecard every week; weekday 0 is Monday."""

    weekday: int
    hour: int
    minute: int
    zone: str | None


@dataclass(frozen=True, slots=True)
class WeeklyOff:
    """No weekly scorecard in this channel."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """No nudges about the service to me for so many days; 0: nudges again."""

    service: str
    days: int


@dataclass(frozen=True, slots=True)
class Help:
    """What can be typed.

    `unknown` was not understood (empty: too long to be repeated; None: help was asked for);
    `suggestion` is what was probably meant.
    """

    unknown: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """How something is done that no command does: `topic` is a macro of `help.j2`."""

    topic: str


Command = (
    Start
    | Status
    | ScorecardOf
    | Services
    | Gaps
    | Assign
    | Schedule
    | Weekly
    | WeeklyOff
    | Snooze
    | Help
    | Advice
)


@dataclass(frozen=True, slots=True)
class Here:
    """Where people type: in a channel, in a chat without threads, or alone with the bot."""

    alone: bool = False
    threads: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """A line of the help; `in_chat` is the effect where there is no channel, if it differs."""

    usage: str
    effect: str
    in_chat: str = ""
    alone: str = ""  # the effect where nobody else is, if that differs


COMMANDS = (
    Usage(
        "start SERVICE",
        "opens a review in a new thread of this channel",
        in_chat="opens a review in this chat",
    ),
    Usage("status [SERVICE]", "where the open review stands"),
    Usage(
        "scorecard [SERVICE]",
        "the latest scorecard; without SERVICE this channel's services",
        in_chat="the latest scorecard; without SERVICE this chat's services",
        alone="the latest scorecard; without SERVICE all services",
    ),
    Usage("services", "all services, with readiness and age"),
    Usage("gaps [SERVICE]", "unmet checks with owner and due date"),
    Usage("assign SERVICE LAYER @person", "hands a layer (1–8 or its name) to somebody"),
    Usage("schedule SERVICE every N days|weeks|months", "periodic re-review; off ends it"),
    Usage(
        "weekly WEEKDAY HH:MM [ZONE]",
        "this channel's weekly scorecard; off ends it",
        in_chat="this chat's weekly scorecard; off ends it",
    ),
    Usage("snooze SERVICE DURATION", "no nudges about SERVICE to me"),
    Usage("help", "this help"),
)
HOME = Usage("home", "what is yours to answer, and what is open")


def usages(here: Here, *, home: bool = False) -> tuple[Usage, ...]:
    """What can be typed there, each with the effect that it has there.

    With `home` somebody alone with the bot asks for their own page by that word.
    """
    if not here.alone:
        return COMMANDS if here.threads else tuple(_with(it, it.in_chat) for it in COMMANDS)
    offered = (it for it in COMMANDS if not it.usage.startswith("weekly"))  # posted to nobody
    lines = tuple(_with(it, it.alone or it.in_chat) for it in offered)
    return (HOME, *lines) if home else lines


def _with(line: Usage, effect: str) -> Usage:
    return replace(line, effect=effect) if effect else line
