"""What Teams' settings mean: whose requests are let in, who is asked for tokens, what is called."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from teams_kit import APP, TENANT

from bot.chat import ChatUnavailable
from bot.config import BadSettings, Local, require_platform
from bot.teams.auth import Gate
from bot.teams.cloud import GOVERNMENT, PUBLIC
from bot.teams.platform import TeamsPlatform, tokens_of
from bot.teams.tokens import UNREADABLE

SECRET = {"microsoft_app_password": SecretStr("s3cret")}


def settings(**given):
    return Local(**{"microsoft_app_id": APP, "microsoft_app_tenant_id": TENANT} | given)


def built(given, session):
    """A platform of these settings, as the bot makes it; nothing is called yet."""
    require_platform(given)
    made = TeamsPlatform(given, session, None, None)
    assert isinstance(made.gate, Gate)
    return made


async def token(given, session, fake):
    """Asks for our token, where Microsoft's login is ours; what was asked of it."""
    require_platform(given)
    fake.otherwise = (200, {"access_token": "t1", "expires_in": 3599, "token_type": "Bearer"})
    await tokens_of(given, session, replace(PUBLIC, login=fake.url)).get()
    [asked] = fake.asked
    return asked


async def test_a_secret_is_asked_of_the_bots_own_tenant(session, fake):
    asked = await token(settings(**SECRET), session, fake)
    assert asked.path == f"/{TENANT}/oauth2/v2.0/token"
    assert "client_secret=s3cret" in asked.body


async def test_a_bot_of_many_tenants_asks_the_framework(session, fake):
    asked = await token(settings(microsoft_app_type="MultiTenant", **SECRET), session, fake)
    assert asked.path == "/botframework.com/oauth2/v2.0/token"


async def test_a_tenant_that_is_set_is_the_only_one_let_in(session):
    for kind in ("SingleTenant", "MultiTenant"):
        made = built(settings(microsoft_app_type=kind, **SECRET), session)
        assert made.gate._tenant == TENANT.lower()


async def test_a_certificate_takes_the_place_of_the_secret(session, fake, tmp_path):
    """The file is read: this one holds none."""
    file = tmp_path / "bot.pem"
    file.write_text("-")
    with pytest.raises(ChatUnavailable, match=UNREADABLE):
        await token(settings(microsoft_app_certificate=file), session, fake)
    assert fake.asked == []


async def test_a_managed_identity_needs_no_secret(session, fake, monkeypatch):
    """The machine is asked, as an App Service finds it."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{fake.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "machine")
    identity = "33333333-3333-4333-8333-000000000001"
    given = settings(microsoft_app_type="UserAssignedMSI", microsoft_app_id=identity)
    fake.otherwise = (200, {"access_token": "t1", "expires_on": "4102444800", "resource": "r",
                            "token_type": "Bearer"})  # fmt: skip
    await tokens_of(given, session, PUBLIC).get()
    [asked] = fake.asked
    assert asked.path.startswith("/msi/token")
    assert identity in asked.path


async def test_the_government_has_its_own_addresses(session):
    made = built(settings(microsoft_cloud="Government", **SECRET), session)
    assert made._ring.url == GOVERNMENT.metadata
    assert made.gate._cloud == GOVERNMENT


async def test_further_hosts_are_called_by_https_only(session):
    made = built(settings(teams_service_hosts=" Teams.example.org, b.example", **SECRET), session)
    allow = made.gate._addresses.allow
    assert allow("https://teams.example.org/emea/")
    assert allow("https://b.example/")
    assert allow("https://smba.trafficmanager.net/emea/")
    assert not allow("http://teams.example.org/emea/")
    assert not allow("https://teams.example.org.evil.example/")
    assert not allow("https://c.example/")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "MICROSOFT_APP_PASSWORD is missing beside"),
        (
            SECRET | {"microsoft_app_certificate": Path(__file__)},
            "MICROSOFT_APP_PASSWORD and MICROSOFT_APP_CERTIFICATE are both set",
        ),
        (
            {"microsoft_app_certificate": Path("nowhere.pem")},
            "MICROSOFT_APP_CERTIFICATE names no file",
        ),
        (
            {"microsoft_app_type": "UserAssignedMSI", "microsoft_app_tenant_id": None},
            "MICROSOFT_APP_TENANT_ID is missing beside MICROSOFT_APP_ID",
        ),
        (
            SECRET | {"microsoft_app_tenant_id": None},
            "MICROSOFT_APP_TENANT_ID is missing beside",
        ),
        (
            SECRET | {"microsoft_app_type": "MultiTenant", "microsoft_app_tenant_id": None},
            "MICROSOFT_APP_TENANT_ID is missing beside",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_in_one_line(given, says):
    with pytest.raises(BadSettings) as caught:
        require_platform(settings(**given))
    assert str(caught.value).startswith(says)
