"""The event loop that the bot runs on: uvloop, whose sockets and callbacks are written in C.

It does not exist for Windows, where asyncio's own takes its place. What a process sets for itself
as a whole, its memory, is here as well.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

MANY = 10_000  # new objects between two looks for circles: one answer makes some thousand
ARENA_MAX, ARENAS = -8, 2  # glibc's M_ARENA_MAX, and how many there are to be


def settle() -> None:
    """Takes what there is by now, the code above all, out of the garbage collector's rounds.

    For a process that will only serve from now on. It is a twentieth of the time of an answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MANY, 20, 20)


def share_memory() -> None:
    """Has all threads take memory from the same two places, where the C library is glibc.

    By itself it has eight for each core, and what a thread gives back to one, no other thread
    finds there: two or three megabytes by ten thousand clicks. Threads that run keep theirs.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(ARENA_MAX, ARENAS)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """The result of `main`, as `asyncio.run`."""
    share_memory()
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
