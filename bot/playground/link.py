"""How the workspace hands something to the app: what is sent, what comes back."""

from dataclasses import dataclass
from typing import Literal, Protocol

from bot.playground.values import Json

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True)
class Retry:
    """Which repetition this is (from 1), and why the one before failed."""

    number: int
    reason: str


@dataclass(frozen=True)
class Delivery:
    """One envelope to the app."""

    kind: Kind
    payload: Json
    retry: Retry | None = None


@dataclass(frozen=True)
class Ack:
    """The app's answer. `error` None means accepted; `body` is what it answered, if anything.

    `error` is one of Slack's reasons: operation_timeout, http_error, connection_failed,
    not_connected. `retry` False: the app asked not to be sent this again.
    """

    error: str | None = None
    body: Json | None = None
    retry: bool = True


class Link(Protocol):
    """A way to the app."""

    async def send(self, delivery: Delivery) -> Ack:
        """Sends once and waits for the answer, no longer than the app may take."""

    async def close(self) -> None:
        """Lets go of connections."""
