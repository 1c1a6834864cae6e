from outbox_kit import claim, owe, show
from sqlalchemy import select
from storage_kit import HERE, NOW, later, stored

from storage import cards, lanes, outbox
from storage.database import Database
from storage.tables import OUTBOX


def stands(conn, review: str, slot: str) -> None:
    cards.put(conn, review, slot, HERE, f"message of {slot}", "", NOW)


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


def test_a_card_is_touched_where_it_stands_or_is_on_its_way(database: Database) -> None:
    review = stored(database).id
    key = f"{review}/root"
    with database.write() as conn:
        assert not outbox.touch(conn, key=key, lane="l", at=NOW)
        assert claim(conn) == []
        show(conn, review=review)
        assert outbox.touch(conn, key=key, lane="l", at=NOW), "on its way"
        claim(conn)
        outbox.drop(conn, outbox.owed(conn, "l")[0], "t", "no thread")
        assert not outbox.touch(conn, key=key, lane="l", at=NOW), "given up"
        stands(conn, review, "root")
        assert outbox.touch(conn, key=key, lane="l", at=NOW), "standing"
        assert outbox.is_owed(conn, key)


def test_a_worker_past_its_lease_may_neither_send_nor_settle(database: Database) -> None:
    with database.write() as conn:
        show(conn)
        claim(conn, "slow")
        (row,) = outbox.owed(conn, "l")
        claim(conn, "quick", now=later(lanes.LEASE_SECONDS + 1))
        assert not outbox.attempt(conn, row, "slow", later(21))
        outbox.done(conn, row, "slow")
        outbox.drop(conn, row, "slow", "no")
        assert not lanes.release(conn, "l", "slow", next_at=None, now=later(21))
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


def test_a_pressed_card_is_edited_before_new_ones_are_posted_and_the_root_last(
    database: Database,
) -> None:
    review = stored(database).id
    with database.write() as conn:
        for slot in ("root", "scope", "layer:1", "layer:2"):
            show(conn, slot, review=review)
        first = [row.slot for row in outbox.owed(conn, "l")]
        for slot in ("root", "layer:1"):
            stands(conn, review, slot)
        assert first == ["root", "scope", "layer:1", "layer:2"]
        assert [row.slot for row in outbox.owed(conn, "l")] == [
            "layer:1", "scope", "layer:2", "root",
        ]  # fmt: skip


def test_the_edit_that_waits_longest_goes_first(database: Database) -> None:
    review = stored(database).id
    with database.write() as conn:
        for slot in ("layer:1", "layer:2", "layer:3"):
            show(conn, slot, review=review, at=later(2 if slot == "layer:1" else 1))
            stands(conn, review, slot)
        show(conn, "layer:2", review=review, at=later(9))  # asked for again, it keeps its place
        rows = outbox.owed(conn, "l")
        assert [row.slot for row in rows] == ["layer:2", "layer:3", "layer:1"]
        assert rows[0].since == later(1)


def test_old_private_lines_are_deleted_a_few_at_a_time(database: Database) -> None:
    review = stored(database).id
    with database.write() as conn:
        for number in range(5):
            owe(conn, f"old {number}", at=later(number))
        owe(conn, "owed still")
        owe(conn, "home", kind="home")
        show(conn, review=review)
        owe(conn, "young", at=later(500))
        claim(conn, now=later(1000))
        for row in outbox.owed(conn, "l"):
            if row.key != "owed still":
                outbox.done(conn, row, "t")

        def tidy() -> int:
            return outbox.tidy(conn, kind="tell", before=later(100), most=3)

        assert [tidy(), tidy(), tidy()] == [3, 2, 0]
        kept = set(conn.execute(select(OUTBOX.c.key)).scalars())
        assert kept == {"owed still", "home", f"{review}/root", "young"}


def test_a_page_that_is_asked_for_again_comes_after_what_was_owed_before(
    database: Database,
) -> None:
    """Its row is older than that of the answer above which it must not stand."""

    def page(conn, at) -> None:
        outbox.show(conn, key="home:slack:U1", lane="l", kind="home", review_id=None, slot=None,
                    place=None, payload={}, at=at, person="slack:U1")  # fmt: skip

    with database.write() as conn:
        page(conn, NOW)
        claim(conn)
        (row,) = outbox.owed(conn, "l")
        outbox.done(conn, row, "t")
        owe(conn, "help", at=later(1))
        page(conn, later(2))
        assert [row.key for row in outbox.owed(conn, "l")] == ["help", "home:slack:U1"]
