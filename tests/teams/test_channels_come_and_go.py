"""The app is removed, channels vanish: posting stops, owners hear of it, answers are kept."""

from typing import Any

import pytest
from fake_teams import ANA, BEN, BOT, CHANNEL, CHAT, TEAM
from teams_room import Room

from conversations.review import Place, Verdict
from storage import people, places, references


async def happen(room: Room, kind: str, *, to: str = TEAM, event: str = "", **more: Any) -> None:
    """Something that nobody typed."""
    body = room.activity(ANA, kind, to=to)
    body["conversation"]["id"] = to
    if event:
        body["channelData"] |= {"eventType": event, "channel": {"id": CHANNEL}}
    assert (await room.send(body | more)).status == 200


GONE: list[tuple[str, dict[str, Any]]] = [
    ("installationUpdate", {"action": "remove"}),
    ("conversationUpdate", {"membersRemoved": [{"id": BOT}], "event": "teamMemberRemoved"}),
    ("conversationUpdate", {"event": "channelDeleted"}),
    ("conversationUpdate", {"event": "teamDeleted"}),
    ("conversationUpdate", {"event": "teamArchived"}),
]
BACK: list[tuple[str, dict[str, Any]]] = [
    ("installationUpdate", {"action": "add"}),
    ("conversationUpdate", {"membersAdded": [{"id": BOT}], "event": "teamMemberAdded"}),
    ("conversationUpdate", {"event": "channelRestored"}),
    ("conversationUpdate", {"event": "teamRestored"}),
    ("conversationUpdate", {"event": "teamUnarchived"}),
]


@pytest.mark.parametrize(("gone", "back"), [*zip(GONE, BACK, strict=True)])
async def test_cards_stand_still_and_come_back_and_the_owner_is_told(
    quick: Room, gone: Any, back: Any
) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    kind, facts = gone
    await happen(quick, kind, **facts)
    assert len(quick.told(ANA)) == 1
    assert "search-assistant" in quick.told(ANA)[0]
    quick.teams.gone.add(CHANNEL)
    answer = await quick.press(BEN, "Met", check="1.1")
    assert "search-assistant" in answer.line
    assert [it.verdict for it in (await quick.review()).answers.values()] == [Verdict.MET]
    before = quick.card("Layer 1").edits
    quick.teams.gone.clear()
    kind, facts = back
    await happen(quick, kind, **facts)
    assert quick.card("Layer 1").edits == before + 1
    assert len(quick.told(ANA)) == 1


async def test_a_channel_in_which_the_bot_may_not_write_is_stopped_by_the_answer(
    quick: Room,
) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    quick.teams.gone.add(CHANNEL)
    await quick.press(BEN, "Met", check="1.1")
    place = (await quick.review()).place
    stopped = await quick.bot.runner.read(lambda conn: places.stopped(conn, place))
    assert stopped == "not_in_channel"
    assert len(quick.told(ANA)) == 1


async def test_what_happens_to_others_is_not_about_the_bot(quick: Room) -> None:
    await quick.start()
    await happen(
        quick, "conversationUpdate", membersRemoved=[{"id": BEN}], event="teamMemberRemoved"
    )
    await happen(quick, "conversationUpdate", membersAdded=[{"id": BEN}], event="teamMemberAdded")
    await happen(quick, "conversationUpdate", event="channelRenamed")
    await happen(quick, "installationUpdate", to=CHAT, action="remove")
    place = (await quick.review()).place
    assert await quick.bot.runner.read(lambda conn: places.stopped(conn, place)) is None
    assert quick.told(ANA) == []


async def test_conversations_and_people_are_known_from_what_they_send(teams: Room) -> None:
    await teams.start()
    place = (await teams.review()).place
    assert place == Place("teams", place.workspace, CHANNEL)
    found = await teams.bot.runner.read(lambda conn: references.find(conn, place))
    assert found
    assert (found.service_url, found.bot) == (f"{teams.teams.url}/", BOT)
    assert (found.kind, found.team) == ("channel", TEAM)
    ana = await teams.bot.runner.read(lambda conn: people.get(conn, f"teams:{ANA}"))
    assert ana
    assert (ana.name, ana.tz) == ("Ana Kovač", "Europe/Ljubljana")
    assert ana.fetched_at
