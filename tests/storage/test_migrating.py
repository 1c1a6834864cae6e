from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage.database import Database, Unreachable
from storage.migrating import _config, migrate, revisions, schema_state
from storage.tables import Table


def test_the_migrations_make_exactly_the_declared_schema(database: Database) -> None:
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_a_database_says_how_its_schema_stands(empty_url: str) -> None:
    database = Database(empty_url)
    assert schema_state(database) == "absent"
    migrate(database)
    assert schema_state(database) == "current"
    with database.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    assert schema_state(database) == "newer"
    database.close()


def test_the_names_of_the_scripts_say_what_alembic_says() -> None:
    """Their order, too. Names are read in its place wherever the schema is only looked at."""
    scripts = ScriptDirectory.from_config(_config())
    assert revisions() == [it.revision for it in scripts.walk_revisions()][::-1]
    assert revisions()[-1:] == scripts.get_heads()


@pytest.mark.parametrize(("at", "state"), [(0, "old"), (-2, "old"), (-1, "current")])
def test_a_database_may_stand_at_any_revision(database: Database, at: int, state: str) -> None:
    with database.write() as conn:
        changed = text("UPDATE alembic_version SET version_num = :found")
        conn.execute(changed, {"found": revisions()[at]})
    assert schema_state(database) == state


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    assert schema_state(database) == "current"


def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, databases))
    assert {schema_state(it) for it in databases} == {"current"}
    for it in databases:
        it.close()


@pytest.mark.parametrize(
    "url",
    ["mysql://localhost/x", "not an address", "sqlite:////nowhere/at/all/readiness.db",
     "postgresql://readiness:secret@127.0.0.1:9/x"],
)  # fmt: skip
def test_an_unusable_database_is_one_clear_line_without_the_password(url: str) -> None:
    with pytest.raises(Unreachable) as caught:
        migrate(Database(url))
    message = str(caught.value)
    assert "\n" not in message
    assert "DATABASE_URL" in message
    assert "secret" not in message


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 100)
    with pytest.raises(Unreachable, match="file is not a database"):
        migrate(Database(f"sqlite:///{file}"))
