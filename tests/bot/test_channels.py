"""Channels go away and come back: posting stops, the work is kept, the owner is told once."""

import pytest
from bot_kit import ANA, BEN, CHANNEL, Room, text_of
from raw_kit import post_payload, press, press_payload

from bot.playground.posts import remove
from conversations.review import Verdict

SERVICE = {"service": "search-assistant"}


async def begun(room: Room) -> None:
    """Ana's review with one answer of Ben's."""
    await room.start()
    await room.press(ANA, "Ask everything")
    await room.press(BEN, "Met", check="1.1")


def posts(room: Room) -> int:
    """Calls that would change what stands in the channel."""
    changing = ("chat.postMessage", "chat.update")
    return sum(it.method in changing and it.arguments.get("channel") == "C0SEARCH"
               for it in room.workspace.calls)  # fmt: skip


async def test_an_archived_channel_gets_no_more_posts_and_its_owner_is_told_once(
    slack: Room,
) -> None:
    await begun(slack)
    await slack.workspace.archive(CHANNEL)
    await slack.workspace.redeliver(times=3)
    await slack.settle()
    assert slack.told(ANA) == [slack.line("tells.archived", **SERVICE)]
    calls = posts(slack)
    await press(slack, BEN, *slack.button("Met", check="1.2"))
    assert posts(slack) == calls
    assert len((await slack.review()).answers) == 2, "an answer that still came is kept"
    assert len(slack.told(ANA)) == 1


async def test_a_channel_from_which_the_bot_was_removed_says_so_to_who_presses(
    slack: Room,
) -> None:
    """The answer is kept; the card cannot follow; the presser is told how to bring it back."""
    await begun(slack)
    await slack.workspace.remove_bot(CHANNEL)
    await slack.settle()
    assert slack.told(ANA) == [slack.line("tells.removed", **SERVICE)]
    calls = posts(slack)
    await press(slack, BEN, *slack.button("Not yet", check="1.2"))
    assert slack.told(BEN) == [slack.line("tells.removed", **SERVICE)]
    assert posts(slack) == calls
    answers = (await slack.review()).answers
    assert answers["prompt-management.versioned"].verdict is Verdict.UNMET


async def test_an_invitation_brings_the_cards_up_to_date(slack: Room) -> None:
    await begun(slack)
    messages = len(slack.messages())
    await slack.workspace.remove_bot(CHANNEL)
    await press(slack, BEN, *slack.button("Not yet", check="1.2"))
    assert "1.2* Every prompt and config change is versioned · *Not yet*" not in slack.card(
        "Layer 1 of 8"
    )
    await slack.type(ANA, "/invite @Readiness")
    assert "2 of 6" in slack.card("Layer 1 of 8")
    assert "2 of 50" in slack.workspace.messages(CHANNEL)[0].text
    assert len(slack.messages()) == messages, "the same messages, edited"


async def test_a_channel_out_of_the_archive_is_brought_up_to_date(quick: Room) -> None:
    await begun(quick)
    await quick.workspace.archive(CHANNEL)
    await press(quick, BEN, *quick.button("Not yet", check="1.2"))
    await quick.workspace.archive(CHANNEL, archived=False)
    await quick.settle()
    assert "2 of 50" in quick.workspace.messages(CHANNEL)[0].text
    await quick.reply(BEN, "3 yes")
    assert "3 of 50" in quick.workspace.messages(CHANNEL)[0].text


@pytest.mark.parametrize("again", ["repeated", "late"])
async def test_a_removal_that_slack_tells_after_the_invitation_is_old_news(
    quick: Room, again: str
) -> None:
    """Slack repeats what was not acknowledged for an hour; the bot may be back long since."""
    await begun(quick)
    await quick.workspace.remove_bot(CHANNEL)
    removal = quick.workspace.events[-1]
    await quick.type(ANA, "/invite @Readiness")
    told = len(quick.told(ANA))
    await press(quick, BEN, *quick.button("Met", check="1.2"))
    if again == "late":
        removal = removal | {"event_id": "Ev0NEVERSEEN"}
    await quick.workspace.redeliver(removal, times=3)
    await press(quick, BEN, *quick.button("Met", check="1.3"))
    assert "3 of 50" in quick.workspace.messages(CHANNEL)[0].text
    assert len(quick.told(ANA)) == told


@pytest.mark.parametrize("gone", ["archived", "removed"])
async def test_start_in_another_channel_moves_the_review_there_with_all_answers(
    slack: Room, gone: str
) -> None:
    await begun(slack)
    await (slack.workspace.archive(CHANNEL) if gone == "archived"
           else slack.workspace.remove_bot(CHANNEL))  # fmt: skip
    first = await slack.review()
    await slack.type(BEN, "/readiness start Search_Assistant", channel="general")
    moved = await slack.review()
    assert (moved.id, moved.answers, moved.state) == (first.id, first.answers, first.state)
    assert moved.place.channel == "C0GENERAL"
    [root] = slack.workspace.messages("general")
    assert "1 of 50" in root.text
    slack.channel, slack.root = "general", root.ts
    assert "*Met* · Ben Okafor" in slack.card("Layer 1 of 8")
    await slack.reply(ANA, "2 yes")
    assert len((await slack.review()).answers) == 2
    await slack.type(ANA, "/readiness scorecard", channel="general")
    assert "search-assistant" in slack.told(ANA)[-1], "and the channel is the service's home now"


async def test_buttons_left_behind_in_the_old_channel_do_nothing(quick: Room) -> None:
    await begun(quick)
    left = quick.button("Met", check="1.2")
    await quick.workspace.remove_bot(CHANNEL)
    await quick.type(BEN, "/readiness start search-assistant", channel="general")
    before = await quick.stored()
    await press(quick, BEN, *left)
    assert await quick.stored() == before
    assert quick.told(BEN) == [quick.line("refusals.elsewhere")]


async def test_a_deleted_channel_is_noticed_at_the_next_post(slack: Room) -> None:
    """Slack tells nobody when a private channel is deleted: the answer is kept, people are told."""
    await begun(slack)
    payload = press_payload(slack, BEN, *slack.button("Met", check="1.2"))
    del slack.workspace.core.world.channels["C0SEARCH"]
    assert (await post_payload(slack, payload)).status == 200
    await slack.settle()
    assert len((await slack.review()).answers) == 2
    assert slack.told(ANA) == [slack.line("tells.channel_gone", **SERVICE)]
    assert slack.told(BEN) == [slack.line("tells.channel_gone", **SERVICE)]


async def test_a_start_where_the_bot_was_removed_says_so_again(quick: Room) -> None:
    await begun(quick)
    await quick.workspace.remove_bot(CHANNEL)
    await press(quick, BEN, *quick.button("Met", check="1.2"))
    told = len(quick.told(BEN))
    await quick.type(BEN, "/readiness start search-assistant")
    assert quick.told(BEN)[told:] != []
    assert "search-assistant" in quick.told(BEN)[-1]
    assert (await quick.review()).place.channel == "C0SEARCH"


async def test_a_root_that_somebody_deleted_gets_a_new_thread(quick: Room) -> None:
    await begun(quick)
    root = quick.workspace.message(quick.root)
    quick.workspace.core.world.drop(root)
    await press(quick, BEN, *quick.button("Not yet", check="1.2"))
    [again] = quick.workspace.messages(CHANNEL)
    assert again.ts != root.ts
    assert "2 of 50" in again.text
    assert "*Not yet* · Ben Okafor" in "".join(
        text_of(it) for it in quick.workspace.thread(CHANNEL, again.ts)
    )


async def test_back_in_a_channel_a_card_deleted_meanwhile_stands_again(
    quick: Room,
) -> None:
    await begun(quick)
    await quick.workspace.archive(CHANNEL)
    [card] = [it for it in quick.messages() if it.text.startswith("Layer 1 of 8")]
    remove(quick.workspace.core, card)
    await quick.workspace.archive(CHANNEL, archived=False)
    await quick.settle()
    assert quick.card("Layer 1 of 8")
