import threading
from concurrent.futures import ThreadPoolExecutor

from storage_kit import HERE, NOW, later

from storage import outbox
from storage.database import Database


def owe(conn, key: str, lane: str = "l", at=NOW) -> None:
    outbox.owe(
        conn,
        key=key,
        lane=lane,
        kind="tell",
        person="slack:U1",
        place=HERE,
        payload={"a": 1},
        at=at,
    )


def show(conn, slot: str = "root", lane: str = "l", at=NOW, payload=None) -> None:
    outbox.show(
        conn, key=f"r/{slot}", lane=lane, kind="card", review_id="r", slot=slot, place=HERE,
        payload=payload or {}, at=at,
    )  # fmt: skip


def claim(conn, token: str = "t", now=NOW, limit: int = 10, lane: str | None = None) -> list[str]:
    return outbox.claim(conn, now=now, token=token, limit=limit, lane=lane)


def test_rows_leave_in_the_order_they_were_first_asked_for(database: Database) -> None:
    with database.write() as conn:
        show(conn, "root")
        show(conn, "layer:1")
        owe(conn, "tell")
        show(conn, "root")
        assert [row.key for row in outbox.owed(conn, "l")] == ["r/root", "r/layer:1", "tell"]


def test_a_message_of_its_own_is_owed_once(database: Database) -> None:
    with database.write() as conn:
        owe(conn, "k")
        owe(conn, "k")
        (row,) = outbox.owed(conn, "l")
        claim(conn)
        outbox.done(conn, row, "t")
        owe(conn, "k")
        assert outbox.owed(conn, "l") == []


def test_what_was_asked_while_a_row_was_being_sent_stays_owed(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        (row,) = outbox.owed(conn, "l")
        show(conn, payload={"newer": True})
        outbox.done(conn, row, "t")
        (again,) = outbox.owed(conn, "l")
        assert again.payload == {"newer": True}
        outbox.done(conn, again, "t")
        assert outbox.owed(conn, "l") == []


def test_touching_a_card_that_never_was_does_nothing(database: Database) -> None:
    with database.write() as conn:
        assert not outbox.touch(conn, key="r/root", lane="l", at=NOW)
        assert claim(conn) == []
        show(conn)
        claim(conn)
        outbox.done(conn, outbox.owed(conn, "l")[0], "t")
        assert outbox.touch(conn, key="r/root", lane="l", at=NOW)
        assert outbox.is_owed(conn, "r/root")


def test_a_lane_is_leased_to_one_worker_until_the_lease_ends(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        assert claim(conn, "first") == ["l"]
        assert claim(conn, "second") == []
        assert claim(conn, "second", now=later(outbox.LEASE_SECONDS)) == ["l"]


def test_a_worker_past_its_lease_may_neither_send_nor_settle(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn, "slow")
        (row,) = outbox.owed(conn, "l")
        claim(conn, "quick", now=later(outbox.LEASE_SECONDS + 1))
        assert not outbox.attempt(conn, row, "slow", later(21))
        outbox.done(conn, row, "slow")
        outbox.drop(conn, row, "slow", "no")
        assert not outbox.release(conn, "l", "slow", next_at=None, now=later(21))
        assert outbox.is_owed(conn, row.key)
        assert outbox.attempt(conn, row, "quick", later(21))


def test_an_attempt_extends_the_lease_and_is_counted(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        (row,) = outbox.owed(conn, "l")
        assert outbox.attempt(conn, row, "t", later(15))
        assert claim(conn, "other", now=later(30)) == []
        assert outbox.owed(conn, "l")[0].attempts == 1
        outbox.unattempt(conn, row, "t")
        assert outbox.owed(conn, "l")[0].attempts == 0


def test_a_lane_given_back_waits_until_it_is_due(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        assert not outbox.release(conn, "l", "t", next_at=later(30), now=NOW)
        show(conn, "layer:1")  # a new card does not shorten the pause that Slack asked for
        assert claim(conn, now=later(29)) == []
        assert claim(conn, now=later(30)) == ["l"]


def test_an_empty_lane_sleeps_until_something_is_owed(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        outbox.done(conn, outbox.owed(conn, "l")[0], "t")
        assert not outbox.release(conn, "l", "t", next_at=None, now=NOW)
        assert claim(conn, now=later(1000)) == []
        show(conn)
        assert claim(conn) == ["l"]


def test_giving_back_sees_what_came_in_meanwhile(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn)
        outbox.done(conn, outbox.owed(conn, "l")[0], "t")
        show(conn)
        assert outbox.release(conn, "l", "t", next_at=None, now=NOW)


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
            outbox.release(conn, "l", f"t{number}", next_at=None, now=NOW)
        thread.join()
        with worker.write() as conn:
            assert claim(conn, "check") == ["l"], number
            outbox.done(conn, outbox.owed(conn, "l")[0], "check")
            outbox.release(conn, "l", "check", next_at=None, now=NOW)
    worker.close()
    teller.close()


def test_depth_counts_what_waits_and_since_when(database: Database) -> None:
    with database.write() as conn:
        assert outbox.depth(conn) == (0, None)
        show(conn, "root", at=later(5))
        show(conn, "scope", at=later(7))
        show(conn, "root", at=later(9))
        assert outbox.depth(conn) == (2, later(5))
        claim(conn, now=later(9))
        outbox.drop(conn, outbox.owed(conn, "l")[0], "t", "gone")
        assert outbox.depth(conn) == (1, later(7))


def test_every_lease_can_be_given_back_at_once(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn, "crashed")
        outbox.release_all(conn)
        assert claim(conn, "next") == ["l"]
