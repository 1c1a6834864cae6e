"""Putting the clock forward: what is planned on the way happens, each at its own time."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession
from playground_kit import do, get, told, watching

from bot.playground.clockwork import MOST_STOPS, Clockwork, Coming, MovableClock
from bot.playground.workspace import Workspace, serve_workspace

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@dataclass
class Diary:
    """Plans by their moments; what was done at what time of the clock."""

    clock: MovableClock
    plans: dict[datetime, str] = field(default_factory=dict)
    every: timedelta | None = None
    done: list[tuple[datetime, str]] = field(default_factory=list)
    looked: int = 0
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_go_on.set()

    async def next_at(self) -> datetime | None:
        coming = await self.coming()
        return coming and coming.at

    async def coming(self) -> Coming | None:
        later = [at for at in self.plans if at > self.clock()]
        return Coming(min(later), self.plans[min(later)]) if later else None

    async def happen(self) -> None:
        await self.may_go_on.wait()
        self.looked += 1
        for at in sorted(self.plans):
            if at <= self.clock():
                what = self.plans.pop(at)
                self.done.append((self.clock(), what))
                if self.every:
                    self.plans[at + self.every] = what


@pytest.fixture
def wall() -> MovableClock:
    """Its real time stands still."""
    return MovableClock(lambda: START)


@pytest.fixture
def diary(wall: MovableClock) -> Diary:
    return Diary(wall)


@pytest.fixture
async def page(wall: MovableClock, diary: Diary):
    workspace = Workspace(clock=wall, signing_clock=wall)
    workspace.offer_clock(Clockwork(wall, diary))
    runner = await serve_workspace(workspace)
    async with ClientSession(workspace.url) as session:
        yield session
    await runner.cleanup()


def at(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


async def refusal(session: ClientSession, **asked) -> str:
    async with session.post("/_page/clock", json=asked) as response:
        assert response.status == 400
        return (await response.json())["error"]


async def test_each_thing_happens_at_its_own_time(page, wall, diary):
    """In order, those included that only another thing plans on the way."""
    diary.plans = {START + 3 * DAY: "nudge", START + HOUR: "weekly"}
    diary.every = 2 * DAY
    answer = await do(page, "clock", by=WEEK.total_seconds())
    assert diary.done == [
        (START + HOUR, "weekly"),
        (START + HOUR + 2 * DAY, "weekly"),
        (START + 3 * DAY, "nudge"),
        (START + HOUR + 4 * DAY, "weekly"),
        (START + 5 * DAY, "nudge"),
        (START + HOUR + 6 * DAY, "weekly"),
        (START + WEEK, "nudge"),
    ]
    assert wall() == START + WEEK
    assert answer["clock"] == {
        "now": at(START + WEEK),
        "movable": True,
        "ahead": WEEK.total_seconds(),
        "next": {"at": at(START + HOUR + 8 * DAY), "what": "weekly"},
        "moving": None,
    }


async def test_the_next_thing(page, wall, diary):
    diary.plans = {START + 3 * DAY: "weekly"}
    shown = (await get(page, "clock"))["clock"]
    assert shown["next"] == {"at": at(START + 3 * DAY), "what": "weekly"}
    await do(page, "clock", to="next")
    assert (wall(), diary.done) == (START + 3 * DAY, [(START + 3 * DAY, "weekly")])
    assert await refusal(page, to="next") == "nothing_planned"
    assert wall() == START + 3 * DAY


async def test_what_is_due_already_happens_before_the_clock_moves(page, diary):
    diary.plans = {START - HOUR: "late", START + HOUR: "next"}
    await do(page, "clock", to="next")
    assert diary.done == [(START, "late"), (START + HOUR, "next")]


async def test_a_thing_that_never_gets_done_does_not_hold_the_clock(page, wall, diary):
    """It stays due, as after a failure; what comes later happens all the same."""

    async def failing() -> None:
        diary.looked += 1

    diary.plans, diary.happen = {START + HOUR: "broken"}, failing
    await do(page, "clock", by=WEEK.total_seconds())
    assert (wall(), diary.looked) == (START + WEEK, 3)


async def test_a_plan_for_every_second_does_not_keep_a_week_from_passing(page, wall, diary):
    diary.plans, diary.every = {START + timedelta(seconds=1): "tick"}, timedelta(seconds=1)
    await do(page, "clock", by=WEEK.total_seconds())
    assert (wall(), diary.looked) == (START + WEEK, MOST_STOPS + 2)


@pytest.mark.parametrize(
    "asked",
    [
        {"by": 0},
        {"by": -1},
        {"by": True},
        {"by": "3600"},
        {"by": None},
        {"by": 400 * 86_400},
        {"by": 10**400},
    ],
)
async def test_only_forward_and_at_most_a_year(page, wall, asked):
    assert await refusal(page, **asked) == "invalid by"
    assert wall() == START


async def test_saying_nothing_moves_nothing(page, wall):
    assert await refusal(page, to="yesterday") == "missing by"
    assert wall() == START


async def test_every_page_sees_the_time_pass(page, diary):
    """When it begins, after each thing, and at the end, with what comes next."""
    diary.plans = {START + HOUR: "nudge", START + 2 * DAY: "weekly"}
    async with watching(page, "U0BEN") as ben:
        await do(page, "clock", by=DAY.total_seconds())
        began, stopped, ended = [(await told(ben))["clock"] for _ in range(3)]
    way = {"since": at(START), "until": at(START + DAY)}
    assert (began["now"], began["moving"]) == (at(START), way)
    assert (stopped["now"], stopped["moving"]) == (at(START + HOUR), way)
    assert (ended["now"], ended["moving"]) == (at(START + DAY), None)
    assert ended["next"]["what"] == "weekly"


async def test_two_at_once_are_one_too_many(page, wall, diary):
    diary.may_go_on.clear()
    async with watching(page, "U0BEN") as ben:
        first = asyncio.create_task(do(page, "clock", by=HOUR.total_seconds()))
        assert (await told(ben))["clock"]["moving"]
        assert await refusal(page, by=60) == "clock_moving"
        diary.may_go_on.set()
        await first
    assert wall() == START + HOUR


async def test_messages_bear_the_clocks_time(page, wall):
    await do(page, "clock", by=DAY.total_seconds())
    said = await do(page, "send", user="U0ANA", channel="C0GENERAL", text="tomorrow")
    assert float(said["ts"]) == pytest.approx((START + DAY).timestamp(), abs=0.001)


async def test_without_a_movable_clock_the_page_has_none(browser: ClientSession):
    state = await get(browser, "state", user="U0ANA")
    assert state["clock"]["movable"] is False
    assert await refusal(browser, by=60) == "clock_fixed"


async def test_a_foreign_page_cannot_move_it(page, wall):
    headers = {"Origin": "http://evil.example"}
    async with page.post("/_page/clock", json={"by": 60}, headers=headers) as response:
        assert response.status == 403
    assert wall() == START


def test_the_clock_never_goes_back():
    wall = MovableClock(lambda: START)
    wall.forward(START + DAY)
    wall.forward(START + HOUR)
    assert (wall(), wall.ahead) == (START + DAY, DAY)


async def test_real_limits_do_not_outlast_a_moved_clock(page, diary, wall):
    """Slack's own limits count by this clock: what had to wait a second need not after an hour."""
    workspace_limits = {"real_limits": True}
    await do(page, "faults", **workspace_limits)
    headers = {"Authorization": "Bearer xoxb-playground-local"}
    body = {"channel": "C0GENERAL", "text": "hello"}

    async def post() -> int:
        async with page.post("/api/chat.postMessage", json=body, headers=headers) as response:
            return response.status

    statuses = [await post() for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    await do(page, "clock", by=HOUR.total_seconds())
    assert [await post() for _ in range(5)] == statuses
