"""What the composition root needs of a platform: its chat, and the doors it comes in by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from aiohttp import web

from bot.chat import Chat
from bot.commands import Commands
from bot.delivery import Delivery
from bot.turn import Turns

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Platform(Protocol):
    """One platform, set up."""

    @property
    def chat(self) -> Chat:
        """What delivery needs."""

    async def identify(self) -> None:
        """Learns who the bot is there. Raises BadSettings where the platform refuses us."""

    def listen(
        self, turns: Turns, commands: Commands, delivery: Delivery, now: Callable[[], datetime]
    ) -> None:
        """Makes what comes in be heard."""

    @property
    def routes(self) -> Mapping[str, Handler]:
        """What is posted to the HTTP server, by path; after `listen`."""

    async def connect(self) -> None:
        """Opens what has to be opened from our side. Raises BadSettings like `identify`."""

    async def close(self) -> None:
        """Takes nothing new, and finishes what was begun after acknowledgements."""
