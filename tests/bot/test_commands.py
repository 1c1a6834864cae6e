"""Every command of the table, by every way in which it can be typed."""

import pytest
from bot_kit import ANA, BEN, CHANNEL, Room

WAYS = ("slash", "mention", "thread", "direct")
ASKED = {
    "help": "walks a team through 50 checks",
    "": "walks a team through 50 checks",
    "hello!": "walks a team through 50 checks",
    "status search-assistant": "1 of 50 checks answered",
    "Status Search_Assistant": "1 of 50 checks answered",
    "status": "1 of 50 checks answered",
    "scorecard search-assistant": "Scorecard: search-assistant",
    "scorecard": "*1 service*",
    "services": "*1 service*",
    "gaps search-assistant": "1.1 We can roll back",
    "gaps": "1.1 We can roll back",
    "assign search-assistant 3 @ben": "Layer 3, *Observability*, of *search-assistant* is handed",
    "assign search assistant cost control to @ben": "Layer 4, *Cost control*",
    "statsu search-assistant": "status search-assistant`?",
    "make me a sandwich": "I did not understand *make me a sandwich*",
    "status nope": "I don't know *nope* yet. Known here: search-assistant.",
    "scorecard nope": "I don't know *nope* yet",
    "gaps nope": "I don't know *nope* yet",
    "assign nope 3 @ben": "*nope* has no review yet",
    "assign search-assistant 9 @ben": "There is no *layer 9*. The layers are 1 Prompt management",
    "assign search-assistant 3 @nobody": "I need a real mention",
    "assign search-assistant 3": "Type `/readiness assign SERVICE LAYER @person`",
    "start": "Which service?",
    "start search-assistant": "is open already",
    "schedule search-assistant every 3 months": "is reviewed again *every 3 months*",
    "snooze search-assistant 2w": "No reminders about *search-assistant* to you until",
    "snooze search-assistant off": "You are reminded of *search-assistant* again.",
    "snooze search-assistant": "Type `/readiness snooze SERVICE DURATION`",
    "snooze nope 2w": "I don't know *nope* yet",
    "assign search-assistant 1.1 @ben": "is open: its gaps get owner and date once",
}


async def with_a_gap(room: Room) -> None:
    await room.start()
    await room.press(ANA, "Ask everything")
    await room.press(ANA, "Not yet", check="1.1")


@pytest.mark.parametrize("way", WAYS)
async def test_a_command_is_answered_privately_and_once(quick: Room, way: str) -> None:
    await with_a_gap(quick)
    public = len(quick.workspace.messages(CHANNEL))
    for text, expected in ASKED.items():
        if way == "direct" and not text:
            continue  # nobody can send an empty message
        answer = await quick.ask(ANA, way, text)
        assert expected in answer, text
    typed = sum(1 for it in quick.workspace.messages(CHANNEL) if not it.by_bot)
    assert len(quick.workspace.messages(CHANNEL)) == public + typed, "nothing was said in public"
    assert all(ANA not in line for line in quick.told(BEN)), "and nobody else was told"


async def test_help_says_how_to_type_where_it_was_asked(quick: Room) -> None:
    """With the bot alone the words do, and nothing is said of channels."""
    await with_a_gap(quick)
    assert "`/readiness status [SERVICE]`" in await quick.ask(ANA, "slash", "help")
    alone = await quick.ask(ANA, "direct", "help")
    assert "`status [SERVICE]`" in alone
    assert "/readiness" not in alone
    assert "channel" not in alone
    assert "`home`" not in alone, "there is the app's page"
    assert "Did you mean `status`?" in await quick.ask(ANA, "direct", "statsu")


@pytest.mark.parametrize("way", WAYS)
async def test_what_no_command_does_is_answered_without_the_whole_help(
    quick: Room, way: str
) -> None:
    await with_a_gap(quick)
    alone = way == "direct"
    for words, topic in (("stop", "stop"), ("finish", "finish"), ("undo", "undo")):
        expected = quick.line(f"help.{topic}", alone=alone)
        assert await quick.ask(BEN, way, words) == expected
    assert "1 of 50 checks answered" in await quick.ask(BEN, way, "where am I?")
    assert (await quick.review()).open


async def test_an_answer_to_a_mention_in_a_thread_stands_in_that_thread(quick: Room) -> None:
    await with_a_gap(quick)
    await quick.ask(BEN, "thread", "gaps")
    assert quick.workspace.ephemerals(BEN)[-1].thread_ts == quick.root


async def test_in_a_thread_status_and_gaps_without_a_name_mean_its_own_service(
    quick: Room,
) -> None:
    await with_a_gap(quick)
    await quick.type(BEN, "/readiness start ticket-router")  # newer, in the same channel
    assert "*ticket-router*" in await quick.ask(BEN, "slash", "status")
    assert "*search-assistant*" in await quick.ask(BEN, "thread", "status")
    assert "*search-assistant*" in await quick.ask(BEN, "thread", "gaps")


async def test_without_a_name_only_the_services_of_this_channel_count(quick: Room) -> None:
    """`status` in a channel that is nobody's home says how to start; a direct message knows all."""
    await with_a_gap(quick)
    await quick.type(BEN, "/readiness start ticket-router", channel="llm-platform")
    here = await quick.ask(BEN, "slash", "scorecard")
    assert "search-assistant" in here
    assert "ticket-router" not in here
    await quick.type(BEN, "/readiness status", channel="general")
    assert quick.told(BEN)[-1] == quick.line("refusals.no_services")
    assert "*2 services*" in await quick.ask(BEN, "slash", "services")
    assert "*2 services*" in await quick.ask(BEN, "direct", "scorecard")
    assert "*ticket-router*" in await quick.ask(BEN, "direct", "status")


async def test_a_layer_that_is_handed_over_tells_that_person_directly(slack: Room) -> None:
    await slack.start()
    await slack.ask(ANA, "slash", "assign search-assistant observability @chitra")
    assert (await slack.review()).assignees == {"observability": "slack:U0CHI"}
    [told] = slack.told("U0CHI")
    assert told.startswith("Ana Berger handed you layer 3, *Observability*, of *search-assistant*.")
    assert "|Open its thread>" in told
    assert "*3 Observability* · 0 of 7 · Chitra Rao" in slack.card("Readiness review")


async def test_handing_a_layer_to_oneself_says_so_once(quick: Room) -> None:
    await quick.start()
    assert "handed to Ana Berger" in await quick.ask(ANA, "slash", "assign search-assistant 1 @ana")
    assert "handed to Ana Berger" in await quick.ask(ANA, "slash", "assign search-assistant 1 @ana")


async def test_what_was_asked_by_mention_is_answered_to_the_asker_alone(quick: Room) -> None:
    await with_a_gap(quick)
    await quick.ask(BEN, "mention", "scorecard search-assistant")
    assert quick.told(ANA) == []
    assert [it.by_bot for it in quick.workspace.messages(CHANNEL)] == [True, False]
