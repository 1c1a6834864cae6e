import os
from collections.abc import Iterator

import pytest
from postgres_kit import Postgres


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[Postgres]:
    """A server that nobody else uses: it may be restarted."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    server = Postgres(memory)
    yield server
    server.stop()
