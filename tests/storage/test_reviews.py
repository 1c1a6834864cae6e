from dataclasses import replace

import pytest
from storage_kit import HERE, NOW, THERE, answer, later, review, service, stored

from conversations.effects import ROOT, Record, Refused
from conversations.review import State, Verdict
from storage import answers, cards, reviews, services
from storage.database import Conflict, Database


def save(database: Database, before, after) -> None:
    with database.write() as conn:
        reviews.save(conn, before, after, by="slack:U2", at=NOW)


def load(database: Database, review_id: str):
    with database.read() as conn:
        return reviews.load(conn, review_id)


def test_a_review_comes_back_as_it_was_saved(database: Database) -> None:
    before = stored(database)
    after = replace(
        before,
        state=State.FINISHED,
        finished_by="slack:U3",
        finished_at=later(60),
        profile={"rag": True, "tools": False},
        ask_everything=True,
        answers={
            "a": answer(note="näher — “so”", evidence=("https://a.example/1", "https://b/2")),
            "b": answer(Verdict.NOT_APPLICABLE, note="no retrieval", proposed=True),
        },
        skipped=frozenset({"c", "d"}),
        closings=1,
        assignees={"security": "slack:U9"},
    )
    save(database, before, after)
    assert load(database, before.id) == replace(after, version=1)


def test_changed_and_withdrawn_answers_are_stored(database: Database) -> None:
    first = stored(database)
    save(database, first, replace(first, answers={"a": answer(), "b": answer()}))
    second = load(database, first.id)
    save(database, second, replace(second, answers={"a": answer(Verdict.PARTLY, "slack:U2")}))
    assert load(database, first.id).answers == {"a": answer(Verdict.PARTLY, "slack:U2")}


def test_a_stale_save_is_a_conflict(database: Database) -> None:
    before = stored(database)
    save(database, before, replace(before, closings=1))
    with pytest.raises(Conflict):
        save(database, before, replace(before, closings=2))
    assert load(database, before.id).closings == 1


def test_a_service_has_at_most_one_open_review(database: Database) -> None:
    stored(database)
    with pytest.raises(Conflict), database.write() as conn:
        reviews.create(conn, review(number=2), "s-search")


@pytest.mark.parametrize("newer_is", State)
def test_only_the_newest_review_of_a_service_is_reopened(
    database: Database, newer_is: State
) -> None:
    first = stored(database)
    finished = replace(first, state=State.FINISHED, finished_by="slack:U1", finished_at=NOW)
    save(database, first, finished)
    with database.write() as conn:
        reviews.create(conn, replace(review(number=2), state=newer_is), "s-search")
    stored_first = load(database, first.id)
    with pytest.raises(Refused) as refusal:
        save(database, stored_first, replace(stored_first, state=State.OPEN))
    assert refusal.value.words == "newer_review"


def test_the_newest_review_of_each_service_is_found(database: Database) -> None:
    first = stored(database)
    save(database, first, replace(first, state=State.FINISHED))
    stored(database, "chat")
    with database.write() as conn:
        reviews.create(conn, review(number=5), "s-search")
    with database.read() as conn:
        assert [it.id for it in reviews.latest_of_all(conn)] == ["r-chat-1", "r-search-5"]
        assert reviews.latest_of(conn, "search").id == "r-search-5"
        assert reviews.open_of(conn, "search").id == "r-search-5"
        assert reviews.latest_of(conn, "nothing") is None
        assert [it.id for it in reviews.open_in(conn, HERE)] == ["r-chat-1", "r-search-5"]
        assert reviews.open_in(conn, THERE) == []


def test_a_review_is_found_by_its_first_message_only(database: Database) -> None:
    one = stored(database)
    with database.write() as conn:
        cards.put(conn, one.id, ROOT, HERE, "1.1", "", NOW)
        cards.put(conn, one.id, "scorecard:1", HERE, "2.2", "", NOW)
    with database.read() as conn:
        assert reviews.by_message(conn, HERE, "1.1") == one.id
        assert reviews.by_message(conn, HERE, "2.2") is None
        assert reviews.by_message(conn, THERE, "1.1") is None


def test_moving_a_review_makes_turns_under_way_start_again(database: Database) -> None:
    before = stored(database)
    with database.write() as conn:
        reviews.set_place(conn, before.id, THERE)
    with pytest.raises(Conflict):
        save(database, before, replace(before, closings=1))
    assert load(database, before.id).place == THERE


def test_who_a_layer_was_handed_to_outlives_the_review(database: Database) -> None:
    first = stored(database)
    save(database, first, replace(first, assignees={"security": "slack:U9"}))
    done = load(database, first.id)
    save(database, done, replace(done, state=State.FINISHED))
    with database.write() as conn:
        reviews.create(conn, review(number=2), "s-search")
        assert reviews.load(conn, "r-search-2").assignees == {"security": "slack:U9"}


def test_the_history_keeps_every_entry_in_order(database: Database) -> None:
    one = stored(database)
    said = [
        Record("a", "slack:U1", answer(note="n", evidence=("https://a/1",))),
        Record("a", "slack:U2", answer(Verdict.PARTLY, "slack:U2", proposed=True)),
        Record("a", "slack:U2", None),
    ]
    with database.write() as conn:
        answers.remember(conn, one.id, said[:2], turn_key="t1", at=NOW)
        answers.remember(conn, one.id, said[2:], turn_key="t2", at=later(1))
        answers.remember(conn, one.id, [], turn_key="t3", at=later(2))
    with database.read() as conn:
        entries = answers.history(conn, one.id)
    assert [Record(it.check, it.by, it.answer) for it in entries] == said
    assert [(it.turn_key, it.at) for it in entries] == [("t1", NOW), ("t1", NOW), ("t2", later(1))]


def test_two_services_of_one_name_are_a_conflict(database: Database) -> None:
    stored(database)
    with pytest.raises(Conflict), database.write() as conn:
        services.create(conn, replace(service(), id="other"), by="slack:U1")
