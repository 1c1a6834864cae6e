"""Clients that press without a pause: HTTP/1.1, kept alive, no more than that.

A real client library would cost as much as the servers that are measured.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

LENGTH = b"\r\ncontent-length:"
GOOD = b"HTTP/1.1 200 "


@dataclass
class Taken:
    """What came of a while of pressing."""

    seconds: float = 0.0
    busy: float = 0.0  # seconds of the server's processor time
    waits: list[float] = field(default_factory=list)  # seconds until each answer
    failed: int = 0  # requests that were answered with an error

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds

    def wait(self, share: float) -> float:
        """The milliseconds within which that share of the answers came."""
        ordered = sorted(self.waits)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(frozen=True)
class Client:
    """One client: the requests that it sends, and what is right about an answer's body."""

    requests: Iterator[bytes]
    right: Callable[[bytes], bool]
    may_fail: bool = False  # errors are counted; else they end the run


def request(path: str, body: bytes, **headers: str) -> bytes:
    """A POST as it goes over the wire. Underscores in the names of headers are dashes."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    named = {"Host": "127.0.0.1", "Content-Type": "application/json", **given}
    lines = [f"{name}: {value}" for name, value in named.items()]
    head = "\r\n".join([f"POST {path} HTTP/1.1", *lines, f"Content-Length: {len(body)}"])
    return f"{head}\r\n\r\n".encode() + body


async def press(port: int, clients: Sequence[Client], seconds: float) -> Taken:
    """Lets all clients press at once, each as soon as it has its answer, for so long.

    Raises ValueError for an answer that is not right: what fails fast would look fast.
    """
    taken = Taken()
    begun = time.perf_counter()
    end = begun + seconds
    await asyncio.gather(*(_one(port, it, end, taken) for it in clients))
    taken.seconds = time.perf_counter() - begun
    return taken


async def _one(port: int, client: Client, end: float, taken: Taken) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        while (sent := time.perf_counter()) < end:
            head, body = await _asked(reader, writer, next(client.requests))
            good = head.startswith(GOOD) and client.right(body)
            if not good and not client.may_fail:
                raise ValueError(head[:40] + body[:300])
            if good:
                taken.waits.append(time.perf_counter() - sent)
            else:
                taken.failed += 1
    finally:
        writer.close()
        await writer.wait_closed()


async def ask(port: int, raw: bytes) -> bytes:
    """The body of the answer to one request. Raises ValueError where it is refused."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, body = await _asked(reader, writer, raw)
    writer.close()
    await writer.wait_closed()
    if not head.startswith(GOOD):
        raise ValueError(head[:40] + body[:300])
    return body


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes
) -> tuple[bytes, bytes]:
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    _, found, after = head.lower().partition(LENGTH)
    if found:
        return head, await reader.readexactly(int(after.split(b"\r", 1)[0]))
    chunks = await reader.readuntil(b"0\r\n\r\n")  # Node.js; its answers here have no body
    return head, chunks.removesuffix(b"0\r\n\r\n")
