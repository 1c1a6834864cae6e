"""A bot as a process of its own: told by lines on its standard input, heard by those it says."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trouble_kit import PATIENCE

KITS = Path(__file__).parent.parent


@dataclass
class Child:
    """The process of a script. What it logs is kept in `logged`, a line each."""

    process: Process
    logged: list[str] = field(default_factory=list)
    reader: asyncio.Task[None] | None = None

    @classmethod
    async def begin(cls, script: Path, given: Any, kits: Sequence[str] = ()) -> "Child":
        """Runs a script with `given` as JSON; it finds what it imports in the folders `kits`."""
        folders = [str(KITS / it) for it in kits]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            json.dumps(given),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=2**20,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        )
        child = cls(process)
        child.reader = asyncio.create_task(child._read())
        return child

    async def _read(self) -> None:
        while line := await self.process.stderr.readline():
            self.logged.append(line.decode())

    async def order(self, line: str) -> None:
        """Tells it something, and waits until it has heard it."""
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()
        await self.hear("ordered")

    async def hear(self, word: str) -> str:
        """Waits until it says so; the rest of the line."""
        while True:
            line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
            if not line:
                await self.process.wait()
                errors = "".join(self.logged[-50:])
                raise AssertionError(f"the bot ended before it said {word!r}\n{errors}")
            first, _, rest = line.decode().strip().partition(" ")
            if first == word:
                return rest

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def die(self) -> None:
        """Kills it (SIGKILL), and returns when it is dead."""
        if self.alive:
            self.process.kill()
        await self._gone()

    async def finish(self) -> int:
        """Asks it to end (SIGTERM); its exit status once it has."""
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self._gone(), PATIENCE)
        return int(self.process.returncode)

    async def _gone(self) -> None:
        await self.process.wait()
        self.process.stdin.close()
        if self.reader:
            await self.reader
