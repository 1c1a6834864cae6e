"""Answers typed in the thread, and the talk there that is left alone."""

import pytest
from bot_kit import ANA, BEN, CHANNEL, Room

from conversations.review import Verdict

FORMS = {
    "yes": {"1.1": Verdict.MET},
    "met": {"1.1": Verdict.MET},
    "Done.": {"1.1": Verdict.MET},
    "YES!": {"1.1": Verdict.MET},
    "partly": {"1.1": Verdict.PARTLY},
    "no": {"1.1": Verdict.UNMET},
    "not yet": {"1.1": Verdict.UNMET},
    "n/a because we have no prompts": {"1.1": Verdict.NOT_APPLICABLE},
    "don't know": {"1.1": Verdict.UNKNOWN},
    "don\u2019t know": {"1.1": Verdict.UNKNOWN},
    "3 yes https://example.com/run": {"1.3": Verdict.MET},
    "1-4 yes": {"1.1": Verdict.MET, "1.2": Verdict.MET, "1.3": Verdict.MET, "1.4": Verdict.MET},
    "2, 5 no": {"1.2": Verdict.UNMET, "1.5": Verdict.UNMET},
    "2.6 partly": {"2.6": Verdict.PARTLY},
}
TALK = [
    "well, I think so",
    "yes, I think Ben knows that",
    "no idea, ask @ben",
    "yesterday we rolled back",
    "is 1.1 done?",
    "https",
    "note",
    "3 services are affected",
    "@ben yes",
    "\U0001f44d",
]


async def opened(room: Room) -> None:
    await room.start()
    await room.press(ANA, "Ask everything")


async def said(room: Room) -> dict[str, Verdict]:
    """The answers by number."""
    by_id = room.bot.checklist.by_id
    return {by_id[key].number: it.verdict for key, it in (await room.review()).answers.items()}


@pytest.mark.parametrize("typed", FORMS)
async def test_a_typed_answer_counts(quick: Room, typed: str) -> None:
    await opened(quick)
    await quick.reply(BEN, typed)
    assert await said(quick) == FORMS[typed]
    assert {it.by for it in (await quick.review()).answers.values()} == {"slack:U0BEN"}
    assert quick.told(BEN) == []


async def test_reasons_notes_and_links_belong_to_the_answer_before_them(slack: Room) -> None:
    await opened(slack)
    await slack.reply(ANA, "n/a because no prompts & <no> models")
    await slack.reply(ANA, "2 partly - since *March*")
    await slack.reply(ANA, "https://example.com/a?b=1&c=<d>")
    await slack.reply(ANA, "https://example.com/run/1 https://example.com/run/2")
    await slack.reply(ANA, "note see the runbook\nand the wiki")
    answers = {slack.bot.checklist.by_id[key].number: it
               for key, it in (await slack.review()).answers.items()}  # fmt: skip
    assert answers["1.1"].note == "no prompts & <no> models"
    assert answers["1.2"].note == "since *March*\nsee the runbook\nand the wiki"
    assert answers["1.2"].evidence == ("https://example.com/run/1", "https://example.com/run/2")
    card = slack.card("Layer 1 of 8")
    assert "*N/A*, no prompts &amp; &lt;no&gt; models · Ana Berger" in card
    assert "<https://example.com/run/2|example.com> +1" in card


async def test_skip_puts_off_one_check_and_skip_layer_the_rest(quick: Room) -> None:
    await opened(quick)
    await quick.reply(ANA, "skip")
    assert (await quick.review()).skipped == {"prompt-management.rollback"}
    await quick.reply(ANA, "skip layer")
    assert len((await quick.review()).skipped) == 6
    assert "Layer 2 of 8" in quick.messages()[-1].text


async def test_before_scoping_a_reply_is_told_what_comes_first(quick: Room) -> None:
    await quick.start()
    await quick.reply(BEN, "yes")
    assert quick.told(BEN) == [quick.line("refusals.scope_first", service="search-assistant")]
    assert await said(quick) == {}


@pytest.mark.parametrize("typed", ["9 yes", "9.9 yes", "1.12 no"])
async def test_a_check_that_is_not_there_is_named_privately(quick: Room, typed: str) -> None:
    await opened(quick)
    await quick.reply(BEN, typed)
    [line] = quick.told(BEN)
    assert "no" in line
    assert quick.workspace.ephemerals(BEN)[-1].thread_ts == quick.root, "in the thread"
    assert await said(quick) == {}


@pytest.mark.parametrize(
    "typed",
    [
        "yes javascript:alert(1)",
        "1 yes ftp://example.com",
        "https://a@b.example",
        "n/a: " + "x" * 301,
    ],
)
async def test_a_link_or_reason_that_cannot_be_taken_is_refused(quick: Room, typed: str) -> None:
    await opened(quick)
    before = await quick.stored()
    await quick.reply(BEN, typed)
    assert len(quick.told(BEN)) == 1
    assert await quick.stored() == before


async def test_people_talking_are_left_alone(quick: Room) -> None:
    """Nothing is stored, nothing is said, no card changes."""
    await opened(quick)
    before = await quick.stored()
    calls = len(quick.workspace.calls)
    for typed in TALK:
        await quick.reply(BEN, typed)
    assert await quick.stored() == before
    assert quick.told(BEN) == []
    assert len(quick.workspace.calls) == calls


async def test_replies_in_other_threads_are_left_alone(quick: Room) -> None:
    await opened(quick)
    other = (await quick.type(BEN, "shall we deploy?")).ts
    before, calls = await quick.stored(), len(quick.workspace.calls)
    await quick.workspace.send(BEN, CHANNEL, "yes", other)
    await quick.type(BEN, "yes")
    await quick.settle()
    assert await quick.stored() == before
    assert len(quick.workspace.calls) == calls


async def test_a_reply_that_is_also_sent_to_the_channel_counts(quick: Room) -> None:
    await opened(quick)
    await quick.reply(BEN, "yes, ")
    event = dict(quick.workspace.events[-1])
    event["event"] = {**event["event"], "subtype": "thread_broadcast", "text": "2 no",
                      "ts": "1.000002"}  # fmt: skip
    await quick.workspace.event(event)
    await quick.settle()
    assert await said(quick) == {"1.1": Verdict.MET, "1.2": Verdict.UNMET}


async def test_an_edited_reply_and_a_bots_reply_do_not_count(quick: Room) -> None:
    await opened(quick)
    await quick.reply(BEN, "hm")
    envelope = quick.workspace.events[-1]
    before = await quick.stored()
    for change in ({"subtype": "message_changed", "text": "yes"},
                   {"bot_id": "B0OTHER", "text": "yes"},
                   {"user": None, "text": "yes"}):  # fmt: skip
        event = {**envelope, "event": {**envelope["event"], **change, "ts": "1.000003"}}
        assert (await quick.workspace.event(event)).ok
    await quick.settle()
    assert await quick.stored() == before


async def test_a_mention_in_front_of_an_answer_does_not_hide_it(quick: Room) -> None:
    await opened(quick)
    await quick.reply(BEN, "@Readiness yes")
    assert await said(quick) == {"1.1": Verdict.MET}
    assert quick.told(BEN) == []
    assert len(await quick.history()) == 1, "it comes as message and as mention, and counts once"
