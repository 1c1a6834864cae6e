"""Services, people, places, cards, turns, scorecards."""

from dataclasses import replace

from storage_kit import HERE, NOW, THERE, service, stored

from storage import cards, people, places, scorecards, services, turns
from storage.cards import Shown
from storage.database import Database
from storage.people import Person

ANA = Person("slack:U1", "slack", "Ana", "Europe/Berlin", deleted=False, fetched_at=NOW)


def test_a_service_comes_back_with_its_owners(database: Database) -> None:
    one = replace(service(), owners=("slack:U1", "slack:U2"), profile={"rag": True})
    with database.write() as conn:
        services.create(conn, one, by="slack:U1")
    with database.read() as conn:
        assert services.find(conn, "search") == one
        assert services.find(conn, "Search") is None
        assert services.all_of(conn) == [one]
        assert services.owned_by(conn, "slack:U2") == [one]
        assert services.owned_by(conn, "slack:U3") == []


def test_a_service_moves_and_learns_its_profile(database: Database) -> None:
    with database.write() as conn:
        services.create(conn, service(), by="slack:U1")
        services.set_home(conn, "s-search", THERE)
        services.set_profile(conn, "s-search", {"rag": False})
        assert services.in_channel(conn, HERE) == []
        (found,) = services.in_channel(conn, THERE)
    assert found.profile == {"rag": False}


def test_a_person_is_remembered_and_described_anew(database: Database) -> None:
    with database.write() as conn:
        assert people.get(conn, "slack:U1") is None
        people.upsert(conn, replace(ANA, name="", fetched_at=None))
        assert people.names(conn, ["slack:U1"]) == {}
        people.upsert(conn, ANA)
        assert people.get(conn, "slack:U1") == ANA
        assert people.names(conn, ["slack:U1", "slack:U2"]) == {"slack:U1": "Ana"}
        assert people.names(conn, []) == {}
        people.add(conn, replace(ANA, name="ana", tz=None, fetched_at=None))
        assert people.get(conn, "slack:U1") == ANA, "who is known stays as described"


def test_only_people_of_the_platform_not_asked_about_yet_are_unfetched(database: Database) -> None:
    with database.write() as conn:
        people.upsert(conn, ANA)
        people.upsert(conn, replace(ANA, id="slack:U2", fetched_at=None))
        found = people.unfetched(conn, {"slack:U1", "slack:U2", "slack:U3"}, "slack")
        assert [it.id for it in found] == ["slack:U2", "slack:U3"]


def test_a_place_stops_once_and_resumes(database: Database) -> None:
    with database.write() as conn:
        assert places.stopped(conn, HERE) is None
        assert places.stop(conn, HERE, "archived", NOW)
        assert not places.stop(conn, HERE, "not_in_channel", NOW)
        assert places.stopped(conn, HERE) == "archived"
        assert places.stopped(conn, THERE) is None
        assert places.resume(conn, HERE)
        assert not places.resume(conn, HERE)


def test_a_card_is_one_message_at_a_time(database: Database) -> None:
    one = stored(database)
    with database.write() as conn:
        cards.put(conn, one.id, "root", HERE, "1.1", "d1", NOW)
        cards.put(conn, one.id, "root", THERE, "2.2", "d2", NOW)
        assert cards.find(conn, one.id, "root") == Shown("2.2", "d2")
        assert cards.messages(conn, [one.id, "unknown"], "root") == {one.id: "2.2"}
        assert cards.messages(conn, [], "root") == {}
        cards.remove(conn, one.id, "root")
        assert cards.find(conn, one.id, "root") is None
        cards.put(conn, one.id, "scope", THERE, "3.3", "d", NOW)
        cards.forget(conn, one.id)
        assert cards.find(conn, one.id, "scope") is None


def test_a_gesture_is_recorded_once(database: Database) -> None:
    with database.write() as conn:
        assert turns.record(conn, "slack:1", NOW, "slack:U1", "answered")
        assert not turns.record(conn, "slack:1", NOW, "slack:U2", "answered")


def test_a_scorecard_once_stored_stays(database: Database) -> None:
    one = stored(database)
    with database.write() as conn:
        scorecards.store(conn, one.id, 1, NOW, {"percent": 50})
        scorecards.store(conn, one.id, 1, NOW, {"percent": 99})
        scorecards.store(conn, one.id, 2, NOW, {"percent": 70})
        assert scorecards.of(conn, one.id) == [{"percent": 50}, {"percent": 70}]
