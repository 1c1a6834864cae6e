"""Random trouble, proven in the end: short here, long in `make soak`."""

import time

import pytest
from postgres_kit import Postgres
from soak import seeds, soak

from storage.database import Database
from storage.migrating import migrate

MINUTES, SEED = seeds()
STEPS = 23  # of a round: each kind of trouble about once


def sqlite_url(folder, name: str) -> str:
    url = f"sqlite:///{folder / name}.db"
    database = Database(url)
    migrate(database)
    database.close()
    return url


async def test_nothing_is_lost_or_said_twice_whatever_happens_on_sqlite(tmp_path) -> None:
    proof = await soak(sqlite_url(tmp_path, "readiness"), "20261125", STEPS)
    assert proof.answers > 2 * STEPS


@pytest.mark.xdist_group("own-postgres")
async def test_nothing_is_lost_or_said_twice_whatever_happens_to_two_bots_on_postgresql(
    own_postgres: Postgres,
) -> None:
    proof = await soak(own_postgres.create(), "20261125", STEPS, own_postgres)
    assert proof.answers > 2 * STEPS


async def test_soak(own_postgres: Postgres, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rounds until the time is over. The seed of a round repeats it: SOAK_SEED, SOAK_MINUTES."""
    until, number, answers, posts = time.monotonic() + MINUTES * 60, 0, 0, 0
    duplicates: list[str] = []
    while number == 0 or time.monotonic() < until:
        seed, on_postgres = SEED + number, (SEED + number) % 2 == 0
        url = own_postgres.create() if on_postgres else sqlite_url(tmp_path, str(seed))
        with capsys.disabled():
            print(f"round {number}: seed {seed}", flush=True)  # noqa: T201 - what repeats it
        proof = await soak(url, str(seed), 2 * STEPS, own_postgres if on_postgres else None)
        number, answers, posts = number + 1, answers + proof.answers, posts + proof.posts
        duplicates += proof.duplicates
    with capsys.disabled():
        print(  # noqa: T201 - the result
            f"{number} rounds from seed {SEED}: {answers} answers, {posts} posts, "
            f"{len(duplicates)} known duplicates", *duplicates, sep="\n"
        )  # fmt: skip


if not MINUTES:  # it runs when somebody says for how long: make soak
    del test_soak
