"""Whether somebody who is named by another may be handed something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.chat import Chat, ChatRejected, ChatUnavailable
from bot.logs import log
from bot.runner import Runner
from conversations.effects import Refused
from storage import people
from storage.people import Person

PATIENCE = 1.5  # seconds to wait for a profile while somebody waits for an answer


async def check_member(
    runner: Runner, chat: Chat | None, person: str, now: Callable[[], datetime]
) -> None:
    """Makes sure of it, and remembers the person's name.

    Raises Refused for somebody who left, is no member or is not known to the platform at all. A
    platform that is away is believed to know.
    """
    if chat is None:
        raise Refused("unknown_person")
    known = await runner.read(lambda conn: people.get(conn, person))
    if known is None or known.fetched_at is None:
        blank = Person(person, chat.platform, "", None, deleted=False, fetched_at=None)
        known = await _asked(runner, chat, known or blank, now)
    if known.deleted:
        raise Refused("person_left", person=known.name)


async def _asked(runner: Runner, chat: Chat, person: Person, now: Callable[[], datetime]) -> Person:
    try:
        async with asyncio.timeout(PATIENCE):
            profile = await chat.profile(person.id)
    except (ChatRejected, ChatUnavailable, TimeoutError) as error:
        log("profile", level="warning", person=person.id, reason=str(error) or "slow")
        return person
    if not profile.member:
        raise Refused("unknown_person")
    name = profile.name or person.name
    described = replace(
        person,
        name=name,
        tz=profile.tz or person.tz,
        deleted=profile.deleted,
        fetched_at=now(),
        away_until=profile.away_until,
    )
    await runner.write(lambda conn: people.upsert(conn, described))
    return described
