"""`readiness due`: what happens by itself, when and why."""

from datetime import timedelta

from cli_kit import NOW, all_of, inside, met, readiness, store

from conversations.calendar import Every, Unit
from conversations.review import Verdict
from storage import due, services
from storage.due import Plan


def test_nothing_is_planned_anywhere(tmp_path):
    done = readiness("due", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Nothing is planned")
    assert readiness("due", "--json", cwd=tmp_path).json == []


def plan(stored):
    store(stored, "Search", all_of(Verdict.MET), finished=True)
    met(stored, "slack:U1", "Ana Berger")
    with stored.write() as conn:
        service = services.find(conn, "search")
        services.set_cadence(conn, service.id, Every(90, Unit.DAYS), "slack:U1")
        due.plan(
            conn,
            Plan("re-review", service.id, NOW + timedelta(days=90), "r:1", "every 90 days"),
            Plan("nudge", "slack:U1", NOW + timedelta(days=3), "2026-11-05", "gaps"),
            Plan("weekly", "slack/T1/C1", NOW + timedelta(hours=2), "2026-11-02", "Mondays"),
        )
    return service


def test_what_comes_next_comes_first_by_the_names_that_people_know(capsys, stored):
    service = plan(stored)
    assert inside(capsys, "due", "--json").json == [
        {
            "at": "2026-11-02T11:30:15Z", "kind": "weekly", "subject": "slack/T1/C1",
            "name": "channel of Search", "occurrence": "2026-11-02", "why": "Mondays",
        },
        {
            "at": "2026-11-05T09:30:15Z", "kind": "nudge", "subject": "slack:U1",
            "name": "Ana Berger", "occurrence": "2026-11-05", "why": "gaps",
        },
        {
            "at": "2027-01-31T09:30:15Z", "kind": "re-review", "subject": service.id,
            "name": "Search", "occurrence": "r:1", "why": "every 90 days",
        },
    ]  # fmt: skip
    shown = inside(capsys, "due").out.split("\n")
    [last] = [line for line in shown if "re-review" in line]
    assert "Sun 2027-01-31 09:30" in last
    assert last.split()[-3:] == ["every", "90", "days"]


def test_services_show_their_cadence_and_their_next_review(capsys, stored):
    plan(stored)
    [search] = inside(capsys, "services", "--json").json
    assert (search["every"], search["next_review"]) == ("every 90 days", "2027-01-31T09:30:15Z")
    shown = inside(capsys, "services").out
    assert "every 90 days" in shown
    assert "2027-01-31" in shown
