"""The command as people and programs run it, and reviews to ask it about."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import cli
from conversations.checklist import packaged
from conversations.review import Answer, Place, Review, State, Verdict
from storage import people, reviews, services
from storage.database import Database
from storage.people import Person
from storage.services import Service

ROOT = Path(__file__).parents[2]
READINESS = Path(sys.executable).with_name("readiness")
NOW = datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=UTC)
CHECKS = packaged().checks


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error, which is how an expected error ends."""
        assert self.err.endswith("\n"), self.err
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("readiness: "), self.err
        return self.err.removeprefix("readiness: ").strip()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(**settings: str) -> dict[str, str]:
    """A bare environment with these settings; a warning is an error in there, too."""
    kept = {
        key: os.environ[key] for key in ("PATH", "HOME", "XDG_RUNTIME_DIR") if key in os.environ
    }
    return {**kept, "PYTHONWARNINGS": "error", "LC_ALL": "C.UTF-8", **settings}


def readiness(*arguments: str, cwd: Path, **settings: str) -> Done:
    """Runs the console script to its end, in its own process."""
    return _run([str(READINESS), *arguments], cwd, settings)


def python(code: str, *arguments: str, cwd: Path, **settings: str) -> Done:
    """Runs a piece of code, in its own process."""
    return _run([sys.executable, "-c", code, *arguments], cwd, settings)


def _run(words: list[str], cwd: Path, settings: dict[str, str]) -> Done:
    done = subprocess.run(
        words,
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def inside(capsys, *arguments: str) -> Done:
    """Runs a command in this process, which is quicker; its settings are this process's."""
    code = cli.run(arguments)
    printed = capsys.readouterr()
    return Done(code, printed.out, printed.err)


def store(
    database: Database,
    name: str,
    answers: dict[str, Answer] | None = None,
    *,
    finished: bool = False,
    assignees: dict[str, str] | None = None,
    key: str = "",
    started: datetime = NOW,
    owners: tuple[str, ...] = ("slack:U1",),
) -> Review:
    """A service with one review, stored as the bot does."""
    key = key or name.lower()
    place = Place("slack", "T1", "C1")
    before = Review(
        id=f"r-{key}",
        service=name,
        service_key=key,
        checklist="llmops-2026.1",
        place=place,
        started_by="slack:U1",
        started_at=started,
    )
    end = started + timedelta(hours=2)
    after = replace(before, answers=answers or {}, assignees=assignees or {})
    if finished:
        after = replace(
            after, state=State.FINISHED, finished_at=end, finished_by="slack:U1", closings=1
        )
    service = Service(f"s-{key}", name, key, place, {}, owners, started)
    with database.write() as conn:
        services.create(conn, service, by="slack:U1")
        reviews.create(conn, before, service.id)
        reviews.save(conn, before, after, by="slack:U1", at=started)
    return after


def met(database: Database, person: str, name: str) -> None:
    """Somebody whose name is known."""
    with database.write() as conn:
        people.upsert(conn, Person(person, "slack", name, None, deleted=False, fetched_at=None))


def all_of(verdict: Verdict, **more: Any) -> dict[str, Answer]:
    """Every check with the same verdict."""
    return {check.id: Answer(verdict, "slack:U1", NOW, **more) for check in CHECKS}
