from collections.abc import AsyncIterator

import aiohttp
import pytest
from teams_kit import Clock, Fake, Rig


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
