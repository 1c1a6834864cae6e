"""One bot at a time on a SQLite file, whose only writer takes itself for the whole bot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from storage.database import Unreachable, address


@contextmanager
def alone(url: str) -> Iterator[None]:
    """While it lasts, no other process gets this far with the same SQLite file.

    Held by the system, which lets it go with the process, however that ends: the file that it is
    held on, FILE.lock, may stay. It is not the database's own, since closing that would end
    SQLite's locks on it. On PostgreSQL, and where the system has no such locks, nothing is held.
    Raises Unreachable where another process was first.
    """
    file = _file(address(url))
    if file is None:
        yield
        return
    try:
        import fcntl

        held = file.with_name(f"{file.name}.lock").open("a")
    except (ImportError, OSError):  # Windows; or a place where the database cannot be made, either
        yield
        return
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unreachable(
                f"another readiness bot uses {file}: "
                "stop it first, or use PostgreSQL for several processes"
            ) from None
        except OSError:  # a file system without locks
            pass
        yield


def _file(url: URL) -> Path | None:
    """The file of a SQLite database, links followed; None where there is none."""
    name = (url.database or "").removeprefix("file:")
    in_memory = name in {"", ":memory:"} or url.query.get("mode") == "memory"
    if url.get_backend_name() != "sqlite" or in_memory:
        return None
    return Path(name).resolve()
