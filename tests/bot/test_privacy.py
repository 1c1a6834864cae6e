"""Private answers are seen by who asked, and by nobody else."""

from collections.abc import Iterable

from bot_kit import ANA, BEN, CHANNEL, CHI, DAN, Room, text_of

from bot.playground.world import Message

QUESTIONS = (
    "help",
    "status",
    "gaps",
    "scorecard search-assistant",
    "services",
    "nonsense",
    "status nope",
    "start search-assistant",
    "assign search-assistant 2 @chitra",
)


def all_messages(room: Room) -> Iterable[Message]:
    return (it for log in room.workspace.core.world.log.values() for it in log.values())


async def test_every_private_answer_is_for_the_asker_alone(slack: Room) -> None:
    await slack.start()
    await slack.press(ANA, "Ask everything")
    before = {it.ts for it in all_messages(slack)}
    for text in QUESTIONS:
        for way in ("slash", "mention", "thread"):
            await slack.say(BEN, way, text)
    fresh = [it for it in all_messages(slack) if it.ts not in before and it.by_bot]
    told = {it.ephemeral_to for it in fresh if it.ephemeral_to}
    assert told == {BEN}
    public = [text_of(it) for it in fresh if it.ephemeral_to is None]
    assert len(public) == 1, "only Chitra is told directly that a layer is hers"
    assert public[0] in slack.told(CHI)
    assert len([it for it in fresh if it.ephemeral_to]) == 3 * len(QUESTIONS)


async def test_an_answer_in_a_direct_message_stays_in_it(quick: Room) -> None:
    await quick.start()
    await quick.ask(BEN, "direct", "status")
    channels = {it.channel for it in all_messages(quick) if "now in layer" in text_of(it)
                or "scoping questions come first" in text_of(it)}  # fmt: skip
    assert channels == {quick.workspace.dm(BEN)}


async def test_a_refusal_is_private_too(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.press(ANA, "Finish review")
    public = [it.ts for it in quick.messages()]
    await quick.press(DAN, "Reopen review")
    await quick.reply(DAN, "9 yes")
    await quick.say(DAN, "mention", "start <!here>")
    assert [it.ts for it in quick.messages() if it.by_bot] == public
    assert len(quick.told(DAN)) == 2
    assert quick.told(ANA) == quick.told(BEN) == []
    assert all(it.ephemeral_to == DAN for it in quick.workspace.ephemerals(DAN, CHANNEL))


async def test_a_form_is_seen_by_who_opened_it(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.press(BEN, "N/A", check="1.1")
    assert [len(quick.workspace.views(who)) for who in (ANA, BEN, CHI)] == [0, 1, 0]
