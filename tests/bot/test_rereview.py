"""A re-review in Slack, from the first line to the second scorecard, ninety days later."""

from collections.abc import AsyncIterator

import pytest
from bot_kit import ANA, BEN, CHANNEL, text_of
from clock_kit import Hours, hours

from bot.report import scorecard_json
from bot.scenes import Thresholds
from bot.turn import Said
from conversations import checklist as checklists
from conversations.rereview import asked
from conversations.review import State, Verdict
from storage import reviews, services

CHECKLIST = checklists.packaged()
GAPS = {"1.3": "no", "4.1": "partly", "7.2": "no"}
LINK = "https://wiki.example/plan"


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Hours]:
    async with hours(database_url) as opened:
        yield opened


@pytest.fixture
async def quick(tmp_path) -> AsyncIterator[Hours]:
    async with hours(f"sqlite:///{tmp_path / 'readiness.db'}") as opened:
        yield opened


async def review_once(it: Hours) -> str:
    """Ana answers everything; three checks are gaps, of which the first has a link."""
    first = await it.start()
    await it.press(ANA, "Ask everything")
    for number, word in GAPS.items():
        await it.reply(ANA, f"{number} {word} {LINK}" if number == "1.3" else f"{number} {word}")
    for layer in CHECKLIST.layers:
        left = [check.number for check in layer.checks if check.number not in GAPS]
        await it.reply(ANA, f"{' '.join(left)} yes")
    assert (await it.review()).state is State.FINISHED
    return first


async def start_again(it: Hours, days: float = 91) -> str:
    it.clock.move(days=days)
    return await it.start(person=BEN)


async def test_a_whole_re_review_asks_a_third_and_lets_the_rest_be_attested(room: Hours) -> None:
    first = await review_once(room)
    old_root = room.root
    second = await start_again(room)
    assert second != first
    review = await room.review()
    numbers = [CHECKLIST.by_id[key].number for key in asked(CHECKLIST, review)]
    assert len(numbers) <= 50 / 3
    root = room.card("Readiness re-review of search-assistant")
    assert "It asks 16 of 50 checks" in root
    assert "3 gaps, 4 critical, 9 older than their interval" in root
    assert "the other 34 stand, one tap a layer" in root
    assert "About 6 minutes" in root

    card = room.card("Layer 1")
    assert "last time: Not yet · Ana Berger, 91 days ago · 1 link" in card
    assert "4 stand* from last time" in card
    for layer in CHECKLIST.layers:
        for check in layer.checks:
            if check.number in numbers:
                said = "Not yet" if check.number == "1.3" else "Met"
                await room.press(BEN, said, check=check.number)
        button = "Skip layer" if layer.number == 8 else "Still true"
        await room.press(BEN, button)

    review = await room.review()
    assert (review.id, review.state, review.finished_by) == (second, State.FINISHED, "slack:U0BEN")
    gap = review.answers[CHECKLIST.layers[0].checks[2].id]
    assert (gap.verdict, gap.by, gap.evidence) == (Verdict.UNMET, "slack:U0BEN", (LINK,))
    await check_history(room, numbers)
    await check_scorecard(room)
    scorecard = text_of(room.workspace.messages(CHANNEL)[-1])
    assert "Scorecard: search-assistant" in scorecard
    assert "stand from the review before" in scorecard

    await room.workspace.click(BEN, action_id=f"reopen|{first}", message_ts=old_root)
    await room.settle()
    assert room.told(BEN)[-1] == room.line("refusals.newer_review", service="search-assistant")
    stored = await room.bot.runner.read(lambda conn: reviews.load(conn, first))
    assert stored is not None
    assert stored.state is State.FINISHED


async def check_history(room: Hours, numbers: list[str]) -> None:
    """The new review's own: what was carried over by whose start, then what each person said."""
    history = await room.history()
    carried = [it for it in history if it.answer and it.answer.carried]
    assert len(carried) == 50 - len(numbers)
    assert {(it.by, it.answer.by) for it in carried if it.answer} == {
        ("slack:U0BEN", "slack:U0ANA")
    }
    said = [it for it in history if it.answer and not it.answer.carried]
    assert {it.by for it in said} == {"slack:U0BEN"}
    eighth = [check for check in CHECKLIST.layers[7].checks if check.number not in numbers]
    assert len(said) == 50 - len(eighth), "everything but the layer that was put off"


async def check_scorecard(room: Hours) -> None:
    """In the shape it always had; what was put off is shown as Ana's of then."""
    review = await room.review()
    data = scorecard_json(CHECKLIST, review, Thresholds())
    assert {frozenset(it) for it in data["answers"]} == {
        frozenset({"number", "id", "verdict", "note", "evidence", "by", "at"})
    }
    by_ana = [it for it in data["answers"] if it["by"] == "slack:U0ANA"]
    assert {it["number"].partition(".")[0] for it in by_ana} == {"8"}
    assert {it["at"][:10] for it in by_ana} == {"2026-11-25"}
    assert data["overall"]["met"] == 49


async def test_start_while_it_is_open_links_to_it(quick: Hours) -> None:
    await review_once(quick)
    second = await start_again(quick)
    await quick.type(ANA, "/readiness start Search_Assistant")
    assert "is open already" in quick.told(ANA)[-1]
    assert (await quick.review()).id == second


async def test_still_true_can_be_typed_layer_by_layer(quick: Hours) -> None:
    await review_once(quick)
    await start_again(quick, 30)
    await quick.reply(BEN, "still true")
    await quick.reply(BEN, "is that still true?")
    review = await quick.review()
    attested = {key for key, it in review.answers.items() if it.by == "slack:U0BEN"}
    stood = ("1.2", "1.4", "1.5", "1.6")
    assert attested == {it.id for it in CHECKLIST.checks if it.number in stood}
    assert quick.told(BEN) == []


async def test_one_carried_answer_can_be_changed(quick: Hours) -> None:
    await review_once(quick)
    await start_again(quick, 30)
    check = CHECKLIST.layers[0].checks[1]
    await quick.press(BEN, "Change")
    await quick.submit(BEN, check=check.id, verdict="partly", note="only half", evidence="")
    answer = (await quick.review()).answers[check.id]
    assert (answer.verdict, answer.by, answer.note) == (Verdict.PARTLY, "slack:U0BEN", "only half")
    assert "3 stand* from last time" in quick.card("Layer 1")


async def test_ask_everything_is_one_button_away(quick: Hours) -> None:
    await review_once(quick)
    await start_again(quick, 30)
    await quick.press(BEN, "Ask everything")
    assert (await quick.review()).answers == {}
    assert "It asks all 50 checks" in quick.card("Readiness re-review")
    assert "last time: Met · Ana Berger, 30 days ago" in quick.card("Layer 1")
    withdrawn = [it for it in await quick.history() if it.answer is None]
    assert len(withdrawn) == 50 - 7


async def test_a_finished_pass_without_an_answer_leaves_everything_to_ask(quick: Hours) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.press(ANA, "Finish review")
    await start_again(quick, 1)
    assert "It asks all 50 checks" in quick.card("Readiness re-review")
    assert (await quick.review()).answers == {}


async def test_one_that_opens_by_itself_mentions_the_owners(quick: Hours) -> None:
    await review_once(quick)
    quick.clock.move(days=90)
    commands = quick.bot.platforms["slack"].door.commands

    def due(conn):
        service = services.find(conn, "search-assistant")
        said = Said("due:re-review:1", "slack:U0ANA", quick.clock(), place=service.home)
        return commands.open_review(conn, service, said, scheduled=True)

    taken = await quick.bot.runner.write(due)
    quick.bot.delivery.wake(taken.lanes)
    await quick.settle()
    quick.root = quick.workspace.messages(CHANNEL)[-1].ts
    root = quick.card("Readiness re-review")
    assert "Due on its schedule" in root
    assert "For <@U0ANA>" in root
