"""Slack's documented rate limits, enforced: a review stays right, and edits are coalesced."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bot_kit import ANA, BEN, CHANNEL
from sqlalchemy import select
from trouble_kit import CHECKS, SERVICE, Trouble, all_of, dropped, is_quiet, keys, trouble

from bot import metrics
from bot.courier import Courier
from storage import outbox
from storage.tables import OUTBOX


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Trouble]:
    async with trouble(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        it.workspace.faults.real_limits = True
        yield it


async def test_two_people_who_answer_once_a_second_get_a_whole_review_through(
    strict: Trouble,
) -> None:
    await strict.begin()
    since = len(strict.workspace.calls)
    for number, check in enumerate(CHECKS):
        assert (await strict.reply(f"{check.number} yes", (ANA, BEN)[number % 2])).ok
        await strict.wait(1)
    waited = await strict.wait_for_all()
    await strict.check()
    assert waited <= 120, "seconds after the last answer"
    assert len(strict.workspace.messages(CHANNEL)) == 2, "the root and the scorecard"
    ends = Counter(strict.calls("chat.update", since=since))
    assert ends["ok"] < 2 * len(CHECKS), "fewer edits than answers times cards"
    assert ends["ratelimited"] <= 5, "a pause is one refused call, not many"
    assert dropped(strict.database) == []


async def test_answers_in_one_moment_are_one_edit_of_each_card(strict: Trouble) -> None:
    await strict.begin()
    strict.workspace.faults.real_limits = False
    strict.faults("chat.update").rate_limited = 1
    strict.faults("chat.update").retry_after = 10
    since = len(strict.workspace.calls)
    for check in CHECKS[:6]:
        assert (await strict.reply(f"{check.number} yes")).ok
    await strict.check()
    assert strict.calls("chat.update", since=since) == ["ratelimited", "ok", "ok"]


async def test_a_channel_that_is_full_holds_up_no_other(strict: Trouble) -> None:
    for number in range(6):  # each a root and a card: twelve posts where four are let through
        assert (await strict.say(f"/readiness start service {number}")).ok
    assert (await strict.say("/readiness start elsewhere", channel="general")).ok
    await strict.still()
    assert len(strict.workspace.messages("general")) == 1
    elsewhere = strict.workspace.messages("general")[0]
    assert len(strict.workspace.thread("general", elsewhere.ts)) == 2, "the root and the scope"
    assert not is_quiet(strict.database)
    waited = await strict.wait_for_all()
    assert waited >= 6, "one post a second"
    await strict.check()
    assert set(keys(strict.workspace).values()) == {1}
    assert len(strict.workspace.messages(CHANNEL)) == 6
    refused = Counter(strict.calls("chat.postMessage"))["ratelimited"]
    assert refused <= waited + 6, "not hammered: one refusal a second, after all six lanes' first"


async def test_a_person_who_is_told_a_lot_is_told_all_of_it_in_order(strict: Trouble) -> None:
    await strict.begin()
    for layer in range(1, 9):
        assert (await strict.say(f"/readiness assign {SERVICE} {layer} @ben")).ok
    await strict.check()
    lines = [it.text for it in strict.workspace.messages(strict.workspace.dm(BEN)) if it.by_bot]
    assert [line.split("layer ")[1][0] for line in lines] == [*"12345678"]


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[Trouble]:
    """Slack takes an edit each ten seconds, and the bot knows it."""
    url = f"sqlite:///{tmp_path / 'readiness.db'}"
    async with trouble(url, slack_edits_per_minute=6) as it:
        await it.begin()
        yield it


async def test_a_crowd_is_never_refused_and_every_thread_is_kept_up_to_date(
    tmp_path: Path,
) -> None:
    """Eight threads, a click a second in each, for two minutes."""
    url = f"sqlite:///{tmp_path / 'readiness.db'}"
    async with trouble(url, slack_edits_per_minute=50) as it:
        it.workspace.faults.real_limits = True
        roots = []
        for number in range(8):
            assert (await it.say(f"/readiness start service {number}")).ok
            await it.wait_for_all()
            roots.append(it.root)
            assert (await it.reply("skip")).ok
            await it.wait_for_all()
        since, shown = len(it.workspace.calls), Counter[str]()
        for second in range(120):
            for root in roots:
                number = f"1.{second % 6 + 1}"
                words = f"{number} {('yes', 'no')[second // 6 % 2]}"
                assert (await it.workspace.send(ANA, CHANNEL, words, root)).ok
            await it.wait(1)
            if second == 45:
                shown = edited(it, since)
        progress = sum(count for ts, count in edited(it, since).items() if ts in roots)
        ends = Counter(it.calls("chat.update", since=since))
        assert set(ends) == {"ok"}
        assert 80 <= ends["ok"] <= 100, "as many as there can be"
        assert len(shown.keys() - set(roots)) == 8, "each thread's card within 45 seconds"
        assert 4 <= progress <= ends["ok"] / 5, "the progress too, but seldom"
        assert await it.wait_for_all() <= 120, "the progress too, once it is quiet"
        await it.check()


def edited(it: Trouble, since: int) -> Counter[str]:
    """How often each message was edited since that call."""
    made = it.workspace.calls[since:]
    return Counter(str(call.arguments["ts"]) for call in made if call.method == "chat.update")


async def test_a_card_that_waits_for_its_turn_is_drawn_once_as_of_then(
    slow: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, draw = [], Courier._draw

    def drawing(self, conn, row, chat):
        drawn.append(row.slot)
        return draw(self, conn, row, chat)

    assert (await slow.reply("1.1 yes")).ok  # which the first turn is spent on
    await slow.still()
    monkeypatch.setattr(Courier, "_draw", drawing)
    since = len(slow.workspace.calls)
    for words in ("1.2 no", "1.2 yes", "1.3 no"):
        assert (await slow.reply(words)).ok
        await slow.still()
    assert drawn == []
    for _ in range(13):
        await slow.wait(1)
    assert drawn == ["layer:1"]
    assert slow.calls("chat.update", since=since) == ["ok"]
    await slow.check()


async def test_while_edits_wait_nothing_else_does(slow: Trouble) -> None:
    assert (await slow.reply("1.1 yes")).ok
    assert (await slow.reply("1.2 yes")).ok
    await slow.still()
    layers = len(slow.workspace.thread(CHANNEL, slow.root))
    assert (await slow.reply(f"{all_of(1)} yes")).ok
    assert (await slow.say(f"/readiness assign {SERVICE} 2 @ben")).ok
    await slow.still()
    assert len(slow.workspace.thread(CHANNEL, slow.root)) > layers + 1, "the next layer's card"
    assert any(it.by_bot for it in slow.workspace.messages(slow.workspace.dm(BEN)))
    assert not is_quiet(slow.database)
    await slow.check()


async def test_what_waits_for_its_turn_is_not_looked_at_at_every_click(slow: Trouble) -> None:
    assert (await slow.reply("1.1 yes")).ok
    assert (await slow.reply("1.2 yes")).ok
    await slow.still()
    waits = metrics.DELIVERIES.labels("card", "waits")._value
    before = waits.get()
    for words in ("1.3 yes", "1.4 yes", "1.3 no"):
        assert (await slow.reply(words)).ok
        await slow.still()
    assert waits.get() == before
    await slow.check()


async def test_a_card_that_is_as_it_was_leaves_its_turn_to_another(slow: Trouble) -> None:
    pace = slow.bot.platforms["slack"].chat.pace
    assert (await slow.reply("1.1 yes")).ok  # which the first turn is spent on
    assert (await slow.reply("1.2 yes")).ok
    await slow.wait_for_all()
    await slow.wait(60)
    unchanged = metrics.DELIVERIES.labels("card", "unchanged")._value
    since, before = len(slow.workspace.calls), unchanged.get()
    with slow.database.write() as conn:
        row = conn.execute(select(OUTBOX).where(OUTBOX.c.slot == "layer:1")).one()
        outbox.touch(conn, key=row.key, lane=row.lane, at=slow.clock())
    await slow.wait(1)
    assert unchanged.get() == before + 1
    assert slow.calls("chat.update", since=since) == []
    assert pace.turn("another") == 0


async def test_a_refusal_holds_all_edits_and_who_was_refused_comes_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'readiness.db'}"
    async with trouble(url, slack_edits_per_minute=50) as it:
        roots = []
        for service in ("one", "two"):
            assert (await it.say(f"/readiness start {service}")).ok
            await it.check()
            roots.append(it.root)
            assert (await it.workspace.send(ANA, CHANNEL, "skip", it.root)).ok
            await it.check()
        await it.wait(60)
        it.faults("chat.update").rate_limited = 1
        it.faults("chat.update").retry_after = 30
        retried = metrics.DELIVERIES.labels("card", "retried")._value
        since, before = len(it.workspace.calls), retried.get()
        for root in roots:
            assert (await it.workspace.send(ANA, CHANNEL, "1.1 yes", root)).ok
            await it.still()
        await it.wait(29)
        assert it.calls("chat.update", since=since) == ["ratelimited"]
        await it.check()
        made = it.workspace.calls[since:]
        first, again, other, *_ = (c.arguments["ts"] for c in made if c.method == "chat.update")
        assert first == again != other
        assert retried.get() == before + 1, "nobody but the first was drawn in vain"


async def test_a_lane_in_line_is_looked_at_once_for_all_who_press_meanwhile(
    slow: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await slow.reply("1.1 yes")).ok
    assert (await slow.reply("1.2 yes")).ok
    await slow.still()
    looked: list[str] = []
    owed = outbox.owed
    monkeypatch.setattr(outbox, "owed", lambda conn, lane: looked.append(lane) or owed(conn, lane))
    [lane] = slow.bot.delivery._in_line
    for _ in range(20):
        slow.bot.delivery.wake([lane])
    await slow.still()
    assert looked == [lane]
    slow.bot.delivery.wake([lane])
    await slow.bot.delivery.close(1)
    await slow.bot.delivery.settled()  # it does not wait for a look that will not be
    assert looked == [lane]
