"""What could keep Teams and the bot apart: our credentials, Microsoft's keys."""

from __future__ import annotations

from uuid import UUID

import aiohttp

from bot.chat import ChatUnavailable
from bot.config import Settings
from bot.doctor import Finding
from bot.teams.auth import KeyRing
from bot.teams.cloud import Cloud, cloud_of
from bot.teams.package import GUID
from bot.teams.platform import tokens_of
from bot.teams.tokens import UNREADABLE

CREDENTIALS, KEYS, IDS = "Teams credentials", "Teams keys", "Teams ids"
NETWORK = "check the network, or a proxy"
COPY = (
    "copy MICROSOFT_APP_ID and MICROSOFT_APP_TENANT_ID from the bot's app registration, "
    "and make a new secret for MICROSOFT_APP_PASSWORD"
)
UPLOAD = "upload the certificate of MICROSOFT_APP_CERTIFICATE to the bot's app registration"
ATTACH = "give this machine the managed identity whose client id is MICROSOFT_APP_ID"
PEM = (
    "MICROSOFT_APP_CERTIFICATE must be a PEM file with a certificate and the private key that "
    "belongs to it, without a passphrase"
)


async def examine(settings: Settings, cloud: Cloud | None = None) -> list[Finding]:
    """Asks Microsoft for a token and for its keys. A playground has neither."""
    if settings.teams_anonymous:
        found = "TEAMS_ANONYMOUS is on: nobody is asked who they are"
        return [Finding(CREDENTIALS, "skipped", found)]
    cloud = cloud or cloud_of(settings.microsoft_cloud)
    async with aiohttp.ClientSession() as session:
        return [
            *_ids(settings),
            await _credentials(settings, session, cloud),
            await _keys(session, cloud),
        ]


def _ids(settings: Settings) -> list[Finding]:
    """Ids that cannot be right: requests are compared with them."""
    given = {
        "MICROSOFT_APP_ID": settings.microsoft_app_id,
        "MICROSOFT_APP_TENANT_ID": settings.microsoft_app_tenant_id,
    }
    wrong = [name for name, value in given.items() if value and not GUID.fullmatch(value)]
    if not wrong:
        return []
    found = f"not an id as Microsoft makes them: {' and '.join(wrong)}"
    fix = f"copy it from the bot's app registration; it looks like {UUID(int=0)}"
    return [Finding(IDS, "fault", found, fix)]


async def _credentials(settings: Settings, session: aiohttp.ClientSession, cloud: Cloud) -> Finding:
    try:
        await tokens_of(settings, session, cloud).get()
    except ChatUnavailable as error:
        if error.reason == UNREADABLE:
            return Finding(CREDENTIALS, "fault", "the certificate cannot be read", PEM)
        if settings.microsoft_app_type == "UserAssignedMSI":
            found = f"Azure gives this machine no token ({error.reason})"
            return Finding(CREDENTIALS, "fault", found, ATTACH)
        if error.reason.startswith("login"):
            found = f"{cloud.login} cannot be reached ({error.reason})"
            return Finding(CREDENTIALS, "fault", found, NETWORK)
        fix = UPLOAD if settings.microsoft_app_certificate else COPY
        return Finding(CREDENTIALS, "fault", f"Microsoft answers {error.reason}", fix)
    return Finding(CREDENTIALS, "ok", "Microsoft gives the bot its token")


async def _keys(session: aiohttp.ClientSession, cloud: Cloud) -> Finding:
    if await KeyRing(session, cloud.metadata).prefetch():
        return Finding(KEYS, "ok", "requests of Teams can be told from others")
    return Finding(KEYS, "fault", f"{cloud.metadata} cannot be read", NETWORK)
