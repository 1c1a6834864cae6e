"""Teams, put together: gate, connector, chat, listener, and the door it comes in by."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import aiohttp

from bot.commands import Commands
from bot.config import Settings
from bot.delivery import Delivery
from bot.door import Door
from bot.gestures import Gestures
from bot.logs import log
from bot.platform import Handler
from bot.runner import Runner
from bot.teams.adapter import Adapter, Listener
from bot.teams.auth import Gate, KeyRing, OpenGate
from bot.teams.chat import TeamsChat
from bot.teams.cloud import Addresses, Cloud, Loopback, cloud_of
from bot.teams.connector import Connector
from bot.teams.happenings import Happenings
from bot.teams.holds import Holds
from bot.teams.http import TeamsRoute
from bot.teams.known import Known
from bot.teams.presses import Presses
from bot.teams.tokens import (
    MULTI_TENANT,
    Source,
    Tokens,
    by_certificate,
    by_managed_identity,
    by_secret,
)
from bot.turn import Turns

PATH = "/api/messages"
LAST_WORDS = 3.0  # seconds for what was begun after an answer


class TeamsPlatform:
    """One bot. `chat` is what delivery needs; `routes` is the door.

    `cloud` and `addresses`: where Microsoft's services are; by default as the settings say.
    `clock`, in seconds, is what the rate of calls is measured by.
    """

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        runner: Runner,
        now: Callable[[], datetime],
        *,
        cloud: Cloud | None = None,
        addresses: Addresses | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ring: KeyRing | None = None
        self.gate: Gate | OpenGate = OpenGate()
        tokens: Tokens | None = None
        cloud = cloud or cloud_of(settings.microsoft_cloud)
        addresses = addresses or Addresses(tuple(f"https://{it}/" for it in settings.service_hosts))
        if not settings.teams_anonymous:
            self._ring = KeyRing(session, cloud.metadata)
            self.gate = _gate(settings, self._ring, addresses, cloud)
            tokens = tokens_of(settings, session, cloud)
        allowed = Loopback() if settings.teams_anonymous else addresses
        self.known = Known(runner, now)
        self.holds = Holds(runner, now)
        connector = Connector(session, tokens, allowed, clock=clock)
        self.chat = TeamsChat(connector, self.known, self.holds)
        self.door: Door | None = None
        self.routes: dict[str, Handler] = {}

    async def identify(self) -> None:
        """Fetches Microsoft's keys, so that the first request need not wait for them.

        And what links need: answers to presses have them, too.
        """
        await self.known.look()
        if self._ring and not await self._ring.prefetch():
            log("teams_unreachable", level="warning", reason="no keys yet")

    def listen(
        self, turns: Turns, commands: Commands, delivery: Delivery, now: Callable[[], datetime]
    ) -> None:
        """Opens the route."""
        self.door = door = Door(self.chat, turns, commands, delivery, now)
        gestures = Gestures(door)
        presses = Presses(door, gestures, self.holds)
        listener = Listener(door, gestures, presses, Happenings(door), self.known)
        self.routes = {PATH: TeamsRoute(self.gate, Adapter(), listener).handle}

    async def connect(self) -> None:
        """Teams comes to us."""

    async def close(self) -> None:
        """Says what is still to be said."""
        if self._ring:
            await self._ring.close()
        if self.door:
            await self.door.settle(LAST_WORDS)


def _gate(settings: Settings, ring: KeyRing, addresses: Addresses, cloud: Cloud) -> Gate:
    app_id, tenant = settings.microsoft_app_id or "", settings.microsoft_app_tenant_id or ""
    return Gate(app_id, tenant, ring, addresses=addresses, cloud=cloud)


def tokens_of(settings: Settings, session: aiohttp.ClientSession, cloud: Cloud) -> Tokens:
    """The tokens of these settings, which config.require_platform has checked."""
    return Tokens(_source(settings, session, cloud))


def _source(settings: Settings, session: aiohttp.ClientSession, cloud: Cloud) -> Source:
    app_id, tenant = settings.microsoft_app_id or "", MULTI_TENANT
    if settings.microsoft_app_type == "UserAssignedMSI":
        return by_managed_identity(app_id, cloud)
    if settings.microsoft_app_type == "SingleTenant":
        tenant = settings.microsoft_app_tenant_id or MULTI_TENANT
    if settings.microsoft_app_certificate:
        return by_certificate(app_id, settings.microsoft_app_certificate, tenant, cloud)
    secret = settings.microsoft_app_password
    return by_secret(session, app_id, secret.get_secret_value() if secret else "", tenant, cloud)
