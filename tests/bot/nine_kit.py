"""Very many people who all have something due on a Monday at nine, in one workspace."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from trouble_kit import CHECKS, Trouble

from bot.health import Health
from bot.metrics import REGISTRY
from bot.playground.world import TEAM, User
from conversations.review import Gap, Place, Review, State
from storage import due, gaps, people, reviews, services
from storage.people import Person
from storage.services import Service

NINE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)  # a Monday
STEPS = (-3, 0, 3, 7, 14)  # days since the date of a gap


@dataclass
class Morning:
    """What was seen: `minutes` until the last one left; `order`: people, as they got theirs."""

    minutes: float
    order: list[str]
    refused: Counter[str]  # calls that Slack refused for their rate, by method
    most_a_minute: dict[str, int]  # calls that were let through, by method
    deepest: int  # most posts that waited at a time, by the metric
    oldest: float  # seconds, by the metric


def invite(it: Trouble, count: int) -> dict[str, int]:
    """So many people, each with one gap; how many days ago it was due, by person id."""
    late = {}
    now = NINE - timedelta(hours=20)
    it.clock.now = now
    place = Place("slack", TEAM, "C0GENERAL")
    with it.database.write() as conn:
        for first in range(0, count, len(CHECKS)):
            number = first // len(CHECKS)
            service = Service(f"s{number}", f"Service {number}", f"service-{number}", place, {},
                              ("slack:U0ANA",), now - timedelta(days=60))  # fmt: skip
            services.create(conn, service, by="slack:U0ANA")
            ended = now - timedelta(days=30)
            review = Review(f"r{number}", service.name, service.key, "llmops-2026.1", place,
                            "slack:U0ANA", ended, state=State.FINISHED,
                            finished_by="slack:U0ANA", finished_at=ended, closings=1)  # fmt: skip
            reviews.create(conn, review, service.id)
            said = {}
            for check, at in zip(CHECKS, range(first, min(first + len(CHECKS), count))):
                user, days = f"U9{at:05}", STEPS[at % len(STEPS)]
                it.workspace.core.world.users[user] = User(user, f"p{at}", f"Person {at}", "UTC")
                person = Person(f"slack:{user}", "slack", f"Person {at}", "UTC", False, now)
                people.upsert(conn, person)
                late[person.id] = days
                said[check.id] = Gap(person.id, NINE - timedelta(days=days))
            gaps.put(conn, service.id, said, by="slack:U0ANA", at=ended)
            it.bot.due.kinds["nudge"].reminders.plan_for(conn, review, now)
        due.unplan(conn, "nudge", "slack:U0ANA")  # the owner of all of it is not the subject
    return late


async def nine(it: Trouble, *, step: float) -> Morning:
    """The clock strikes nine; time passes in steps of so many seconds until everybody was told."""
    it.workspace.faults.real_limits = True
    since = len(it.workspace.calls)
    it.clock.now = NINE
    deepest, oldest, steps = 0, 0.0, 0
    await it.bot.tick()
    while True:
        await it.wait(step)
        await it.bot.due.sweep()
        steps += 1
        await _health(it)
        deepest = max(deepest, int(REGISTRY.get_sample_value("readiness_outbox_owed") or 0))
        oldest = max(oldest, REGISTRY.get_sample_value("readiness_outbox_oldest_seconds") or 0.0)
        waiting = ("readiness_outbox_owed", "readiness_due_waiting")
        if not any(REGISTRY.get_sample_value(name) for name in waiting):
            break
        assert steps * step < 24 * 3600, "it takes more than a day"
    calls = it.workspace.calls[since:]
    posts = [c for c in calls if c.method == "chat.postMessage" and not c.result.get("error")]
    owner = {one.id: one.partner for one in it.workspace.core.world.channels.values()}
    passed: Counter[tuple[str, int]] = Counter()
    for call in calls:
        if not call.result.get("error"):
            minute = int((call.at - NINE).total_seconds() // 60)
            passed[call.method, minute] += 1
    most: dict[str, int] = {}
    for (method, _), number in passed.items():
        most[method] = max(most.get(method, 0), number)
    return Morning(
        minutes=steps * step / 60,
        order=[f"slack:{it}" for it in (owner[str(c.arguments["channel"])] for c in posts) if it],
        refused=Counter(c.method for c in calls if c.result.get("error") == "ratelimited"),
        most_a_minute=most,
        deepest=deepest,
        oldest=oldest,
    )


async def _health(it: Trouble) -> None:
    await Health(it.database, it.bot.runner, it.clock).measure()
