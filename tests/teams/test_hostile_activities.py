"""Odd, forged and broken activities: one clear answer or 4xx, never 500, and nothing stored."""

import gzip
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fake_teams import ANA, BEN, BOT, CHANNEL, alone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from teams_kit import APP
from teams_room import Room

from bot.teams import payloads
from conversations.review import Verdict
from conversations.text import PERSON
from storage import reviews

HOSTILE = (
    "**bold** [x](https://evil.example) <b>x</b> &lt;i&gt;",
    "<at>everyone</at> <at id='1'>x</at>",
    "{{DATE(2026-01-01T00:00:00Z)}} ${$root} {{{TIME(x)}}}",
    "\u202egnirts \u0000 \ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
)
WHOLE = (
    "type", "id", "timestamp", "localTimezone", "from", "recipient", "conversation",
    "channelData", "text", "entities", "value", "name", "replyToId", "action", "membersAdded",
)  # fmt: skip
ODD: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
SHOWN = st.sampled_from(
    ["<at>a</at>", "<at>Ben</at>", "<AT id='1'>a</AT>", "a", "<at>", "<at><at>a</at></at>", ""]
)
IDS = st.sampled_from([BOT, BEN, "29:" + "a" * 297, "a" * 300, "28:x", CHANNEL, "29:<at>a</at>"])
MENTIONS: Any = st.lists(
    st.builds(
        lambda shown, it: {"type": "mention", "text": shown, "mentioned": {"id": it, "name": "a"}},
        SHOWN,
        IDS,
    ),
    max_size=60,
)
TEXTS: Any = st.lists(
    SHOWN | st.sampled_from(["@", "{teams:29:zoe}", "&lt;at&gt;", "yes", " ", "@{{", "&"]),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400), (b"null", 400), (b"[]", 400), (b"{", 400), (b"\xff\xfe", 400),
        (b"[" * 100_000, 400), (b"{}", 401), (b'{"channelId": "msteams"}', 401),
        (b'{"x": "' + b"x" * 600_000 + b'"}', 413),
    ],
    ids=lambda it: str(it)[:20],
)  # fmt: skip
async def test_what_is_no_activity_is_refused(quick: Room, raw: bytes, status: int) -> None:
    assert (await quick.post(raw)).status == status
    assert (await quick.post(raw, header="Basic Og==")).status == 401  # and is not even read


@pytest.mark.parametrize("packed", [False, True])
async def test_what_is_too_large_is_refused_also_where_its_length_is_not_said(
    quick: Room, *, packed: bool
) -> None:
    body = json.dumps(quick.activity(ANA, "message") | {"text": "x" * 600_000}).encode()
    headers = {"Authorization": quick.rig.header()}
    if packed:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body)

    async def chunks() -> AsyncIterator[bytes]:
        yield body

    url = f"http://127.0.0.1:{quick.bot.port}/api/messages"
    async with quick.session.post(url, data=chunks(), headers=headers) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("field", ["type", "id", "from", "recipient", "conversation"])
@pytest.mark.parametrize(
    "value", [None, "", 7, [], {}, {"id": 7}, {"id": "a b"}, {"id": "x" * 301}]
)
async def test_an_activity_without_what_every_one_has_is_malformed(
    quick: Room, field: str, value: Any
) -> None:
    body = quick.activity(ANA, "message") | {"text": "start x"}
    if field == "conversation" and isinstance(value, dict):
        value |= {"tenantId": body["conversation"]["tenantId"]}
    assert (await quick.send(body | {field: value})).status == 400
    assert await quick.bot.runner.read(reviews.latest_of_all) == []


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.data())
async def test_odd_values_anywhere_never_fail(quick: Room, data: st.DataObject) -> None:
    kinds = ["message", "invoke", "conversationUpdate", "installationUpdate", "event", "typing"]
    body = quick.activity(ANA, data.draw(st.sampled_from(kinds)), to=data.draw(
        st.sampled_from([CHANNEL, alone(ANA)])
    ))  # fmt: skip
    body |= {"name": "adaptiveCard/action"}
    for name in data.draw(st.lists(st.sampled_from(WHOLE), max_size=4)):
        body[name] = data.draw(ODD)
    raw = json.dumps(body).encode()
    assert (await quick.post(raw)).status in {200, 400, 401, 501}


@given(MENTIONS, TEXTS)
def test_a_mention_stands_for_one_place_and_nobody_else_is_named(mentions: Any, typed: str) -> None:
    body = {"text": typed, "entities": mentions, "recipient": {"id": BOT}}
    read = payloads.text(body)
    assert len(read) <= len(typed) + typed.count("@") + typed.lower().count("<at") * 310
    named = PERSON.findall(read)
    assert len(named) <= len(mentions)
    assert set(named) <= {f"teams:{it['mentioned']['id']}" for it in mentions}
    assert all(it.startswith("teams:29:") for it in named)


@settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(MENTIONS, TEXTS)
async def test_odd_mentions_never_fail(quick: Room, mentions: Any, typed: str) -> None:
    body = quick.activity(ANA, "message") | {"text": typed, "entities": mentions}
    assert (await quick.post(json.dumps(body).encode())).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"channelData": {"tenant": {"id": "another"}}},
        {"conversation": {"id": "19:x@thread.tacv2", "tenantId": "another"}},
        {"channelData": {}, "conversation": {"id": "19:x@thread.tacv2"}},
        {"channelId": "webchat"},
        {"serviceUrl": "https://evil.example/"},
        {"serviceUrl": None},
    ],
)
async def test_who_is_not_ours_is_refused_and_leaves_nothing(quick: Room, changes: Any) -> None:
    body = quick.activity(ANA, "message") | {"text": "start x"} | changes
    assert (await quick.send(body)).status == 401
    assert await quick.bot.runner.read(reviews.latest_of_all) == []
    assert quick.teams.shown == []
    assert quick.bot.platforms["teams"].known._places == {}


async def test_a_page_in_somebodys_browser_is_refused(quick: Room) -> None:
    """It could reach a playground on that person's machine, where nobody asks for tokens."""
    body = quick.activity(ANA, "message") | {"text": "start x"}
    url = f"http://127.0.0.1:{quick.bot.port}/api/messages"
    headers = {"Authorization": quick.rig.header(serviceurl=body["serviceUrl"])}
    async with quick.session.post(url, json=body, headers=headers) as answer:
        assert answer.status == 200
    headers["Origin"] = "https://evil.example"
    async with quick.session.post(url, json=body | {"id": "2"}, headers=headers) as answer:
        assert answer.status == 401


async def test_a_token_for_another_bot_is_refused(quick: Room) -> None:
    body = quick.activity(ANA, "message") | {"text": "start x"}
    assert (await quick.send(body, aud="another")).status == 401
    assert (await quick.send(body, aud=APP)).status == 200


@pytest.mark.parametrize(
    "verb",
    [
        "", "nonsense", "give|", "give|x|y|met|0", "give|{review}|nonsense|met|0",
        "give|{review}|prompt-management.rollback|perhaps|0", "form:give|{review}|x|met|0",
        "form:edit|{review}|nonsense|change|0", "walk|{review}|nope",
        "form:form:all|{review}", "edit|{review}|nonsense|change|0", "layer|{review}|nonsense",
        "finish|nope", "x" * 3000, "all|{review}\n", 7, None, ["all|{review}"], {"all": "x"},
    ],
)  # fmt: skip
async def test_a_tampered_button_gets_one_line_and_changes_nothing(quick: Room, verb: Any) -> None:
    review = await quick.start()
    before = await quick.review()
    verb = verb.format(review=review) if isinstance(verb, str) else verb
    answer = await quick.execute(BEN, quick.messages()[-1], verb)
    assert answer.line == quick.line("refusals.unknown_button")
    assert await quick.review() == before
    assert quick.told(BEN) == []


async def test_a_press_on_a_message_that_is_no_card_says_where_the_review_stands(
    quick: Room,
) -> None:
    review = await quick.start()
    body = quick.invoke(BEN, quick.messages()[-1], f"all|{review}") | {"replyToId": "404"}
    assert "0 of 50" in (await quick.send(body)).line


async def test_a_bug_is_said_with_the_number_it_is_logged_under(quick: Room, caplog) -> None:
    """The database fails: who pressed or wrote is told, and nobody gets a bare 500."""
    review = await quick.start()

    async def broken(_: Any) -> Any:
        raise ZeroDivisionError

    runner = quick.bot.runner
    runner.write = broken
    shown = quick.messages()[-1]
    raw = json.dumps(quick.invoke(BEN, shown, f"all|{review}")).encode()
    assert quick.line("tells.bug", id="")[:40] in (await quick.post(raw)).line
    update = quick.activity(ANA, "installationUpdate") | {"action": "remove"}
    answer = await quick.post(json.dumps(update).encode())
    assert answer.status == 500
    assert answer.body.startswith("This went wrong: ")
    typed = quick.activity(BEN, "message", thread=quick.root) | {"text": "yes"}
    assert (await quick.post(json.dumps(typed).encode())).status == 500
    del runner.write
    await quick.settle()
    bugs = [it for it in caplog.records if it.getMessage() == "bug"]
    assert len(bugs) == 3


async def test_a_message_that_goes_wrong_again_and_again_is_told_once(quick: Room) -> None:
    await quick.start()
    runner = quick.bot.runner

    async def broken(_: Any) -> Any:
        raise ZeroDivisionError

    async def wrong(body: Any) -> int:
        """It goes wrong, and whoever wrote it is told."""
        runner.write = broken
        answered = await quick.post(json.dumps(body).encode())
        del runner.write
        await quick.settle()
        return answered.status

    body = quick.activity(BEN, "message", to=alone(BEN)) | {"text": "services"}
    await quick.send(body | {"id": "0"})  # who writes is known already
    before = len(quick.told(BEN))
    assert [await wrong(body) for _ in range(3)] == [500, 500, 500]
    assert len(quick.told(BEN)) == before + 1
    assert await wrong(body | {"id": "another"}) == 500
    assert len(quick.told(BEN)) == before + 2


@pytest.mark.parametrize("heard", [True, False])
async def test_with_the_database_away_whoever_can_be_told_is_told_once(
    quick: Room, caplog, *, heard: bool
) -> None:
    """Whose own chat is not remembered is told when the message comes again."""
    caplog.set_level(logging.WARNING, "readiness")
    await quick.start()
    if heard:
        await quick.say(BEN, "services", to=alone(BEN))
    runner, before = quick.bot.runner, len(quick.told(BEN))

    async def away(_: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    body = quick.activity(BEN, "message", thread=quick.root) | {"text": "yes"}
    runner.write = runner.read = away
    for _ in range(2):
        assert (await quick.post(json.dumps(body).encode())).status == 500
        await quick.bot.platforms["teams"].door.settle(20)
    del runner.write, runner.read
    assert len(quick.told(BEN)) == before + heard
    given_up = [it for it in caplog.records if it.getMessage() == "could_not_tell"]
    assert len(given_up) == (0 if heard else 2)


async def test_an_invoke_of_another_kind_is_not_implemented(quick: Room) -> None:
    body = quick.activity(ANA, "invoke") | {"name": "task/fetch", "value": {}}
    assert (await quick.send(body)).status == 501


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_stay_words(quick: Room, text: str) -> None:
    review = await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.reply(BEN, f"no - {text}")
    shown, button = quick.button("Partly", check="1.2")
    edit = button["verb"].replace("give", "edit").replace("partly|0", "evidence|0")
    await quick.execute(ANA, shown, f"form:{edit}", {"note": text})
    await quick.say(ANA, text)
    await quick.say(ANA, f"start {text}")
    assert '"TextBlock"' not in json.dumps([it.activity for it in quick.teams.shown])
    found = await quick.bot.runner.read(lambda conn: reviews.load(conn, review))
    [answer] = found.answers.values()
    assert answer.verdict is Verdict.UNMET


async def test_a_note_of_28_kilobytes_is_refused_below_its_field(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    shown, button = quick.button("N/A", check="1.1")
    edit = button["verb"].replace("reason", "change")
    entered = {"verdict": "met", "note": "n" * 28_000}
    form = (await quick.execute(ANA, shown, f"form:{edit}", entered)).card
    assert quick.line("refusals.note_too_long", longest=2000) in json.dumps(form)
    assert not (await quick.review()).answers


async def test_the_bots_own_mention_alone_is_a_call_for_help(quick: Room) -> None:
    await quick.say(ANA, "")
    assert len(quick.told(ANA)) == 1
    assert BOT not in quick.told(ANA)[0]
