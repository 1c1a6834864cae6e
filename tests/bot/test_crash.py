"""The process is killed: nothing acknowledged is lost, the thread shows the truth, nothing twice.

Beside the four points of the way of a gesture (before its commit, before its acknowledgement,
before its posts, before a post is marked) there is a fifth: before Slack is called, when the bot
has noted the attempt already and has to look the message up in vain.
"""

import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from bot_kit import ANA, BEN, CHANNEL
from mortal_kit import Mortal
from trouble_kit import CHECKS, SERVICE, is_quiet, keys, quiet, told, until

from bot.demo import local_workspace
from bot.playground.core import Outcome
from bot.playground.workspace import serve_workspace
from storage.database import Database

REDELIVERIES = (0.2,) * 150  # seconds between Slack's repetitions of an event


@pytest.fixture
async def mortal(database_url: str) -> AsyncIterator[Mortal]:
    workspace = local_workspace()
    workspace.core.courier._retry_delays = REDELIVERIES
    page = await serve_workspace(workspace)
    database = Database(database_url)
    bot = Mortal(workspace, database, database_url)
    try:
        await bot.live()
        yield bot
    finally:
        await bot.die()
        await page.cleanup()
        database.close()


async def killed_through_a_review(
    mortal: Mortal, points: tuple[str, str, str, str, str], *, acknowledged: bool
) -> None:
    """A bot dies at the start, at an answer, a private line, a direct message, the last answer."""
    opening, editing, whispering, telling, closing = points

    async def killed(point: str, gesture: Callable[[], Awaitable[Outcome]]) -> None:
        outcome = await mortal.killed_at(point, gesture())
        assert outcome.ok is acknowledged, outcome
        await mortal.check()

    async def again(gesture: Callable[[], Awaitable[Outcome]]) -> None:
        """What was not acknowledged the person saw fail, and does again; no event has to be."""
        if not acknowledged:
            assert (await gesture()).ok
            await mortal.check()

    await killed(opening, lambda: mortal.say(f"/readiness start {SERVICE}"))
    await again(lambda: mortal.say(f"/readiness start {SERVICE}"))
    assert len([key for key in keys(mortal.workspace) if "root" in key]) == 1
    assert (await mortal.reply("skip")).ok  # the scoping questions
    await mortal.check()

    await killed(editing, lambda: mortal.press("1.1", "Met"))
    if mortal.said("1.1") == 0:
        await again(lambda: mortal.press("1.1", "Met"))
    assert mortal.said("1.1") == 1

    await killed(whispering, lambda: mortal.reply("9.9 yes"))
    whispered = told(mortal.workspace, ANA, "9.9")
    # A private line cannot be looked up: with its call in hand it is told at most once.
    assert whispered == 1 or (whispered == 0 and whispering.startswith("call"))

    await killed(telling, lambda: mortal.say(f"/readiness assign {SERVICE} 2 @ben"))
    await again(lambda: mortal.say(f"/readiness assign {SERVICE} 2 @ben"))
    assert told(mortal.workspace, BEN, "handed you layer") == 1

    numbers = [check.number for check in CHECKS[1:-1]]
    for layer in "12345678":
        some = ", ".join(number for number in numbers if number.startswith(layer))
        assert (await mortal.reply(f"{some} yes", BEN)).ok
    await quiet(mortal.database)
    await killed(closing, lambda: mortal.reply(f"{CHECKS[-1].number} no", BEN))
    assert {mortal.said(check.number) for check in CHECKS} == {1}
    assert len([key for key in keys(mortal.workspace) if "scorecard" in key]) == 1
    assert len(mortal.workspace.messages(CHANNEL)) == 2, "the root and the scorecard"


async def test_killed_before_the_commit_nothing_was_said_and_slack_says_so(mortal: Mortal) -> None:
    await killed_through_a_review(mortal, ("commit",) * 5, acknowledged=False)


async def test_killed_after_the_commit_before_the_ack_it_counts_once(mortal: Mortal) -> None:
    await killed_through_a_review(mortal, ("ack",) * 5, acknowledged=False)


async def test_killed_after_the_ack_before_any_post_everything_is_posted(mortal: Mortal) -> None:
    points = ("send:card", "send:card", "send:tell", "send:tell", "send:card")
    await killed_through_a_review(mortal, points, acknowledged=True)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_killed_before_slack_is_called_the_message_is_looked_up_in_vain(
    mortal: Mortal,
) -> None:
    post, edit, whisper = "call:chat.postMessage", "call:chat.update", "call:chat.postEphemeral"
    points = (post, edit, whisper, post, post)
    await killed_through_a_review(mortal, points, acknowledged=True)


async def test_killed_after_a_post_before_it_is_marked_it_is_found_again(mortal: Mortal) -> None:
    post, edit, whisper = "mark:chat.postMessage", "mark:chat.update", "mark:chat.postEphemeral"
    points = (post, edit, whisper, post, post)
    await killed_through_a_review(mortal, points, acknowledged=True)


async def test_killed_at_any_points_a_whole_review_comes_out_right(mortal: Mortal) -> None:
    """Two people, fifty answers, a bot that dies again and again wherever it happens to be."""
    chance = random.Random(20261)
    assert (await mortal.say(f"/readiness start {SERVICE}")).ok
    await mortal.check()
    assert (await mortal.reply("skip")).ok
    await mortal.check()
    deaths = 0
    await mortal.order(f"die {chance.randint(20, 50)}")
    for number, check in enumerate(CHECKS):
        person = (ANA, BEN)[number % 2]
        if mortal.dead:
            deaths += 1
            await mortal.live()
            await mortal.order(f"die {chance.randint(20, 50)}")
        if chance.random() < 0.5 and mortal.shows(check.number, "Partly"):
            acknowledged = (await mortal.press(check.number, "Partly", person)).ok
        else:
            acknowledged = (await mortal.reply(f"{check.number} yes", person)).ok
        if acknowledged:
            assert mortal.said(check.number) == 1
        if number % 2:  # else the next answer comes while this one's cards are being sent
            await until(lambda: mortal.dead or is_quiet(mortal.database), "sent, or dead")
    await mortal.die()
    await mortal.live()
    await mortal.repeated()  # Slack repeats events; a person, what was seen to fail
    for check in CHECKS:
        if mortal.said(check.number) == 0:
            assert (await mortal.reply(f"{check.number} yes")).ok
    await mortal.check()
    assert deaths >= 4
    assert {check.number for check in CHECKS if mortal.said(check.number) != 1} == set()
    assert len([key for key in keys(mortal.workspace) if "scorecard" in key]) == 1
