"""What the open browser pages are told as it happens."""

import asyncio
from dataclasses import dataclass, field

from bot.playground.values import Json


@dataclass(eq=False)
class Subscription:
    """One open page and the person it shows the workspace to."""

    user: str
    queue: asyncio.Queue[Json | None] = field(default_factory=asyncio.Queue)
    """Events in order; None says that there will be no more."""


class Live:
    """Hands every event to the pages of the people it concerns, in order."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def open(self, user: str) -> Subscription:
        """Begins telling a page."""
        subscription = Subscription(user)
        self._subscriptions.add(subscription)
        return subscription

    def close(self, subscription: Subscription) -> None:
        """Stops telling it."""
        self._subscriptions.discard(subscription)

    def tell(self, users: set[str] | None, event: Json) -> None:
        """Tells the pages of these people; None means everybody's."""
        for subscription in self._subscriptions:
            if users is None or subscription.user in users:
                subscription.queue.put_nowait(event)

    def end(self) -> None:
        """Lets every page go."""
        for subscription in self._subscriptions:
            subscription.queue.put_nowait(None)
