"""A bot that is killed: a process of its own, started again and again beside one workspace."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path

from child import Child
from trouble_kit import People, faults_shown, quiet, until

from bot.demo import local_settings
from bot.playground.core import Outcome

SCRIPT = Path(__file__).with_name("killed_bot.py")


@dataclass
class Mortal(People):
    """A workspace that outlives its bot; the bot is a process, started again and again."""

    url: str
    lives: int = 0
    child: Child | None = None

    async def live(self) -> None:
        """Starts a bot. Its clock is ahead of the last one's by more than a lane's lease."""
        settings = local_settings(self.workspace, self.url).model_dump(mode="json")
        settings |= {
            "slack_bot_token": self.workspace.app.bot_token,
            "slack_signing_secret": self.workspace.app.signing_secret,
            "tick_seconds": 0.2,
        }
        given = {"settings": settings, "ahead": 25 * self.lives}
        self.lives += 1
        self.child = await Child.begin(SCRIPT, given)
        port = await self.child.hear("port")
        self.workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")

    async def order(self, line: str) -> None:
        """Tells the bot where to end."""
        assert self.child is not None
        await self.child.order(line)

    async def die(self) -> None:
        """Kills the bot, and returns when it is dead."""
        if self.child:
            await self.child.die()
        self.child = None

    @property
    def dead(self) -> bool:
        return self.child is None or not self.child.alive

    async def killed_at(self, point: str, gesture: Awaitable[Outcome]) -> Outcome:
        """The gesture's outcome, while the bot is killed where it says; then another one lives.

        Before the acknowledgement the bot dies with the gesture in hand; after it the person has
        got an answer first.
        """
        assert self.child is not None
        await self.child.order(f"stop {point} 1")
        made = asyncio.ensure_future(gesture)
        await self.child.hear("at")
        outcome = None if point in {"commit", "ack"} else await made
        await self.die()
        outcome = outcome or await made
        await self.live()
        return outcome

    async def repeated(self) -> None:
        """Waits until Slack has repeated every event that was not acknowledged."""
        courier = self.workspace.core.courier
        await until(lambda: not courier._retries, "every event was taken")

    async def check(self) -> None:
        """Waits until all is quiet, and holds the workspace against the database."""
        await self.repeated()
        await quiet(self.database)
        found = faults_shown(self.workspace, self.database)
        assert not found, "\n".join(found)
