"""The proof finds what is wrong: each of its claims can fail."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from bot_kit import ANA
from proof import STRANGER, prove
from siege_kit import Promise, Siege, siege
from sqlalchemy import text

from conversations.review import Review
from storage.database import Database

Begun = tuple[Siege, Review]


@pytest.fixture
async def begun(tmp_path: Path) -> AsyncIterator[Begun]:
    async with siege(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        review = await it.start("slack-search", "search-team")
        await it.start_in_teams("teams-search")
        await it.type(review, ANA, "1.1", "met")
        await it.calm()
        assert prove(it).wrong == []
        for port in [*it.bots]:
            await it.kill(port)
        yield it, review


def change(database: Database, statement: str) -> None:
    with database.write() as conn:
        conn.execute(text(statement))


async def test_each_thing_that_is_wrong_is_found(begun: Begun) -> None:
    it, review = begun

    def found(words: str) -> bool:
        return any(words in line for line in prove(it).wrong)

    it.promises.append(Promise("slack:press:1", review.id, "x", "slack:U0ANA", "met"))
    assert found("is not in the history")
    lost = it.promises.pop(0), it.promises.pop()
    assert found("nobody said")
    it.promises.append(replace(lost[0], verdict="unmet"))
    assert found("is in the history as")
    it.promises[:] = lost[:1]
    assert prove(it).wrong == []

    world = it.workspace.core.world
    root = it.message(review)
    assert root is not None
    world.put(replace(root, text="another"))
    assert found("root is out of date")
    world.put(root)
    world.put(replace(root, ts="1.1"))
    assert found("stands 2 times")
    world.drop(replace(root, ts="1.1"))
    world.put(replace(root, channel="C0GENERAL", metadata=None, blocks=({"text": "mark00001"},)))
    assert found("is read in ('slack', 'C0GENERAL')")
    world.put(replace(root, channel="C0GENERAL", metadata=None, blocks=({"text": STRANGER},)))
    assert found("was shown")
    world.drop(replace(root, channel="C0GENERAL"))
    [post] = [one for one in it.workspace.calls if "/root@" in str(one.arguments)]
    it.workspace.calls.append(post)
    assert found("was posted 2 times")
    it.workspace.calls.pop()
    assert prove(it).wrong == []

    shown = it.teams.shown[0]
    old = shown.activity
    shown.activity = old | {"summary": "another"}
    assert found("root is out of date in Teams")
    shown.activity = old
    again = replace(shown, id="1", at=it.stopped[-1] - 1)
    it.teams.shown.append(again)
    assert len(prove(it).duplicates) == 1
    assert not found("posted twice")
    it.teams.shown.append(replace(again, id="2"))
    assert found("posted twice"), "one stop explains one post"
    it.teams.shown.pop()
    it.teams.shown[-1] = replace(again, at=it.stopped[-1] + 1)
    assert prove(it).duplicates == []
    assert found("posted twice")
    it.teams.shown.pop()

    change(it.database, "UPDATE lane SET token = 'x' WHERE id LIKE 'review:%'")
    assert found("is leased until")
    change(it.database, "UPDATE lane SET token = NULL")
    change(
        it.database,
        "UPDATE outbox SET state = 'dropped', reason = 'gave up: x' WHERE slot = 'root'",
    )
    assert found("root is dropped: gave up")
    change(it.database, "UPDATE outbox SET state = 'done', reason = NULL")
    change(it.database, "UPDATE answer SET verdict = 'unmet'")
    assert found("but met was said last")
