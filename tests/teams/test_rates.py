"""Where Teams takes no more for a while, cards wait; nobody draws them in vain."""

import json

from fake_teams import ANA, Shown
from sqlalchemy import select
from teams_room import Room

from bot.posts import review_lane
from bot.teams.connector import in_thread
from storage.tables import OUTBOX

EVER = 1e12  # seconds


async def test_a_full_thread_is_left_alone_until_it_takes_edits_again(quick: Room) -> None:
    review = await quick.start()
    await quick.press(ANA, "Ask everything")
    threads = quick.bot.platforms["teams"].chat.connector._threads
    threads.hold(in_thread(quick.channel, quick.root), EVER)
    shown, action = quick.button("Met", check="1.1")

    answered = await quick.post(json.dumps(quick.invoke(ANA, shown, action["verb"])).encode())
    assert "1 of 6" in answered.card["fallbackText"]
    await quick.bot.delivery.settled()
    assert stands(quick, shown) == (0, [0, 0])

    threads._held.clear()
    quick.bot.delivery.wake([review_lane(review)])
    await quick.settle()
    assert stands(quick, shown) == (1, [])


def stands(room: Room, shown: Shown) -> tuple[int, list[int]]:
    """How often the card was edited, and the attempts of what is still owed."""
    waits = select(OUTBOX.c.attempts).where(OUTBOX.c.state == "owed")
    with room.bot.database.read() as conn:
        return shown.edits, [*conn.execute(waits).scalars()]
