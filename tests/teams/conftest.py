from collections.abc import AsyncIterator

import aiohttp
import pytest
from teams_kit import Clock, Fake, Rig
from teams_room import Room, room


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Without a time-out: who calls brings their own."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as opened:
        yield opened


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Microsoft's keys."""
    made = Rig()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    """A login service, or a Bot Connector."""
    made = Fake()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def teams(database_url: str) -> AsyncIterator[Room]:
    """A bot on each kind of database, in a Teams of its own."""
    async with room(database_url) as opened:
        yield opened


@pytest.fixture
async def quick(tmp_path) -> AsyncIterator[Room]:
    """A bot on SQLite, for what does not depend on the database."""
    async with room(f"sqlite:///{tmp_path / 'readiness.db'}") as opened:
        yield opened
