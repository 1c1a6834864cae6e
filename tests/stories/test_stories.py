"""Whole stories, played on Slack and on Teams: same words in, same state, same score.

`TRANSCRIPTS=write pytest …` writes anew what people see.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from slack_stage import slack_stage
from stage import StoryClock
from story import Story
from teams_stage import teams_stage

from storage.database import Database
from storage.migrating import migrate

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))
LONGEST = FOLDER / "1-a-whole-review.txt"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file, made once."""
    file = tmp_path_factory.mktemp("stories") / "empty.db"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_the_story_goes_as_its_transcript_says_on_both_platforms(
    file: Path, migrated: Path, tmp_path: Path
) -> None:
    def database(name: str) -> str:
        return f"sqlite:///{shutil.copy(migrated, tmp_path / f'{name}.db')}"

    same_as(file, await played(read(file), database))


async def test_it_goes_the_same_on_postgresql(postgres: Callable[[], str]) -> None:
    same_as(LONGEST, await played(read(LONGEST), lambda _: postgres()))


async def test_platforms_that_end_differently_are_told_apart(
    migrated: Path, tmp_path: Path
) -> None:
    """What the comparison is worth: one answer too many on one platform fails it."""
    clock = StoryClock()
    urls = [f"sqlite:///{shutil.copy(migrated, tmp_path / f'{it}.db')}" for it in ("a", "b")]
    async with slack_stage(urls[0], clock) as slack, teams_stage(urls[1], clock) as teams:
        story = Story([slack, teams], clock)
        await story.played("ana starts Search Assistant\nana taps Ask everything\nana: yes\n")
        await story.ends_alike()
        clock.advance(timedelta(minutes=1))
        await teams.reply("ana", "yes")
        with pytest.raises(AssertionError):
            await story.ends_alike()
        shown = await story.played("ben asks: status\n")
    assert "slack shows: Ben only    | Search Assistant: 1 of 50 checks answered" in shown
    assert "teams shows: Ben only    | Search Assistant: 2 of 50 checks answered" in shown


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def same_as(file: Path, result: str) -> None:
    if os.environ.get("TRANSCRIPTS") == "write":
        file.write_text(result, encoding="utf-8")
    assert result == read(file)


async def played(transcript: str, database: Callable[[str], str]) -> str:
    """What the transcript reads like now; the state must be the same on both platforms."""
    clock = StoryClock()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_stage(database("slack"), clock))
        teams = await stack.enter_async_context(teams_stage(database("teams"), clock))
        story = Story([slack, teams], clock)
        result = await story.played(transcript)
        await story.ends_alike()
    return result
