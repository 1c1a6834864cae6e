"""Slack's documented rate limits, enforced: a review stays right, and edits are coalesced."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bot_kit import ANA, BEN, CHANNEL
from trouble_kit import CHECKS, SERVICE, Trouble, dropped, is_quiet, keys, trouble


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
