"""Re-reviews that open by themselves: when, where, and why one does not."""

from datetime import UTC, datetime, timedelta

import pytest
from bot_kit import ANA, BEN
from clock_kit import BEGUN, counted, hours

from bot.schedule import KIND
from storage import due, people, places, reviews

DUE = datetime(2027, 2, 23, 9, 0, tzinfo=UTC)  # 90 days after the first review, a Tuesday


@pytest.fixture
async def team(tmp_path):
    async with hours(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        yield it


async def planned(team):
    """When the service's re-review is due; None: it is not planned."""
    plans = await team.bot.runner.read(due.planned)
    return next((it.at for it in plans if it.kind == KIND), None)


async def skipped(team, why):
    """How often a re-review was skipped for that reason, and a look at what is due."""
    await team.bot.tick()
    await team.settle()
    return counted("readiness_due_total", kind=KIND, outcome="skipped", why=why)


def newest(team):
    return team.bot.runner.read(lambda conn: reviews.latest_of(conn, "search-assistant"))


async def test_it_counts_from_the_end_of_the_last_review(team):
    await team.start()
    said = await team.ask(ANA, "slash", "schedule search-assistant every 90 days")
    assert said.endswith("the date is set when that is finished.")
    assert await planned(team) is None
    await team.press(ANA, "Ask everything")
    await team.press(ANA, "Met", check="1.1")
    await team.press(ANA, "Finish review")
    assert await planned(team) == DUE - timedelta(hours=1)  # nine o'clock in Berlin
    said = await team.ask(ANA, "slash", "schedule search-assistant every 90 days")
    assert "next on Tue 23 Feb 2027, 09:00 (Europe/Berlin)" in said


async def test_it_opens_in_the_home_channel_and_names_the_owners(team):
    await team.finish()
    await team.ask(BEN, "slash", "schedule search-assistant every 90 days")
    await team.until((await planned(team)) - timedelta(seconds=1))
    first = await newest(team)
    await team.pass_(seconds=1)
    review = await newest(team)
    assert (review.open, review.scheduled, review.previous) == (True, True, first.id)
    root = team.workspace.messages(team.channel)[-1]
    assert f"<@{ANA}>" in str(root.blocks)
    assert await planned(team) is None


async def test_while_one_is_open_no_second_is_opened(team):
    await team.finish()
    await team.ask(ANA, "slash", "schedule search-assistant every 90 days")
    await team.pass_(minutes=1)
    await team.start()
    before = await skipped(team, "review_open")
    team.clock.at = DUE
    assert await skipped(team, "review_open") == before + 1
    assert [it.id for it in await team.bot.runner.read(reviews.latest_of_all)] == [
        (await newest(team)).id
    ]


async def test_reopened_it_is_counted_anew_from_the_next_end(team):
    await team.finish()
    await team.ask(ANA, "slash", "schedule search-assistant every 90 days")
    await team.press(ANA, "Reopen review")
    assert await planned(team) is None
    await team.pass_(days=10)
    await team.press(ANA, "Finish review")
    assert await planned(team) == datetime(2027, 3, 5, 8, 0, tzinfo=UTC)


async def test_switched_off_nothing_comes(team):
    await team.finish()
    await team.ask(ANA, "slash", "schedule search-assistant every 90 days")
    said = await team.ask(ANA, "slash", "schedule search-assistant off")
    assert said.endswith("only when somebody starts it.")
    assert await planned(team) is None
    await team.until(DUE + timedelta(days=1))
    assert not (await newest(team)).open


async def test_where_nothing_can_be_posted_the_owners_are_told_once_and_it_is_tried_again(team):
    await team.finish()
    await team.ask(BEN, "slash", "schedule search-assistant every 90 days")
    home = (await newest(team)).place
    await team.bot.runner.write(lambda conn: places.stop(conn, home, "archived", BEGUN))
    line = team.line("tells.rereview_stranded", service="search-assistant")
    for weeks in range(3):
        await team.until(DUE + timedelta(weeks=weeks))
        assert team.told(ANA).count(line) == 1
    assert not (await newest(team)).open
    await team.bot.runner.write(lambda conn: places.resume(conn, home))
    await team.until(DUE + timedelta(weeks=4))
    assert (await newest(team)).open


async def test_public_holidays_count(tmp_path):
    """90 days after 26 September is Christmas Day; in Germany the day after is one, too."""
    autumn = datetime(2026, 9, 26, 8, 0, tzinfo=UTC)
    async with hours(f"sqlite:///{tmp_path / 'r.db'}", autumn, holidays="DE") as it:
        await it.finish()
        await it.ask(ANA, "slash", "schedule search-assistant every 90 days")
        assert await planned(it) == datetime(2026, 12, 28, 8, 0, tzinfo=UTC)


async def test_a_zone_that_nobody_here_knows_stops_nothing(team):
    """Platforms may know zones that this machine's data lacks."""
    await team.start()
    known = await team.bot.runner.read(lambda conn: people.get(conn, f"slack:{ANA}"))
    lost = people.Person(known.id, known.platform, known.name, "Mars/Phobos", False, BEGUN)
    await team.bot.runner.write(lambda conn: people.upsert(conn, lost))
    await team.press(ANA, "Ask everything")
    await team.press(ANA, "Met", check="1.1")
    await team.press(ANA, "Finish review")
    assert not (await newest(team)).open
    said = await team.ask(ANA, "slash", "schedule search-assistant every 3 weeks")
    assert "(UTC)" in said
