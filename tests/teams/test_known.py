"""What is learned from activities, and from which; and for how long it is believed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fake_teams import ANA, BOT, CHANNEL, GROUP, Json
from teams_kit import TENANT
from teams_room import Room

from bot.chat import ChatRejected, ChatUnavailable, MessageGone
from bot.teams.chat import TeamsChat
from bot.teams.connector import TOKEN_REFUSED
from bot.teams.holds import Holds
from bot.teams.known import BELIEVED, Known
from conversations.cards import Card
from conversations.review import Place
from conversations.wording import Safe
from storage import people, references

EVE, ZOE = "29:eve", "29:zoe"
HERE = Place("teams", TENANT, CHANNEL)


def mention(person: str, name: str) -> Json:
    return {
        "type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": person, "name": name},
    }  # fmt: skip


async def names(room: Room) -> dict[str, str]:
    """Who is known, of the two."""
    found = [f"teams:{EVE}", f"teams:{ZOE}"]
    return await room.bot.runner.read(lambda conn: people.names(conn, found))


async def say(room: Room, text: str, *mentions: Json, thread: str = "") -> None:
    """Eve types."""
    body = room.activity(EVE, "message", thread=thread)
    body["from"]["name"] = "Eve"
    await room.send(body | {"text": text, "entities": [*mentions]})


async def test_talk_among_people_stores_nobody(quick: Room) -> None:
    await quick.start()
    await say(quick, "lunch, <at>Zoe</at>?", mention(ZOE, "Zoe"))
    await say(quick, "lunch, <at>Zoe</at>?", mention(ZOE, "Zoe"), thread=quick.root)
    await say(quick, "yes", thread="777")
    assert await names(quick) == {}


async def test_who_answers_is_known_and_whom_the_answer_names(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await say(quick, "no - ask <at>Zoe</at>", mention(ZOE, "Zoe"), thread=quick.root)
    assert await names(quick) == {f"teams:{EVE}": "Eve", f"teams:{ZOE}": "Zoe"}
    assert "ask @Zoe" in quick.card("Layer 1").text


async def test_who_speaks_to_the_bot_is_known(quick: Room) -> None:
    await say(quick, "<at>Readiness</at> services", mention(BOT, "Readiness"))
    assert await names(quick) == {f"teams:{EVE}": "Eve"}
    found = await quick.bot.runner.read(lambda conn: people.get(conn, f"teams:{EVE}"))
    assert found
    assert found.tz == "Europe/Ljubljana"


def another(room: Room, now: Any = None) -> tuple[Known, TeamsChat]:
    """What a second process has, which got none of the activities."""
    known = Known(room.bot.runner, now or room.bot.now)
    return known, TeamsChat(None, known, Holds(room.bot.runner, room.bot.now))  # type: ignore[arg-type]


async def test_links_name_the_team_in_a_process_that_never_heard_of_it(teams: Room) -> None:
    await teams.start()
    _, chat = another(teams)
    assert GROUP not in chat.link(HERE, "1/2")
    await chat.ready()
    assert f"groupId={GROUP}" in chat.link(HERE, "1/2")


async def test_links_name_the_team_from_the_start(quick: Room) -> None:
    await quick.start()
    platform = quick.bot._platforms(quick.session)["teams"]
    await platform.identify()
    assert f"groupId={GROUP}" in platform.chat.link(HERE, "1/2")


async def moved(room: Room) -> str:
    """Another process learned a new address of the channel."""
    found = await room.bot.runner.read(lambda conn: references.find(conn, HERE))
    assert found
    there = replace(found, service_url="https://smba.trafficmanager.net/amer/")
    await room.bot.runner.write(lambda conn: references.put(conn, there))
    return there.service_url


async def url(known: Known) -> str:
    found = await known.reference(HERE)
    assert found
    return found.service_url


async def test_what_another_process_learned_is_seen_within_the_hour(quick: Room) -> None:
    await quick.start()
    now = [datetime.fromisoformat("2026-03-02T09:00:00+00:00")]
    known, _ = another(quick, lambda: now[0])
    old = await url(known)
    new = await moved(quick)
    now[0] += BELIEVED - timedelta(seconds=1)
    assert await url(known) == old
    now[0] += timedelta(seconds=1)
    assert await url(known) == new


class Refusing:
    """A connector whose every edit fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def update(self, *_: Any) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "doubted"),
    [
        (ChatRejected("BotNotInConversationRoster", gone="not_in_channel"), True),
        (ChatUnavailable(TOKEN_REFUSED, unsure=False), True),
        (MessageGone("1"), True),
        (ChatUnavailable("ratelimited", unsure=False, answered=True), False),
    ],
)
async def test_an_address_that_refused_us_is_looked_up_again(
    quick: Room, error: Exception, doubted: bool
) -> None:
    await quick.start()
    known, chat = another(quick)
    chat.connector = Refusing(error)  # type: ignore[assignment]
    old = await url(known)
    new = await moved(quick)
    with pytest.raises(type(error)):
        await chat.edit(HERE, "1/2", Card(Safe("x"), ()))
    assert await url(known) == (new if doubted else old)
