"""A re-review in Teams, over HTTP: what it asks, one tap a layer for the rest, whom it mentions."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fake_teams import ANA, BEN, objects
from teams_room import Room, room

from bot.turn import Said
from conversations import checklist as checklists
from conversations.rereview import asked
from conversations.review import State, Verdict
from storage import services

CHECKLIST = checklists.packaged()
GAPS = {"1.3": "no - planned", "4.1": "partly", "7.2": "no"}
BEGUN = datetime(2026, 11, 25, 10, tzinfo=UTC)


class Clock:
    """The time as it is told to be."""

    at = BEGUN

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def teams(tmp_path, clock: Clock) -> AsyncIterator[Room]:
    """A Teams in which everything is answered by Ana, and ninety-one days have passed."""
    url = f"sqlite:///{tmp_path / 'readiness.db'}"
    async with room(url, now=clock, tick_seconds=3600) as opened:
        await opened.start()
        await opened.press(ANA, "Ask everything")
        for number, words in GAPS.items():
            await opened.reply(ANA, f"{number} {words}")
        for layer in CHECKLIST.layers:
            left = [check.number for check in layer.checks if check.number not in GAPS]
            await opened.reply(ANA, f"{' '.join(left)} yes")
        assert (await opened.review()).state is State.FINISHED
        clock.at += timedelta(days=91)
        yield opened


async def test_a_whole_re_review(teams: Room) -> None:
    first, old_root = await teams.review(), teams.card("Readiness review")
    second = await teams.start(person=BEN)
    review = await teams.review()
    numbers = [CHECKLIST.by_id[key].number for key in asked(CHECKLIST, review)]
    assert "It asks 16 of 50 checks" in teams.card("Readiness re-review").text
    assert "last time: Not yet, planned · Ana Kovač, 91 days ago" in teams.card("Layer 1").text
    for layer in CHECKLIST.layers:
        for check in layer.checks:
            if check.number in numbers:
                said = "Not yet" if check.number == "1.3" else "Met"
                fresh = await teams.press(BEN, said, check=check.number)
        fresh = await teams.press(BEN, "Still true")
        assert "Still true" not in str(fresh.card)
    review = await teams.review()
    assert (review.id, review.state) == (second, State.FINISHED)
    assert {it.by for it in review.answers.values()} == {"teams:29:1ben"}
    gap = review.answers[CHECKLIST.layers[0].checks[2].id]
    assert (gap.verdict, gap.note) == (Verdict.UNMET, "planned")
    attested = [it for it in await teams.history() if it.answer and it.answer.carried]
    assert len(attested) == 50 - len(numbers)
    refused = await teams.execute(BEN, old_root, f"reopen|{first.id}")
    assert refused.line == teams.line("refusals.newer_review", service="search-assistant")


async def test_one_that_opens_by_itself_mentions_the_owners_in_its_card(
    teams: Room, clock: Clock
) -> None:
    door = teams.bot.platforms["teams"].door

    def due(conn):
        service = services.find(conn, "search-assistant")
        said = Said("due:re-review:1", "teams:29:1ana", clock(), place=service.home)
        return door.commands.open_review(conn, service, said, scheduled=True)

    taken = await teams.bot.runner.write(due)
    teams.bot.delivery.wake(taken.lanes)
    await teams.settle()
    card = teams.card("Readiness re-review").card
    [entity] = card["msteams"]["entities"]
    assert entity["mentioned"] == {"id": "29:1ana", "name": "Ana Kovač"}
    blocks = [it["text"] for it in objects(card) if it.get("type") == "TextBlock"]
    assert blocks == ["For <at>Ana Kovač</at>"]
    assert entity["text"] in blocks[0]
