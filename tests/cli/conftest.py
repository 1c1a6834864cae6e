import os
from pathlib import Path

import pytest

from bot.config import Settings
from storage.database import Database
from storage.migrating import migrate


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches a test: neither a variable nor a `.env`."""
    names = {name.upper() for name in Settings.model_fields}
    for name in [it for it in os.environ if it.upper() in names]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A migrated SQLite database, which the settings name."""
    url = f"sqlite:///{tmp_path / 'stored.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    database = Database(url)
    migrate(database)
    yield database
    database.close()
