"""Asks pip-audit for known vulnerabilities in what constraints.txt pins: `audit.py`.

Prints a line for each vulnerable package, or one line that says how many were audited, or why none
were. Exit 1 when one is vulnerable or pip-audit itself fails. An index that does not answer or
serves no advisories is no failure: the check has to work on a train, and behind a mirror.
"""
# ruff: noqa: INP001, T201 - a script, whose output is its report

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
TOOL = Path(sys.executable).with_name("pip-audit")
SECONDS = 180  # a request for each package, one after the other
# Without an answer pip-audit ends in a traceback or a tip, never in its JSON.
NO_ANSWER = re.compile(
    r"\b(?:requests|urllib3)\.exceptions\.|\bServiceError\b|\bConnectionError\b|Tip: your network"
)


def audit(
    constraints: Path = CONSTRAINTS, *, tool: Path = TOOL, seconds: float = SECONDS
) -> tuple[list[str], int]:
    """The lines to print, and the exit code."""
    pins = constraints.read_text("utf-8").count("==")
    # The pins are the whole truth: without dependencies and pip nothing is resolved or installed.
    flags = ["--no-deps", "--disable-pip", "--format=json", "--desc=off", "--progress-spinner=off"]
    try:
        done = subprocess.run(  # noqa: S603 - our own tool on our own file
            [tool, *flags, f"--requirement={constraints}"],
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=seconds,
        )
    except OSError as error:
        return [f"pip-audit cannot be started ({error.strerror}): make .venv installs it"], 1
    except subprocess.TimeoutExpired:
        return [not_audited(f"gives no answer within {seconds:g} s", pins)], 0
    if done.stdout.strip():
        return read(done.stdout, pins)
    if NO_ANSWER.search(done.stderr):
        return [not_audited("gives no answer", pins)], 0
    return [f"pip-audit failed: {reason(done.stderr)}"], 1


def not_audited(why: str, pins: int) -> str:
    """The line for when nothing could be audited."""
    return f"not audited: the package index {why} ({pins} packages)"


def read(answer: str, pins: int) -> tuple[list[str], int]:
    """What pip-audit's JSON says, as lines and exit code.

    What it skipped or left out counts as not audited.
    """
    try:
        known = [it for it in json.loads(answer)["dependencies"] if "vulns" in it]
        vulnerable = [
            f"{it['name']} {it['version']} is vulnerable: {advisories(it['vulns'])}"
            for it in known
            if it["vulns"]
        ]
    except (ValueError, KeyError, TypeError):
        return ["pip-audit failed: its answer cannot be read"], 1
    if not known:
        return [not_audited("serves no advisories", pins)], 0
    count = f"{len(known)} packages audited"
    if len(known) < pins:
        count = f"{len(known)} of {pins} packages audited (no advisories are served for the others)"
    if vulnerable:
        return [*vulnerable, count], 1
    return [f"{count}, no known vulnerabilities"], 0


def advisories(found: list[dict[str, Any]]) -> str:
    """The advisories, each with the versions that are free of it, the oldest first."""
    fixed = [(it["id"], ", ".join(it["fix_versions"])) for it in found]
    return ", ".join(f"{id_} ({f'fixed in {to}' if to else 'no fix yet'})" for id_, to in fixed)


def reason(errors: str) -> str:
    """What pip-audit says of its own failure."""
    said = re.search(r"^(?:ERROR:[\w.]+:|pip-audit: error: )(.+)", errors, re.MULTILINE)
    return said[1] if said else (errors.strip().splitlines() or ["it says nothing"])[-1]


def main() -> int:
    """The exit code."""
    lines, code = audit()
    print(*lines, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
