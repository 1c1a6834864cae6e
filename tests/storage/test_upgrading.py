"""A release goes out while processes of the one before run: their statements go on working."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import text

from storage import answers, people, reviews, services
from storage.database import Database
from storage.migrating import _config, migrate, schema_state

BEFORE = ("0002", "0003")  # each release that may run while this one goes out
AT = "2026-11-02 09:30:15.123456"
# What the release before writes, column by column.
OLD = (
    """INSERT INTO service (id, name, key, home_platform, home_workspace, home_channel, profile,
       created_at, created_by)
       VALUES (:s, :s, :s, 'slack', 'T1', 'C1', '{"rag": true}', :at, 'slack:U1')""",
    "INSERT INTO service_owner (service_id, person) VALUES (:s, 'slack:U1')",
    """INSERT INTO review (id, service_id, checklist, platform, workspace, channel, state,
       started_by, started_at, profile, ask_everything, skipped, closings, version)
       VALUES (:s, :s, 'llmops-2026.1', 'slack', 'T1', 'C1', 'open', 'slack:U1', :at, '{}',
       :no, '[]', 0, 0)""",
    """INSERT INTO answer (review_id, check_id, verdict, note, evidence, "by", at, proposed)
       VALUES (:s, 'prompt-management.rollback', 'met', 'a note', '["https://a.example"]',
       'slack:U1', :at, :no)""",
    """INSERT INTO answer_history (review_id, check_id, verdict, note, evidence, said_by, said_at,
       proposed, "by", at, turn_key)
       VALUES (:s, 'prompt-management.rollback', 'met', 'a note', '["https://a.example"]',
       'slack:U1', :at, :no, 'slack:U1', :at, 'slack:press:1')""",
    """INSERT INTO person (id, platform, name, tz, deleted, fetched_at)
       VALUES (:s, 'slack', 'Ana', 'Europe/Berlin', :no, :at)""",
)


@pytest.fixture(params=BEFORE)
def aging(empty_url, request):
    """A database with the schema of a release before."""
    database = Database(empty_url)
    with database.write() as conn:
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, request.param)
    yield database
    database.close()


def write_as_before(database: Database, name: str) -> None:
    at = AT if database.sqlite else datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=UTC)
    with database.write() as conn:
        for statement in OLD:
            conn.execute(text(statement), {"s": name, "at": at, "no": False})


def test_what_was_stored_before_is_read_after(aging):
    write_as_before(aging, "search")
    migrate(aging)
    assert schema_state(aging) == "current"
    with aging.read() as conn:
        service = services.find(conn, "search")
        review = reviews.load(conn, "search")
        [entry] = answers.history(conn, "search")
        person = people.get(conn, "search")
    assert (service.owners, service.profile, service.every) == (("slack:U1",), {"rag": True}, None)
    [answer] = review.answers.values()
    assert (answer.note, answer.evidence, answer.carried) == (
        "a note", ("https://a.example",), False,
    )  # fmt: skip
    assert entry.answer == answer
    assert (review.previous, review.scheduled, review.texts) == (None, False, {})
    assert (person.tz, person.away_until) == ("Europe/Berlin", None)


def test_processes_of_the_release_before_go_on_writing(aging):
    migrate(aging)
    write_as_before(aging, "search")
    with aging.read() as conn:
        assert reviews.load(conn, "search").answers


def test_history_still_cannot_be_changed(aging):
    write_as_before(aging, "search")
    migrate(aging)
    for statement in ("UPDATE answer_history SET note = ''", "DELETE FROM answer_history"):
        with pytest.raises(Exception, match="history"), aging.write() as conn:
            conn.execute(text(statement))
