"""Slack's documented rate limits, enforced only when asked for."""

import math
from collections import defaultdict, deque
from datetime import datetime

from bot.playground.values import Clock, Json

_POST_BURST = 4
_POST_PER_SECOND = 1.0
_POSTS_OF_ALL = 300  # a minute: "several hundred" in a workspace, says Slack
_MINUTE = 60.0

TIERS = {
    "chat.update": 50,
    "chat.delete": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "conversations.info": 50,
    "conversations.join": 50,
    "conversations.open": 50,
    "dnd.teamInfo": 20,
    "conversations.members": 100,
    "chat.postEphemeral": 100,
    "users.info": 100,
    "users.list": 20,
    "views.open": 100,
    "views.push": 100,
    "views.update": 100,
    "views.publish": 100,
    "team.info": 50,
}
"""Calls a minute: tier 2 = 20, tier 3 = 50, tier 4 = 100."""


class Rates:
    """Counts calls and says when one has to wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[str, deque[datetime]] = defaultdict(deque)
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def wait(self, method: str, arguments: Json) -> int:
        """Whole seconds until this call may be repeated; 0 when it may go on now."""
        if method == "chat.postMessage":
            return self._post(str(arguments.get("channel"))) or self._within(method, _POSTS_OF_ALL)
        return self._within(method, TIERS[method]) if method in TIERS else 0

    def _post(self, channel: str) -> int:
        now = self._clock()
        tokens, since = self._buckets.get(channel, (float(_POST_BURST), now))
        tokens += (now - since).total_seconds() * _POST_PER_SECOND
        tokens = min(float(_POST_BURST), tokens)
        if tokens < 1:
            self._buckets[channel] = (tokens, now)
            return math.ceil((1 - tokens) / _POST_PER_SECOND)
        self._buckets[channel] = (tokens - 1, now)
        return 0

    def _within(self, method: str, a_minute: int) -> int:
        now = self._clock()
        calls = self._calls[method]
        while calls and (now - calls[0]).total_seconds() >= _MINUTE:
            calls.popleft()
        if len(calls) >= a_minute:
            return math.ceil(_MINUTE - (now - calls[0]).total_seconds()) or 1
        calls.append(now)
        return 0
