"""What Teams answered is kept while the database is away: nobody can look it up afterwards."""

from collections import Counter

import pytest
from fake_teams import ANA
from sqlalchemy.exc import OperationalError
from teams_room import Room

from bot import holding


async def test_a_post_is_not_repeated_because_the_database_was_away_when_it_was_answered(
    quick: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "AGAIN", 0.01)
    runner, real = quick.bot.runner, quick.bot.runner.write
    known = len(quick.teams.shown)
    failed: Counter[int] = Counter()

    async def away_after_each_post(work):
        posts = len(quick.teams.shown)
        if posts > known and failed[posts] < 3:
            failed[posts] += 1
            raise OperationalError("the server closed the connection", None, Exception())
        return await real(work)

    await quick.start()
    known = len(quick.teams.shown)
    monkeypatch.setattr(runner, "write", away_after_each_post)
    await quick.press(ANA, "Ask everything")
    await quick.settle()

    posted = [it.activity["summary"] for it in quick.teams.shown[known:]]
    assert posted == ["Layer 1 of 8, Prompt management: 0 of 6 checks answered"]
    assert failed == {known + 1: 3}
