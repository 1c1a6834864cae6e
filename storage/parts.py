"""Long lists in parts: a statement takes so many values and no more (SQLite: 32,766)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

MOST = 1_000
Thing = TypeVar("Thing")


def parts(things: Sequence[Thing], most: int = MOST) -> Iterator[Sequence[Thing]]:
    """The things in order, at most so many at a time. None: nothing."""
    return (things[at : at + most] for at in range(0, len(things), most))
