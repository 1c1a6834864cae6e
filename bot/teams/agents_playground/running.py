"""The client as a process that ends with ours, on loopback only."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.config import BadSettings
from bot.teams.agents_playground.fetching import HERE, Client

HOST = "127.0.0.1"
READY = re.compile(r"Listening on (\d+)")
START, GRACE = 60.0, 3.0  # seconds to come up, and to end after being asked to


class Playground:
    """One that runs. `port` is where its page is."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self._log = log
        self._said: deque[str] = deque(maxlen=1)
        self.port = 0

    async def ready(self) -> None:
        """Waits until the page is there. Raises BadSettings where it ends before, or hangs."""
        try:
            async with asyncio.timeout(START):
                await self._listens()
        except TimeoutError:
            raise BadSettings(
                f"Agents Playground is not there after {START:.0f} seconds: try again"
            ) from None

    async def _listens(self) -> None:
        assert self._process.stdout  # noqa: S101 - it was started with a pipe
        async for line in self._process.stdout:
            self._said.append(line.decode(errors="replace").strip())
            if found := READY.search(self._said[0]):
                self.port = int(found[1])
                return
        raise BadSettings(f"Agents Playground does not start{await self._why()}")

    async def ended(self) -> None:
        """Waits until it ends by itself, which raises BadSettings."""
        assert self._process.stdout  # noqa: S101 - it was started with a pipe
        async for line in self._process.stdout:
            self._said.append(line.decode(errors="replace").strip())
        raise BadSettings(f"Agents Playground has ended by itself{await self._why()}")

    async def stop(self) -> None:
        """Ends it."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(GRACE):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _why(self) -> str:
        """What it said last, which may stand in its log only."""
        code = await self._process.wait()
        told = self._log.read_text(errors="replace").splitlines() if self._log.is_file() else []
        errors = [it.removeprefix("error ") for it in told if it.startswith("error ")]
        last = errors[-1] if errors else (self._said or [""])[0]
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f" ({how}): {last}" if last and not READY.search(last) else f" ({how})"


@asynccontextmanager
async def running(client: Client, endpoint: str, port: int) -> AsyncIterator[Playground]:
    """The playground with its page at `port`, or at a free one where that is taken.

    It sends what people do to `endpoint`. Raises BadSettings where it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="readiness-playground-") as folder:
        log = Path(folder) / "playground.log"
        process = await _started(client, endpoint, port, Path(folder), log)
        playground = Playground(process, log)
        try:
            await playground.ready()
            yield playground
        finally:
            await playground.stop()


async def _started(client: Client, endpoint: str, port: int, folder: Path, log: Path) -> Process:
    team = shutil.copy(HERE / "team.yml", folder)
    ours = {
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(team),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(log),
        "TEAMSAPPTESTER_BROWSER": "none",
    }
    return await asyncio.create_subprocess_exec(
        client.node,
        *("--require", str(HERE / "loopback.cjs"), str(client.script)),
        *("-e", endpoint, "-c", "msteams", "-p", str(port), "--disable-telemetry"),
        cwd=folder,
        env=os.environ | ours,
        stdin=PIPE,  # never written to: that it closes tells the process that we are gone
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,  # Ctrl-C is for us to pass on, when the bot has finished
    )
