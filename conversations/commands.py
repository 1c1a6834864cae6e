"""What people type to the bot: one grammar for every platform."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from zoneinfo import available_timezones

from conversations.checklist import Check, Checklist, Layer
from conversations.effects import Refused
from conversations.orders import (
    COMMANDS,
    Advice,
    Assign,
    Command,
    Gaps,
    Help,
    Schedule,
    ScorecardOf,
    Services,
    Snooze,
    Start,
    Status,
    Usage,
    Weekly,
    WeeklyOff,
)
from conversations.text import PERSON, clean, fold, service_name

__all__ = [
    "COMMANDS",
    "Advice",
    "Assign",
    "Command",
    "Gaps",
    "Help",
    "Schedule",
    "ScorecardOf",
    "Services",
    "Snooze",
    "Start",
    "Status",
    "Usage",
    "Weekly",
    "WeeklyOff",
    "check",
    "layer",
    "parse_command",
    "zone",
]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NO_ZONES = {"Factory", "localtime", "posixrules"}  # files beside the zones
UNITS = {"day": 1, "week": 7, "month": 30}
LONGEST_CADENCE = 3 * 366  # days: three years
# What people say in their own words, though no command is called so.
ADVICE = {
    "stop": "stop", "pause": "stop", "cancel": "stop", "quit": "stop",
    "finish": "finish", "undo": "undo",
}  # fmt: skip
ITS_OBJECT = {"", "it", "this", "that", "review", "the review", "this review", "my review"}
WHERE = {"where am i", "where are we", "where was i", "where were we"}
REPEATED_LONGEST = 80  # characters of what somebody typed that an answer still repeats


def parse_command(text: str) -> Command:
    """The command. What is not understood becomes Help; wrong arguments raise Refused."""
    words = clean(text).split()
    verb = words[0].casefold().strip(".,!?:;/") if words else ""
    if verb in {"", "help", "hi", "hello"}:
        return Help()
    rest = " ".join(words[1:])
    parser = _PARSERS.get(verb)
    return parser(rest) if parser else _meant(verb, rest) or _not_understood(words, verb, rest)


def _meant(verb: str, rest: str) -> Command | None:
    """What is asked without the name of a command; None where that is not clear."""
    said = rest.casefold().strip(" .,!?")
    if f"{verb} {said}" in WHERE:
        return Status(None)
    return Advice(ADVICE[verb]) if verb in ADVICE and said in ITS_OBJECT else None


def _not_understood(words: list[str], verb: str, rest: str) -> Help:
    near = difflib.get_close_matches(verb, [*_PARSERS, "help"], n=1, cutoff=0.6)
    unknown = repeated(" ".join(words)) or repeated(words[0])
    if not near:
        return Help(unknown)
    usage = next(one.usage for one in COMMANDS if one.usage.split()[0] == near[0])
    return Help(unknown, repeated(f"{near[0]} {rest}".strip()) or usage)


def repeated(typed: str) -> str:
    """What was typed, to be repeated in an answer; empty where it is too long for that."""
    said = PERSON.sub("@person", typed)
    return said if len(said) <= REPEATED_LONGEST else ""


def check(checklist: Checklist, words: str) -> Check | None:
    """The check of that number, `2.3`; None where no single check is meant.

    Raises Refused("no_such_check").
    """
    number = words.strip(" .")
    if not re.fullmatch(r"\d{1,3}\.\d{1,3}", number):
        return None
    for one in checklist.checks:
        if one.number == number:
            return one
    raise Refused("no_such_check", number=number)


def layer(checklist: Checklist, words: str) -> Layer:
    """The layer by number, id, title, or the beginning of one. Raises Refused("unknown_layer")."""
    wanted = fold(words)
    for one in checklist.layers:
        if wanted in {str(one.number), f"layer-{one.number}", one.id, fold(one.title)}:
            return one
    close = [one for one in checklist.layers if wanted and one.id.startswith(wanted)]
    if len(close) == 1:
        return close[0]
    titles = ", ".join(f"{one.number} {one.title}" for one in checklist.layers)
    raise Refused("unknown_layer", layer=repeated(words), titles=titles)


def _start(rest: str) -> Command:
    if not rest:
        raise Refused("start_usage")
    return Start(service_name(rest))


def _optional(kind: Callable[[str | None], Command]) -> Callable[[str], Command]:
    return lambda rest: kind(service_name(rest) if rest.strip(".!?") else None)


def _services(rest: str) -> Command:
    if rest.strip(".!?"):
        return Help(repeated(f"services {rest}") or "services", "services")
    return Services()


def _assign(rest: str) -> Command:
    found = PERSON.search(rest)
    if not found:
        raise Refused("mention_needed" if "@" in rest else "assign_usage")
    words = rest[: found.start()].split()
    if words and words[-1].casefold() == "to":
        words.pop()
    if rest[found.end() :].strip(" .!") or len(words) < 2:  # noqa: PLR2004 - service and layer
        raise Refused("assign_usage")
    split = _layer_starts_at(words)
    service = words[:split]
    if len(service) > 1 and service[-1].casefold() == "layer" and words[split].isdigit():
        service.pop()
    return Assign(service_name(" ".join(service)), " ".join(words[split:]), found[1])


def _layer_starts_at(words: list[str]) -> int:
    """Where the layer's name begins: two words where they name one ("cost control"), else one."""
    two = fold(" ".join(words[-2:]))
    known = {"prompt-management", "cost-control", "rag-operations"}
    return len(words) - (2 if len(words) > 2 and two in known else 1)  # noqa: PLR2004


def _schedule(rest: str) -> Command:
    if found := re.fullmatch(r"(.+?) off[.!]?", rest, re.IGNORECASE):
        return Schedule(service_name(found[1]), None)
    found = re.fullmatch(r"(.+?) every (?:(\d+) ?)?(day|week|month)s?[.!]?", rest, re.IGNORECASE)
    if not found:
        raise Refused("schedule_usage")
    number, unit = int((found[2] or "1")[:6]), found[3].lower()
    if not 1 <= number * UNITS[unit] <= LONGEST_CADENCE:
        raise Refused("schedule_range")
    return Schedule(service_name(found[1]), number, f"{unit}s")


def _weekly(rest: str) -> Command:
    if rest.casefold().strip(".!") == "off":
        return WeeklyOff()
    typed = r"(?:(?:on|every) )?(\w+),? (?:at )?(\d{1,2}):(\d{2})(?: (\S+?))?[.!]?"
    found = re.fullmatch(typed, rest, re.IGNORECASE)
    days = [day for day in WEEKDAYS if found and f"{day}s".startswith(found[1].casefold())]
    if not found or len(days) != 1 or len(found[1]) < 2:  # noqa: PLR2004 - "mo"
        raise Refused("weekly_usage")
    hour, minute = int(found[2]), int(found[3])
    if hour > 23 or minute > 59:  # noqa: PLR2004 - a clock
        raise Refused("weekly_usage")
    return Weekly(WEEKDAYS.index(days[0]), hour, minute, zone(found[4]) if found[4] else None)


def zone(text: str) -> str:
    """The IANA zone, whatever its case. Raises Refused("unknown_zone")."""
    zones = {name.casefold(): name for name in available_timezones() - NO_ZONES}
    known = zones.get(text.casefold())
    if known is None:
        # An abbreviation is no hint at a place: CEST would be taken for EST.
        places = [it for it in zones if "/" in it]
        near = difflib.get_close_matches(text.casefold(), places, n=1)
        suggestion = zones[near[0]] if near else ""
        raise Refused("unknown_zone", zone=repeated(text), suggestion=suggestion)
    return known


def _snooze(rest: str) -> Command:
    if off := re.fullmatch(r"(.+?) off[.!]?", rest, re.IGNORECASE):
        return Snooze(service_name(off[1]), 0)
    found = re.fullmatch(
        r"(.+?) (?:for )?(\d{1,4}) ?(d|w|m|days?|weeks?|months?)[.!]?", rest, re.IGNORECASE
    )
    if not found:
        raise Refused("snooze_usage")
    days = int(found[2]) * {"d": 1, "w": 7, "m": 30}[found[3][0].lower()]
    if not 1 <= days <= LONGEST_CADENCE:
        raise Refused("snooze_usage")
    return Snooze(service_name(found[1]), days)


_PARSERS: dict[str, Callable[[str], Command]] = {
    "start": _start,
    "status": _optional(Status),
    "scorecard": _optional(ScorecardOf),
    "services": _services,
    "gaps": _optional(Gaps),
    "assign": _assign,
    "schedule": _schedule,
    "weekly": _weekly,
    "snooze": _snooze,
}
