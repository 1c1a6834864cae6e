"""A bot that dies on order: run as a process of its own, it SIGKILLs itself at a named point.

    killed_bot.py {"settings": {…}, "ahead": 0}

It says `port N` when it serves, and `at POINT` when it has come where it is to end. Orders come on
its standard input, a line each:

    stop POINT N    at the N-th passing of POINT from now on it stands still, to be killed
    die N           at the N-th passing of any point from now on it kills itself

Points: `commit` (a gesture is stored, but not committed), `ack` (committed, not acknowledged),
`send:KIND` (a post is about to be taken up), `call:METHOD` and `mark:METHOD` (before Slack is
called, and after, before that is remembered).
"""

import asyncio
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import loops
from bot.app import Bot
from bot.config import Local
from bot.courier import Courier
from bot.holding import Held
from bot.runner import Result, Runner
from bot.turn import Taken

POSTS = {"chat.postMessage", "chat.update", "chat.postEphemeral", "views.publish"}


class Points:
    """Where the process may come to its end."""

    def __init__(self) -> None:
        self.stop = ""
        self.left = 0
        self.passed: Counter[str] = Counter()

    def order(self, line: str) -> None:
        word, *rest = line.split()
        self.stop = rest[0] if word == "stop" else "*"
        self.left = int(rest[-1])

    def _reached(self, point: str) -> bool:
        """Whether this is the end. Called from the event loop and from the database's threads."""
        self.passed[point] += 1
        if self.stop not in {point, "*"} or self.left == 0:
            return False
        self.left -= 1
        if self.left:
            return False
        say(f"at {point}")
        if self.stop == "*":
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    def stand(self, point: str) -> None:
        """In a thread: never returns at the end."""
        if self._reached(point):
            threading.Event().wait()

    async def wait(self, point: str) -> None:
        """In the event loop: never returns at the end."""
        if self._reached(point):
            await asyncio.Event().wait()


class MortalRunner(Runner):
    def __init__(self, bot: Bot, points: Points) -> None:
        super().__init__(bot.database)
        self.points = points

    async def write(self, work: Callable[..., Result]) -> Result:
        def watched(conn: Any) -> Result:
            result = work(conn)
            if is_gesture(result):
                self.points.stand("commit")
            return result

        result = await super().write(watched)
        if is_gesture(result):
            await self.points.wait("ack")
        return result


class MortalCourier(Courier):
    points: Points

    async def send(self, held: Held) -> str:
        await self.points.wait(f"send:{held.row.kind}")
        return await super().send(held)


class MortalBot(Bot):
    def __init__(self, points: Points, ahead: timedelta, settings: Local) -> None:
        super().__init__(settings, now=lambda: datetime.now(UTC) + ahead)
        self.points = points
        self.runner = MortalRunner(self, points)

    def _assemble(self) -> None:
        super()._assemble()
        courier = MortalCourier(**vars(self.delivery.courier))
        object.__setattr__(courier, "points", self.points)
        self.delivery.courier = courier
        client = self.platforms["slack"].client
        call = client.api_call

        async def mortal_call(api_method: str, **rest: Any) -> Any:
            if api_method not in POSTS:
                return await call(api_method, **rest)
            await self.points.wait(f"call:{api_method}")
            answer = await call(api_method, **rest)
            await self.points.wait(f"mark:{api_method}")
            return answer

        client.api_call = mortal_call


def is_gesture(result: Any) -> bool:
    return isinstance(result, Taken) and result.new


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the test waits for


async def main(given: dict[str, Any]) -> None:
    points = Points()
    bot = MortalBot(points, timedelta(seconds=given["ahead"]), Local(**given["settings"]))
    await bot.start()
    say(f"port {bot.port}")
    while line := await asyncio.to_thread(sys.stdin.readline):
        points.order(line)
        say("ordered")
    await bot.stop()


if __name__ == "__main__":
    loops.run(main(json.loads(sys.argv[1])))
