"""The client's npm package: fetched once for each locked version, and kept with the caches."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.config import BadSettings

HERE = Path(__file__).parent
PACKAGE, LOCK = HERE / "package.json", HERE / "package-lock.json"
NAME = "@microsoft/m365agentsplayground"
OLDEST = 18  # major version of Node.js
INSTALL = (
    f"install Node.js {OLDEST} or newer with npm, from nodejs.org or your system's packages, "
    "for example: sudo apt-get install nodejs npm"
)
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


@dataclass(frozen=True, slots=True)
class Client:
    """The playground as a program: `node` runs `script`."""

    node: str
    script: Path


def fetched() -> Client:
    """The client, fetched where it is not there yet. Raises BadSettings, which says what to do."""
    node = _node()
    home = caches() / f"agents-playground-{_version()}-{_fingerprint()}"
    client = Client(node, home / "node_modules" / NAME / "cli.js")
    if not client.script.is_file():
        try:
            _fetch(home, client.script)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise BadSettings(
                f"Agents Playground cannot be kept in {home.parent} ({why}): "
                "set XDG_CACHE_HOME to a folder that can be written to"
            ) from error
    return client


def caches() -> Path:
    """Where this program keeps what it can fetch again."""
    if (told := os.environ.get("XDG_CACHE_HOME", "")) and Path(told).is_absolute():
        return Path(told) / "readiness-bot"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "readiness-bot"
    return Path.home() / ".cache" / "readiness-bot"


def _fetch(home: Path, script: Path) -> None:
    """Fetches beside `home` and moves it there: of two processes at once either may be first."""
    npm = shutil.which("npm")
    if npm is None:
        raise BadSettings(f"npm is missing, which fetches Agents Playground: {INSTALL}")
    home.parent.mkdir(parents=True, exist_ok=True)
    print(  # noqa: T201 - somebody waits in front of a terminal
        f"Fetching Microsoft 365 Agents Playground {_version()} with npm, once …", flush=True
    )
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=home.parent) as folder:
        made = Path(folder) / "made"
        made.mkdir()
        for file in (PACKAGE, LOCK):
            shutil.copy(file, made)
        _run(npm, made)
        try:
            made.rename(home)
        except OSError:
            if not script.is_file():
                raise BadSettings(f"{home} is not complete: remove it, and try again") from None


def _run(npm: str, folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 - npm as it is on the path, with arguments of ours
        [npm, *NPM],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise BadSettings(
            f"npm cannot fetch Agents Playground ({_why(done.stderr)}): is its registry reachable?"
        )


def _why(complaint: str) -> str:
    """The first line of npm that says something: the very first is often only a code."""
    lines = [it.removeprefix("npm error").strip() for it in complaint.splitlines()]
    telling = [it for it in lines if it and not it.startswith(("code ", "errno ", "syscall "))]
    return telling[0] if telling else "it does not say why"


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise BadSettings(f"Node.js is missing, which runs Agents Playground: {INSTALL}")
    said = subprocess.run(  # noqa: S603 - Node.js as it is on the path
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    major = said.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST:
        raise BadSettings(f"Node.js is too old for Agents Playground ({said or node}): {INSTALL}")
    return node


def _version() -> str:
    version: str = json.loads(PACKAGE.read_text(encoding="utf-8"))["dependencies"][NAME]
    return version


def _fingerprint() -> str:
    """Of the lock: whatever changes there is fetched anew."""
    return sha256(LOCK.read_bytes()).hexdigest()[:8]
