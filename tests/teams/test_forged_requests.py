"""The table of forged requests again, by HTTP: 401 each, nothing stored, nobody called."""

from typing import Any

from fake_teams import ANA, alone
from forged import BODIES, HEADERS
from sqlalchemy import func, select
from teams_kit import SERVICE
from teams_room import Room

from storage.tables import Table

TOO_LONG = {"huge": 400}  # the server itself reads no header of that length


def trace(room: Room) -> tuple[Any, ...]:
    """All that a request may leave: rows, calls, what is known."""
    with room.bot.database.read() as conn:
        rows = {
            name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Table.metadata.tables.items()
        }
    return rows, room.teams.calls, dict(room.bot.platforms["teams"].known._places)


def asking(room: Room) -> dict[str, Any]:
    """What is answered, if it gets in."""
    return room.activity(ANA, "message", to=alone(ANA)) | {"text": "help"}


async def post(room: Room, body: Any, header: str | None) -> int:
    url = f"http://127.0.0.1:{room.bot.port}/api/messages"
    headers = {} if header is None else {"Authorization": header}
    async with room.session.post(url, json=body, headers=headers) as answer:
        await answer.read()
        return answer.status


async def test_every_forged_token_is_a_401_and_leaves_nothing(teams: Room) -> None:
    before = trace(teams)
    found = {
        name: await post(teams, asking(teams), forge(teams.rig)) for name, forge in HEADERS.items()
    }
    assert found == dict.fromkeys(HEADERS, 401) | TOO_LONG
    await teams.settle()
    assert trace(teams) == before
    assert await post(teams, asking(teams), teams.rig.header()) == 200  # it was for the tokens
    await teams.settle()
    assert trace(teams) != before


async def test_a_key_that_is_not_endorsed_is_a_401_and_leaves_nothing(quick: Room) -> None:
    quick.rig.listed = {"k1": ["msteams"], "k2": ["webchat"], "k3": [], "k4": None}
    ring = quick.bot.platforms["teams"]._ring
    ring._keys, ring._tried = {}, -1e9
    before = trace(quick)
    found = [await post(quick, asking(quick), quick.rig.header(kid=f"k{it}")) for it in range(2, 5)]
    assert found == [401, 401, 401]
    await quick.settle()
    assert trace(quick) == before
    assert await post(quick, asking(quick), quick.rig.header()) == 200


async def test_every_body_that_is_not_for_us_is_refused_and_leaves_nothing(quick: Room) -> None:
    before, header = trace(quick), quick.rig.header()
    for name, odd in BODIES.items():
        body = odd
        if isinstance(odd, dict):
            body = asking(quick) | odd
            if odd["serviceUrl"] == SERVICE:
                body["serviceUrl"] = quick.rig.service
        status = await post(quick, body, header)
        assert status == (401 if isinstance(odd, dict) else 400), name
    await quick.settle()
    assert trace(quick) == before
