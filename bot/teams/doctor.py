"""What could keep Teams and the bot apart: our credentials, Microsoft's keys."""

from __future__ import annotations

import aiohttp

from bot.chat import ChatUnavailable
from bot.config import Settings
from bot.doctor import Finding
from bot.teams.auth import KeyRing
from bot.teams.cloud import PUBLIC, Cloud
from bot.teams.platform import tokens_of

CREDENTIALS, KEYS = "Teams credentials", "Teams keys"
NETWORK = "check the network, or a proxy"
COPY = (
    "copy MICROSOFT_APP_ID and MICROSOFT_APP_TENANT_ID from the bot's app registration, "
    "and make a new secret for MICROSOFT_APP_PASSWORD"
)


async def examine(settings: Settings, cloud: Cloud = PUBLIC) -> list[Finding]:
    """Asks Microsoft for a token and for its keys. A playground has neither."""
    if settings.teams_anonymous:
        found = "TEAMS_ANONYMOUS is on: nobody is asked who they are"
        return [Finding(CREDENTIALS, "skipped", found)]
    async with aiohttp.ClientSession() as session:
        return [await _credentials(settings, session, cloud), await _keys(session, cloud)]


async def _credentials(settings: Settings, session: aiohttp.ClientSession, cloud: Cloud) -> Finding:
    try:
        await tokens_of(settings, session, cloud).get()
    except ChatUnavailable as error:
        if error.reason.startswith("login"):
            found = f"{cloud.login} cannot be reached ({error.reason})"
            return Finding(CREDENTIALS, "fault", found, NETWORK)
        return Finding(CREDENTIALS, "fault", f"Microsoft answers {error.reason}", COPY)
    return Finding(CREDENTIALS, "ok", "Microsoft gives the bot its token")


async def _keys(session: aiohttp.ClientSession, cloud: Cloud) -> Finding:
    if await KeyRing(session, cloud.metadata).prefetch():
        return Finding(KEYS, "ok", "requests of Teams can be told from others")
    return Finding(KEYS, "fault", f"{cloud.metadata} cannot be read", NETWORK)
