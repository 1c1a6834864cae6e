"""The event loop that the bot runs on: uvloop, whose sockets and callbacks are written in C.

It does not exist for Windows, where asyncio's own takes its place.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


MANY = 10_000  # new objects between two looks for circles: one answer makes some thousand


def settle() -> None:
    """Takes what there is by now, the code above all, out of the garbage collector's rounds.

    For a process that will only serve from now on. It is a twentieth of the time of an answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MANY, 20, 20)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """The result of `main`, as `asyncio.run`."""
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
