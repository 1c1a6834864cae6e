"""One line a turn and a delivery, with ids and numbers; never what people wrote, never a secret."""

import io
import json
import logging
from collections import Counter
from collections.abc import Iterator

import pytest
from bot_kit import ANA, BEN, CHI, Room
from raw_kit import post, press

from bot.logs import set_up

SECRET_WORDS = "xyzzy plugh"
LINK = "https://evidence.example/xyzzy"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What goes to stderr, at the most talkative level."""
    stream = io.StringIO()
    root, ours = logging.getLogger(), logging.getLogger("readiness")
    before = list(root.handlers), root.level, ours.level
    set_up("json", "DEBUG", stream)
    yield stream
    root.handlers[:], level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)
    logging.captureWarnings(capture=False)


def read(stream: io.StringIO, event: str) -> list[dict]:
    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [it for it in entries if it["event"] == event]


def forget(stream: io.StringIO) -> None:
    stream.seek(0)
    stream.truncate()


async def test_a_turn_is_one_line_of_who_what_and_what_became_of_it(
    quick: Room, lines: io.StringIO
) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    forget(lines)
    await quick.press(BEN, "Met", check="1.1")
    review = await quick.review()
    [turn] = read(lines, "turn")
    assert {key: it for key, it in turn.items() if key != "at"} == {
        "level": "info",
        "event": "turn",
        "platform": "slack",
        "kind": "press",
        "outcome": "taken",
        "by": "slack:U0BEN",
        "did": "Answered",
        "review": review.id,
    }


async def test_every_gesture_is_exactly_one_line_and_talk_is_none(
    quick: Room, lines: io.StringIO
) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    forget(lines)
    await quick.reply(BEN, "yes")  # taken
    await quick.workspace.redeliver()  # repeated
    await quick.reply(BEN, "well")  # talk
    await quick.reply(BEN, "9 yes")  # refused
    await quick.say(BEN, "slash", "status")  # asked
    await quick.say(BEN, "slash", "status nope")  # asked, too: the answer is that it is not known
    await quick.say(BEN, "slash", "weekly someday 09:00")  # refused
    await quick.say(BEN, "slash", "assign search-assistant 2 @chitra")  # taken
    await quick.press(BEN, "N/A", check="1.2")  # opens a form, which is no turn yet
    await quick.submit(BEN, reason="\u200b")  # refused
    await quick.submit(BEN, reason="none")  # taken
    await press(quick, BEN, quick.workspace.message(quick.root), "nonsense")  # refused
    outcomes = Counter((it["kind"], it["outcome"]) for it in read(lines, "turn"))
    assert outcomes == {
        ("message", "taken"): 1,
        ("message", "repeated"): 1,
        ("message", "refused"): 1,
        ("command", "asked"): 2,
        ("command", "refused"): 1,
        ("command", "taken"): 1,
        ("form", "refused"): 1,
        ("form", "taken"): 1,
        ("press", "refused"): 1,
    }


async def test_every_delivery_is_one_line(quick: Room, lines: io.StringIO) -> None:
    await quick.start()
    forget(lines)
    calls = len(quick.workspace.calls)
    await quick.press(ANA, "Ask everything")
    sent = [it.method for it in quick.workspace.calls[calls:] if it.method.startswith("chat.")]
    deliveries = read(lines, "delivery")
    assert len([it for it in deliveries if it["outcome"] in {"posted", "edited"}]) == len(sent)
    assert {"kind", "key", "outcome"} <= deliveries[0].keys()


async def test_nothing_that_people_wrote_and_no_secret_is_ever_logged(
    slack: Room, lines: io.StringIO
) -> None:
    """Whatever they do, and whatever goes wrong meanwhile."""
    await slack.start("xyzzy-service")
    await slack.press(ANA, "Ask everything")
    await slack.reply(BEN, f"yes {LINK}")
    await slack.reply(BEN, f"note {SECRET_WORDS}")
    await slack.reply(BEN, f"we talk about {SECRET_WORDS}")
    await slack.press(CHI, "N/A", check="1.2")
    await slack.submit(CHI, reason=SECRET_WORDS)
    await slack.press(CHI, "Partly", check="1.3")
    await slack.press(CHI, "Add evidence", check="1.3")
    await slack.submit(CHI, evidence="ftp://xyzzy", note=SECRET_WORDS)
    await slack.submit(CHI, evidence=LINK, note=SECRET_WORDS)
    for way in ("slash", "mention", "direct"):
        await slack.say(BEN, way, f"please {SECRET_WORDS}")
        await slack.say(BEN, way, f"status {SECRET_WORDS}")
    message, _ = slack.button("Met", check="1.4")
    await press(slack, BEN, message, SECRET_WORDS)
    slack.workspace.faults.method("chat.update").server_error = 1
    await slack.reply(BEN, f"4 no: {SECRET_WORDS}")
    await post(slack, b'{"type": "event_callback", "event": "xyzzy"}')
    await post(slack, b"payload=xyzzy")
    await post(slack, b'{"type": "xyzzy", "team_id": "T0LOCAL"}')
    await slack.workspace.archive("search-team")
    await slack.settle()
    written = lines.getvalue()
    assert len(written.splitlines()) > 20
    app = slack.workspace.app
    for secret in (SECRET_WORDS, "xyzzy", "plugh", "evidence.example",
                   app.bot_token, app.signing_secret, "response/"):  # fmt: skip
        assert secret not in written, secret


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError(SECRET_WORDS)


async def test_a_bug_is_logged_under_the_number_that_the_person_is_shown(
    quick: Room, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.press(CHI, "N/A", check="1.2")
    before = await quick.stored()
    forget(lines)
    with monkeypatch.context() as patched:
        patched.setattr("conversations.dialogue.step", broken)
        await quick.press(BEN, "Met", check="1.1")
        await quick.say(BEN, "slash", "start ticket-router")
        outcome = await quick.submit(CHI, reason="no prompts")
    shown = [*quick.told(BEN), outcome.errors["reason"]]
    bugs = read(lines, "bug")
    assert len(bugs) == len(shown) == 3
    for bug, said in zip(bugs, shown, strict=True):
        assert bug["id"] in said
        assert bug["traceback"].splitlines()[-1].startswith("ZeroDivisionError")
    assert [it["outcome"] for it in read(lines, "turn")] == ["bug"] * 3
    assert await quick.stored() == before
    assert (await quick.submit(CHI, reason="no prompts")).ok, "what was typed is not lost"


async def test_an_event_that_fails_is_asked_for_again_and_said_only_the_last_time(
    quick: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack sends it three times more; when it works then, nobody has noticed."""
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.reply(CHI, "hm")
    event = quick.workspace.events[-1]
    said = {"text": "yes", "ts": event["event"]["ts"][:-1] + "9"}
    event = {**event, "event": {**event["event"], **said}}

    with monkeypatch.context() as patched:
        patched.setattr("conversations.dialogue.step", broken)
        for number in range(3):
            ack = await quick.workspace.core.courier.redeliver(event, number, "http_error")
            assert ack.error == "http_error"
        await quick.settle()
        assert quick.told(CHI) == []
        await quick.workspace.core.courier.redeliver(event, 3, "http_error")
        await quick.settle()
        assert len(quick.told(CHI)) == 1
    assert (await quick.workspace.core.courier.redeliver(event, 1, "http_error")).error is None
    assert len(await quick.history()) == 1
