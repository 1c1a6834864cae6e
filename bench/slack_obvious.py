"""The baseline: what one would build: Bolt's defaults, SQLAlchemy's ORM with its async drivers.

A press is put into the history, its answer is put in the place of the one before, the review's
answers are read (for the card that would follow), and it is acknowledged. No redelivery is told
from a new press, nothing is owed, and no card follows.

`python -m bench.slack_obvious DATABASE API`; the tables have to be there.
"""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, event, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.slack_stock import bolt, serve


class Base(DeclarativeBase):
    """The ORM's."""


class Answer(Base):
    """The answer that counts."""

    __tablename__ = "obvious_answer"
    review_id: Mapped[str] = mapped_column(primary_key=True)
    check_id: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Entry(Base):
    """A line of the history."""

    __tablename__ = "obvious_history"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[str]
    check_id: Mapped[str]
    verdict: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def engine_of(url: str) -> AsyncEngine:
    """The engine. SQLite as most would set it up: WAL, and patience with other writers."""
    if url.startswith("postgresql"):
        return create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    engine = create_async_engine(
        url.replace("sqlite://", "sqlite+aiosqlite://"), connect_args={"timeout": 60}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")

    return engine


async def main(database: str, api: str) -> None:
    """Until SIGTERM."""
    engine = engine_of(database)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app = bolt(api)

    @app.action(re.compile(".*"))
    async def pressed(ack: Any, body: dict[str, Any]) -> None:
        _, review, check, verdict, _ = body["actions"][0]["value"].split("|")
        said = {
            "review_id": review, "check_id": check, "verdict": verdict,
            "by": body["user"]["id"], "at": datetime.now(UTC),
        }  # fmt: skip
        async with sessions() as session, session.begin():
            session.add(Entry(**said))
            await session.flush()  # takes SQLite's write lock before anything is read
            await session.merge(Answer(**said))
            await session.flush()
            (await session.scalars(select(Answer).where(Answer.review_id == review))).all()
        await ack()

    await serve(app.web_app())
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
