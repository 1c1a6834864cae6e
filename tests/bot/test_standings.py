"""Where services stand is kept with their finished reviews, and is what counting would say."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from reviewing import CHECKLIST, CRITICAL, IDS, PEOPLE, stand
from sqlalchemy import event
from storage_kit import HERE, NOW, THERE, review, service

from bot.runner import Runner
from bot.scenes import Scenes
from bot.turn import Said, Taken, Turns
from bot.weekly import WeeklyScorecards, set_rule
from conversations import events as happened
from conversations import rereview
from conversations.calendar import Weekly
from conversations.effects import Refused
from conversations.ladder import DueDays
from conversations.review import Review, Verdict
from conversations.scoring import Thresholds
from conversations.standing import Stand, Yardstick
from conversations.week import Week, week
from storage import due, reviews, services, standings, weeklies
from storage.database import Database
from storage.migrating import migrate
from storage.tables import REVIEW, SERVICE, STANDING

BY = Yardstick(CHECKLIST)
DAY = timedelta(days=1)


@dataclass
class Fleet:
    """Services and their reviews, changed as the bot does it."""

    database: Database
    now: Any = NOW
    keys: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    def __post_init__(self) -> None:
        self.turns = Turns(Runner(self.database), CHECKLIST, lambda: self.now)
        scenes = Scenes(CHECKLIST, {})
        self.weekly = WeeklyScorecards(self.turns.runner, scenes, lambda: self.now)

    def add(self, name: str, home: Any = HERE) -> None:
        with self.database.write() as conn:
            services.create(conn, service(name, home), by=PEOPLE[0])

    async def start(self, name: str) -> None:
        """Opens its next review a minute later, as `start` does."""
        self.now += timedelta(minutes=1)
        with self.database.write() as conn:
            last = reviews.latest_of(conn, name)
            opened = replace(review(name, next(self.keys)), started_at=self.now)
            opened = rereview.following(CHECKLIST, opened, last)
            reviews.create(conn, opened, f"s-{name}")
        await self.take(opened.id, happened.Started)
        if last is None:
            await self.take(opened.id, happened.AskedEverything)

    async def take(self, review_id: str, kind: Callable[..., Any], **facts: Any) -> Taken:
        said = Said(f"slack:press:{next(self.keys)}", PEOPLE[0], self.now, place=HERE)
        said_so = kind(by=said.by, at=said.at, **facts)
        return await self.turns.take(said, review_id, lambda _: said_so, whisper=False)

    async def on_newest(self, name: str, kind: Callable[..., Any], **facts: Any) -> Taken:
        return await self.take(self.newest(name).id, kind, **facts)

    async def answer(self, name: str, check: str, verdict: Verdict = Verdict.MET) -> None:
        note = "it does not apply" if verdict is Verdict.NOT_APPLICABLE else None
        await self.on_newest(name, happened.Answered, checks=(check,), verdict=verdict, note=note)

    async def finished(self, name: str) -> None:
        """A service whose review was held to its end, with one answer."""
        self.add(name)
        await self.start(name)
        await self.answer(name, IDS[0])
        await self.on_newest(name, happened.Finished)

    def newest(self, name: str) -> Review:
        with self.database.read() as conn:
            found = reviews.latest_of(conn, name)
        assert found is not None
        return found

    def read(self, by: Yardstick = BY) -> dict[str, Stand]:
        """What the product says of all services, by their keys."""
        with self.database.read() as conn:
            return {it.key: it for it in standings.of(conn, by)}

    def counted(self, by: Yardstick = BY) -> dict[str, Stand]:
        """The same from all answers of all reviews."""
        with self.database.read() as conn:
            stood, again = reviews.settled(conn, reviews.latest_of_all(conn))
            return {it.service_key: stand(it, again=it.service_key in again, by=by)
                    for it in stood}  # fmt: skip

    def rows(self) -> dict[str, Any]:
        """What is kept, by review."""
        with self.database.read() as conn:
            return {row.review_id: row for row in conn.execute(STANDING.select())}

    @contextmanager
    def by_the_release_before(self) -> Iterator[None]:
        """What happens meanwhile is done by a process that knows nothing of standings."""
        before = [row._asdict() for row in self.rows().values()]
        yield
        with self.database.write() as conn:
            conn.execute(STANDING.delete())
            if before:
                conn.execute(STANDING.insert(), before)


@pytest.fixture
def fleet(database: Database) -> Iterator[Fleet]:
    made = Fleet(database)
    yield made
    made.turns.runner.close()


async def a_step(fleet: Fleet, chance: Random, name: str) -> None:
    """Something that people do; refused where it cannot be."""
    newest = fleet.newest(name)
    check = chance.choice(IDS)
    kinds: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (happened.Answered, {"checks": IDS, "verdict": Verdict.MET}),
        (happened.Answered, {"checks": IDS[::2], "verdict": chance.choice(
            [Verdict.MET, Verdict.PARTLY, Verdict.UNKNOWN])}),
        (happened.Answered, {"checks": (check,), "verdict": Verdict.NOT_APPLICABLE, "note": "no"}),
        (happened.Finished, {}),
        (happened.Finished, {}),
        (happened.Reopened, {}),
        (happened.GapsAccepted, {}),
        (happened.GapChanged, {"checks": (check,), "due": fleet.now + chance.randint(0, 40) * DAY}),
        (happened.GapChanged, {"checks": (check,), "owner": chance.choice(PEOPLE)}),
        (happened.Settled, {"check": check, "verdict": chance.choice(list(Verdict)[:3])}),
        (happened.Assigned, {"layer": CHECKLIST.layers[0].id, "to": chance.choice(PEOPLE)}),
    ]  # fmt: skip
    kind, facts = chance.choice(kinds)
    older = newest.previous if chance.random() < 0.1 else None
    try:
        if not newest.open and chance.random() < 0.2:
            await fleet.start(name)
        else:
            await fleet.take(older or newest.id, kind, **facts)
    except Refused:
        pass


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_it_is_what_counting_says(fleet: Fleet, seed: int):
    chance, names = Random(seed), ["alpha", "beta", "gamma"]
    for name in names:
        fleet.add(name)
        await fleet.start(name)
    fleet.add("without-a-review")
    for number in range(160):
        fleet.now += timedelta(hours=chance.randint(1, 40))
        if chance.random() < 0.15:
            with fleet.by_the_release_before():
                await a_step(fleet, chance, chance.choice(names))
        else:
            await a_step(fleet, chance, chance.choice(names))
        if number % 20 == 0:
            with fleet.database.write() as conn:
                standings.fill(conn, BY)
        assert fleet.read() == fleet.counted()
    assert fleet.rows()


async def test_the_week_is_the_same_by_what_is_kept_and_by_counting(fleet: Fleet):
    for name, missed in (("alpha", 3), ("beta", 5), ("gamma", 1)):
        fleet.add(name)
        await fleet.start(name)
        for check in IDS[missed:]:
            await fleet.answer(name, check)
        await fleet.on_newest(name, happened.Finished)
    await fleet.start("beta")
    fleet.add("delta")
    await fleet.start("delta")
    with fleet.database.write() as conn:
        before = {"readiness": "ready", "percent": 99, "overdue": 0}
        weeklies.keep(conn, "s-alpha", date(2026, 10, 1), before | {"percent": 1})
        weeklies.keep(conn, "s-alpha", date(2026, 10, 8), before)
        weeklies.keep(conn, "s-alpha", date(2026, 11, 30), before | {"percent": 2})
    fleet.now += 60 * DAY

    def made() -> Week:
        with fleet.database.read() as conn:
            return fleet.weekly.made(conn, HERE, "2026-12-01", fleet.now)

    kept = made()
    with fleet.database.write() as conn:
        assert len(fleet.rows()) == 3
        conn.execute(STANDING.delete())
    assert made() == kept
    told = {"s-alpha": before}
    assert kept == week("2026-12-01", [*fleet.counted().values()], told, fleet.now, CHECKLIST)
    by_key = {it.key: it for it in kept.standings}
    assert [it.check for it in kept.missed] == list(IDS[:3])
    assert [it.services for it in kept.missed] == [3, 2, 2]
    assert by_key["alpha"].change == by_key["alpha"].percent - 99
    assert [by_key[it].overdue for it in ("alpha", "beta", "delta")] == [3, 5, 0]
    assert (by_key["beta"].open, by_key["beta"].again, by_key["delta"].open) == (False, True, True)


async def test_of_other_channels_services_nothing_is_said(fleet: Fleet):
    await fleet.finished("alpha")
    fleet.add("beta", THERE)
    await fleet.start("beta")
    with fleet.database.read() as conn:
        assert [it.key for it in standings.of(conn, BY, HERE)] == ["alpha"]
        assert [it.key for it in standings.of(conn, BY, THERE)] == ["beta"]


async def test_in_an_open_review_a_press_keeps_nothing(fleet: Fleet):
    fleet.add("alpha")
    await fleet.start("alpha")
    await fleet.answer("alpha", IDS[0])
    assert fleet.rows() == {}
    await fleet.on_newest("alpha", happened.Finished)
    await fleet.on_newest("alpha", happened.Reopened)
    kept = fleet.rows()
    await fleet.answer("alpha", IDS[1])
    assert fleet.rows() == kept
    [row] = kept.values()
    assert row.version < fleet.newest("alpha").version
    with fleet.database.write() as conn:
        conn.execute(STANDING.delete())
        standings.keep(conn, BY, fleet.newest("alpha").id)
    assert fleet.rows() == {}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What SQLite is told meanwhile."""
    said: list[str] = []

    def listen(driver: sqlite3.Connection, *_: Any) -> None:
        driver.set_trace_callback(said.append)

    event.listen(database.engine, "checkout", listen)
    yield said
    event.remove(database.engine, "checkout", listen)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_in_an_open_review_a_press_asks_the_database_nothing_more(fleet: Fleet):
    fleet.add("alpha")
    await fleet.start("alpha")
    with statements(fleet.database) as said:
        await fleet.answer("alpha", IDS[0])
    said = said[[it.startswith("BEGIN IMMEDIATE") for it in said].index(True) :]
    assert [it for it in said if "standing" in it] == []
    assert len([it for it in said if it.startswith("SELECT review.id")]) == 1


async def test_it_is_kept_with_the_turn_that_finishes_or_changes_the_review(fleet: Fleet):
    await fleet.finished("alpha")
    one = fleet.newest("alpha")
    assert fleet.rows()[one.id].version == one.version
    await fleet.on_newest("alpha", happened.GapChanged, checks=(IDS[1],), due=fleet.now + 2 * DAY)
    two = fleet.newest("alpha")
    row = fleet.rows()[one.id]
    assert row.version == two.version > one.version
    assert row.data["dues"][0] == (fleet.now + 2 * DAY).date().isoformat()


async def test_dates_said_before_count_in_the_review_that_follows(fleet: Fleet):
    """They are the service's: a re-review does not know them until it is finished."""
    await fleet.finished("alpha")
    far = fleet.now + 300 * DAY
    await fleet.on_newest("alpha", happened.GapChanged, checks=(IDS[1],), due=far)
    await fleet.start("alpha")
    await fleet.on_newest("alpha", happened.Finished)
    assert fleet.rows()[fleet.newest("alpha").id].data["dues"][-1] == far.date().isoformat()


async def test_a_re_review_that_is_reopened_leaves_the_one_before_with_its_gaps(fleet: Fleet):
    """What was closed in it, or put off, is so in the review by which the service stands again."""
    await fleet.finished("alpha")
    far = fleet.now + 300 * DAY
    await fleet.on_newest("alpha", happened.GapChanged, checks=IDS[1:3], due=far)
    await fleet.start("alpha")
    await fleet.answer("alpha", IDS[1])
    await fleet.on_newest("alpha", happened.Finished)
    await fleet.on_newest("alpha", happened.Reopened)
    stood = fleet.read()["alpha"]
    assert stood.again
    assert stood.facts.dues.count(far.date().isoformat()) == 1
    assert stood == fleet.counted()["alpha"]


def spoil(fleet: Fleet, **changes: Any) -> None:
    """What is kept is wrong from now on; whoever believes it is found out."""
    with fleet.database.write() as conn:
        lie = next(iter(fleet.rows().values())).data | {"percent": 77}
        conn.execute(STANDING.update().values(data=lie, **changes))


async def test_what_is_kept_is_believed(fleet: Fleet):
    await fleet.finished("alpha")
    spoil(fleet)
    assert fleet.read()["alpha"].facts.percent == 77


@pytest.mark.parametrize(
    "changes", [{"version": 1}, {"version": 10_000}, {"basis": "another"}], ids=str
)
async def test_of_another_version_or_basis_it_is_counted(fleet: Fleet, changes: dict[str, Any]):
    await fleet.finished("alpha")
    spoil(fleet, **changes)
    assert fleet.read() == fleet.counted()


async def test_what_the_release_before_changes_is_counted(fleet: Fleet):
    await fleet.finished("alpha")
    spoil(fleet)
    with fleet.by_the_release_before():
        await fleet.on_newest("alpha", happened.Settled, check=IDS[1], verdict=Verdict.PARTLY)
    assert fleet.read() == fleet.counted()


@pytest.mark.parametrize(
    "by",
    [
        Yardstick(CHECKLIST, Thresholds(1, 0)),
        Yardstick(replace(CHECKLIST, due_days=DueDays(1, 2))),
        Yardstick(replace(CHECKLIST, layers=CHECKLIST.layers[:3])),
    ],
    ids=["thresholds", "days", "checks"],
)
async def test_by_another_yardstick_it_is_counted(fleet: Fleet, by: Yardstick):
    fleet.add("alpha")
    await fleet.start("alpha")
    await fleet.on_newest("alpha", happened.Answered, checks=CRITICAL, verdict=Verdict.MET)
    await fleet.on_newest("alpha", happened.Finished)
    assert fleet.read(by) == fleet.counted(by) != fleet.read()


async def test_the_weekly_scorecard_keeps_what_it_had_to_count(fleet: Fleet):
    with fleet.by_the_release_before():
        await fleet.finished("alpha")
        await fleet.finished("beta")
        fleet.add("gamma")
        await fleet.start("gamma")
    assert fleet.rows() == {}
    with fleet.database.write() as conn:
        set_rule(conn, HERE, Weekly(0, 9, 0, "UTC"), PEOPLE[0], fleet.now)
        [plan] = due.planned(conn)
    fleet.now = plan.at
    with fleet.database.write() as conn:
        fleet.weekly.carry_out(conn, plan, None)
    ids = {fleet.newest(it).id for it in ("alpha", "beta")}
    assert fleet.rows().keys() == ids
    assert fleet.read() == fleet.counted()
    with fleet.database.write() as conn:
        assert standings.fill(conn, BY) == 0


async def test_reading_keeps_nothing(fleet: Fleet):
    with fleet.by_the_release_before():
        await fleet.finished("alpha")
    fleet.read()
    assert fleet.rows() == {}


def test_more_services_than_a_statement_takes_values(tmp_path: Path):
    """With SQLite's limit lowered instead of 32,766 services stored."""
    database, count = Database(f"sqlite:///{tmp_path / 'a.db'}"), 3_000
    migrate(database)
    at = {"created_at": NOW, "created_by": PEOPLE[0]}
    home = {"home_platform": "slack", "home_workspace": "T1", "home_channel": "C1"}
    begun = {"checklist": CHECKLIST.version, "platform": "slack", "workspace": "T1",
             "channel": "C1", "started_by": PEOPLE[0], "started_at": NOW}  # fmt: skip
    ends = {"state": "finished", "finished_at": NOW, "finished_by": PEOPLE[0], "closings": 1}
    keys = [str(number) for number in range(count)]
    with database.write() as conn:
        conn.execute(SERVICE.insert(), [{"id": it, "key": it, "name": it} | home | at
                                        for it in keys])  # fmt: skip
        conn.execute(REVIEW.insert(), [{"id": f"old{it}", "service_id": it} | begun | ends
                                       for it in keys])  # fmt: skip
        again = {"state": "open", "started_at": NOW + DAY}
        conn.execute(REVIEW.insert(), [{"id": it, "service_id": it, "previous": f"old{it}"}
                                       | begun | again for it in keys])  # fmt: skip
    with database.write() as conn:
        driver: Any = conn.connection.dbapi_connection
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 2_100)
        assert len(standings.of(conn, BY)) == count
        assert standings.fill(conn, BY) == count
        assert len(services.all_of(conn)) == count
        assert weeklies.before(conn, NOW.date()) == {}
        _, again_ = reviews.settled(conn, reviews.latest_of_all(conn))
        assert again_ == set(keys)
    database.close()
