"""The weekly scorecard of a channel: when it comes, what it says, and that it comes once."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from bot_kit import ANA, BEN, text_of
from clock_kit import BEGUN, counted, hours

from storage import due, places

MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
WEEK = timedelta(days=7)


@pytest.fixture
async def team(tmp_path):
    async with hours(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        yield it


def scorecards(team):
    """The weekly scorecards in the channel."""
    return [
        text_of(it)
        for it in team.workspace.messages(team.channel)
        if it.by_bot and it.text.startswith(("Weekly scorecard", "The weekly scorecard"))
    ]


async def next_one(team):
    """When the channel's next weekly scorecard is due."""
    plans = await team.bot.runner.read(due.planned)
    return next(it.at for it in plans if it.kind == "weekly")


async def test_it_is_set_answered_and_ended(team):
    said = await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    assert "on Mondays at *09:00* (Europe/Berlin), next on 30 Nov: no service" in said
    assert await next_one(team) == MONDAY
    said = await team.ask(BEN, "slash", "weekly off")
    assert said == "This channel gets no weekly scorecard."
    assert await team.bot.runner.read(due.planned) == []
    assert "no weekly scorecard" in await team.ask(BEN, "slash", "weekly off")


async def test_a_new_rule_takes_the_place_of_the_old(team):
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    said = await team.ask(ANA, "slash", "weekly fridays 17:30 UTC")
    assert "on Fridays at *17:30* (UTC), next on 27 Nov" in said
    [plan] = await team.bot.runner.read(due.planned)
    assert plan.at == datetime(2026, 11, 27, 17, 30, tzinfo=UTC)


async def test_without_a_zone_it_is_the_persons(team):
    """The workspace's profile of Ana says Berlin; before it is known, the setting counts."""
    await team.start()
    said = await team.ask(ANA, "slash", "weekly monday 09:00")
    assert "(Europe/Berlin)" in said


@pytest.mark.parametrize(
    "typed",
    [
        "weekly someday 25:00", "weekly monday 24:00", "weekly monday 09:60", "weekly monday",
        "weekly 09:00", "weekly", "weekly monday 09:00 Mars/Base", "weekly monday 09:00 CEST",
        "weekly monday 09:00 localtime", "weekly monday 9", "weekly m 09:00", "weekly t 09:00",
        "schedule search-assistant every 0 days", "schedule search-assistant every 1000 years",
        "schedule search-assistant every 99999999999999999999 months", "schedule every 3 days",
        "schedule search-assistant every -3 days", "schedule nothing-known every 3 days",
        "schedule search-assistant every 1.5 weeks",
    ],
)  # fmt: skip
async def test_what_cannot_be_is_one_line_and_changes_nothing(team, typed):
    said = await team.ask(ANA, "slash", typed)
    assert len(said.splitlines()) == 1
    assert "Something went wrong" not in said
    assert await team.bot.runner.read(due.planned) == []


async def test_alone_with_the_bot_there_is_no_channel_to_post_to(team):
    said = await team.ask(ANA, "direct", "weekly monday 09:00")
    assert said == team.line("refusals.weekly_channel")


async def test_it_comes_on_its_day_and_says_where_the_services_stand(team):
    await team.finish()
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    await team.until(MONDAY - timedelta(seconds=1))
    assert scorecards(team) == []
    await team.until(MONDAY)
    [said] = scorecards(team)
    assert said.splitlines()[0] == "Weekly scorecard · 30 Nov 2026"
    assert "*1 service* · 🔴 1 not ready · no gap overdue" in said
    assert "search-assistant> · Not ready · 2 %" in said
    assert "weakest: Evaluation" in said
    assert "50 of 50 apply · *3 critical open*" in said
    assert "finished 4 days ago" in said
    assert "moved" not in said


async def test_the_next_one_says_what_moved(team):
    await team.finish()
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    await team.until(MONDAY)
    await team.press(BEN, "Reopen review")
    for check in ("2.1", "2.2", "2.3"):
        await team.reply(BEN, f"{check} yes")
    await team.until(MONDAY + WEEK)
    said = scorecards(team)[-1]
    assert "8 % (+6)" in said
    assert "*What moved*\n*search-assistant*: up 6 to 8 %" in said
    await team.until(MONDAY + 2 * WEEK)
    assert "Nothing moved since" in scorecards(team)[-1]
    assert len(scorecards(team)) == 3


async def test_without_services_it_says_how_to_start(team):
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    await team.until(MONDAY)
    [said] = scorecards(team)
    assert "`/readiness start SERVICE`" in said


async def test_down_from_friday_to_tuesday_it_comes_once(team):
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    await team.until(MONDAY + timedelta(days=1, hours=3))
    await team.pass_(hours=1)
    assert len(scorecards(team)) == 1


async def test_down_for_six_weeks_it_comes_once_and_five_are_counted(team):
    await team.finish()
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    missed = {"kind": "weekly", "outcome": "skipped", "why": "missed"}
    before = counted("readiness_due_total", **missed)
    await team.until(MONDAY + 5 * WEEK + timedelta(days=2))
    assert len(scorecards(team)) == 1
    assert "Weekly scorecard · 4 Jan 2027" in scorecards(team)[0]
    assert counted("readiness_due_total", **missed) == before + 5
    assert await next_one(team) == MONDAY + 6 * WEEK


async def test_a_year_of_mondays(team):
    """At nine in Berlin, in summer as in winter."""
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    posted = []
    for _ in range(53):
        at = await next_one(team)
        await team.until(at)
        posted.append(at)
    assert len(scorecards(team)) == 53
    assert {it.hour for it in posted} == {7, 8}
    assert {later - at for at, later in pairwise(posted)} == {
        WEEK, WEEK - timedelta(hours=1), WEEK + timedelta(hours=1),
    }  # fmt: skip


async def test_where_nothing_can_be_posted_it_is_skipped_by_name(team):
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    [plan] = await team.bot.runner.read(due.planned)
    from bot.posts import place_of

    await team.bot.runner.write(
        lambda conn: places.stop(conn, place_of(plan.subject), "archived", BEGUN)
    )
    gone = {"kind": "weekly", "outcome": "skipped", "why": "channel_gone"}
    before = counted("readiness_due_total", **gone)
    await team.until(MONDAY)
    assert scorecards(team) == []
    assert counted("readiness_due_total", **gone) == before + 1
    assert await next_one(team) == MONDAY + WEEK


async def test_two_workers_at_once_make_one(team):
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    team.clock.at = MONDAY
    await asyncio.gather(*(team.bot.tick() for _ in range(5)))
    await team.settle()
    assert len(scorecards(team)) == 1


async def test_ended_and_set_again_on_the_day_it_does_not_come_twice(team):
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    await team.until(MONDAY)
    await team.ask(ANA, "slash", "weekly off")
    await team.ask(ANA, "slash", "weekly monday 10:00 Europe/Berlin")
    await team.until(MONDAY + timedelta(hours=1))
    assert len(scorecards(team)) == 1


async def test_while_a_re_review_is_open_the_last_result_stands(team):
    await team.finish()
    await team.ask(ANA, "slash", "weekly monday 09:00 Europe/Berlin")
    await team.until(MONDAY)
    await team.start()
    await team.until(MONDAY + WEEK)
    said = scorecards(team)[-1]
    assert "· 2 % ·" in said
    assert "finished 11 days ago, re-review open" in said
    assert "Nothing moved" in said
