"""Trigger ids and response URLs: permissions that live briefly and are used up."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.playground import limits
from bot.playground.errors import SlackError, invalid
from bot.playground.values import Clock, Ids

_TRIGGER = re.compile(r"\d+\.\d+\.[0-9a-f]+")


@dataclass
class Trigger:
    """A permission to open one modal for one person."""

    user: str
    until: datetime
    view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """A permission to answer one gesture; `source_ts` is the message it was made on."""

    user: str
    channel: str
    until: datetime
    source_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Issues and redeems them by the injected clock."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view: str | None = None) -> str:
        """A new trigger id; `view` is the modal on which the gesture was made."""
        number = self._ids.number()
        trigger_id = f"{number}.{number}.{number:032x}"
        until = self._clock() + timedelta(seconds=limits.TRIGGER_SECONDS)
        self._triggers[trigger_id] = Trigger(user, until, view)
        return trigger_id

    def redeem_trigger(self, trigger_id: object) -> Trigger:
        """The trigger, now used up.

        Raises SlackError: invalid_arguments, invalid_trigger_id, exchanged_trigger_id,
        expired_trigger_id.
        """
        if not isinstance(trigger_id, str) or not _TRIGGER.fullmatch(trigger_id):
            raise invalid("invalid `trigger_id`", "/trigger_id")
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() > trigger.until:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_path(
        self,
        user: str,
        channel: str,
        source_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """The path of a new response URL."""
        key = self._ids.new("R")
        until = self._clock() + timedelta(seconds=limits.RESPONSE_URL_SECONDS)
        self._urls[key] = ResponseUrl(user, channel, until, source_ts, thread_ts)
        return f"/response/{key}"

    def redeem_response(self, key: str) -> ResponseUrl:
        """The permission behind a response URL, one use taken off.

        Raises SlackError: used_url, expired_url.
        """
        found = self._urls.get(key)
        if found is None or self._clock() > found.until:
            raise SlackError("expired_url")
        if found.uses >= limits.RESPONSE_URL_USES:
            raise SlackError("used_url")
        found.uses += 1
        return found
