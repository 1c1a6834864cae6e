"""Reviews and services to store."""

from datetime import UTC, datetime, timedelta

from conversations.review import Answer, Place, Review, Verdict
from storage import reviews, services
from storage.database import Database
from storage.services import Service

NOW = datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=UTC)
HERE = Place("slack", "T1", "C1")
THERE = Place("slack", "T1", "C2")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def service(name: str = "search", home: Place = HERE) -> Service:
    return Service(f"s-{name}", name.title(), name, home, {}, ("slack:U1",), NOW)


def review(name: str = "search", number: int = 1) -> Review:
    return Review(
        id=f"r-{name}-{number}",
        service=name.title(),
        service_key=name,
        checklist="llmops-2026.1",
        place=HERE,
        started_by="slack:U1",
        started_at=later(number),
    )


def answer(verdict: Verdict = Verdict.MET, by: str = "slack:U1", **more: object) -> Answer:
    return Answer(verdict, by, NOW, **more)


def stored(database: Database, name: str = "search") -> Review:
    """A service with an open review, stored."""
    with database.write() as conn:
        services.create(conn, service(name), by="slack:U1")
        reviews.create(conn, review(name), f"s-{name}")
    return review(name)
