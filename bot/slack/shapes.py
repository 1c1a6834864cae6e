"""What a payload must hold, and of which kind, for a listener to read it.

Slack always sends it so. Whatever is signed and still different is answered 400, not 500.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Rule = Callable[[Any], bool]
IDENT = re.compile(r"[\x21-\x7e]{1,255}")
STAMP = re.compile(r"\d{1,12}\.\d{1,9}")


def ident(it: Any) -> bool:
    """An id: visible ASCII."""
    return isinstance(it, str) and IDENT.fullmatch(it) is not None


def stamp(it: Any) -> bool:
    """A message's `ts`: seconds and a counter."""
    return isinstance(it, str) and STAMP.fullmatch(it) is not None


def text(it: Any) -> bool:
    """Any text."""
    return isinstance(it, str)


def maybe(rule: Rule) -> Rule:
    """Missing, null, or as the rule says."""
    return lambda it: it is None or rule(it)


def holds(**rules: Rule) -> Rule:
    """An object with these entries."""
    return lambda it: isinstance(it, dict) and all(rule(it.get(key)) for key, rule in rules.items())


def every(rule: Rule) -> Rule:
    """An object whose values are all so."""
    return lambda it: isinstance(it, dict) and all(rule(value) for value in it.values())


def some(rule: Rule) -> Rule:
    """A list of at least one, all so."""
    return lambda it: isinstance(it, list) and bool(it) and all(rule(value) for value in it)


TEAM = holds(id=ident)
NAMES = {"name": maybe(text), "username": maybe(text), "real_name": maybe(text)}
PERSON = holds(id=ident, team_id=maybe(ident), **NAMES)
ORIGIN = {"team": maybe(TEAM), "user": PERSON, "trigger_id": ident}
SPOKEN = {
    "user": maybe(ident),
    "user_team": maybe(ident),
    "source_team": maybe(ident),
    "subtype": maybe(text),
    "channel": ident,
    "channel_type": maybe(text),
    "ts": stamp,
    "thread_ts": maybe(stamp),
    "text": maybe(text),
}
MEMBER = holds(
    id=ident,
    profile=maybe(holds(display_name=maybe(text))),
    name=maybe(text),
    real_name=maybe(text),
    tz=maybe(text),
)
CHANNEL = holds(channel=ident, event_ts=maybe(stamp))
EVENTS = {
    "message": holds(**SPOKEN),
    "app_mention": holds(**SPOKEN),
    "app_home_opened": holds(user=ident, tab=maybe(text)),
    "channel_archive": CHANNEL,
    "channel_left": CHANNEL,
    "channel_unarchive": CHANNEL,
    "group_archive": CHANNEL,
    "group_left": CHANNEL,
    "group_unarchive": CHANNEL,
    "member_joined_channel": holds(channel=ident, user=ident),
    "user_change": holds(user=MEMBER),
}
PRESSED = holds(action_id=text, value=maybe(text), url=maybe(text), action_ts=maybe(stamp))
WHERE = holds(channel_id=maybe(ident), thread_ts=maybe(stamp))
MESSAGE = holds(ts=maybe(stamp), thread_ts=maybe(stamp))
ENTERED = holds(
    value=maybe(text),
    selected_option=maybe(holds(value=maybe(text))),
    selected_conversation=maybe(ident),
)
VIEW = holds(
    type=text,
    id=ident,
    callback_id=text,
    private_metadata=maybe(text),
    state=maybe(holds(values=maybe(every(every(ENTERED))))),
    blocks=some(holds(block_id=maybe(ident), type=text)),
)
KINDS = {
    "url_verification": holds(challenge=text),
    "block_actions": holds(
        **ORIGIN,
        actions=some(PRESSED),
        container=maybe(WHERE),
        message=maybe(MESSAGE),
        channel=maybe(holds(id=ident)),
        response_url=maybe(text),
    ),
    "view_submission": holds(**ORIGIN, view=VIEW),
    "message_action": holds(
        **ORIGIN,
        callback_id=text,
        channel=holds(id=ident),
        response_url=maybe(text),
    ),
}
LOOKED_INTO = ("event", "view")  # by Bolt, whatever the payload's type
COMMAND = holds(
    command=text,
    team_id=ident,
    channel_id=ident,
    user_id=ident,
    trigger_id=ident,
    user_name=maybe(text),
    text=maybe(text),
    response_url=maybe(text),
)
ENVELOPE = holds(team_id=ident, event_id=maybe(ident))
EVENT = holds(type=text, user_team=maybe(ident), source_team=maybe(ident))


def sound(body: dict[str, Any]) -> bool:
    """Whether Bolt, and every listener that may get the payload, can read it."""
    if not all(isinstance(body.get(it, {}), dict) for it in LOOKED_INTO):
        return False
    if "command" in body:
        return COMMAND(body)
    kind = body.get("type")
    if kind == "event_callback":
        event: Any = body.get("event")
        if not (ENVELOPE(body) and EVENT(event)):
            return False
        rule = EVENTS.get(event["type"])
        return rule is None or rule(event)
    if kind is None:
        return "ssl_check" in body
    return isinstance(kind, str) and kind in KINDS and KINDS[kind](body)
