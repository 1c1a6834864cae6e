"""An edit's turn, on a platform that takes few of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.chat import Chat, ChatUnavailable, Paced


class PutOff(Exception):
    """An edit has to wait, as `error` says. What is behind it in the lane need not.

    `full`: the platform was not even asked, since it takes nothing there for the moment. `in_line`:
    nor was it here; it takes other things there, and this edit has a place in the line.
    """

    def __init__(
        self, error: ChatUnavailable, *, full: bool = False, in_line: bool = False
    ) -> None:
        super().__init__(error.reason)
        self.error = error
        self.full = full
        self.in_line = in_line


@contextmanager
def in_turn(chat: Chat, message: str, *, aside: bool = False) -> Iterator[None]:
    """The message may be edited; a turn that is not used is given back. Raises PutOff before."""
    if not isinstance(chat, Paced):
        yield
        return
    if seconds := chat.edit_turn(message, aside=aside):
        raise PutOff(limited(seconds), in_line=True)
    try:
        yield
    finally:
        chat.edit_unused(message)


def limited(seconds: float) -> ChatUnavailable:
    """What a platform says that takes nothing for so long."""
    return ChatUnavailable("ratelimited", retry_after=seconds, unsure=False, answered=True)
