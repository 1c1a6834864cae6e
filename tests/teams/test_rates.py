"""Where Teams takes no more for a while, cards wait; nobody draws them in vain."""

import json

import pytest
from fake_teams import ANA, Shown
from sqlalchemy import select
from teams_room import Room

from bot import metrics
from bot.posts import review_lane
from bot.teams.connector import in_thread
from storage.tables import OUTBOX

EVER = 86_400.0  # seconds


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


async def test_a_full_thread_is_not_looked_at_again_for_what_comes_meanwhile(
    quick: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = await quick.start()
    await quick.press(ANA, "Ask everything")
    threads = quick.bot.platforms["teams"].chat.connector._threads
    threads.hold(in_thread(quick.channel, quick.root), EVER)
    shown, action = quick.button("Met", check="1.1")
    partly = quick.button("Partly", check="1.1")[1]["verb"]
    first, second = (
        json.dumps(quick.invoke(ANA, shown, verb)).encode() for verb in (action["verb"], partly)
    )
    delivery, lane = quick.bot.delivery, review_lane(review)
    put_off = metrics.DELIVERIES.labels("card", "retried")._value
    before, rest, meanwhile = put_off.get(), delivery._rest, [second]

    async def pressed_again_before(*given) -> bool:
        if meanwhile:
            await quick.post(meanwhile.pop())
        return await rest(*given)

    monkeypatch.setattr(delivery, "_rest", pressed_again_before)
    await quick.post(first)
    await delivery.settled()
    assert not meanwhile
    assert put_off.get() - before == 2  # the layer's card and the first one, once each
    assert lane in delivery._pauses


def stands(room: Room, shown: Shown) -> tuple[int, list[int]]:
    """How often the card was edited, and the attempts of what is still owed."""
    waits = select(OUTBOX.c.attempts).where(OUTBOX.c.state == "owed")
    with room.bot.database.read() as conn:
        return shown.edits, [*conn.execute(waits).scalars()]
