"""Our own token: one for all, in time, by secret, certificate or managed identity."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from teams_kit import APP, TENANT, private_key

from bot.chat import ChatUnavailable
from bot.teams import tokens
from bot.teams.cloud import PUBLIC
from bot.teams.tokens import (
    REFUSED,
    Granted,
    Tokens,
    by_certificate,
    by_managed_identity,
    by_secret,
)

GRANTED = (200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "t1"})


@pytest.fixture
async def secret(session, fake):
    """A bot with a client secret; the login service is ours."""
    fake.otherwise = GRANTED
    return by_secret(session, APP, "s3cret", TENANT, replace(PUBLIC, login=fake.url))


async def test_the_secret_is_sent_as_the_login_service_wants_it(secret, fake):
    assert await secret() == Granted("t1", 3599.0)
    [asked] = fake.asked
    assert (asked.method, asked.path) == ("POST", f"/{TENANT}/oauth2/v2.0/token")
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.body == (
        f"grant_type=client_credentials&client_id={APP}&client_secret=s3cret"
        "&scope=https%3A%2F%2Fapi.botframework.com%2F.default"
    )


async def test_it_is_asked_for_once_for_all_who_wait(secret, fake, clock):
    owned = Tokens(secret, clock)
    assert set(await asyncio.gather(*(owned.get() for _ in range(20)))) == {"t1"}
    assert len(fake.asked) == 1


async def test_it_is_asked_for_anew_five_minutes_before_it_runs_out(secret, fake, clock):
    owned = Tokens(secret, clock)
    await owned.get()
    fake.otherwise = (200, {"access_token": "t2", "expires_in": "3599"})
    clock.now += 3298.0
    assert await owned.get() == "t1"
    clock.now += 2.0
    assert await owned.get() == "t2"


@pytest.mark.parametrize("seconds", [None, 0, 60, "soon", [1]])
async def test_a_short_life_does_not_mean_asking_for_every_call(secret, fake, clock, seconds):
    fake.otherwise = (200, {"access_token": "t1", "expires_in": seconds})
    owned = Tokens(secret, clock)
    await owned.get()
    clock.now += tokens.SHORTEST - 1
    await owned.get()
    assert len(fake.asked) == 1
    clock.now += 2
    await owned.get()
    assert len(fake.asked) == 2


async def test_a_token_that_teams_refused_is_asked_for_anew(secret, fake, clock):
    owned = Tokens(secret, clock)
    owned.drop(await owned.get())
    fake.otherwise = (200, {"access_token": "t2", "expires_in": 3599})
    assert await owned.get() == "t2"
    owned.drop("t1")  # somebody was late
    assert await owned.get() == "t2"
    assert len(fake.asked) == 2


@pytest.mark.parametrize("word", ["invalid_client", "unauthorized_client", "invalid_request"])
async def test_a_wrong_secret_is_said_by_its_word_and_not_tried_for_a_minute(
    secret, fake, clock, word
):
    fake.otherwise = (401, {"error": word, "error_description": "AADSTS7000215: s3cret"})
    owned = Tokens(secret, clock)
    for _ in range(3):
        with pytest.raises(ChatUnavailable) as caught:
            await owned.get()
    assert caught.value.reason == word
    assert word in REFUSED
    assert (caught.value.unsure, caught.value.answered) == (False, False)
    assert caught.value.retry_after == tokens.PAUSE
    assert len(fake.asked) == 1
    clock.now += tokens.PAUSE
    fake.otherwise = GRANTED
    assert await owned.get() == "t1"


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}),
        (200, "<html>"),
        (200, [1]),
        (200, {"access_token": ""}),
        (400, {"error": "A long\nstory"}),
        (302, "", {"Location": "https://evil.example/"}),
    ],
)
async def test_an_answer_without_a_token_is_a_refusal(secret, fake, answer):
    fake.otherwise = answer
    with pytest.raises(ChatUnavailable) as caught:
        await secret()
    assert caught.value.reason == "no_token"
    assert len(fake.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_login_service_in_trouble_is_asked_again_soon(secret, fake, clock, status):
    fake.otherwise = (status, "busy")
    owned = Tokens(secret, clock)
    for _ in range(2):
        with pytest.raises(ChatUnavailable, match=f"login answered {status}"):
            await owned.get()
    assert len(fake.asked) == 1
    clock.now += tokens.SOON
    fake.otherwise = GRANTED
    assert await owned.get() == "t1"


async def test_a_login_service_that_cannot_be_reached_is_no_refusal(secret, fake):
    await fake.stop()
    with pytest.raises(ChatUnavailable, match="login: ClientConnectorError") as caught:
        await secret()
    assert caught.value.unsure is False
    assert caught.value.reason not in REFUSED


class Login:
    """What MSAL sends with: the login service, without a network."""

    def __init__(self, **granted):
        self.granted, self.posted = granted, []

    def get(self, url, **_):
        if "/discovery/instance" in url:
            return Said({"metadata": []})
        authority = f"{PUBLIC.login}/{TENANT}"
        known = {
            "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
            "token_endpoint": f"{authority}/oauth2/v2.0/token",
            "issuer": f"{authority}/v2.0",
        }
        return Said(known)

    def post(self, url, data=None, **_):
        self.posted.append(data)
        return Said(self.granted)

    def close(self):
        """Nothing is open."""


class Said:
    def __init__(self, said, status=200):
        self.text, self.status_code, self.headers = json.dumps(said), status, {}

    def raise_for_status(self):
        """It is none."""


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def certified(key):
    """A certificate of a key, made by itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "readiness")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


KEY, OTHER = private_key("certificate"), private_key("other")


@pytest.fixture
def file(tmp_path):
    """A PEM file as `openssl pkcs12 -nodes` leaves it: certificate, then key."""
    path = tmp_path / "bot.pem"
    path.write_bytes(b"Bag Attributes\n" + certified(KEY) + pem(KEY))
    return path


def certificate(login, file):
    return by_certificate(APP, file, TENANT, http=login)


async def test_a_certificate_signs_for_its_token(file):
    login = Login(access_token="t1", expires_in=3599, token_type="Bearer")
    source = certificate(login, file)
    granted = await source()
    assert granted.token == "t1"
    assert 3590 <= granted.seconds <= 3599
    [form] = login.posted
    shown = form["client_assertion"]
    said = jwt.decode(shown, KEY.public_key(), ["PS256", "RS256"], options={"verify_aud": False})
    assert said["iss"] == said["sub"] == APP
    assert len(jwt.get_unverified_header(shown)["x5c"]) == 1
    assert form["scope"] == "https://api.botframework.com/.default"
    await source()
    assert len(login.posted) == 1  # MSAL keeps it, too


async def test_a_token_of_a_certificate_that_teams_refused_is_not_taken_from_the_cache(file, clock):
    login = Login(access_token="t1", expires_in=3599, token_type="Bearer")
    owned = Tokens(certificate(login, file), clock)
    owned.drop(await owned.get())
    login.granted["access_token"] = "t2"
    assert await owned.get() == "t2"
    clock.now += 3600
    assert await owned.get() == "t2"  # good for longer, says MSAL
    assert len(login.posted) == 2


async def test_a_certificate_that_is_not_known_is_refused(file):
    with pytest.raises(ChatUnavailable) as caught:
        await certificate(Login(error="invalid_client", error_description="AADSTS700027"), file)()
    assert caught.value.reason == "invalid_client"


BROKEN = {
    "no PEM": b"no key",
    "bytes": b"\xff\x00",
    "empty": b"",
    "key alone": pem(KEY),
    "certificate alone": certified(KEY),
    "another's key": certified(OTHER) + pem(KEY),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
async def test_a_certificate_that_cannot_be_used_is_no_crash(file, content):
    file.write_bytes(content)
    with pytest.raises(ChatUnavailable) as caught:
        await certificate(Login(), file)()
    assert caught.value.reason == tokens.UNREADABLE


async def test_a_certificate_that_is_gone_is_no_crash(file):
    file.unlink()
    with pytest.raises(ChatUnavailable, match=tokens.UNREADABLE):
        await certificate(Login(), file)()


@pytest.fixture
async def azure(fake, monkeypatch):
    """A machine to which Azure gives an identity, as an App Service finds it."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{fake.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "machine")
    return fake


async def test_a_managed_identity_asks_its_machine(azure):
    azure.otherwise = (
        200,
        {"access_token": "t1", "expires_on": "4102444800", "resource": "r", "token_type": "Bearer"},
    )
    assert await by_managed_identity("11111111-1111-4111-8111-000000000001")() == Granted(
        "t1", tokens.ASK_AGAIN
    )
    [asked] = azure.asked
    assert "resource=https%3A%2F%2Fapi.botframework.com&" in f"{asked.path}&"
    assert asked.headers["X-IDENTITY-HEADER"] == "machine"


async def test_a_token_of_a_managed_identity_that_teams_refused_is_not_taken_from_the_cache(
    azure, clock
):
    def grant(token):
        said = {"access_token": token, "expires_on": "4102444800", "token_type": "Bearer"}
        azure.otherwise = (200, said | {"resource": "r"})

    grant("t1")
    owned = Tokens(by_managed_identity("11111111-1111-4111-8111-000000000004"), clock)
    owned.drop(await owned.get())
    grant("t2")
    assert await owned.get() == "t2"
    assert len(azure.asked) == 2


async def test_a_machine_that_gives_no_token_is_a_refusal(azure):
    azure.otherwise = (400, {"statusCode": 400, "message": "no such identity"})
    with pytest.raises(ChatUnavailable) as caught:
        await by_managed_identity("11111111-1111-4111-8111-000000000002")()
    assert caught.value.reason == "no_token"


async def test_a_machine_that_cannot_be_reached_is_no_crash(azure):
    await azure.stop()
    with pytest.raises(ChatUnavailable, match="login: "):
        await by_managed_identity("11111111-1111-4111-8111-000000000003")()


async def test_a_slow_login_service_is_not_waited_for(secret, fake, monkeypatch):
    fake.silent = asyncio.Event()
    monkeypatch.setattr(tokens, "PATIENCE", aiohttp.ClientTimeout(total=0.05))
    with pytest.raises(ChatUnavailable, match="login: "):
        await secret()
    fake.silent.set()
