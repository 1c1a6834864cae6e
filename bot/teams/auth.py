"""Who may talk to us: the SDK's check of tokens, with all that it leaves out put around it.

The SDK lets pass a token that never expires, an activity without channel or service URL, and a
key that nobody endorsed; it fetches keys in the event loop without a time-out; and it knows
nothing of tenants. Source: the code of botframework-connector 4.17.1, and a table of tokens.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import jwt
from botbuilder.schema import Activity
from botframework.connector.auth import (
    BotFrameworkAuthenticationFactory,
    PasswordServiceClientCredentialFactory,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from jwt.algorithms import RSAAlgorithm

from bot.logs import log
from bot.teams.cloud import PUBLIC, Addresses, Cloud, Loopback
from bot.teams.payloads import at

CHANNEL = "msteams"
PATIENCE = aiohttp.ClientTimeout(total=5)  # for the list of keys; Teams waits ten seconds for us
DAY = 86_400.0  # seconds until the list of keys is fetched anew
PAUSE = 300.0  # seconds between two fetches for keys that the list lacks: anybody can name one
PAUSE_EMPTY = 5.0  # the same while there is no key at all, and so nobody is let in
REMEMBERED = 256  # tokens; Teams uses one for many requests
REMEMBERED_FOR = 3600.0  # seconds; no longer than the token itself is good


class Unauthorized(Exception):
    """The request is not Teams' own, or not for us. `reason` is for the log, not the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs tokens, and the channels that it may sign for. The SDK reads both."""

    public_key: Any
    endorsements: tuple[str, ...]


class KeyRing:
    """The keys that Microsoft lists, in the place where the SDK looks for them.

    Fetched without blocking, at most once for all who wait. Old keys stay good while the list is
    being fetched anew, and while it cannot be. `clock` in seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str = PUBLIC.metadata,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self._session = session
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._fetched = self._tried = -DAY
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def prefetch(self) -> bool:
        """Whether there are keys now. Asked for at start, so that the first request need not."""
        await self._refresh()
        return bool(self._keys)

    async def get(self, kid: str | None) -> Key:
        """The key of that id. Raises Unauthorized for an unknown one, or one not for Teams."""
        if kid not in self._keys:
            await self._refresh()
        elif self._clock() - self._fetched >= DAY and (
            self._renewing is None or self._renewing.done()
        ):
            self._renewing = asyncio.create_task(self._refresh())
        key = self._keys.get(kid or "")
        if key is None:
            raise Unauthorized("unknown key")
        if CHANNEL not in key.endorsements:
            raise Unauthorized("key not endorsed")
        return key

    async def close(self) -> None:
        """Lets go of what is under way."""
        if self._renewing:
            self._renewing.cancel()
            await asyncio.wait([self._renewing])

    async def _refresh(self) -> None:
        async with self._lock:
            now = self._clock()
            if now - self._tried < (PAUSE if self._keys else PAUSE_EMPTY):
                return
            self._tried = now
            try:
                listed = (await self._read(self.url))["jwks_uri"]
                keys = _keys((await self._read(listed))["keys"])
            except (aiohttp.ClientError, TimeoutError, LookupError, TypeError, ValueError) as error:
                log("teams_keys", level="warning", reason=type(error).__name__)
                return
            if keys:
                self._keys, self._fetched = keys, now

    async def _read(self, url: str) -> Any:
        async with self._session.get(url, timeout=PATIENCE, raise_for_status=True) as answer:
            return await answer.json(content_type=None)


def _keys(listed: Any) -> dict[str, Key]:
    """The RSA keys of a JSON Web Key Set (RFC 7517); what cannot be read is left out."""
    found = {}
    for it in listed:
        try:
            if it["kty"] == "RSA":
                public = RSAAlgorithm.from_jwk(json.dumps(it))
                found[str(it["kid"])] = Key(public, tuple(it.get("endorsements") or ()))
        except (LookupError, TypeError, AttributeError, ValueError, jwt.PyJWTError):
            continue
    return found


class Admission(Protocol):
    """Lets requests in, or not."""

    def bears(self, header: str | None) -> bool:
        """Whether a request with this `Authorization` is worth reading."""

    async def admit(self, header: str | None, body: Any) -> None:
        """Raises Unauthorized for a request that is not Teams' own."""


class Gate:
    """Teams' requests to this bot, and no others.

    `tenant`: whose people it serves, whatever tenants its registration is open to. `clock` in
    seconds since 1970.
    """

    def __init__(
        self,
        app_id: str,
        tenant: str,
        ring: KeyRing,
        *,
        addresses: Addresses | None = None,
        cloud: Cloud = PUBLIC,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not app_id or not tenant:
            raise ValueError("without an app id the SDK lets everybody in, without a tenant we do")
        self._tenant = tenant.lower()
        self._addresses = addresses or Addresses()
        self._cloud = cloud
        self._clock = clock
        self._good: dict[tuple[str, str], float] = {}  # header and service URL -> until when
        JwtTokenExtractor.metadataCache[ring.url] = ring
        self._sdk = BotFrameworkAuthenticationFactory.create(
            to_bot_from_channel_open_id_metadata_url=ring.url,
            to_bot_from_channel_token_issuer=cloud.issuer,
            to_channel_from_bot_oauth_scope=cloud.scope,
            # Only the app id is compared; nothing is signed or sent with it.
            credential_factory=PasswordServiceClientCredentialFactory(app_id, "unused"),
        )

    def bears(self, header: str | None) -> bool:
        """Whether it has a token at all."""
        return (header or "").startswith("Bearer ")

    async def admit(self, header: str | None, body: Any) -> None:
        """Raises Unauthorized for every request that is not Teams' own, for whatever reason."""
        url = _service_url(body, self._addresses)
        if _tenants(body) != {self._tenant}:
            raise Unauthorized("tenant")
        known = (header or "", url)
        if self._good.get(known, 0.0) > self._clock():
            return
        try:
            expires = self._claimed(header)
            activity = Activity(channel_id=CHANNEL, service_url=url)
            result = await self._sdk.authenticate_request(activity, header)
        except Unauthorized:
            raise
        except Exception as error:  # PyJWTError, IndexError, PermissionError, a bare Exception …
            raise Unauthorized(type(error).__name__) from error
        if not result.claims_identity.is_authenticated:
            raise Unauthorized("anonymous")
        self._remember(known, expires)

    def _claimed(self, header: str | None) -> float:
        """When the token says that it runs out; nothing it says is believed yet.

        Refused here: what the SDK would let pass, or look up somewhere else.
        """
        claims = jwt.decode((header or "").partition(" ")[2], options={"verify_signature": False})
        if claims.get("iss") != self._cloud.issuer:
            raise Unauthorized("issuer")
        if not isinstance(claims.get("exp"), int | float):
            raise Unauthorized("expiry")
        return float(claims["exp"])

    def _remember(self, known: tuple[str, str], expires: float) -> None:
        now = self._clock()
        if len(self._good) >= REMEMBERED:
            self._good = {key: until for key, until in self._good.items() if until > now}
        while len(self._good) >= REMEMBERED:
            self._good.pop(next(iter(self._good)))  # the one known longest
        self._good[known] = min(expires, now + REMEMBERED_FOR)


class OpenGate:
    """A playground on this machine, which has no tokens: only its own addresses are called."""

    def bears(self, header: str | None) -> bool:  # noqa: ARG002 - the same call
        """Nobody has a token there."""
        return True

    async def admit(self, header: str | None, body: Any) -> None:  # noqa: ARG002 - the same call
        """Raises Unauthorized for what does not come from this machine."""
        _service_url(body, Loopback())


def _service_url(body: Any, addresses: Addresses | Loopback) -> str:
    """Where answers go. Raises Unauthorized for another channel, or an address of no Teams."""
    if not isinstance(body, dict) or body.get("channelId") != CHANNEL:
        raise Unauthorized("channel")
    url = body.get("serviceUrl")
    if not addresses.allow(url):
        raise Unauthorized("service url")
    return str(url)


def _tenants(body: dict[str, Any]) -> set[str]:
    """The tenants that an activity names: its channel's, its conversation's."""
    named = (at(body, "channelData", "tenant", "id"), at(body, "conversation", "tenantId"))
    return {str(tenant).lower() for tenant in named if tenant is not None}
