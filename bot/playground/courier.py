"""Delivers to the app over whichever link there is, repeats events, and keeps what was sent."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.playground.link import Ack, Delivery, Link, Retry
from bot.playground.values import Json

RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before the first, second and third repetition of an event."""

_REASONS = {
    "operation_timeout": "http_timeout",
    "http_error": "http_error",
    "connection_failed": "connection_failed",
}


class Courier:
    """Commands and interactions are sent once; an event up to four times, until accepted."""

    def __init__(self, link: Link, retry_delays: tuple[float, ...] = RETRY_DELAYS) -> None:
        self.link = link
        self._links = [link]
        self.events: list[Json] = []
        self._retry_delays = retry_delays
        self._busy: set[asyncio.Task[Any]] = set()
        self._retries: set[asyncio.Task[Any]] = set()

    def use(self, link: Link) -> None:
        """Reaches the app by another link from now on."""
        self.link = link
        self._links.append(link)

    async def ask(self, delivery: Delivery) -> Ack:
        """Sends a command or an interaction."""
        return await self.link.send(delivery)

    async def event(self, payload: Json) -> Ack:
        """Sends an event. Gives the first attempt's result; repetitions go on behind."""
        self.events.append(payload)
        ack = await self.link.send(Delivery("events_api", payload))
        if ack.error is not None and ack.retry:
            task = asyncio.create_task(self._repeat(payload, ack.error))
            self._retries.add(task)
            task.add_done_callback(self._retries.discard)
        return ack

    async def _repeat(self, payload: Json, error: str) -> None:
        for number, delay in enumerate(self._retry_delays, start=1):
            await asyncio.sleep(delay)
            ack = await self.redeliver(payload, number, _REASONS.get(error, "unknown_error"))
            if ack.error is None or not ack.retry:
                return
            error = ack.error

    async def redeliver(self, payload: Json, number: int, reason: str) -> Ack:
        """Sends an event again, marked as a repetition unless the number is 0."""
        retry = Retry(number, reason) if number else None
        return await self.link.send(Delivery("events_api", payload, retry))

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Does the work behind the scenes; `idle` waits for it."""
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def idle(self) -> None:
        """Returns when nothing is being delivered. Repetitions still to come are not waited for."""
        while self._busy:
            await asyncio.gather(*self._busy, return_exceptions=True)

    async def close(self) -> None:
        """Stops all deliveries."""
        tasks = [*self._busy, *self._retries]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in self._links:
            await link.close()
