"""The app's icons, drawn by code: a check mark in a rounded square.

Teams wants a colour icon of 192 pixels, whose corners it cuts, and an outline of 32 in white on
nothing. Source: learn.microsoft.com, "Design your Teams app icons"; W3C, PNG specification.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise

ACCENT = "#0d6a62"
WHITE = (255, 255, 255)
COLOUR, OUTLINE = 192, 32  # pixels

Pixel = tuple[int, int, int, int]
Shape = Callable[[float, float], float]  # the distance to its edge in pixels; negative inside


def colour() -> bytes:
    """A white square with a check mark in the accent's colour, on a ground of that colour."""
    ground = tuple(int(ACCENT[at : at + 2], 16) for at in (1, 3, 5))
    square = _square(centre=95.5, half=58, corner=18)
    mark = _check(((66, 97), (87, 118), (127, 75)), 8.5)

    def pixel(x: int, y: int) -> Pixel:
        white = _cover(square(x, y)) * (1 - _cover(mark(x, y)))
        red, green, blue = (
            round(below + (above - below) * white) for below, above in zip(ground, WHITE)
        )
        return red, green, blue, 255

    return png(COLOUR, pixel)


def outline() -> bytes:
    """The edge of the square and the mark in white; every pixel is white or nothing."""
    outer, inner = _square(centre=15.5, half=13.5, corner=4.5), _square(15.5, 11.5, 2.5)
    mark = _check(((9.5, 16), (13.5, 20), (21.5, 12)), 1.45)

    def pixel(x: int, y: int) -> Pixel:
        drawn = outer(x, y) <= 0 < inner(x, y) or mark(x, y) <= 0
        return (*WHITE, 255 if drawn else 0)

    return png(OUTLINE, pixel)


def png(size: int, pixel: Callable[[int, int], Pixel]) -> bytes:
    """A square picture of that many pixels, red, green, blue and alpha a byte each."""
    rows = (
        b"\0" + b"".join(bytes(pixel(x, y)) for x in range(size)) for y in range(size)
    )  # a row begins with its filter: none
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def _square(centre: float, half: float, corner: float) -> Shape:
    """A square with round corners, by its middle, half its side, and the corners' radius."""

    def distance(x: float, y: float) -> float:
        across, down = abs(x - centre) - half + corner, abs(y - centre) - half + corner
        outside = math.hypot(max(across, 0), max(down, 0))
        return outside + min(max(across, down), 0) - corner

    return distance


def _check(points: tuple[tuple[float, float], ...], half: float) -> Shape:
    """A line through the points with round ends, by half its width."""

    def distance(x: float, y: float) -> float:
        return min(_away(x, y, *a, *b) for a, b in pairwise(points)) - half

    return distance


def _away(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """How far a point is from the stretch between two others."""
    dx, dy = bx - ax, by - ay
    along = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
    return math.hypot(x - ax - along * dx, y - ay - along * dy)


def _cover(distance: float) -> float:
    """How much of a pixel lies inside, from 0 to 1."""
    return max(0.0, min(1.0, 0.5 - distance))
