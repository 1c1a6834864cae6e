"""A form stands in a card's place: an edit of the card would take away what is half typed."""

import json

from fake_teams import ANA, BEN
from teams_room import Room

from bot.posts import review_lane
from bot.teams.holds import Holds


async def test_everybodys_form_keeps_edits_waiting_until_it_is_sent_or_given_up(
    quick: Room,
) -> None:
    review = await quick.start()
    await quick.press(ANA, "Ask everything")
    shown, of_ana = quick.button("N/A", check="1.1")
    same, of_ben = quick.button("N/A", check="1.2")
    assert same is shown
    await quick.execute(ANA, shown, of_ana["verb"])
    await quick.execute(BEN, shown, of_ben["verb"])
    before = shown.edits

    save = quick.invoke(ANA, shown, f"form:{of_ana['verb']}", {"reason": "no prompts"})
    assert (await quick.post(json.dumps(save).encode())).card
    await quick.bot.delivery.settled()
    assert len((await quick.review()).answers) == 1
    assert shown.edits == before  # Ben is still typing

    cancel = quick.invoke(BEN, shown, f"back:{of_ben['verb']}")
    assert (await quick.post(json.dumps(cancel).encode())).card
    quick.bot.delivery.wake([review_lane(review)])
    await quick.settle()
    assert shown.edits == before + 1


async def test_the_process_that_sends_edits_knows_of_forms_that_another_one_opened(
    teams: Room,
) -> None:
    await teams.start()
    await teams.press(ANA, "Ask everything")
    shown, button = teams.button("N/A", check="1.1")
    place, message = (await teams.review()).place, f"{shown.thread}/{shown.id}"
    another = Holds(teams.bot.runner, teams.bot.now)
    assert await another.left(place, message) == 0
    await teams.execute(ANA, shown, button["verb"])
    assert await another.left(place, message) > 0
    assert await another.left(place, f"{shown.thread}/1") == 0
    await teams.execute(ANA, shown, f"back:{button['verb']}")
    assert await another.left(place, message) == 0
