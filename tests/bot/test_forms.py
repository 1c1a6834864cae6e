"""Forms: what opens them, what they refuse beside the field, what they store."""

import pytest
from bot_kit import ANA, BEN, CHANNEL, Room, text_of

from bot.slack.manifest import SHORTCUT
from conversations.review import Verdict
from storage import reviews


async def opened(room: Room) -> None:
    await room.start()
    await room.press(ANA, "Ask everything")


def values(room: Room, person: str) -> dict:
    """What a form already holds, by field."""
    blocks = [it for it in room.workspace.view(person).blocks if it["type"] == "input"]
    kept = ("initial_value", "initial_option")
    return {it["block_id"]: next((it["element"][key] for key in kept if key in it["element"]), None)
            for it in blocks}  # fmt: skip


async def test_not_applicable_asks_for_its_reason_and_stores_nothing_before(quick: Room) -> None:
    await opened(quick)
    before = await quick.stored()
    await quick.press(BEN, "N/A", check="1.2")
    assert await quick.stored() == before
    view = quick.workspace.view(BEN)
    assert view.body["title"]["text"] == "1.2: N/A, why?"
    assert list(values(quick, BEN)) == ["reason"]
    assert (await quick.submit(BEN, reason="No prompts: a classifier")).ok
    answer = (await quick.review()).answers["prompt-management.versioned"]
    assert (answer.verdict, answer.note) == (Verdict.NOT_APPLICABLE, "No prompts: a classifier")
    assert "*N/A*, No prompts: a classifier · Ben Okafor" in quick.card("Layer 1 of 8")
    assert quick.workspace.views(BEN) == [], "the form is closed"


@pytest.mark.parametrize("reason", ["   ", "\u202e\u200b", "\u0000"])
async def test_a_reason_that_says_nothing_is_refused_beside_its_field(
    quick: Room, reason: str
) -> None:
    await opened(quick)
    await quick.press(BEN, "N/A", check="1.2")
    before = await quick.stored()
    outcome = await quick.submit(BEN, reason=reason)
    assert list(outcome.errors) == ["reason"]
    assert "`" not in outcome.errors["reason"], "a form's errors are plain text"
    assert await quick.stored() == before
    assert (await quick.submit(BEN, reason="now it does")).ok, "and can be corrected"
    assert len((await quick.review()).answers) == 1


async def test_partly_offers_evidence_and_the_form_takes_links_and_a_note(slack: Room) -> None:
    await opened(slack)
    await slack.press(BEN, "Partly", check="1.2")
    await slack.press(ANA, "Add evidence", check="1.2")
    links = "https://example.com/a\nhttps://example.com/b?x=1&y=2"
    assert (await slack.submit(ANA, evidence=links, note="half of them")).ok
    answer = (await slack.review()).answers["prompt-management.versioned"]
    assert answer.evidence == ("https://example.com/a", "https://example.com/b?x=1&y=2")
    assert answer.note == "half of them"
    assert answer.by == "slack:U0BEN", "the verdict stays whose it was"
    assert (await slack.history())[-1].by == "slack:U0ANA", "the history knows who added"
    assert "Add evidence" not in slack.labels()


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://example.com/a",
        "javascript:alert(1)",
        "example.com/a",
        "http:/example.com",
        "https://user:secret@example.com",
        "https://exa\\mple.com",
        "https://example.com/<script>",
        "https://example.com/" + "x" * 500,
        " ".join(f"https://{letter}.example" for letter in "abcdef"),
    ],
)
async def test_evidence_is_at_most_five_links_that_begin_with_http(quick: Room, typed: str) -> None:
    await opened(quick)
    await quick.press(BEN, "Partly", check="1.2")
    await quick.press(BEN, "Add evidence", check="1.2")
    before = await quick.stored()
    outcome = await quick.submit(BEN, evidence=typed, note="kept in the form")
    assert list(outcome.errors) == ["evidence"]
    assert await quick.stored() == before
    assert quick.workspace.view(BEN).body["title"]["text"] == "Evidence for 1.2"


async def test_change_shows_what_was_said_and_changes_it(slack: Room) -> None:
    await opened(slack)
    await slack.reply(ANA, "2 yes https://example.com/a")
    await slack.reply(ANA, "note by hand")
    await slack.press(BEN, "Change", check="1.2")
    held = values(slack, BEN)
    assert held["verdict"]["value"] == "met"
    assert (held["note"], held["evidence"]) == ("by hand", "https://example.com/a")
    assert (await slack.submit(BEN, verdict="unmet", note="not any more", evidence="")).ok
    answer = (await slack.review()).answers["prompt-management.versioned"]
    assert (answer.verdict, answer.note, answer.evidence) == (Verdict.UNMET, "not any more", ())
    assert answer.by == "slack:U0BEN"


async def test_changing_to_not_applicable_without_a_reason_is_refused_beside_the_note(
    quick: Room,
) -> None:
    await opened(quick)
    await quick.press(ANA, "Met", check="1.2")
    await quick.press(BEN, "Change", check="1.2")
    outcome = await quick.submit(BEN, verdict="not_applicable", note="")
    assert list(outcome.errors) == ["note"]
    assert (await quick.review()).answers["prompt-management.versioned"].verdict is Verdict.MET


async def test_a_finished_layer_is_changed_by_its_own_form(quick: Room) -> None:
    await opened(quick)
    await quick.reply(ANA, "1-6 yes")
    message, action_id = next(
        (it, b["accessory"]["action_id"]) for it in quick.messages() for b in it.blocks
        if it.text.startswith("Layer 1 of 8") and b.get("accessory")
    )  # fmt: skip
    await quick._done(quick.workspace.click(BEN, action_id=action_id, message_ts=message.ts))
    assert (await quick.submit(BEN, check="prompt-management.reviewed", verdict="partly")).ok
    assert (await quick.review()).answers["prompt-management.reviewed"].verdict is Verdict.PARTLY
    assert "5 met · 1 partly" in quick.card("Layer 1 of 8")


async def test_the_scope_can_be_changed_later_and_people_s_answers_stay(slack: Room) -> None:
    await opened(slack)
    await slack.press(ANA, "Met", check="1.1")
    scope = next(it for it in slack.messages() if it.text.startswith("The scope"))
    action_id = scope.blocks[0]["accessory"]["action_id"]
    await slack._done(slack.workspace.click(BEN, action_id=action_id, message_ts=scope.ts))
    no = dict.fromkeys(("rag", "tools", "personal_data", "customers"), "no")
    assert (await slack.submit(BEN, **no)).ok
    review = await slack.review()
    assert review.answers["prompt-management.rollback"].by == "slack:U0ANA"
    assert any(it.proposed for it in review.answers.values())
    assert not review.ask_everything


async def test_start_a_review_from_here_asks_for_the_service_and_opens_in_that_channel(
    slack: Room,
) -> None:
    """The message shortcut, for threads: slash commands do not work there."""
    message = await slack.type(BEN, "is it ready?")
    assert (await slack._done(slack.workspace.shortcut(BEN, SHORTCUT, str(message.ts)))).ok
    assert list(values(slack, BEN)) == ["service"]
    refused = await slack.submit(BEN, service="<!channel>")
    assert list(refused.errors) == ["service"]
    assert await slack.bot.runner.read(reviews.latest_of_all) == []
    assert (await slack.submit(BEN, service="Ticket Router")).ok
    assert "Ticket Router" in slack.workspace.messages(CHANNEL)[-1].text
    assert (await slack.review()).started_by == "slack:U0BEN"


async def test_where_nobody_else_can_take_part_the_form_says_so(quick: Room) -> None:
    for channel, said in ((CHANNEL, False), (quick.workspace.dm(BEN), True)):
        message = await quick.type(BEN, "is it ready?", channel=channel)
        await quick._done(quick.workspace.shortcut(BEN, SHORTCUT, str(message.ts)))
        form = str(quick.workspace.view(BEN).blocks)
        assert ("Nobody else can take part in this chat" in form) == said


async def test_a_shortcut_for_an_open_review_links_to_it(quick: Room) -> None:
    await quick.start()
    message = await quick.type(BEN, "is it ready?", channel="general")
    await quick._done(quick.workspace.shortcut(BEN, SHORTCUT, str(message.ts)))
    assert (await quick.submit(BEN, service="Search_Assistant")).ok
    assert "is open already" in quick.told(BEN)[-1]
    assert [it.by_bot for it in quick.workspace.messages("general")] == [False]


async def test_a_shortcut_where_the_bot_is_not_tells_the_person_directly(quick: Room) -> None:
    message = await quick.type(BEN, "is it ready?", channel="random")
    await quick._done(quick.workspace.shortcut(BEN, SHORTCUT, str(message.ts)))
    await quick.submit(BEN, service="ticket-router")
    assert quick.told(BEN) == [quick.line("tells.not_in_channel", service="ticket-router")]


async def test_a_form_that_outlived_its_review_is_refused_and_stores_nothing(
    quick: Room,
) -> None:
    await opened(quick)
    await quick.press(BEN, "N/A", check="1.2")
    await quick.press(ANA, "Finish review")
    before = await quick.stored()
    outcome = await quick.submit(BEN, reason="too late")
    assert "is finished" in outcome.errors["reason"]
    assert await quick.stored() == before


async def test_a_form_that_cannot_be_opened_in_time_says_so(quick: Room) -> None:
    await opened(quick)
    quick.workspace.faults.method("views.open").server_error = 1
    await quick.press(BEN, "N/A", check="1.2")
    assert quick.told(BEN) == [quick.line("tells.too_late")]
    await quick.press(BEN, "N/A", check="1.2")
    assert text_of(quick.workspace.view(BEN)).startswith("*1.2 ")
