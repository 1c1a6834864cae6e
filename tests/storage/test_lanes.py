import contextlib
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from outbox_kit import claim, show
from storage_kit import NOW, later

from storage import lanes, outbox
from storage.database import Conflict, Database
from storage.outbox import Owed


def rest(conn, tried: Iterable[Owed], token: str = "t") -> bool:
    rows = [(row.id, row.generation) for row in tried]
    return lanes.rest(conn, "l", token, until=later(30), now=NOW, tried=rows)


def test_a_lane_is_leased_to_one_worker_until_the_lease_ends(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        assert claim(conn, "first") == ["l"]
        assert claim(conn, "second") == []
        assert claim(conn, "second", now=later(lanes.LEASE_SECONDS)) == ["l"]


def test_a_lane_given_back_waits_until_it_is_due(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        assert not lanes.release(conn, "l", "t", next_at=later(30), now=NOW)
        show(conn, "layer:1")  # a new card does not shorten the pause that Slack asked for
        assert claim(conn, now=later(29)) == []
        assert claim(conn, now=later(30)) == ["l"]


def test_an_empty_lane_sleeps_until_something_is_owed(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        outbox.done(conn, outbox.owed(conn, "l")[0], "t")
        assert not lanes.release(conn, "l", "t", next_at=None, now=NOW)
        assert claim(conn, now=later(1000)) == []
        show(conn)
        assert claim(conn) == ["l"]


def test_giving_back_sees_what_came_in_meanwhile(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        outbox.done(conn, outbox.owed(conn, "l")[0], "t")
        show(conn)
        assert lanes.release(conn, "l", "t", next_at=None, now=NOW)


def test_the_longest_due_lanes_come_first_and_no_more_than_asked(database: Database) -> None:
    with database.write() as conn:
        for number in (3, 1, 2):
            show(conn, lane=f"l{number}", slot=f"s{number}", at=later(number))
        assert sorted(claim(conn, now=later(9), limit=2)) == ["l1", "l2"]


def test_two_workers_never_get_the_same_lane(database_url: str) -> None:
    first = Database(database_url)
    with first.write() as conn:
        for number in range(60):
            show(conn, lane=f"l{number}", slot=f"s{number}")
    start = threading.Barrier(4)

    def work(token: str) -> list[str]:
        database, got = Database(database_url), []
        start.wait()
        while True:
            with database.write() as conn:
                lanes = claim(conn, token, limit=5)
            if not lanes:
                break
            got += lanes
        database.close()
        return got

    with ThreadPoolExecutor(4) as threads:
        claimed = [lane for got in threads.map(work, "abcd") for lane in got]
    first.close()
    assert sorted(claimed) == sorted({f"l{number}" for number in range(60)})


def test_no_wake_up_is_lost_between_a_turn_and_a_release(database_url: str) -> None:
    """A turn owes a card while a worker gives its lane back: one of the two sees it, always."""
    worker, teller = Database(database_url), Database(database_url)
    for number in range(25):
        with worker.write() as conn:
            show(conn)
            assert claim(conn, f"t{number}") == ["l"]
            outbox.done(conn, outbox.owed(conn, "l")[0], f"t{number}")
        start = threading.Barrier(2)

        def tell(start: threading.Barrier = start) -> None:
            start.wait()
            with teller.write() as conn:
                show(conn)

        thread = threading.Thread(target=tell)
        thread.start()
        start.wait()
        with worker.write() as conn:
            lanes.release(conn, "l", f"t{number}", next_at=None, now=NOW)
        thread.join()
        with worker.write() as conn:
            assert claim(conn, "check") == ["l"], number
            outbox.done(conn, outbox.owed(conn, "l")[0], "check")
            lanes.release(conn, "l", "check", next_at=None, now=NOW)
    worker.close()
    teller.close()


def test_every_lease_can_be_given_back_at_once(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn, "crashed")
        lanes.release_all(conn)
        assert claim(conn, "next") == ["l"]


def test_a_claim_of_one_lane_waits_for_a_turn_that_is_being_undone(database_url: str) -> None:
    """A turn that locks the lane and is rolled back wakes nobody: it must not hide the lane."""
    worker, teller = Database(database_url), Database(database_url)
    with teller.write() as conn:
        show(conn)
    locked, undo = threading.Event(), threading.Event()

    def refused() -> None:
        with contextlib.suppress(ZeroDivisionError), teller.write() as conn:
            show(conn, "layer:1")
            locked.set()
            undo.wait()
            raise ZeroDivisionError

    thread = threading.Thread(target=refused)
    thread.start()
    locked.wait()
    threading.Timer(0.1, undo.set).start()
    with worker.write() as conn:
        assert claim(conn, lane="l") == ["l"]
        assert [row.key for row in outbox.owed(conn, "l")] == ["r/root"]
    thread.join()
    worker.close()
    teller.close()


def test_what_a_clock_wrote_that_was_set_back_since_counts_as_past(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn, "crashed")
        assert claim(conn, "soon", now=later(-60)) == [], "an honest clock may be that far off"
        assert claim(conn, "next", now=later(-3600)) == ["l"], "the lease"
        lanes.release(conn, "l", "next", next_at=later(60), now=later(-3600))
        assert claim(conn, "last", now=later(-3600)) == ["l"], "the pause"


def test_a_lane_at_rest_is_due_when_something_new_is_owed(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        (row,) = outbox.owed(conn, "l")
        assert not rest(conn, [row])
        assert claim(conn, now=later(29)) == []
        show(conn, "layer:1", at=later(3))
        assert claim(conn, now=later(3)) == ["l"]


def test_a_lane_at_rest_is_due_when_its_time_has_come(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        assert not rest(conn, outbox.owed(conn, "l"))
        lanes.release_all(conn)
        assert claim(conn, now=later(29)) == []
        assert claim(conn, now=later(30)) == ["l"]


def test_no_rest_where_more_was_owed_meanwhile(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        tried = outbox.owed(conn, "l")
        show(conn)  # the same card, newer
        assert rest(conn, tried)
        assert claim(conn) == ["l"]
        tried = outbox.owed(conn, "l")
        show(conn, "layer:1")
        assert rest(conn, tried)
        assert claim(conn) == ["l"]


def test_who_does_not_hold_a_lane_cannot_put_it_to_rest(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn, "mine")
        tried = outbox.owed(conn, "l")
        assert not rest(conn, tried, token="theirs")
        assert lanes.extend(conn, "l", "mine", NOW)


def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(postgres) -> None:
    url = postgres()
    before = Database(url)
    with before.write() as conn:
        lanes.wake(conn, "l1", NOW)
        lanes.wake(conn, "l2", NOW)
    before.close()
    both, outcomes = threading.Barrier(2), []

    def turn(first: str, second: str) -> None:
        database = Database(url)
        try:
            with database.write() as conn:
                lanes.wake(conn, first, NOW)
                both.wait(30)
                lanes.wake(conn, second, NOW)
            outcomes.append("committed")
        except Conflict:
            outcomes.append("conflict")
        database.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(turn, ("l1", "l2"), ("l2", "l1")))
    assert sorted(outcomes) == ["committed", "conflict"]
