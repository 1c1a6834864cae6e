"""Only Teams' own requests to this bot come in; every other one is refused in the same way."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from forged import BODIES, HEADERS
from teams_kit import APP, TENANT, activity

from bot.teams import auth
from bot.teams.auth import Gate, KeyRing, OpenGate, Unauthorized
from bot.teams.cloud import Addresses

NOW = int(time.time())


@pytest.fixture(autouse=True)
def hosts(monkeypatch):
    """The hosts that were connected to or looked up: afterwards, none but this machine."""
    found = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def noting_connect(sock, address):
        found.append(address[0] if isinstance(address, tuple) else address)
        return connect(sock, address)

    def noting_look_up(host, *more, **named):
        found.append(host)
        return look_up("127.0.0.1", *more, **named)

    monkeypatch.setattr(socket.socket, "connect", noting_connect)
    monkeypatch.setattr(socket, "getaddrinfo", noting_look_up)
    yield found
    assert set(found) <= {"127.0.0.1"}


@pytest.fixture
async def ring(session, rig, clock) -> AsyncIterator[KeyRing]:
    made = KeyRing(session, rig.metadata, clock)
    yield made
    await made.close()


@pytest.fixture
async def gate(ring) -> Gate:
    return Gate(APP, TENANT, ring)


async def refused(gate, header, body=None) -> str:
    """Why; the test fails where the request is let in, or anything else is raised."""
    with pytest.raises(Unauthorized) as caught:
        await gate.admit(header, activity() if body is None else body)
    return caught.value.reason


async def test_teams_is_let_in_and_its_keys_are_fetched_once(gate, rig):
    header = rig.header()
    for _ in range(3):
        await gate.admit(header, activity())
    await gate.admit(rig.header(jti="another"), activity())
    assert rig.fetches == 1


@pytest.mark.parametrize("name", HEADERS)
async def test_whoever_has_no_good_token_is_refused(gate, rig, name):
    reason = await refused(gate, HEADERS[name](rig))
    assert rig.fetches <= 1
    assert reason.isprintable()
    assert len(reason) < 40  # it is for the log: nothing of what was sent stands in it
    await gate.admit(rig.header(), activity())  # and nobody else suffers


@pytest.mark.parametrize(("name", "reason"), [("the emulator", "issuer"), ("no expiry", "expiry")])
async def test_what_the_sdk_would_look_up_or_let_pass_is_refused_before(gate, rig, name, reason):
    assert await refused(gate, HEADERS[name](rig)) == reason
    assert rig.fetches == 0


@pytest.mark.parametrize("name", BODIES)
async def test_a_good_token_does_not_help_a_request_that_is_not_ours(gate, rig, name):
    header = rig.header()
    await gate.admit(header, activity())  # the token is known from now on
    with pytest.raises(Unauthorized):
        await gate.admit(header, BODIES[name])


async def test_a_token_for_one_address_does_not_open_another(gate, rig):
    header = rig.header()
    await gate.admit(header, activity())
    await refused(gate, header, activity(serviceUrl="https://smba.trafficmanager.net/amer/"))


async def test_the_tenant_is_compared_without_case(ring, rig):
    await Gate(APP, TENANT.upper(), ring).admit(rig.header(), activity())


async def test_there_is_no_bot_for_everybody(ring):
    for app, tenant in (("", TENANT), (APP, "")):
        with pytest.raises(ValueError, match="lets everybody in"):
            Gate(app, tenant, ring)


@pytest.mark.parametrize("endorsements", [None, [], ["webchat"]])
async def test_a_key_that_may_not_sign_for_teams_is_refused(gate, rig, endorsements):
    rig.listed = {"k1": endorsements}
    assert await refused(gate, rig.header()) == "key not endorsed"


async def test_an_address_may_be_added(ring, rig):
    gate = Gate(APP, TENANT, ring, addresses=Addresses(("https://proxy.example/teams/",)))
    url = "https://proxy.example/teams/emea/"
    await gate.admit(rig.header(serviceurl=url), activity(serviceUrl=url))


async def test_a_new_key_is_fetched_when_it_is_first_used(gate, rig, clock):
    await gate.admit(rig.header(), activity())
    rig.listed = {"k2": ["msteams"]}
    clock.now += auth.PAUSE
    await gate.admit(rig.header(kid="k2"), activity())
    assert rig.fetches == 2
    assert await refused(gate, rig.header(jti="new")) == "unknown key"  # the old one is gone


async def test_strangers_cannot_make_us_fetch_keys_more_than_every_five_minutes(gate, rig, clock):
    await gate.admit(rig.header(), activity())
    for number in range(30):
        await refused(gate, rig.header(kid=f"x{number}", signed_by="stranger"))
    assert rig.fetches == 1
    clock.now += auth.PAUSE
    for number in range(30):
        await refused(gate, rig.header(kid=f"y{number}", signed_by="stranger"))
    assert rig.fetches == 2


async def test_keys_are_fetched_anew_every_day_and_nobody_waits_for_it(gate, ring, rig, clock):
    await gate.admit(rig.header(), activity())
    clock.now += auth.DAY
    rig.silent = asyncio.Event()
    rig.listed = {"k2": ["msteams"]}
    for number in range(3):
        await gate.admit(rig.header(jti=f"tomorrow {number}"), activity())
    assert rig.fetches == 1
    rig.silent.set()
    await ring._renewing
    assert rig.fetches == 2
    await gate.admit(rig.header(kid="k2"), activity())
    assert await refused(gate, rig.header(jti="new")) == "unknown key"


async def test_keys_that_are_under_way_are_let_go_of_at_the_end(gate, ring, rig, clock):
    await ring.close()  # nothing is
    await gate.admit(rig.header(), activity())
    clock.now += auth.DAY
    rig.silent = asyncio.Event()
    await gate.admit(rig.header(jti="tomorrow"), activity())
    await ring.close()
    assert ring._renewing.cancelled()
    rig.silent.set()


async def test_old_keys_stay_good_while_the_list_cannot_be_fetched(gate, ring, rig, clock):
    await gate.admit(rig.header(), activity())
    await rig.stop()
    clock.now += 3 * auth.DAY
    await gate.admit(rig.header(jti="later"), activity())
    assert await refused(gate, rig.header(kid="k2")) == "unknown key"


BROKEN = {
    "status 500": lambda: web.Response(status=500),
    "no JSON": lambda: web.Response(text="<html>"),
    "no object": lambda: web.json_response([1]),
    "null": lambda: web.json_response(None),
    "no keys": lambda: web.json_response({"jwks_uri": 5}),
    "not UTF-8": lambda: web.Response(body=b"\xff\xfe", content_type="application/json"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_without_keys_nobody_is_let_in_until_there_are_some(gate, ring, rig, clock, name):
    rig.broken = BROKEN[name]
    assert await ring.prefetch() is False
    assert await refused(gate, rig.header()) == "unknown key"
    rig.broken = None
    clock.now += auth.PAUSE_EMPTY
    await gate.admit(rig.header(), activity())


async def test_a_list_without_a_usable_key_replaces_nothing(gate, rig, clock):
    await gate.admit(rig.header(), activity())
    rig.listed = {}
    rig.extra = [{"kty": "EC", "kid": "e"}, {"kty": "RSA", "kid": "bad", "n": "!", "e": "!"}, 5, {}]
    clock.now += auth.DAY
    await gate.admit(rig.header(jti="later"), activity())


async def test_keys_that_cannot_be_read_do_not_spoil_the_others(gate, rig):
    rig.extra = [{"kty": "RSA", "kid": "bad"}, None, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}]
    await gate.admit(rig.header(), activity())


async def test_prefetched_keys_are_not_fetched_again(gate, ring, rig):
    assert await ring.prefetch() is True
    await gate.admit(rig.header(), activity())
    assert rig.fetches == 1


class Counting:
    """The SDK's check, counted."""

    def __init__(self, sdk):
        self.sdk, self.count = sdk, 0

    async def authenticate_request(self, *given):
        self.count += 1
        return await self.sdk.authenticate_request(*given)


async def test_a_token_is_checked_once_until_it_runs_out(ring, rig, clock):
    clock.now = float(NOW)
    gate = Gate(APP, TENANT, ring, clock=clock)
    gate._sdk = counting = Counting(gate._sdk)
    header = rig.header(exp=NOW + 600)
    for _ in range(5):
        await gate.admit(header, activity())
    assert counting.count == 1
    clock.now = NOW + 601.0
    await gate.admit(header, activity())  # the SDK's own clock allows for five minutes
    assert counting.count == 2


async def test_a_token_of_long_life_is_checked_every_hour(ring, rig, clock):
    clock.now = float(NOW)
    gate = Gate(APP, TENANT, ring, clock=clock)
    gate._sdk = counting = Counting(gate._sdk)
    header = rig.header(exp=NOW + 30 * 86_400)
    await gate.admit(header, activity())
    clock.now += auth.REMEMBERED_FOR + 1
    await gate.admit(header, activity())
    assert counting.count == 2


async def test_no_more_tokens_are_remembered_than_so_many(ring, rig, monkeypatch):
    monkeypatch.setattr(auth, "REMEMBERED", 3)
    gate = Gate(APP, TENANT, ring)
    headers = [rig.header(jti=str(number)) for number in range(5)]
    for header in headers:
        await gate.admit(header, activity())
    assert [header for header, _ in gate._good] == headers[2:]


async def test_a_refused_token_is_not_remembered(gate, rig):
    header = rig.header(signed_by="stranger")
    await refused(gate, header)
    await refused(gate, header)
    assert gate._good == {}


def test_without_an_app_id_there_is_no_gate(rig):
    with pytest.raises(ValueError, match="everybody"):
        Gate("", TENANT, KeyRing(None, rig.metadata))


@pytest.mark.parametrize("header", [None, "", "Bearer anything"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_a_playground_on_this_machine_needs_no_token(header, host):
    await OpenGate().admit(header, activity(serviceUrl=f"http://{host}:56150/_connector"))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"serviceUrl": "http://192.0.2.1/"},
        {"serviceUrl": "http://localhost:80/", "channelId": "emulator"},
        {"serviceUrl": None},
    ],
)
async def test_a_playground_is_called_nowhere_else(changes):
    with pytest.raises(Unauthorized):
        await OpenGate().admit(None, activity(**changes))
