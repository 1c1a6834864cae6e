"""The demo's clock: what the bot does by itself, seen in the workspace when time passes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sample_kit import Demo, demo

from bot.passing import catch_up
from bot.playground.clockwork import MovableClock

START = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)  # a Wednesday
SEARCH = "C0SEARCH"


def still() -> MovableClock:
    """A clock whose real time stands still."""
    return MovableClock(lambda: START)


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "demo.db", still()) as opened:
        yield opened


async def test_nothing_is_planned_at_first(there: Demo):
    assert await there.clockwork.happenings.coming() is None
    assert await there.clockwork.happenings.next_at() is None


async def test_weeks_bring_weekly_scorecards(there: Demo):
    """Each at its own time, in a channel that asked for them."""
    await there.type("U0ANA", SEARCH, "/readiness start search-assistant")
    await there.type("U0ANA", SEARCH, "/readiness weekly monday 09:00 Europe/Berlin")
    monday = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    plans = []
    while (at := await there.clockwork.happenings.next_at()) and at <= monday:
        plans.append(await there.clockwork.happenings.coming())
        await there.clockwork.move(at)
    assert plans[-1].what == "weekly scorecard of #search-team"
    await there.pass_(weeks=2)
    said = [it for it in there.workspace.messages(SEARCH) if it.text.startswith("Weekly")]
    assert [round(float(it.ts)) for it in said] == [
        (monday + timedelta(weeks=number)).timestamp() for number in range(3)
    ]


async def test_a_silent_review_brings_a_reminder(there: Demo):
    """Named by the person; the look that finds nothing to say is passed over."""
    await there.type("U0ANA", SEARCH, "/readiness start search-assistant")
    coming = await there.clockwork.happenings.coming()
    assert coming.what == "a reminder for Ana Berger"
    await there.clockwork.move(coming.at)
    (reminder,) = there.workspace.messages("D0ANA")
    assert "search-assistant" in reminder.text
    assert float(reminder.ts) == pytest.approx(coming.at.timestamp(), abs=1)


async def test_a_finished_review_brings_the_first_reminder_of_its_gaps(there: Demo):
    """Not the look that was planned while it was open, and nothing that comes after it."""
    await there.type("U0ANA", SEARCH, "/readiness start search-assistant")
    (root,) = there.workspace.messages(SEARCH)
    for text in ("skip", "1.1-1.6 yes", "2.1 no", "2.2-2.7 yes", "3.1-3.7 yes", "4.1-4.6 yes",
                 "5.1-5.6 yes", "6.1-6.6 yes", "7.1-7.6 yes", "8.1-8.6 yes"):  # fmt: skip
        await there.workspace.send("U0ANA", SEARCH, text, root.ts)
        await there.clockwork.happenings.happen()
    coming = await there.clockwork.happenings.coming()
    assert coming.what == "a reminder for Ana Berger"
    due = START.date() + timedelta(days=14)  # 2.1 is critical
    monday = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)  # three days before it is a Sunday
    assert coming.at == monday
    assert due - monday.date() == timedelta(days=2)
    await there.clockwork.move(coming.at)
    (reminder,) = there.workspace.messages("D0ANA")
    assert "2.1" in str(reminder.blocks)


async def test_people_go_on_after_the_clock_was_moved(there: Demo):
    """The door goes by real time, everything else by the moved clock."""
    await there.pass_(days=40)
    await there.type("U0BEN", SEARCH, "/readiness start query-rewriter")
    (root,) = there.workspace.messages(SEARCH)
    assert float(root.ts) == pytest.approx(there.clock().timestamp(), abs=1)
    assert len(there.workspace.thread(SEARCH, root.ts)) > 1


async def test_a_kept_clock_goes_on_where_it_stood(tmp_path: Path):
    """Answers given now must not count as older than those of the moved clock."""
    file = tmp_path / "kept.db"
    async with demo(file, still()) as there:
        await there.pass_(weeks=2)
        await there.type("U0ANA", SEARCH, "/readiness start search-assistant")
        stood = there.clock()
    clock = still()
    async with demo(file, clock) as again:
        await again.bot.runner.read(lambda conn: catch_up(conn, clock))
    assert clock() == stood


async def test_a_clock_that_was_never_moved_is_left_alone(there: Demo):
    await there.bot.runner.read(lambda conn: catch_up(conn, there.clock))
    assert there.clock.ahead == timedelta()
