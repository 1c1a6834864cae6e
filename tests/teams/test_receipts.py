"""What Teams answered is kept while the database is away: nobody can look it up afterwards."""

from collections import Counter

from fake_teams import ANA, Teams
from sqlalchemy.exc import OperationalError
from teams_room import Room

from bot.runner import Runner


class AwayAfterEachPost:
    """A runner whose database goes away for three writes whenever Teams has taken a post."""

    def __init__(self, runner: Runner, teams: Teams) -> None:
        self.runner, self.read = runner, runner.read
        self.teams, self.known = teams, len(teams.shown)
        self.failed: Counter[int] = Counter()

    async def write(self, work):
        posts = len(self.teams.shown)
        if posts > self.known and self.failed[posts] < 3:
            self.failed[posts] += 1
            raise OperationalError("the server closed the connection", None, Exception())
        return await self.runner.write(work)


async def test_a_post_is_not_repeated_because_the_database_was_away_when_it_was_answered(
    quick: Room,
) -> None:
    await quick.start()
    known = len(quick.teams.shown)
    runner = AwayAfterEachPost(quick.bot.runner, quick.teams)
    quick.bot.delivery.runner = runner
    await quick.press(ANA, "Ask everything")
    await quick.settle()

    posted = [it.activity["summary"] for it in quick.teams.shown[known:]]
    assert posted == ["Layer 1 of 8, Prompt management: 0 of 6 checks answered"]
    assert runner.failed == {known + 1: 3}
