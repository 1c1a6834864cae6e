"""Learning who people are: the platform is asked once for each name that a card will show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.chat import Chat, ChatRejected, ChatUnavailable
from bot.logs import log
from bot.runner import Runner
from bot.scenes import involved
from conversations.review import Review
from storage import people
from storage.people import Person


async def introduce(
    runner: Runner, chat: Chat, review: Review, now: Callable[[], datetime]
) -> None:
    """Remembers everybody in the review whom the platform was not asked about yet.

    A failure costs only the name: a platform that is away is asked again with the next card.
    """
    wanted = {*involved(review)}
    unknown = await runner.read(lambda conn: people.unfetched(conn, wanted, chat.platform))
    described = [await _described(chat, person, now()) for person in unknown]
    known = [person for person in described if person is not None]
    if known:
        await runner.write(lambda conn: _remember(conn, known))


def _remember(conn: Connection, known: Iterable[Person]) -> None:
    for person in known:
        people.upsert(conn, person)


async def _described(chat: Chat, person: Person, at: datetime) -> Person | None:
    """The person as the platform describes them; None where it is away."""
    try:
        profile = await chat.profile(person.id)
    except ChatUnavailable as error:
        log("profile", level="warning", person=person.id, reason=error.reason)
        return None
    except ChatRejected as error:
        log("profile", level="warning", person=person.id, reason=error.reason)
        return replace(person, fetched_at=at)
    return Person(
        id=person.id,
        platform=person.platform,
        name=profile.name or person.name,
        tz=profile.tz,
        deleted=profile.deleted,
        fetched_at=at,
    )
