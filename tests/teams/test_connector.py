"""What is called, and what every answer of Teams means for what is owed."""

import asyncio

import aiohttp
import pytest
from teams_kit import TENANT

from bot.chat import ChatRejected, ChatUnavailable, MessageGone
from bot.teams import connector
from bot.teams.cloud import Addresses, Loopback
from bot.teams.connector import Connector, Member, in_thread
from bot.teams.tokens import PAUSE, Granted, Tokens

CHANNEL = "19:a/b@thread.tacv2"
THREAD = "19:a/b@thread.tacv2;messageid=17"
AT_THREAD = "/v3/conversations/19%3Aa%2Fb%40thread.tacv2%3Bmessageid%3D17/activities"
BOT, ANA = "28:bot", "29:1ana_-x"
CARD = {"type": "message", "summary": "Ä 🧨", "attachments": []}


@pytest.fixture
async def tokens(clock) -> Tokens:
    numbers = iter(range(1, 99))

    async def source(*, refused: bool = False) -> Granted:
        del refused  # each is a new one
        return Granted(f"t{next(numbers)}", 3600.0)

    return Tokens(source, clock)


@pytest.fixture
async def teams(session, tokens, fake, clock) -> Connector:
    """A connector whose chance always falls in the middle."""
    allowed = Addresses((f"{fake.url}/",))
    return Connector(session, tokens, allowed, clock=clock, chance=lambda: 0.5)


CALLS = {
    "post": lambda teams, url: teams.post(url, THREAD, CARD),
    "update": lambda teams, url: teams.update(url, THREAD, "18", CARD),
    "new_thread": lambda teams, url: teams.new_thread(url, CHANNEL, TENANT, BOT, CARD),
    "personal": lambda teams, url: teams.personal(url, ANA, TENANT, BOT),
    "member": lambda teams, url: teams.member(url, CHANNEL, ANA),
}
POSTS = ["post", "update", "new_thread"]


async def failure(teams, fake, call="post"):
    """What the call raised; each call once, whatever Teams answers."""
    with pytest.raises((ChatUnavailable, ChatRejected, MessageGone)) as caught:
        await CALLS[call](teams, f"{fake.url}/")
    return caught.value


async def test_a_message_is_posted_into_its_thread(teams, fake):
    assert in_thread(CHANNEL, "17") == THREAD
    assert await teams.post(f"{fake.url}/", THREAD, CARD) == "1795562459963"
    [asked] = fake.asked
    assert (asked.method, asked.path, asked.body) == ("POST", AT_THREAD, CARD)
    assert asked.headers["Authorization"] == "Bearer t1"
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_other_alphabets_are_sent_as_they_are(teams, fake):
    """Teams measures the body: an escaped emoji is three times as long."""
    await teams.post(f"{fake.url}/", THREAD, CARD)
    body = '{"type":"message","summary":"Ä 🧨","attachments":[]}'
    assert fake.asked[0].headers["Content-Length"] == str(len(body.encode()))


async def test_half_a_letter_is_no_crash(teams, fake):
    await teams.post(f"{fake.url}/", THREAD, CARD | {"summary": "\ud83e"})
    assert fake.asked[0].body["summary"] == "?"


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("below", ["", "/emea", "/emea/tenant"])
async def test_the_service_url_may_end_in_a_slash_or_not(session, tokens, fake, below, slash):
    teams = Connector(session, tokens, Loopback())
    await teams.post(f"{fake.url}{below}{slash}", CHANNEL, CARD)
    path = "/v3/conversations/19%3Aa%2Fb%40thread.tacv2/activities"
    assert fake.asked[0].path == below + path


async def test_a_message_is_replaced(teams, fake):
    fake.otherwise = (200, {"id": "18"})
    await teams.update(f"{fake.url}/", THREAD, "18", CARD)
    [asked] = fake.asked
    assert (asked.method, asked.path) == ("PUT", f"{AT_THREAD}/18")
    assert asked.body == CARD | {"id": "18"}


@pytest.mark.parametrize(
    "answer",
    [
        {"id": f"{CHANNEL};messageid=17", "activityId": "17"},
        {"id": f"{CHANNEL};messageid=17"},
    ],
)
async def test_a_thread_is_opened_in_a_channel(teams, fake, answer):
    fake.otherwise = (201, answer)
    assert await teams.new_thread(f"{fake.url}/", CHANNEL, TENANT, BOT, CARD) == "17"
    [asked] = fake.asked
    assert (asked.method, asked.path) == ("POST", "/v3/conversations")
    assert asked.body == {
        "isGroup": True,
        "bot": {"id": BOT},
        "tenantId": TENANT,
        "channelData": {"channel": {"id": CHANNEL}, "tenant": {"id": TENANT}},
        "activity": CARD,
    }


async def test_a_person_is_written_to_alone(teams, fake):
    fake.otherwise = (201, {"id": "a:1personal"})
    assert await teams.personal(f"{fake.url}/", ANA, TENANT, BOT) == "a:1personal"
    assert fake.asked[0].path == "/v3/conversations"
    assert fake.asked[0].body == {
        "isGroup": False,
        "bot": {"id": BOT},
        "members": [{"id": ANA}],
        "tenantId": TENANT,
        "channelData": {"tenant": {"id": TENANT}},
    }


async def test_a_member_is_described(teams, fake):
    fake.otherwise = (
        200,
        {"id": ANA, "name": "Ana", "objectId": "o", "tenantId": TENANT, "email": "a@b.example"},
    )
    found = await teams.member(f"{fake.url}/", CHANNEL, ANA)
    assert found == Member(ANA, "Ana", TENANT, "o")
    assert fake.asked[0].method == "GET"
    path = "/v3/conversations/19%3Aa%2Fb%40thread.tacv2/members/29%3A1ana_-x"
    assert fake.asked[0].path == path


async def test_a_member_of_whom_nothing_is_known_is_one_all_the_same(teams, fake):
    fake.otherwise = (200, {})
    assert await teams.member(f"{fake.url}/", CHANNEL, ANA) == Member(ANA, "", None, None)


async def test_whoever_is_no_member_is_not_found(teams, fake):
    fake.otherwise = (404, {"error": {"code": "MemberNotFoundInConversation"}})
    assert await teams.member(f"{fake.url}/", CHANNEL, ANA) is None


async def test_a_playground_gets_no_token(session, fake):
    await Connector(session, None, Loopback()).post(f"{fake.url}/", CHANNEL, CARD)
    assert "Authorization" not in fake.asked[0].headers


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/", "https://evil.example/", "http://x\\@127.0.0.1/", ""]
)
async def test_no_other_address_is_called_whatever_was_stored(teams, call, url):
    with pytest.raises(ChatRejected, match="service url"):
        await CALLS[call](teams, url)
    assert teams._threads._calls == {}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(teams, fake, call, status):
    """It would carry the token elsewhere. Nothing was done, so it is tried again."""
    fake.otherwise = (status, "", {"Location": f"{fake.url}/elsewhere"})
    error = await failure(teams, fake, call)
    assert isinstance(error, ChatUnavailable)
    assert (error.unsure, error.answered) == (False, True)
    assert len(fake.asked) == 1


def said(code, **more):
    return {"error": {"code": code, "message": "A long story"} | more}


@pytest.mark.parametrize("call", POSTS)
@pytest.mark.parametrize(
    ("status", "code", "gone"),
    [
        (403, "MessageWritesBlocked", "not_in_channel"),
        (403, "BotNotInConversationRoster", "not_in_channel"),
        (403, "Forbidden", "not_in_channel"),
        (404, "ConversationNotFound", "channel_gone"),
        (400, "BadSyntax", None),
        (405, "MethodNotAllowed", None),
        (413, "MessageSizeTooBig", None),
        (422, "x", None),
    ],
)
async def test_what_teams_will_never_take_is_given_up(teams, fake, call, status, code, gone):
    fake.otherwise = (status, said(code))
    error = await failure(teams, fake, call)
    assert isinstance(error, ChatRejected)
    assert (error.reason, error.gone) == (code, gone)
    assert len(fake.asked) == 1


@pytest.mark.parametrize("status", [403, 404])
async def test_a_person_who_cannot_be_written_to_takes_no_place_with_them(teams, fake, status):
    fake.otherwise = (status, said("ConversationNotFound"))
    error = await failure(teams, fake, "personal")
    assert (error.reason, error.gone) == ("ConversationNotFound", None)


@pytest.mark.parametrize("answer", [said("ActivityNotFoundInConversation"), {}, "gone"])
async def test_a_message_that_somebody_deleted_is_gone(teams, fake, answer):
    fake.otherwise = (404, answer)
    assert isinstance(await failure(teams, fake, "update"), MessageGone)


async def test_what_is_not_found_when_posting_says_nothing_of_the_place(teams, fake):
    fake.otherwise = (404, "<html>")
    error = await failure(teams, fake)
    assert (error.reason, error.gone) == ("http_404", None)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (said("Forbidden", subCode="MessageWritesBlocked"), "MessageWritesBlocked"),
        (said("Forbidden") | {"subCode": "BotDisabledByAdmin"}, "BotDisabledByAdmin"),
        ({"code": "Plain"}, "Plain"),
        (said("<script>\n"), "http_403"),
        (said(5), "http_403"),
        ({"error": "text"}, "http_403"),
        ([1], "http_403"),
        ("", "http_403"),
    ],
)
async def test_the_reason_is_teams_own_word_if_it_is_one(teams, fake, answer, word):
    fake.otherwise = (403, answer)
    assert (await failure(teams, fake)).reason == word


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [412, 429, 502, 504])
async def test_a_busy_teams_is_tried_again_in_its_own_time(teams, fake, call, status):
    fake.otherwise = (status, said("Busy"), {"Retry-After": "7"})
    error = await failure(teams, fake, call)
    assert isinstance(error, ChatUnavailable)
    assert error.retry_after == 7.0
    assert error.answered is True
    assert error.unsure is (status >= 500)


@pytest.mark.parametrize("status", [412, 429, 502, 504])
@pytest.mark.parametrize("header", [{}, {"Retry-After": "soon"}, {"Retry-After": "-1"}])
async def test_or_after_a_moment_that_chance_spreads(teams, fake, status, header):
    fake.otherwise = (status, "", header)
    assert (await failure(teams, fake)).retry_after == 2.0


@pytest.mark.parametrize(("header", "seconds"), [("0", 0.5), ("9999", 300.0), ("1.5", 1.5)])
async def test_a_pause_stays_within_reason(teams, fake, header, seconds):
    fake.otherwise = (429, "", {"Retry-After": header})
    assert (await failure(teams, fake)).retry_after == seconds


@pytest.mark.parametrize("status", [500, 501, 503])
async def test_a_broken_teams_may_have_done_it(teams, fake, status):
    fake.otherwise = (status, "<html>")
    error = await failure(teams, fake)
    assert (error.unsure, error.answered, error.retry_after) == (True, True, None)


async def test_a_refused_token_is_replaced_and_everything_waits(teams, fake):
    fake.answers = [(401, said("Unauthorized"))]
    error = await failure(teams, fake)
    assert (error.reason, error.retry_after) == ("token_refused", PAUSE)
    assert (error.unsure, error.answered) == (False, False)
    await teams.post(f"{fake.url}/", THREAD, CARD)
    assert [it.headers["Authorization"] for it in fake.asked] == ["Bearer t1", "Bearer t2"]


async def test_a_login_service_that_gives_no_token_is_the_error(session, fake, clock):
    async def source(*, refused=False):
        raise ChatUnavailable("invalid_client", retry_after=60.0, unsure=False)

    teams = Connector(session, Tokens(source, clock), Loopback(), clock=clock)
    assert (await failure(teams, fake)).reason == "invalid_client"
    assert fake.asked == []


async def test_a_teams_that_cannot_be_reached_has_done_nothing(teams, fake):
    await fake.stop()
    error = await failure(teams, fake)
    assert (error.reason, error.unsure) == ("connection refused", False)


async def test_a_teams_that_does_not_answer_may_have_done_it(teams, fake, monkeypatch):
    fake.silent = asyncio.Event()
    monkeypatch.setattr(connector, "PATIENCE", aiohttp.ClientTimeout(total=0.05))
    error = await failure(teams, fake)
    assert (error.reason, error.unsure) == ("time-out", True)
    assert error.retry_after == connector.STILL_AT_IT
    fake.silent.set()


async def test_a_line_that_breaks_leaves_it_open(session, tokens, clock):
    async def hang_up(reader, writer):
        await reader.readline()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    with pytest.raises(ChatUnavailable) as caught:
        await Connector(session, tokens, Loopback(), clock=clock).post(url, CHANNEL, CARD)
    assert caught.value.unsure is True
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("call", ["post", "new_thread", "personal"])
@pytest.mark.parametrize("answer", [{}, {"id": ""}, {"id": 5}, "", "[]"])
async def test_an_answer_without_an_id_is_not_repeated(teams, fake, call, answer):
    """It was posted, and cannot be found again: a second one would stand beside it."""
    fake.otherwise = (200, answer)
    error = await failure(teams, fake, call)
    assert isinstance(error, ChatRejected)
    assert error.gone is None


async def test_a_thread_is_called_no_more_often_than_it_may_be(teams, fake, clock):
    for _ in range(7):
        await teams.post(f"{fake.url}/", THREAD, CARD)
    error = await failure(teams, fake)
    assert (error.reason, error.unsure, error.answered) == ("ratelimited", False, True)
    assert error.retry_after == pytest.approx(1.0)
    assert len(fake.asked) == 7
    await teams.post(f"{fake.url}/", CHANNEL, CARD)  # another conversation
    clock.now += 1.0
    await teams.post(f"{fake.url}/", THREAD, CARD)


async def test_edits_count_with_posts_and_look_ups_do_not(teams, fake):
    for _ in range(3):
        await teams.post(f"{fake.url}/", THREAD, CARD)
        await teams.update(f"{fake.url}/", THREAD, "18", CARD)
        await teams.member(f"{fake.url}/", THREAD, ANA)
    await teams.update(f"{fake.url}/", THREAD, "18", CARD)
    assert (await failure(teams, fake, "update")).reason == "ratelimited"


async def test_the_whole_app_is_held_back_too(teams, fake):
    for number in range(50):
        await teams.post(f"{fake.url}/", f"19:{number}", CARD)
    assert (await failure(teams, fake)).reason == "ratelimited"
    assert len(fake.asked) == 50


async def test_what_the_app_holds_back_is_not_counted_in_its_thread(teams, fake, clock):
    for number in range(50):
        await teams.post(f"{fake.url}/", f"19:{number}", CARD)
    for _ in range(7):
        await failure(teams, fake)
    clock.now += 1.0
    for _ in range(7):
        await teams.post(f"{fake.url}/", THREAD, CARD)
    assert len(fake.asked) == 57


async def test_what_teams_said_of_one_call_holds_for_all_of_that_conversation(teams, fake, clock):
    fake.answers = [(429, "", {"Retry-After": "20"})]
    await failure(teams, fake)
    assert (await failure(teams, fake, "update")).retry_after == pytest.approx(20.0)
    assert len(fake.asked) == 1
    await teams.post(f"{fake.url}/", CHANNEL, CARD)
    clock.now += 20.0
    await teams.post(f"{fake.url}/", THREAD, CARD)
