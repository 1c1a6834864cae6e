"""Due work: one row a thing, claimed once, fenced by its token."""

import threading
from datetime import timedelta

import pytest
from storage_kit import NOW, later

from storage import due
from storage.due import LEASE_SECONDS, Plan


def plan(subject="a", seconds=0.0, *, rank=0, occurrence="1", why="because"):
    return Plan("weekly", subject, later(seconds), occurrence, why, rank)


@pytest.fixture
def write(database):
    """Runs one call in a transaction of its own."""

    def run(call, *arguments, **named):
        with database.write() as conn:
            return call(conn, *arguments, **named)

    return run


def claim(write, seconds=0.0, *, token="mine", limit=10):
    return write(due.claim, now=later(seconds), token=token, limit=limit)


def test_a_thing_has_one_next_time(write):
    write(due.plan, plan(seconds=60))
    write(due.plan, plan(seconds=30, occurrence="2", why="changed", rank=4))
    assert write(due.planned) == [plan(seconds=30, occurrence="2", why="changed", rank=4)]


def test_at_the_latest_means_that_the_earlier_stays(write):
    write(due.plan_by, plan(seconds=60))
    write(due.plan_by, plan(seconds=90, occurrence="late"))
    assert write(due.planned) == [plan(seconds=60)]
    write(due.plan_by, plan(seconds=30, occurrence="soon"), plan("b"))
    assert write(due.planned) == [plan("b"), plan(seconds=30, occurrence="soon")]


def test_nothing_is_planned_any_more(write):
    write(due.plan, plan())
    assert write(due.unplan, "weekly", "a")
    assert not write(due.unplan, "weekly", "a")
    assert write(due.find, "weekly", "a") is None
    assert write(due.next_at) is None


def test_only_what_is_due_is_claimed_in_order(write):
    write(
        due.plan, plan("late", -5, rank=3), plan("urgent", -5, rank=1), plan("old", -50),
        plan("now"), plan("coming", 1),
    )  # fmt: skip
    assert [it.plan.subject for it in claim(write)] == ["old", "urgent", "late", "now"]
    assert claim(write, token="other") == []


def test_no_more_is_claimed_than_asked_for(write):
    write(due.plan, *(plan(str(number), -number) for number in range(9)))
    assert [it.plan.subject for it in claim(write, limit=2)] == ["8", "7"]
    assert [it.plan.subject for it in claim(write, limit=2, token="other")] == ["6", "5"]


def test_a_lease_runs_out(write):
    write(due.plan, plan())
    claim(write)
    assert claim(write, LEASE_SECONDS - 1, token="other") == []
    [again] = claim(write, LEASE_SECONDS, token="other")
    assert again.token == "other"


def test_who_is_past_the_lease_can_do_nothing(write):
    write(due.plan, plan())
    [mine] = claim(write)
    [theirs] = claim(write, LEASE_SECONDS, token="other")
    assert not write(due.extend, mine, later(LEASE_SECONDS))
    write(due.settle, mine, None)
    write(due.put_off, mine, later(999))
    write(due.give_back, "mine", [mine.plan.id])
    assert write(due.extend, theirs, later(LEASE_SECONDS))
    assert write(due.planned) == [plan()]


def test_what_is_planned_anew_is_lost_to_who_has_it_in_hand(write):
    write(due.plan, plan())
    [mine] = claim(write)
    write(due.plan, plan(seconds=60, occurrence="2"))
    assert not write(due.extend, mine, NOW)
    write(due.settle, mine, None)
    assert write(due.planned) == [plan(seconds=60, occurrence="2")]


def test_settled_it_comes_again_or_never(write):
    write(due.plan, plan(), plan("b"))
    first, second = claim(write)
    following = plan(seconds=60, occurrence="2")
    write(due.settle, first, following)
    write(due.settle, second, None)
    assert write(due.planned) == [following]
    assert claim(write, 60, token="other")[0].plan == following


def test_what_failed_is_tried_again_later(write):
    write(due.plan, plan())
    [it] = claim(write)
    write(due.put_off, it, later(30))
    assert claim(write, 29) == []
    [again] = claim(write, 30)
    assert (again.plan, again.attempts) == (plan(), 1)


def test_what_was_not_begun_is_given_back(write):
    write(due.plan, plan(), plan("b"))
    claim(write)
    write(due.give_back, "mine", ["weekly:b"])
    assert [it.plan.subject for it in claim(write, token="other")] == ["b"]
    write(due.release_all)
    assert len(claim(write, token="third")) == 2


def test_how_much_waits(write):
    write(due.plan, plan("a", -30), plan("b", -5), plan("c", 5))
    assert write(due.overdue, NOW) == (2, later(-30))
    assert write(due.overdue, NOW - timedelta(days=1)) == (0, None)
    assert write(due.next_at) == later(-30)


def test_workers_at_once_never_get_the_same(database):
    with database.write() as conn:
        due.plan(conn, *(plan(str(number), -1) for number in range(200)))
    taken: list[str] = []

    def work(token):
        while True:
            with database.write() as conn:
                got = due.claim(conn, now=NOW, token=token, limit=7)
            if not got:
                return
            taken.extend(it.plan.id for it in got)

    workers = 1 if database.sqlite else 4  # SQLite has one writer; elsewhere they race
    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(workers)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    assert sorted(taken) == sorted(f"weekly:{number}" for number in range(200))
