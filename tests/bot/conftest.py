from collections.abc import AsyncIterator

import pytest
from bot_kit import Room, room


@pytest.fixture
async def slack(database_url: str) -> AsyncIterator[Room]:
    """A bot on each kind of database, in a workspace of its own."""
    async with room(database_url) as opened:
        yield opened


@pytest.fixture
async def quick(tmp_path) -> AsyncIterator[Room]:
    """A bot on SQLite, for what does not depend on the database."""
    async with room(f"sqlite:///{tmp_path / 'readiness.db'}") as opened:
        yield opened
