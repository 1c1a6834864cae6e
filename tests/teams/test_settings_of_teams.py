"""What Teams' settings mean: whose requests are let in, who is asked for tokens, what is called."""

from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from teams_kit import APP, TENANT

from bot.config import BadSettings, Local, require_platform
from bot.teams import platform
from bot.teams.auth import Gate
from bot.teams.cloud import GOVERNMENT, PUBLIC
from bot.teams.platform import TeamsPlatform

SECRET = {"microsoft_app_password": SecretStr("s3cret")}


def settings(**given):
    return Local(**{"microsoft_app_id": APP, "microsoft_app_tenant_id": TENANT} | given)


@pytest.fixture
def asked(monkeypatch):
    """Which source of tokens is made, and with what."""
    made = []
    for name in ("by_secret", "by_certificate", "by_managed_identity"):
        monkeypatch.setattr(
            platform, name, lambda *given, name=name: made.append((name, *given)) or None
        )
    return made


async def built(given):
    """A platform of these settings, as the bot makes it; nothing is called yet."""
    require_platform(given)
    async with aiohttp.ClientSession() as session:
        made = TeamsPlatform(given, session, None, None)
    assert isinstance(made.gate, Gate)
    return made


async def test_a_secret_is_asked_of_the_bots_own_tenant(asked):
    await built(settings(**SECRET))
    [(source, _, app, secret, tenant, cloud)] = asked
    assert (source, app, secret, tenant, cloud) == ("by_secret", APP, "s3cret", TENANT, PUBLIC)


async def test_a_bot_of_many_tenants_asks_the_framework(asked):
    await built(settings(microsoft_app_type="MultiTenant", **SECRET))
    assert asked[0][4] == "botframework.com"


async def test_a_tenant_that_is_set_is_the_only_one_let_in(asked):
    for kind in ("SingleTenant", "MultiTenant"):
        made = await built(settings(microsoft_app_type=kind, **SECRET))
        assert made.gate._tenant == TENANT.lower()


async def test_a_certificate_takes_the_place_of_the_secret(asked, tmp_path):
    file = tmp_path / "bot.pem"
    file.write_text("-")
    await built(settings(microsoft_app_certificate=file))
    assert asked == [("by_certificate", APP, file, TENANT, PUBLIC)]


async def test_a_managed_identity_needs_no_secret(asked):
    await built(settings(microsoft_app_type="UserAssignedMSI"))
    assert asked == [("by_managed_identity", APP, PUBLIC)]


async def test_the_government_has_its_own_addresses(asked):
    made = await built(settings(microsoft_cloud="Government", **SECRET))
    assert asked[0][-1] == GOVERNMENT
    assert made._ring.url == GOVERNMENT.metadata
    assert made.gate._cloud == GOVERNMENT


async def test_further_hosts_are_called_by_https_only(asked):
    made = await built(settings(teams_service_hosts=" Teams.example.org, b.example", **SECRET))
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
