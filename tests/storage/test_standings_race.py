"""The weekly scorecard counts what nobody kept, while turns keep their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

from reviewing import CHECKLIST
from sqlalchemy import Connection, text
from storage_kit import HERE, NOW, review, service

from conversations.standing import Yardstick
from storage import reviews, services, standings
from storage.database import Database
from storage.tables import REVIEW

BY = Yardstick(CHECKLIST)
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def waits_for_us(conn: Connection) -> None:
    """Returns once somebody waits for a lock."""
    for _ in range(1000):
        if conn.execute(WAITING).scalar_one():
            return
        sleep(0.01)
    raise TimeoutError


def test_who_counts_waits_for_a_turn_instead_of_in_a_circle(postgres: Callable[[], str]) -> None:
    database = Database(postgres())
    with database.write() as conn:
        for number, name in enumerate(("one", "two")):
            services.create(conn, service(name, HERE), by="slack:U1")
            reviews.create(conn, review(name, number), f"s-{name}")
        conn.execute(REVIEW.update().values(state="finished", finished_at=NOW, closings=1))
    held = Event()
    last = review("two", 1).id

    def turn() -> None:
        with database.write() as conn:
            reviews.load(conn, last, to_change=True)
            held.set()
            waits_for_us(conn)
            standings.keep(conn, BY, last)

    def fill() -> int:
        held.wait(20)
        with database.write() as conn:
            return standings.fill(conn, BY, HERE)

    with ThreadPoolExecutor(2) as threads:
        turned, filled = threads.submit(turn), threads.submit(fill)
        turned.result(20)
        assert filled.result(20) == 2
    database.close()
