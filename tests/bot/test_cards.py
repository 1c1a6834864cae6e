"""What stands in the channel and the thread while a review goes on."""

from bot_kit import ANA, BEN, CHANNEL, CHI, Room, buttons, text_of

from conversations import checklist as checklists
from conversations.review import State

LAYERS = checklists.packaged().layers
VERDICTS = ["Met", "Partly", "Not yet", "N/A", "Don't know"]


def confirmation(room: Room, label: str) -> dict | None:
    message, action_id = room.button(label)
    [found] = [it for it, _ in buttons(message) if it["action_id"] == action_id]
    return found.get("confirm")


async def answer_layer(room: Room, number: int, verdict: str = "Met", person: str = ANA) -> None:
    for check in LAYERS[number - 1].checks:
        await room.press(person, verdict, check=check.number)


async def test_the_root_is_one_message_edited_in_place_with_a_line_a_layer(slack: Room) -> None:
    await slack.start()
    await slack.press(BEN, "Ask everything")
    await slack.press(BEN, "Partly", check="1.1")
    [root] = slack.workspace.messages(CHANNEL)
    assert root.ts == slack.root
    lines = [it for it in text_of(root).splitlines() if it[:1] in "⬜🟨"]
    assert [line.split("*")[1] for line in lines] == [f"{it.number} {it.title}" for it in LAYERS]
    assert lines[0].startswith("🟨⬜⬜⬜⬜⬜  *1 Prompt management* · 1 of 6")
    assert "asked now" in lines[0]
    assert "Started by Ana Berger" in text_of(root)


async def test_scoping_comes_first_and_takes_one_tap_a_question(quick: Room) -> None:
    await quick.start()
    assert "Ask everything" in quick.labels()
    assert "Met" not in quick.labels()
    for label, nth in (("No", 0), ("No", 1), ("No", 2), ("Only internal", 0)):
        await quick.press(ANA, label, nth=nth)
    review = await quick.review()
    assert review.profile == dict.fromkeys(("rag", "tools", "personal_data", "customers"), False)
    proposed = [it for it in review.answers.values() if it.proposed]
    assert len(proposed) > 0
    assert "no retrieval" in {it.note for it in proposed}
    assert f"{len(proposed)} checks" in quick.card("The scope of search-assistant")
    assert "Layer 1 of 8" in quick.messages()[-1].text


async def test_ask_everything_skips_the_questions(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    assert (await quick.review()).ask_everything
    assert "everything is asked" in quick.card("The scope of search-assistant")
    card = quick.messages()[-1]
    verdicts = [it["text"]["text"] for it, _ in buttons(card)]
    assert verdicts == [*VERDICTS * 6, "Walk me through", "Skip layer"]


async def test_a_card_says_where_one_is_what_is_asked_and_how_to_stop(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    card = quick.card("Layer 1 of 8")
    assert "Layer 1 of 8 · Prompt management" in card
    assert all(f"*{check.number}* {check.text}" in card for check in LAYERS[0].checks)
    assert "· *critical*" in card
    assert "Stop any time: every answer is kept" in card


async def test_an_answered_check_shrinks_to_one_line_with_a_change_button(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.press(BEN, "Met", check="1.2")
    card = quick.card("Layer 1 of 8")
    assert "🟩 *1.2* Every prompt and config change is versioned · *Met* · Ben Okafor" in card
    message, _ = quick.button("Change", check="1.2")
    assert [it["text"]["text"] for it, title in buttons(message) if "*1.2*" in title] == ["Change"]


async def test_a_finished_layer_shrinks_and_the_next_one_follows(slack: Room) -> None:
    await slack.start()
    await slack.press(ANA, "Ask everything")
    first = slack.messages()[-1].ts
    await answer_layer(slack, 1)
    done = slack.workspace.message(first)
    assert [it["text"]["text"] for it, _ in buttons(done)] == ["Change"]
    assert "6 met" in text_of(done)
    assert slack.messages()[-1].text.startswith("Layer 2 of 8")
    posted = [it for it in slack.workspace.calls if it.method == "chat.postMessage"]
    assert len(posted) == 4, "root, scope and two layers: nothing is posted twice"


async def test_walk_me_through_shows_one_check_with_guidance_and_goes_on(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.press(CHI, "Walk me through")
    for check in LAYERS[0].checks[:2]:
        card = quick.card("Layer 1 of 8, Prompt management: one check")
        assert f"*{check.number} {check.text}*" in card
        assert check.why in card
        assert all(step in card for step in check.verify)
        assert check.evidence in card
        await quick.press(CHI, "Met")
    await quick.press(CHI, "Skip for now")
    assert "check 4 of 6" in quick.card("Layer 1 of 8, Prompt management: one check")
    for _ in range(3):
        await quick.press(CHI, "Met")
    assert "Walked through layer 1" in quick.card("Layer 1 of 8, Prompt management: one check")
    assert "*2.1 " in quick.card("Layer 2 of 8, Evaluation: one check")
    assert len((await quick.review()).answers) == 5


async def test_what_was_skipped_comes_back_before_the_end(slack: Room) -> None:
    await slack.start()
    await slack.press(ANA, "Ask everything")
    await slack.press(ANA, "Met", check="1.1")
    for _ in LAYERS:
        await slack.press(ANA, "Skip layer")
    card = slack.card("49 checks of search-assistant left over")
    assert "*1.2* Every prompt" in card
    assert "Finish review" in [it["text"]["text"] for it, _ in buttons(slack.messages()[-1])]
    assert (await slack.review()).open
    await slack.press(ANA, "Met", check="1.2")
    assert "48 checks" in slack.card("48 checks of search-assistant left over")


async def test_finishing_early_asks_first_and_counts_the_rest_as_unanswered(slack: Room) -> None:
    await slack.start()
    await slack.press(ANA, "Ask everything")
    await slack.press(ANA, "Met", check="1.1")
    confirm = confirmation(slack, "Finish review")
    assert confirm is not None
    assert confirm["text"]["text"].startswith("49 checks are unanswered")
    await slack.press(BEN, "Finish review")
    review = await slack.review()
    assert (review.state, review.finished_by) == (State.FINISHED, "slack:U0BEN")
    root, scorecard = slack.workspace.messages(CHANNEL)
    assert "Finished by Ben Okafor" in text_of(root)
    assert "*Not ready*" in text_of(scorecard)
    assert "weakest layer" in text_of(scorecard)
    assert "50 of 50 apply" in text_of(scorecard)
    assert scorecard.thread_ts is None
    for message in slack.messages():
        if "with owner and date" not in message.text:  # the gaps, which come now
            assert not {it["text"]["text"] for it, _ in buttons(message)} & {*VERDICTS, "Change"}


async def test_a_reopened_review_takes_answers_again_and_posts_a_second_scorecard(
    slack: Room,
) -> None:
    await slack.start()
    await slack.press(ANA, "Ask everything")
    await slack.press(ANA, "Met", check="1.1")
    await slack.press(ANA, "Finish review")
    await slack.press(BEN, "Reopen review")
    assert (await slack.review()).open
    await slack.press(BEN, "Not yet", check="1.2")
    await slack.press(BEN, "Finish review")
    cards = [text_of(it) for it in slack.workspace.messages(CHANNEL)[1:]]
    assert len(cards) == 2
    assert "🟩⬜" in cards[0]
    assert "🟩🟥" in cards[1]
    assert "🟩⬜" in cards[0], "the first one stays as it was"


async def test_a_deleted_card_is_posted_anew(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    card = quick.messages()[-1]
    quick.workspace.core.world.drop(card)
    await quick.reply(BEN, "yes")
    assert quick.card("Layer 1 of 8").count("*Met*") == 1
    assert quick.messages()[-1].ts != card.ts
