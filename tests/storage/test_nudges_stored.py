"""What is kept of nudges, and who has something to be reminded of."""

from datetime import UTC, datetime, timedelta

from storage_kit import service

from conversations.review import Gap, Place
from storage import assignments, due, gaps, nudges, services
from storage.database import Database
from storage.due import Plan

NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)
ITEMS = [{"review": "r1", "check": "evaluation.dataset"}]


def test_a_nudge_is_known_once_and_found_by_its_message(database: Database) -> None:
    place = Place("slack", "T1", "D1")
    with database.write() as conn:
        assert nudges.add(conn, "k1", "slack:U1", NOW, ITEMS)
        assert not nudges.add(conn, "k1", "slack:U1", NOW, [])
        nudges.posted(conn, "k1", place, "17.1", "abc")
        found = nudges.by_message(conn, place, "17.1")
        assert found is not None
        assert (found.person, found.items, found.digest) == ("slack:U1", tuple(ITEMS), "abc")
        assert nudges.by_message(conn, place, "17.2") is None


def test_recent_nudges_are_those_of_the_people_after_the_moment(database: Database) -> None:
    with database.write() as conn:
        for number, who in enumerate(("slack:U1", "slack:U2", "slack:U1")):
            nudges.add(conn, f"k{number}", who, NOW + timedelta(days=number), ITEMS)
        assert [it.key for it in nudges.recent(conn, ["slack:U1"], NOW)] == ["k2"]
        before = NOW - timedelta(days=1)
        assert [it.key for it in nudges.recent(conn, ["slack:U1", "slack:U2"], before)] == [
            "k0", "k2", "k1",
        ]  # fmt: skip
        assert nudges.recent(conn, [], before) == []


def test_a_service_concerns_whoever_owns_it_a_layer_or_a_gap(database: Database) -> None:
    with database.write() as conn:
        services.create(conn, service(), by="slack:U1")
        [one] = services.all_of(conn)
        assignments.hand_over(conn, one.id, {"security": "slack:U8"}, by="slack:U1", at=NOW)
        gaps.put(conn, one.id, {"evaluation.dataset": Gap("slack:U9", NOW)}, by="slack:U1", at=NOW)
        for who in (*one.owners, "slack:U8", "slack:U9"):
            assert services.concerning(conn, who) == [one], who
        assert services.concerning(conn, "slack:U7") == []


def test_those_who_are_due_are_named_in_order(database: Database) -> None:
    with database.write() as conn:
        for number, kind in enumerate(("nudge", "weekly", "nudge", "nudge")):
            at = NOW - timedelta(minutes=number)
            due.plan(conn, Plan(kind, f"slack:U{number}", at, "x", "why"))
        due.plan(conn, Plan("nudge", "slack:U9", NOW + timedelta(minutes=1), "x", "why"))
        assert due.waiting(conn, "nudge", NOW, 9) == ["slack:U3", "slack:U2", "slack:U0"]
        assert due.waiting(conn, "nudge", NOW, 2) == ["slack:U3", "slack:U2"]
