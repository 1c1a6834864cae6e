"""Many people at once, on both databases: every answer is kept, and the score is exact."""

import asyncio
from collections import Counter
from datetime import datetime

from bot_kit import ANA, BEN, CHANNEL, CHI, DAN, Room
from raw_kit import send_press
from score_kit import recomputed, shown

from bot.playground.world import Message
from bot.report import scorecard_json
from storage import answers

PEOPLE = (ANA, BEN, CHI, DAN)
VERDICTS = ("met", "partly", "unmet", "unknown")


async def opened(room: Room) -> tuple[str, Message]:
    """A review where everything is asked: its id, and a card to press on."""
    await room.start()
    await room.press(ANA, "Ask everything")
    return (await room.review()).id, room.messages()[-1]


async def assert_exact(room: Room) -> None:
    """The scorecard's JSON is what anybody computes from the stored answers."""
    review = await room.review()
    checklist = room.bot.checklist
    assert shown(scorecard_json(checklist, review)) == recomputed(checklist, review)


def said_at(entry: answers.Entry) -> datetime:
    assert entry.answer
    return entry.answer.at


async def test_a_hundred_presses_by_four_people_at_once_lose_nothing(slack: Room) -> None:
    """Twenty-five checks are answered by all four, in four different ways."""
    review_id, card = await opened(slack)
    checks = slack.bot.checklist.checks[:25]
    acks = await asyncio.gather(
        *(
            send_press(slack, person, card, f"give|{review_id}|{check.id}|{verdict}|0")
            for shift, person in enumerate(PEOPLE)
            for at, check in enumerate(checks)
            for verdict in [VERDICTS[(at + shift) % 4]]
        )
    )
    await slack.settle()
    assert {ack.error for ack in acks} == {None}
    assert [line for person in PEOPLE for line in slack.told(person)] == []
    history = await slack.history()
    given = Counter((it.check, it.by) for it in history)
    assert given == {(it.id, f"slack:{who}"): 1 for it in checks for who in PEOPLE}
    newest = {it.check: it.answer for it in sorted(history, key=said_at)}
    assert (await slack.review()).answers == newest, "of four answers the one said last counts"
    await assert_exact(slack)


async def test_four_people_on_different_checks_at_once_lose_nothing(slack: Room) -> None:
    review_id, card = await opened(slack)
    wanted = {
        check.id: (VERDICTS[at * 7 % 4], PEOPLE[at % 4])
        for at, check in enumerate(slack.bot.checklist.checks[:48])
    }
    await asyncio.gather(
        *(
            send_press(slack, person, card, f"give|{review_id}|{check}|{verdict}|0")
            for check, (verdict, person) in wanted.items()
        )
    )
    await slack.settle()
    kept = (await slack.review()).answers
    assert {key: (it.verdict, it.by) for key, it in kept.items()} == {
        key: (verdict, f"slack:{person}") for key, (verdict, person) in wanted.items()
    }
    assert len(await slack.history()) == 48
    assert "48 of 50 checks answered" in slack.workspace.messages(CHANNEL)[0].text
    await assert_exact(slack)


async def test_presses_replies_and_forms_mixed_at_once_are_all_kept(slack: Room) -> None:
    review_id, card = await opened(slack)
    for number, person in (("1.1", ANA), ("1.2", BEN), ("1.3", CHI)):
        await slack.press(person, "N/A", check=number)
    workspace = slack.workspace
    await asyncio.gather(
        *(workspace.submit_view(who, None, {"reason": "no"}) for who in (ANA, BEN, CHI)),
        *(
            send_press(slack, PEOPLE[at % 4], card, f"give|{review_id}|{check.id}|met|0")
            for at, check in enumerate(slack.bot.checklist.checks[10:22])
        ),
        *(
            workspace.send(DAN, CHANNEL, f"6.{position} partly", slack.root)
            for position in range(1, 5)
        ),
    )
    await slack.settle()
    counts = Counter(it.verdict.value for it in (await slack.review()).answers.values())
    assert counts == {"not_applicable": 3, "met": 12, "partly": 4}
    assert len(await slack.history()) == 19
    await assert_exact(slack)


async def test_the_last_two_checks_at_once_finish_the_review_once(slack: Room) -> None:
    """Nobody has to press Finish: whoever comes last closes it, and one scorecard is posted."""
    review_id, card = await opened(slack)
    checks = slack.bot.checklist.checks
    for layer in slack.bot.checklist.layers[:-1]:
        await slack.reply(ANA, f"{layer.checks[0].number}-{layer.checks[-1].number} yes")
    last = checks[-6:]
    await asyncio.gather(
        *(
            send_press(slack, PEOPLE[at % 4], card, f"give|{review_id}|{check.id}|partly|0")
            for at, check in enumerate(last)
        )
    )
    await slack.settle()
    review = await slack.review()
    assert (review.open, review.closings, len(review.answers)) == (False, 1, 50)
    assert len(slack.workspace.messages(CHANNEL)) == 2
    await assert_exact(slack)
