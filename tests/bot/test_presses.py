"""Presses: doubled, late, carried off, of two people at once."""

import asyncio

from bot_kit import ANA, BEN, CHANNEL, CHI, Room, buttons
from raw_kit import post_payload, press, press_payload

from conversations.review import Review, Verdict
from storage import reviews

ROLLBACK = "prompt-management.rollback"


async def opened(room: Room) -> None:
    await room.start()
    await room.press(ANA, "Ask everything")


async def search_assistant(room: Room) -> Review | None:
    return await room.bot.runner.read(lambda conn: reviews.latest_of(conn, "search-assistant"))


async def test_two_people_on_one_check_are_both_recorded_and_the_last_one_shows(
    slack: Room,
) -> None:
    await opened(slack)
    target = slack.button("Partly", check="1.1")
    await slack.press(ANA, "Met", check="1.1")
    await press(slack, BEN, *target)
    history = [(it.by, it.answer.verdict) for it in await slack.history() if it.answer]
    assert history == [("slack:U0ANA", Verdict.MET), ("slack:U0BEN", Verdict.PARTLY)]
    assert "*Partly* · Ben Okafor" in slack.card("Layer 1 of 8")
    assert len((await slack.review()).answers) == 1


async def test_a_double_click_counts_once(slack: Room) -> None:
    """Both presses arrive at the same moment, each with a trigger of its own."""
    await opened(slack)
    message, action_id = slack.button("Met", check="1.1")
    presses = (
        slack.workspace.click(BEN, action_id=action_id, message_ts=message.ts) for _ in range(2)
    )
    assert all(it.ok for it in await asyncio.gather(*presses))
    await slack.settle()
    assert len(await slack.history()) == 1
    assert slack.told(BEN) == []


async def test_a_double_click_on_start_and_on_finish_counts_once(slack: Room) -> None:
    await opened(slack)
    message, action_id = slack.button("Finish review")
    await asyncio.gather(
        *(slack.workspace.click(who, action_id=action_id, message_ts=message.ts)
          for who in (ANA, BEN, ANA, BEN))
    )  # fmt: skip
    await slack.settle()
    assert len(slack.workspace.messages(CHANNEL)) == 2, "one scorecard"
    assert (await slack.review()).closings == 1


async def test_a_late_press_on_a_card_that_went_on_still_counts_for_its_check(
    quick: Room,
) -> None:
    """Every button names its review and check: what it stood beside no longer matters."""
    await opened(quick)
    target = quick.button("Not yet", check="1.1")
    await quick.reply(ANA, "1-6 yes")
    assert "Layer 2 of 8" in quick.messages()[-1].text
    await press(quick, BEN, *target)
    assert (await quick.review()).answers[ROLLBACK].verdict is Verdict.UNMET
    assert "1 not yet" in quick.card("Layer 1 of 8")


async def test_a_stale_skip_leaves_a_finished_layer_alone(quick: Room) -> None:
    await opened(quick)
    target = quick.button("Skip layer")
    await quick.reply(ANA, "1-6 yes")
    before = await quick.stored()
    await press(quick, BEN, *target)
    assert await quick.stored() == before


async def test_buttons_of_a_finished_review_say_so_once_and_store_nothing(slack: Room) -> None:
    await opened(slack)
    pressed = (("Met", "1.1"), ("N/A", "1.2"), ("Skip layer", ""), ("Walk me through", ""))
    targets = [slack.button(label, check=check) for label, check in pressed]
    await slack.press(ANA, "Finish review")
    before = await slack.stored()
    messages = len(slack.messages())
    for number, target in enumerate(targets, 1):
        await press(slack, BEN, *target)
        assert (
            slack.told(BEN)
            == [slack.line("refusals.finished", service="search-assistant")] * number
        )
    assert await slack.stored() == before
    assert len(slack.messages()) == messages
    assert slack.told(ANA) == []


async def test_an_older_press_that_arrives_later_is_history_only(slack: Room) -> None:
    await opened(slack)
    message, value = slack.button("Not yet", check="1.1")
    older = press_payload(slack, BEN, message, value)
    await slack.press(ANA, "Met", check="1.1")
    assert (await post_payload(slack, older)).status == 200
    await slack.settle()
    assert len(await slack.history()) == 2
    assert (await slack.review()).answers[ROLLBACK].by == "slack:U0ANA"
    assert "*Met* · Ana Berger" in slack.card("Layer 1 of 8")


async def test_a_link_button_opens_its_link_and_says_nothing(quick: Room) -> None:
    await opened(quick)
    await quick.ask(BEN, "slash", "status")
    before, told = await quick.stored(), quick.told(BEN)
    answer = quick.workspace.ephemerals(BEN)[-1]
    [(link, _)] = buttons(answer)
    assert link["text"]["text"] == "Open thread"
    clicked = quick.workspace.click(BEN, action_id=link["action_id"], message_ts=answer.ts)
    assert (await quick._done(clicked)).ok
    assert await quick.stored() == before
    assert quick.told(BEN) == told


async def test_a_scoping_button_pressed_after_scoping_changes_the_scope(quick: Room) -> None:
    await quick.start()
    late = quick.button("No", nth=0)
    await quick.press(ANA, "Ask everything")
    await press(quick, BEN, *late)
    assert (await quick.review()).profile == {"rag": False}
    assert (await quick.review()).ask_everything, "everything is asked until all four are known"


async def test_a_button_carried_to_another_channel_does_nothing_there(quick: Room) -> None:
    """Somebody shared the card: one private line there, nothing stored."""
    await opened(quick)
    message, action_id = quick.button("Met", check="1.1")
    _, form_id = quick.button("N/A", check="1.1")
    await quick.type(BEN, "/readiness start other", channel="general")
    there = quick.workspace.messages("general")[-1]
    before = await search_assistant(quick)
    for number, pressed in enumerate((action_id, form_id), 1):
        await press(quick, BEN, there, pressed)
        assert quick.told(BEN) == [quick.line("refusals.elsewhere")] * number
    assert quick.workspace.ephemerals(BEN)[-1].channel == "C0GENERAL"
    assert quick.workspace.views(BEN) == []
    assert await search_assistant(quick) == before
    assert message.channel == "C0SEARCH"


async def test_tampered_and_foreign_values_are_refused_in_one_line(slack: Room) -> None:
    await opened(slack)
    message, genuine = slack.button("Met", check="1.1")
    review_id = genuine.split("|")[1]
    before = await slack.stored()
    tampered = [
        "",
        "give",
        "approve_deploy",
        genuine.replace(review_id, "0" * 12),
        genuine.replace("rollback", "nothing"),
        genuine.replace("met", "excellent"),
        genuine.replace("met", "not_applicable"),
        genuine + "|1",
        f"skip|{review_id}|no-such-layer",
        f"later|{review_id}|no.such.check|0",
        f"walk|{review_id}|no-such-layer",
        f"scope|{review_id}|no_such_fact|1",
        f"edit|{review_id}|no.such.check|change|0",
        f"layer|{review_id}|no-such-layer",
        f"edit|{'0' * 12}|prompt-management.rollback|change|0",
        "give|' OR 1=1 --|prompt-management.rollback|met|0",
        "x" * 1999,
        "give\u0000|\ud800|\u202e|met|0",
    ]
    for number, value in enumerate(tampered, 1):
        assert (await press(slack, CHI, message, value)).error is None, value
        assert len(slack.told(CHI)) == number, value
    assert "went wrong" not in "".join(slack.told(CHI))
    assert await slack.stored() == before
    assert slack.told(ANA) == slack.told(BEN) == []
