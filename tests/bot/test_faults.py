"""Slack in trouble: everything sent survives 429, 5xx, time-outs and cut connections, once each.

The clock stands still unless a test lets time pass, so nothing here depends on how fast it runs.
"""

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest
from bot_kit import ANA, BEN, CHANNEL
from trouble_kit import (
    SERVICE,
    Trouble,
    all_of,
    dropped,
    find_button,
    is_quiet,
    keys,
    told,
    trouble,
    until,
)

from bot import metrics
from bot.playground.core import Outcome

ASSIGN = f"/readiness assign {SERVICE} 2 @ben"
MINUTE = 60


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Trouble]:
    async with trouble(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        yield it


@pytest.fixture
async def begun(slack: Trouble) -> Trouble:
    """A review whose first layer is asked."""
    await slack.begin()
    return slack


# 429


async def test_a_pause_that_slack_asks_for_is_kept_by_every_call_of_that_method(
    begun: Trouble,
) -> None:
    begun.faults("chat.update").rate_limited = 1
    begun.faults("chat.update").retry_after = 30
    since = len(begun.workspace.calls)
    for check in ("1.1", "1.2", "1.3"):
        assert (await begun.reply(f"{check} yes")).ok
        await begun.still()
    await begun.wait(29)
    assert begun.calls("chat.update", since=since) == ["ratelimited"], "one call in 29 seconds"
    assert not begun.bot.delivery._running, "nothing sleeps: the pause stands in the outbox"
    await begun.wait(1)
    assert begun.calls("chat.update", since=since)[1:] == ["ok", "ok"], "the layer and the root"
    await begun.check()


@pytest.mark.parametrize(
    "header", ["soon", "", "-3", "0", "nan", "inf", "1e400", "0x10", "99999999"]
)
async def test_a_retry_after_without_sense_stops_nothing(begun: Trouble, header: str) -> None:
    begun.faults("chat.update").rate_limited = 4
    begun.faults("chat.update").retry_after = header  # type: ignore[assignment]
    since = len(begun.workspace.calls)
    await begun.reply("1.1 yes")
    await begun.check(step=20)
    limited = begun.calls("chat.update", since=since).count("ratelimited")
    assert limited == 4, "each was called once, after ever longer pauses"


async def test_an_edit_that_is_put_off_holds_up_no_post(begun: Trouble) -> None:
    """Neither the next layers' cards nor the scorecard wait until Slack takes edits again."""
    begun.faults("chat.update").rate_limited = 1
    begun.faults("chat.update").retry_after = 200
    since = len(begun.workspace.calls)
    for layer in range(1, 9):
        assert (await begun.reply(f"{all_of(layer)} yes")).ok
        await begun.still()
    assert len(begun.workspace.messages(CHANNEL)) == 2, "the root and the scorecard"
    assert begun.card("layer:8")
    assert begun.calls("chat.update", since=since) == ["ratelimited"]
    assert not is_quiet(begun.database)
    await begun.check()


# 5xx


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_whole_start_survives_failures_of_every_method(slack: Trouble, status: int) -> None:
    for method in ("chat.postMessage", "chat.update", "users.info", "conversations.history"):
        slack.faults(method).server_error = 2
        slack.faults(method).server_status = status
    await slack.begin()
    await slack.press("1.1", "Met")
    await slack.check()
    assert dropped(slack.database) == []


async def test_what_fails_is_tried_ever_more_seldom(slack: Trouble) -> None:
    slack.faults("chat.postMessage").server_error = 1_000_000
    assert (await slack.say(f"/readiness start {SERVICE}")).ok
    for _ in range(120):
        await slack.wait(5)
    assert 8 <= len(slack.calls("chat.postMessage")) <= 20, "in ten minutes"
    slack.workspace.faults.clear()
    await slack.check()


async def test_what_fails_for_a_day_is_given_up_and_that_is_logged_and_counted(
    begun: Trouble,
) -> None:
    before = metrics.DELIVERIES.labels("card", "gave_up")._value.get()
    begun.faults("chat.update").server_error = 1_000_000
    await begun.reply(f"{all_of(1)} yes")
    await begun.still()
    assert begun.card("layer:2"), "the next layer's card does not wait for the edit"
    for _ in range(12):
        await begun.wait(MINUTE)
    assert not is_quiet(begun.database), "not after minutes, however often"
    await begun.wait(24 * 3600)
    assert is_quiet(begun.database)
    assert dropped(begun.database) == ["gave up: service_unavailable"] * 2
    assert metrics.DELIVERIES.labels("card", "gave_up")._value.get() == before + 2
    begun.workspace.faults.clear()
    await begun.reply("1.1 no")
    await begun.check()


async def test_names_are_asked_for_once_a_minute_while_the_platform_does_not_say_them(
    slack: Trouble,
) -> None:
    slack.faults("users.info").server_error = 1_000_000
    await slack.begin()
    since = len(slack.workspace.calls)
    for check in ("1.1", "1.2", "1.3", "1.4"):
        await slack.reply(f"{check} yes", BEN)
        await slack.check()
    assert len(slack.calls("users.info", since=since)) == 1, "Ben; Ana was asked for before"
    slack.workspace.faults.clear()
    await slack.wait(MINUTE)
    await slack.reply("1.5 yes", BEN)
    await slack.check()
    assert "Ben Okafor" in slack.card("layer:1").blocks.__repr__()


@pytest.mark.parametrize("trouble_with_it", ["rate_limited", "server_error"])
async def test_a_private_line_that_slack_did_not_take_is_said_again(
    begun: Trouble, trouble_with_it: str
) -> None:
    setattr(begun.faults("chat.postEphemeral"), trouble_with_it, 2)
    await begun.reply("9.9 yes")
    await begun.check()
    assert told(begun.workspace, ANA, "9.9") == 1
    assert dropped(begun.database) == []


# Time-outs and cut connections: the outcome is not known


STORY = {
    "root": ("chat.postMessage", f"/readiness start {SERVICE}"),
    "scope": ("chat.postMessage", f"/readiness start {SERVICE}"),
    "users": ("users.info", f"/readiness start {SERVICE}"),
    "direct": ("chat.postMessage", ASSIGN),
    "open": ("conversations.open", ASSIGN),
    "edit": ("chat.update", "1.1 yes"),
    "private": ("chat.postEphemeral", "9.9 yes"),
    "look-up": ("conversations.history", f"/readiness start {SERVICE}"),
}


def act(slack: Trouble, text: str) -> Awaitable[Outcome]:
    return slack.say(text) if text.startswith("/") else slack.reply(text)


@pytest.mark.parametrize("what", STORY)
async def test_cut_off_after_slack_carried_it_out_it_is_not_repeated(
    database_url: str, what: str
) -> None:
    method, text = STORY[what]
    async with trouble(database_url) as slack:
        if "start" not in text:
            await slack.begin()
        times = 2 if what == "scope" else 1
        slack.faults(method).drop_after_accept = times
        if what == "look-up":
            slack.faults("chat.postMessage").drop_after_accept = 1
        await act(slack, text)
        await slack.check()
        assert slack.faults(method).drop_after_accept == 0
        expected = {"private": (ANA, "9.9"), "direct": (BEN, "handed you"), "open": (BEN, "handed")}
        if what in expected:
            assert told(slack.workspace, *expected[what]) == 1
        if what == "private":
            assert dropped(slack.database) == ["unconfirmed"]


async def test_a_card_that_is_found_again_is_brought_up_to_date(slack: Trouble) -> None:
    await slack.say(f"/readiness start {SERVICE}")
    await slack.check()
    slack.faults("chat.postMessage").drop_after_accept = 1
    await slack.reply("skip")
    await slack.still()
    assert (await slack.reply("1.1 yes")).ok, "before the layer's card is looked up"
    await slack.check()


@pytest.mark.parametrize("trouble_with_it", ["rate_limited", "server_error", "drop_after_accept"])
@pytest.mark.parametrize(
    ("text", "look_up"),
    [
        (f"/readiness start {SERVICE}", "conversations.history"),
        ("skip", "conversations.replies"),
        (ASSIGN, "conversations.open"),
        (ASSIGN, "conversations.history"),
    ],
)
async def test_when_the_look_up_itself_fails_nothing_is_posted_before_it_succeeds(
    slack: Trouble, text: str, look_up: str, trouble_with_it: str
) -> None:
    if "start" not in text:
        await slack.say(f"/readiness start {SERVICE}")
        await slack.check()
    slack.faults("chat.postMessage").drop_after_accept = 1
    # The first opening of a direct conversation is no look-up: its second is the one that fails.
    setattr(slack.faults(look_up), trouble_with_it, 2)
    await act(slack, text)
    await slack.check()
    assert getattr(slack.faults(look_up), trouble_with_it) == 0
    assert set(keys(slack.workspace).values()) == {1}


async def test_a_post_that_times_out_and_is_carried_out_later_stands_once(tmp_path: Path) -> None:
    async with trouble(f"sqlite:///{tmp_path / 'r.db'}", call_timeout=0.2) as slack:
        slack.faults("chat.postMessage").delay = 0.8
        await slack.say(f"/readiness start {SERVICE}")
        await slack.wait(5)
        assert slack.calls("conversations.history") == [], "too early: Slack may still be at it"
        slack.faults("chat.postMessage").delay = 0
        await until(lambda: bool(slack.root), "Slack has carried out what the bot gave up")
        await slack.check()


@pytest.mark.parametrize("method", ["chat.update", "users.info", "conversations.open"])
async def test_a_method_that_times_out_for_a_while_costs_nothing(
    tmp_path: Path, method: str
) -> None:
    async with trouble(f"sqlite:///{tmp_path / 'r.db'}", call_timeout=0.2) as slack:
        slack.faults(method).delay = 0.4
        await slack.say(f"/readiness start {SERVICE}")
        await slack.reply("skip")
        await slack.still()
        await slack.reply("skip")
        await slack.reply("1.1 yes")
        await slack.say(ASSIGN)
        await slack.still()
        slack.faults(method).delay = 0
        await slack.check()
        assert told(slack.workspace, BEN, "handed you layer") == 1
        assert dropped(slack.database) == []


async def test_a_private_line_that_timed_out_is_not_said_again(tmp_path: Path) -> None:
    async with trouble(f"sqlite:///{tmp_path / 'r.db'}", call_timeout=0.2) as slack:
        await slack.begin()
        slack.faults("chat.postEphemeral").delay = 0.6
        await slack.reply("9.9 yes")
        await slack.still()
        slack.faults("chat.postEphemeral").delay = 0
        await until(lambda: told(slack.workspace, ANA, "9.9") == 1, "Slack has said it")
        await slack.check()
        assert told(slack.workspace, ANA, "9.9") == 1
        assert dropped(slack.database) == ["unconfirmed"]


async def test_the_home_page_is_shown_in_the_end(begun: Trouble) -> None:
    for counter in ("rate_limited", "server_error", "drop_after_accept"):
        setattr(begun.faults("views.publish"), counter, 2)
    assert (await begun.workspace.open_home(ANA)).ok
    await begun.check()
    view = begun.workspace.home(ANA)
    assert view is not None
    assert SERVICE in str(view.blocks)


# What somebody deleted


async def test_a_card_that_somebody_deleted_is_posted_anew_in_its_thread(begun: Trouble) -> None:
    begun.delete(begun.card("layer:1"))
    await begun.reply("1.1 yes")
    await begun.check()
    assert begun.shows("1.2", "Met")


async def test_with_the_first_message_the_whole_thread_is_posted_anew(begun: Trouble) -> None:
    old = begun.root
    card, button = find_button(begun.workspace, old, "1.1", "Met")
    begun.delete(begun.card("root"))
    assert (await begun.workspace.click(ANA, action_id=button, message_ts=card.ts)).ok
    await begun.check()
    assert begun.root > old
    assert begun.shows("1.2", "Met"), "the layer's card hangs under the new one"
    assert (await begun.reply("1.2 yes")).ok
    await begun.check()
    assert begun.said("1.2") == 1


# The token, and Slack as a whole


async def test_a_revoked_token_is_tried_once_a_minute_and_nothing_is_lost(begun: Trouble) -> None:
    begun.workspace.faults.token_revoked = True
    since = len(begun.workspace.calls)
    await begun.reply("1.1 yes")
    await begun.still()  # what is under way when it is first refused is refused as well
    await begun.say(ASSIGN)
    await begun.reply("9.9 yes")
    for _ in range(59):
        await begun.wait(1)
    refused = [it for it in begun.workspace.calls[since:] if it.result.get("error")]
    assert len(refused) == 1, "all lanes together make one attempt"
    for _ in range(3):
        await begun.wait(24 * 3600)
    assert not is_quiet(begun.database), "it is not given up, however long it takes"
    begun.workspace.faults.token_revoked = False
    await begun.wait(MINUTE)
    await begun.check()
    assert told(begun.workspace, BEN, "handed you layer") == 1
    assert dropped(begun.database) == ["too old"], "but the answer to what was typed days ago is"


# Places


async def test_that_a_channel_takes_no_posts_is_said_through_the_outbox_as_well(
    slack: Trouble,
) -> None:
    """The address that the command came with has expired meanwhile: it is said directly."""
    slack.faults("chat.postMessage").rate_limited = 8
    slack.faults("chat.postMessage").retry_after = 280
    assert (await slack.say(f"/readiness start {SERVICE}", channel="random")).ok
    for _ in range(7):
        await slack.wait(280)
    slack.faults("chat.postMessage").drop_after_accept = 1
    await slack.wait(280)
    await slack.wait_for_all()
    assert slack.faults("chat.postMessage").drop_after_accept == 0
    assert told(slack.workspace, ANA, "/invite") == 1
    assert set(keys(slack.workspace).values()) == {1}
