from storage_kit import HERE, later

from storage import holds
from storage.database import Database


def test_a_message_is_held_until_the_last_of_its_people_is_done(database: Database) -> None:
    with database.write() as conn:
        assert holds.until(conn, HERE, "m") is None
        holds.begin(conn, HERE, "m", "ana", later(5))
        holds.begin(conn, HERE, "m", "ben", later(9))
        holds.begin(conn, HERE, "other", "ana", later(20))
        assert holds.until(conn, HERE, "m") == later(9)
        holds.begin(conn, HERE, "m", "ana", later(12))  # again
        holds.end(conn, HERE, "m", "ben")
        assert holds.until(conn, HERE, "m") == later(12)
        holds.end(conn, HERE, "m", "ana")
        assert holds.until(conn, HERE, "m") is None


def test_what_is_over_is_dropped(database: Database) -> None:
    with database.write() as conn:
        holds.begin(conn, HERE, "m", "ana", later(5))
        holds.begin(conn, HERE, "n", "ana", later(6))
        holds.tidy(conn, later(5))
        assert holds.until(conn, HERE, "m") is None
        assert holds.until(conn, HERE, "n") == later(6)
