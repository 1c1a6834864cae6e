"""Gaps and reminders in Teams: the same card in the personal chat, answered in its place."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fake_teams import ANA, BEN, Shown, alone, buttons, inputs, text_of
from teams_room import Answered, Room, room

from bot.turn import Said
from conversations.events import Settled
from conversations.review import Gap, Verdict
from storage import nudges

BEGUN = datetime(2026, 11, 25, 10, tzinfo=UTC)  # a Wednesday
FIRST = datetime(2026, 12, 7, 8, tzinfo=UTC)  # a Monday, 09:00 in Ljubljana
GAP = "evaluation.dataset"  # 2.1


class Clock:
    """The time as it is told to be."""

    at = BEGUN

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
async def quick(tmp_path) -> AsyncIterator[Room]:
    async with room(f"sqlite:///{tmp_path / 'a.db'}", now=Clock(), tick_seconds=3600) as opened:
        yield opened


@pytest.fixture
async def both(database_url) -> AsyncIterator[Room]:
    async with room(database_url, now=Clock(), tick_seconds=3600) as opened:
        yield opened


async def until(it: Room, at: datetime) -> None:
    """Moves the clock there by hours; the worker looks at each."""
    while it.now() < at:
        it.now.at += timedelta(hours=1)  # type: ignore[attr-defined]
        await it.bot.tick()
        await it.settle()


async def finished(it: Room) -> None:
    """A review that ends with gaps, in which Ben has answered too."""
    await it.start()
    await it.press(ANA, "Ask everything")
    await it.press(ANA, "Met", check="1.1")
    await it.press(BEN, "Not yet", check="1.2")
    await it.press(ANA, "Finish review")


async def reminded(it: Room) -> Shown:
    await finished(it)
    await until(it, FIRST)
    [message] = reminders(it, ANA)
    return message


def reminders(it: Room, person: str) -> list[Shown]:
    return [shown for shown in it.messages(alone(person)) if " for you" in shown.text]


async def press(it: Room, person: str, shown: Shown, label: str, check: str = "") -> Answered:
    """Presses a button of this very message."""
    for button in buttons(shown.card):
        if button["title"] == label and (not check or f" {check} " in button.get("tooltip", "")):
            return await it.execute(person, shown, button["verb"])
    raise AssertionError(f"no {label} {check}: {shown.text}")


async def send(it: Room, person: str, shown: Shown, form: Answered, **entered: str) -> Answered:
    """Fills in a form that stands in the place of a message, and sends it."""
    save = next(it for it in buttons(form.card) if it["verb"].startswith("form:"))
    return await it.execute(person, shown, save["verb"], entered)


async def test_the_gaps_of_a_review_are_accepted_with_one_tap(both: Room) -> None:
    await finished(both)
    answered = await both.press(BEN, "Accept all")
    assert text_of(answered.card).startswith("49 gaps of search-assistant, with owner and date")
    gaps = (await both.review()).gaps
    assert len(gaps) == 49
    assert gaps[GAP].due.date().isoformat() == "2026-12-09"


async def test_a_form_offers_the_people_of_the_review_and_a_date(quick: Room) -> None:
    await finished(quick)
    card = quick.card("search-assistant: 49 gaps")
    button = next(it for it in buttons(card.card) if "layer 2" in it.get("tooltip", ""))
    form = await quick.execute(ANA, card, button["verb"])
    fields = inputs(form.card)
    assert fields["due"]["type"] == "Input.Date"
    offered = {it["title"]: it["value"] for it in fields["owner"]["choices"]}
    assert offered == {"Ana Kovač": f"teams:{ANA}", "Ben": f"teams:{BEN}"}
    entered = {"check": GAP, "owner": f"teams:{BEN}", "due": "2020-01-01"}
    again = await send(quick, ANA, card, form, **entered)
    assert "That date has passed" in text_of(again.card)
    assert inputs(again.card)["owner"]["value"] == f"teams:{BEN}", "nothing chosen is lost"
    await send(quick, ANA, card, form, **(entered | {"due": "2027-01-15"}))
    due = datetime(2027, 1, 15, 12, tzinfo=UTC)
    assert (await quick.review()).gaps == {GAP: Gap(f"teams:{BEN}", due)}
    assert "handed you check 2.1" in quick.told(BEN)[-1]


@pytest.mark.parametrize(
    "owner", ["teams:28:bot", "teams:x y", "slack:U1", "nobody", "teams:29:1x"]
)
async def test_nobody_else_can_be_chosen(quick: Room, owner: str) -> None:
    await finished(quick)
    card = quick.card("search-assistant: 49 gaps")
    button = next(it for it in buttons(card.card) if "layer 2" in it.get("tooltip", ""))
    form = await quick.execute(ANA, card, button["verb"])
    before = await quick.review()
    again = await send(quick, ANA, card, form, check=GAP, owner=owner)
    assert "I don't know that person" in text_of(again.card)
    assert await quick.review() == before


async def test_a_reminder_comes_in_the_persons_own_chat_at_nine(both: Room) -> None:
    message = await reminded(both)
    assert both.now() == FIRST
    assert "2.1 We have an eval dataset that reflects real traffic · critical" in message.text
    assert "due in 2 days" in message.text
    assert not reminders(both, BEN)
    titles = [it["title"] for it in buttons(message.card)]
    assert titles == ["Snooze", *["Met", "Change", "Not mine"] * 3]


async def test_a_gap_is_settled_in_place(both: Room) -> None:
    message = await reminded(both)
    answered = await press(both, ANA, message, "Met", "2.1")
    assert "✓ 2.1 met" in text_of(answered.card)
    assert "due in 2 days" in text_of(answered.card), "the others are still there"
    assert (await both.review()).answers[GAP].verdict is Verdict.MET
    assert "✓ 2.1 met" in reminders(both, ANA)[0].text, "the message follows"
    told = both.told(ANA)[-1].replace("\xa0", " ")
    assert told.startswith("2.1 is met. search-assistant is now 🔴 Not ready at 4 %, was 2 %")
    again = await both.execute(ANA, message, "settle|" + _of(message, "settle", GAP) + "|met")
    assert "✓ 2.1 met" in text_of(again.card), "a second press changes nothing"
    assert [it.check for it in await both.history()].count(GAP) == 1


async def test_a_press_that_is_of_no_use_any_more_shows_why(quick: Room) -> None:
    message = await reminded(quick)
    quick.now.at += timedelta(days=60)  # type: ignore[attr-defined]
    said = Said("teams:press:elsewhere", f"teams:{BEN}", quick.now())
    settled = Settled(by=said.by, at=said.at, check=GAP, verdict=Verdict.MET)
    taken = await quick.bot.turns.take(said, (await quick.review()).id, lambda _: settled)
    quick.bot.delivery.wake(taken.lanes)
    await quick.settle()
    assert "2.1 We have" in _now(quick, message)
    answered = await press(quick, ANA, message, "Met", "2.1")
    assert "is no gap any more" in answered.line
    await quick.settle()
    assert "✓ 2.1 met" in _now(quick, message)


def _now(it: Room, message: Shown) -> str:
    return next(shown.text for shown in it.messages(alone(ANA)) if shown.id == message.id)


def _of(message: Shown, kind: str, check: str) -> str:
    verb = next(
        it["verb"] for it in [*buttons(message.card), {"verb": f"{kind}|?|{check}"}]
        if it["verb"].startswith(f"{kind}|")
    )  # fmt: skip
    return f"{verb.split('|')[1]}|{check}"


async def test_a_form_answers_a_gap_and_gives_the_reminder_back(quick: Room) -> None:
    message = await reminded(quick)
    form = await press(quick, ANA, message, "Change", "2.1")
    back = next(it for it in buttons(form.card) if it["verb"].startswith("back:"))
    assert "due in 2 days" in text_of((await quick.execute(ANA, message, back["verb"])).card)
    done = await send(quick, ANA, message, form, verdict="partly", note="half", evidence="")
    assert "2.1 We have an eval dataset" in text_of(done.card), "a gap still"
    answer = (await quick.review()).answers[GAP]
    assert (answer.verdict, answer.note) == (Verdict.PARTLY, "half")


async def test_a_gap_is_handed_over_in_place(quick: Room) -> None:
    message = await reminded(quick)
    form = await press(quick, ANA, message, "Not mine", "2.1")
    done = await send(quick, ANA, message, form, owner=f"teams:{BEN}")
    assert "→ 2.1 handed to Ben" in text_of(done.card)
    await until(quick, FIRST + timedelta(days=1, hours=1))
    assert "2.1" in reminders(quick, BEN)[0].text


async def test_a_service_is_snoozed_in_place(quick: Room) -> None:
    message = await reminded(quick)
    form = await press(quick, ANA, message, "Snooze")
    done = await send(quick, ANA, message, form, days="7")
    assert "No reminders until 14 Dec." in text_of(done.card)
    await until(quick, FIRST + timedelta(days=6))
    assert [it.id for it in reminders(quick, ANA)] == [message.id]


async def test_who_has_no_chat_with_the_bot_is_called_in_the_thread(quick: Room) -> None:
    await finished(quick)
    quick.teams.closed.add(ANA)
    await until(quick, FIRST)
    assert not reminders(quick, ANA)
    [line] = [it for it in quick.messages() if "can't write to you directly" in it.text]
    assert line.thread == quick.root
    assert "<at>Ana Kovač</at>" in str(line.card)


async def test_a_reminder_stands_in_the_database_as_its_message(quick: Room) -> None:
    message = await reminded(quick)
    [kept] = await quick.bot.runner.read(lambda conn: nudges.recent(conn, [f"teams:{ANA}"], BEGUN))
    assert kept.message == message.id
    assert {it["check"] for it in kept.items} == {
        GAP, "evaluation.release-gate", "observability.logging",
    }  # fmt: skip
