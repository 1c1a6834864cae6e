"""Works that come while the writer is busy share a commit, and nothing else."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.runner import MOST_TOGETHER, Runner
from bot.scheduler import Alarm
from storage.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture
def runner(file: Path) -> Iterator[Runner]:
    opened = Runner(Database(f"sqlite:///{file}"))
    with opened.database.write() as conn:
        conn.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        conn.exec_driver_sql(
            "CREATE TABLE said (word TEXT UNIQUE, parent INTEGER "
            "REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"
        )
    yield opened
    opened.close()


def says(*words: str, fault: Exception | None = None) -> Callable[[Connection], str]:
    def work(conn: Connection) -> str:
        for word in words:
            conn.execute(text("INSERT INTO said (word) VALUES (:word)"), {"word": word})
        if fault:
            raise fault
        return words[-1]

    return work


def stored(file: Path) -> list[str]:
    """What another process sees, in the order in which it was stored."""
    other = sqlite3.connect(file)
    words = [word for (word,) in other.execute("SELECT word FROM said ORDER BY rowid")]
    other.close()
    return words


class Busy:
    """A work that keeps the writer busy until it is told to end."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.end = threading.Event()

    def __call__(self, conn: Connection) -> str:
        self.begun.set()
        self.end.wait()
        return "busy"


async def together(runner: Runner, *works: Callable[[Connection], object]) -> list[object]:
    """The outcomes of works that all came while the writer was busy: they share one commit."""
    busy = Busy()
    first = asyncio.create_task(runner.write(busy))
    await asyncio.to_thread(busy.begun.wait)
    tasks = [asyncio.create_task(runner.write(work)) for work in works]
    await asyncio.sleep(0)  # each has come as far as it can
    busy.end.set()
    await first
    return await asyncio.gather(*tasks, return_exceptions=True)


def counting(runner: Runner) -> list[int]:
    """How many works each commit was for, from now on."""
    sizes: list[int] = []
    write_all = runner.database.write_all

    def counted(works: list[Callable[[Connection], object]]) -> list[object]:
        sizes.append(len(works))
        return write_all(works)

    runner.database.write_all = counted
    return sizes


async def test_what_comes_meanwhile_is_committed_together_and_in_order(
    runner: Runner, file: Path
) -> None:
    sizes = counting(runner)
    words = [f"w{number:03}" for number in range(MOST_TOGETHER + 3)]
    assert await together(runner, *(says(word) for word in words)) == words
    assert sizes == [1, MOST_TOGETHER, 3]
    assert stored(file) == words


async def test_one_that_fails_undoes_only_itself(runner: Runner, file: Path) -> None:
    fault = RuntimeError("mine")
    outcomes = await together(
        runner, says("a"), says("b", "c", fault=fault), says("d", "a"), says("e")
    )
    assert outcomes[:2] == ["a", fault]
    assert isinstance(outcomes[2], IntegrityError)
    assert outcomes[3] == "e"
    assert stored(file) == ["a", "e"]


async def test_nobody_hears_of_it_before_the_commit(runner: Runner, file: Path) -> None:
    at_commit, end = Busy(), runner.database._end

    def slow(connection: Connection, word: str) -> None:
        at_commit(connection)
        end(connection, word)

    runner.database._end = slow
    waiting = [asyncio.create_task(runner.write(says(word))) for word in ("a", "b")]
    await asyncio.to_thread(at_commit.begun.wait)
    assert stored(file) == []
    assert not any(one.done() for one in waiting)
    at_commit.end.set()
    assert await asyncio.gather(*waiting) == ["a", "b"]
    assert stored(file) == ["a", "b"]


async def test_a_commit_that_fails_fails_all_who_share_it(runner: Runner, file: Path) -> None:
    def orphan(conn: Connection) -> str:
        """Breaks a rule that the database looks at only when it commits."""
        conn.execute(text("INSERT INTO said (word, parent) VALUES ('orphan', 7)"))
        return "orphan"

    outcomes = await together(runner, says("a"), orphan, says("b"))
    assert [type(it) for it in outcomes] == [IntegrityError] * 3
    assert stored(file) == []
    assert await runner.write(says("c")) == "c"
    assert stored(file) == ["c"]


async def test_where_the_transaction_itself_is_lost_so_is_all_of_it(
    runner: Runner, file: Path
) -> None:
    """As with a full disk, after which SQLite has rolled everything back by itself."""

    def lost(conn: Connection) -> str:
        conn.exec_driver_sql("ROLLBACK")
        raise DBAPIError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    outcomes = await together(runner, says("a"), lost, says("b"))
    assert [type(it) for it in outcomes] == [DBAPIError] * 3
    assert stored(file) == []


async def test_a_work_that_passes_over_the_loss_of_all_is_found_out(
    runner: Runner, file: Path
) -> None:
    def careless(conn: Connection) -> str:
        conn.exec_driver_sql("ROLLBACK")
        return "fine"

    outcomes = await together(runner, says("a"), careless, says("b"))
    assert [type(it) for it in outcomes] == [RuntimeError] * 3
    assert stored(file) == []


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("odd", [StopIteration, asyncio.CancelledError, SystemExit])
async def test_whatever_a_work_raises_everybody_gets_an_answer(
    runner: Runner, file: Path, odd: type[BaseException], database: str
) -> None:
    """A future refuses the first of these; the others would end the writer, or a thread."""
    runner.database.one_writer = database == "sqlite"  # the threads' way is the same for both

    def strange(conn: Connection) -> str:
        raise odd

    async with asyncio.timeout(20):
        outcomes = await together(runner, says("a"), strange, says("b"))
        assert isinstance(outcomes[1], RuntimeError)
        assert isinstance(outcomes[1].__cause__, odd)
        assert await runner.write(says("c")) == "c"
    assert [outcomes[0], outcomes[2]] == ["a", "b"]
    assert sorted(stored(file)) == ["a", "b", "c"]


async def test_once_closed_it_says_so_and_what_waited_before_is_done(
    runner: Runner, file: Path
) -> None:
    busy = Busy()
    first = asyncio.create_task(runner.write(busy))
    await asyncio.to_thread(busy.begun.wait)
    waiting = asyncio.create_task(runner.write(says("a")))
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(runner.close))
    while not runner._closed:  # noqa: ASYNC110 - another thread says so
        await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="closed"):
        await runner.write(says("b"))
    busy.end.set()
    async with asyncio.timeout(20):
        assert await asyncio.gather(first, waiting, closing) == ["busy", "a", None]
    assert stored(file) == ["a"]


async def test_who_gives_up_waiting_keeps_nobody_else_from_their_result(
    runner: Runner, file: Path
) -> None:
    busy = Busy()
    first = asyncio.create_task(runner.write(busy))
    await asyncio.to_thread(busy.begun.wait)
    impatient = asyncio.create_task(runner.write(says("a")))
    patient = asyncio.create_task(runner.write(says("b")))
    await asyncio.sleep(0)
    impatient.cancel()
    busy.end.set()
    assert await patient == "b"
    assert await first == "busy"
    assert stored(file) == ["a", "b"]  # what was asked for is done all the same


def count(conn: Connection) -> int:
    return conn.execute(text("SELECT count(*) FROM said")).scalar_one()


async def test_reading_does_not_wait_for_the_writer(runner: Runner) -> None:
    busy = Busy()
    first = asyncio.create_task(runner.write(busy))
    await asyncio.to_thread(busy.begun.wait)
    assert await runner.read(count) == 0
    busy.end.set()
    await first


async def test_a_database_in_memory_has_one_connection_for_all() -> None:
    runner = Runner(Database("sqlite://"))
    with runner.database.write() as conn:
        conn.exec_driver_sql("CREATE TABLE said (word TEXT)")
    words = [f"w{number}" for number in range(5)]
    reads = (runner.read(count) for _ in words)
    await asyncio.gather(*reads, *(runner.write(says(word)) for word in words))
    assert await runner.read(count) == 5
    runner.close()


async def test_a_tick_that_fails_does_not_take_other_people_s_turns_with_it(
    runner: Runner,
) -> None:
    """APScheduler clears the frames of an error: the writer's was one, with turns in its hands."""
    failed = asyncio.Event()
    begun, entered, go = threading.Event(), threading.Event(), threading.Event()
    others: list[asyncio.Task[str]] = []

    def orphan(conn: Connection) -> None:
        begun.set()
        conn.execute(text("INSERT INTO said (word, parent) VALUES ('a', 7)"))  # its commit fails

    def slow(conn: Connection) -> str:
        entered.set()
        go.wait(20)
        return "kept"

    async def tick() -> None:
        if failed.is_set():
            return
        failed.set()
        failing = asyncio.ensure_future(runner.write(orphan))
        await asyncio.to_thread(begun.wait, 20)  # what comes now has to wait for its end
        others.append(asyncio.ensure_future(runner.write(slow)))
        await failing

    alarm = Alarm(tick, 0.01)
    alarm.start()
    await failed.wait()
    await asyncio.to_thread(entered.wait, 20)
    for _ in range(20):  # APScheduler has dealt with the error
        await asyncio.sleep(0)
    go.set()
    async with asyncio.timeout(20):
        assert await others[0] == "kept"
    alarm.stop()


CUT = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
           "WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
GONE = text("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def pooled(postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """With PostgreSQL, and all its connections just used: none is asked whether it is alive."""
    monkeypatch.setattr("storage.database.LIVELY", 60.0)
    opened = Runner(Database(postgres()))
    held = [opened.database.engine.connect() for _ in range(opened.database.threads)]
    for one in held:
        one.close()
    yield opened
    opened.close()


async def test_connections_that_were_cut_are_noticed_by_nobody(pooled: Runner) -> None:
    other = Database(pooled.database.url.render_as_string(hide_password=False))
    with other.write() as conn:
        conn.execute(CUT)
    other.close()

    def one(conn: Connection) -> int:
        return int(conn.execute(text("SELECT 1")).scalar_one())

    assert await asyncio.gather(*(pooled.write(one), pooled.read(one)) * 5) == [1] * 10


async def test_what_cuts_its_own_connection_is_tried_twice_and_no_more(pooled: Runner) -> None:
    calls: list[int] = []

    def suicidal(conn: Connection) -> None:
        calls.append(1)
        conn.execute(GONE)

    for run in (pooled.write, pooled.read):
        calls.clear()
        with pytest.raises(DBAPIError):
            await run(suicidal)
        assert len(calls) == 2


async def test_nothing_is_tried_again_whose_commit_may_have_worked(
    pooled: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    end = pooled.database._end

    def cut(connection: Connection, word: str) -> None:
        end(connection, word)
        if word == "COMMIT":
            raise DBAPIError("COMMIT", {}, Exception(), connection_invalidated=True)

    monkeypatch.setattr(pooled.database, "_end", cut)
    with pytest.raises(DBAPIError):
        await pooled.write(lambda _: calls.append(1))
    assert calls == [1]
