"""A review in a channel's thread, over HTTP with real tokens, against a Connector of our own."""

import asyncio
import json
from pathlib import Path
from urllib.parse import quote

from cli_kit import readiness
from fake_teams import ANA, BEN, BOT, CHANNEL, GROUP, alone, inputs, objects
from teams_kit import TENANT
from teams_room import Room

from bot.report import scorecard_json
from bot.scenes import Thresholds
from conversations import checklist as checklists
from conversations.review import State, Verdict

CHECKLIST = checklists.packaged()
CHECKS = CHECKLIST.checks
LABELS = {
    Verdict.MET: "Met",
    Verdict.PARTLY: "Partly",
    Verdict.UNMET: "Not yet",
    Verdict.UNKNOWN: "Don't know",
}


async def test_fifty_checks_by_two_people_end_in_the_scorecard(teams: Room, tmp_path: Path) -> None:
    await teams.start()
    await teams.press(ANA, "Ask everything")
    said = [tuple(LABELS)[number % 4] for number in range(len(CHECKS))]
    for number, (check, verdict) in enumerate(zip(CHECKS, said, strict=True)):
        answered = await teams.press((ANA, BEN)[number % 2], LABELS[verdict], check=check.number)
        assert answered.status == 200
        assert answered.body["statusCode"] == 200
    review = await teams.review()
    assert review.state is State.FINISHED
    assert {it.by for it in review.answers.values()} == {"teams:29:1ana", "teams:29:1ben"}
    url = teams.bot.runner.database.url.render_as_string(hide_password=False)
    told = await asyncio.to_thread(
        readiness, "scorecard", "search-assistant", "--json", cwd=tmp_path, DATABASE_URL=url
    )
    scorecard = json.loads(told.out)
    assert scorecard == json.loads(json.dumps(scorecard_json(CHECKLIST, review, Thresholds())))
    assert [it["verdict"] for it in scorecard["answers"]] == [it.value for it in said]
    assert [it["by"] for it in scorecard["answers"]][:2] == ["teams:29:1ana", "teams:29:1ben"]
    counts = {name: scorecard["overall"][name] for name in ("met", "partly", "unmet", "unknown")}
    assert counts == {"met": 13, "partly": 13, "unmet": 12, "unknown": 12}
    assert scorecard["overall"]["credit"] == 19.5
    assert scorecard["overall"]["percent"] == 39
    roots = [it for it in teams.messages() if it.thread == it.id]
    assert len(roots) == 2, "the root and the scorecard"
    assert "Scorecard: search-assistant" in roots[1].text
    assert "50 of 50 apply" in roots[1].text
    assert "Ana Kovač" in roots[1].text
    assert teams.teams.tokens == 1


async def test_the_presser_sees_the_fresh_card_and_the_thread_follows(quick: Room) -> None:
    await quick.start()
    answer = await quick.press(ANA, "Ask everything")
    assert "everything is asked" in json.dumps(answer.card)
    layer = quick.card("Layer 1")
    before = layer.edits
    fresh = (await quick.press(BEN, "Met", check="1.1")).card
    assert fresh == layer.card
    assert "Ben" in json.dumps(fresh, ensure_ascii=False)
    assert layer.edits == before + 1
    assert "1 of 50" in quick.messages()[0].activity["summary"]


async def test_an_activity_sent_again_counts_once(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    fresh = await quick.press(BEN, "Met", check="1.1")
    await quick.reply(ANA, "partly")
    for body in [*quick.sent]:
        again = await quick.send(body)
        assert again.status == 200
    assert (await quick.send(quick.sent[2])).card == quick.card("Layer 1").card
    assert fresh.card != quick.card("Layer 1").card
    assert len(await quick.history()) == 2
    assert len([it for it in quick.messages() if it.thread == it.id]) == 1


async def test_typed_replies_answer_with_and_without_the_mention(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.say(ANA, "yes", thread=quick.root)
    await quick.reply(BEN, "3 no - planned")
    await quick.reply(BEN, "I think Ana knows")
    review = await quick.review()
    assert [(it.verdict, it.note) for it in review.answers.values()] == [
        (Verdict.MET, ""),
        (Verdict.UNMET, "planned"),
    ]
    assert quick.told(BEN) == quick.told(ANA) == []


async def test_a_form_stands_in_the_cards_place_until_it_is_sent(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    shown, button = quick.button("N/A", check="1.1")
    form = (await quick.execute(ANA, shown, button["verb"])).card
    assert set(inputs(form)) == {"reason"}
    save = f"form:{button['verb']}"
    wrong = (await quick.execute(ANA, shown, save, {"reason": "x" * 301})).card
    assert inputs(wrong)["reason"]["value"] == "x" * 300
    assert quick.line("refusals.reason_too_long", longest=300) in json.dumps(wrong)
    assert not (await quick.review()).answers
    fresh = (await quick.execute(ANA, shown, save, {"reason": "no prompts here"})).card
    assert fresh == quick.card("Layer 1").card
    [answer] = (await quick.review()).answers.values()
    assert (answer.verdict, answer.note) == (Verdict.NOT_APPLICABLE, "no prompts here")


async def test_who_gives_a_form_up_gets_the_card_back(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    shown, button = quick.button("N/A", check="1.1")
    await quick.execute(ANA, shown, button["verb"])
    back = await quick.execute(ANA, shown, f"back:{button['verb']}")
    assert back.card == shown.card
    assert not (await quick.review()).answers


async def test_a_press_that_is_refused_says_why_and_keeps_the_card(quick: Room) -> None:
    await quick.start()
    shown, button = quick.button("Ask everything")
    await quick.press(ANA, "Finish review")
    answer = await quick.execute(BEN, shown, button["verb"])
    assert answer.line == quick.line("refusals.finished", service="search-assistant")
    assert quick.told(BEN) == []


async def test_who_reopens_from_the_scorecard_keeps_what_it_found(quick: Room) -> None:
    """A posted scorecard is of one moment; only the answer's line tells of now."""
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.press(ANA, "Finish review")
    answer = await quick.press(BEN, "Reopen review")
    assert answer.line == quick.messages()[0].activity["summary"]
    assert "so far" not in quick.card("Scorecard").text
    assert (await quick.review()).state is State.OPEN


async def submit(room: Room, label: str) -> None:
    """Ben presses the fallback of a button."""
    shown, button = room.button(label, check="1.1")
    body = room.activity(BEN, "message", thread=room.root, to=CHANNEL)
    await room.send(body | {"replyToId": shown.id, "value": button["fallback"]["data"]})


async def test_an_old_clients_button_is_a_message(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await submit(quick, "Met")
    assert len(await quick.history()) == 1
    assert quick.told(BEN) == []


async def test_an_old_client_is_told_that_it_has_no_forms(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await submit(quick, "N/A")
    assert await quick.history() == []
    assert quick.told(BEN) == [quick.line("refusals.no_forms")]


async def test_a_form_that_somebody_fills_in_is_not_taken_away(quick: Room) -> None:
    """Ben's answer reaches Ben at once; the message follows when Ana has sent hers."""
    await quick.start()
    await quick.press(ANA, "Ask everything")
    shown, reason = quick.button("N/A", check="1.1")
    await quick.execute(ANA, shown, reason["verb"])
    _, met = quick.button("Met", check="1.2")
    edits = shown.edits
    fresh = await quick.post(json.dumps(quick.invoke(BEN, shown, met["verb"])).encode())
    assert "Ben" in json.dumps(fresh.card)
    await asyncio.gather(*quick.bot.delivery._running.values())
    assert shown.edits == edits
    await quick.execute(ANA, shown, f"form:{reason['verb']}", {"reason": "no prompts"})
    assert shown.edits > edits
    assert len((await quick.review()).answers) == 2
    assert "2 of 6" in shown.activity["summary"]


async def test_bots_are_not_answered(quick: Room) -> None:
    body = quick.activity("28:another", "message") | {"text": "<at>x</at> start x"}
    bot = {"id": BOT, "name": "Readiness"}
    mention = {"type": "mention", "text": "<at>x</at>", "mentioned": bot}
    assert (await quick.send(body | {"entities": [mention]})).status == 200
    assert quick.teams.shown == []


async def test_a_link_names_organisation_team_and_thread(quick: Room) -> None:
    await quick.start()
    await quick.say(BEN, "status")
    [answer] = quick.messages(alone(BEN))
    [link] = [it["url"] for it in objects(answer.card) if it.get("type") == "Action.OpenUrl"]
    assert link == (
        f"https://teams.microsoft.com/l/message/{quote(CHANNEL, safe='')}/{quick.root}"
        f"?tenantId={TENANT}&groupId={GROUP}&parentMessageId={quick.root}"
    )
