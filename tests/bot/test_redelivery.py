"""Slack delivers at least once, in any order: everything counts once, and by its own time."""

import asyncio

import pytest
from bot_kit import ANA, BEN, CHANNEL, Room
from raw_kit import post_command, post_payload, press_payload

from bot.playground import payloads
from conversations.review import Verdict

ROLLBACK = "prompt-management.rollback"


async def opened(room: Room) -> None:
    await room.start()
    await room.press(ANA, "Ask everything")


async def test_one_reply_delivered_four_times_counts_once(slack: Room) -> None:
    await opened(slack)
    await slack.reply(BEN, "partly")
    calls = len(slack.workspace.calls)
    assert [it.error for it in await slack.workspace.redeliver(times=3)] == [None] * 3
    assert [it.error for it in await slack.workspace.redeliver(retry=False)] == [None]
    await slack.settle()
    assert len(await slack.history()) == 1
    assert len(slack.workspace.calls) == calls, "no card is sent again"


async def test_one_reply_delivered_four_times_at_once_counts_once(slack: Room) -> None:
    await opened(slack)
    await slack.reply(BEN, "hm")
    envelope = slack.workspace.events[-1]
    said = {"text": "partly", "ts": envelope["event"]["ts"][:-1] + "9"}
    same = {**envelope, "event": {**envelope["event"], **said}}
    courier = slack.workspace.core.courier
    acks = await asyncio.gather(*(courier.redeliver(same, 0, "") for _ in range(4)))
    assert [it.error for it in acks] == [None] * 4
    await slack.settle()
    assert len(await slack.history()) == 1


@pytest.mark.parametrize("text", ["start ticket-router", "status", "nonsense", "status nope"])
async def test_a_mention_delivered_four_times_is_answered_once(quick: Room, text: str) -> None:
    """It also comes twice anyway, as message and as mention, with the same ts."""
    await opened(quick)
    await quick.say(BEN, "mention", text)
    kinds = [it["event"]["type"] for it in quick.workspace.events if "bot_id" not in it["event"]]
    assert kinds[-2:] == ["message", "app_mention"]
    said, public = quick.told(BEN), len(quick.workspace.messages(CHANNEL))
    for event in [it for it in quick.workspace.events if "bot_id" not in it["event"]][-2:]:
        await quick.workspace.redeliver(event, times=3)
    await quick.settle()
    assert quick.told(BEN) == said
    assert len(said) == (0 if text.startswith("start") else 1)
    assert len(quick.workspace.messages(CHANNEL)) == public


async def test_an_older_reply_that_arrives_later_is_history_only(slack: Room) -> None:
    """The history has it; the card shows the newest by the time it was said."""
    await opened(slack)
    held = await slack.reply(BEN, "hm")  # said first, but its answer arrives last
    older = slack.workspace.events[-1]
    await slack.reply(ANA, "1 yes")
    late = {**older, "event": {**older["event"], "text": "1 no"}}
    await slack.workspace.core.courier.redeliver(late, 0, "")
    await slack.settle()
    history = [(it.by, it.answer.verdict) for it in await slack.history() if it.answer]
    assert history == [("slack:U0ANA", Verdict.MET), ("slack:U0BEN", Verdict.UNMET)]
    answer = (await slack.review()).answers[ROLLBACK]
    assert (answer.by, answer.verdict) == ("slack:U0ANA", Verdict.MET)
    assert "*Met* · Ana Berger" in slack.card("Layer 1 of 8")
    assert held.ok


async def test_a_press_sent_twice_with_one_trigger_counts_once(slack: Room) -> None:
    await opened(slack)
    message, action_id = slack.button("Met", check="1.1")
    payload = press_payload(slack, BEN, message, action_id)
    for _ in range(4):
        assert (await post_payload(slack, payload)).status == 200
    await slack.settle()
    assert len(await slack.history()) == 1


async def test_a_form_sent_twice_counts_once(slack: Room) -> None:
    await opened(slack)
    await slack.press(BEN, "N/A", check="1.1")
    view = slack.workspace.view(BEN)
    await slack.submit(BEN, reason="no prompts")
    core = slack.workspace.core
    core.world.modals[BEN] = [view]
    assert (await slack.submit(BEN, reason="no prompts")).ok
    assert len(await slack.history()) == 1


async def test_a_command_sent_twice_with_one_trigger_starts_once(slack: Room) -> None:
    core = slack.workspace.core
    ana, channel = core.world.users[ANA], core.world.channels["C0SEARCH"]
    fields = payloads.command(core, ana, channel, "/readiness", "start search-assistant")
    for _ in range(3):
        assert (await post_command(slack, fields)).status == 200
    await slack.settle()
    assert len(slack.workspace.messages(CHANNEL)) == 1


async def test_slack_s_challenge_is_answered(quick: Room) -> None:
    assert await quick.workspace.verify_url()
