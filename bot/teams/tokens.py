"""Our own token, which every call to Teams carries: asked for before it runs out, once for all.

Asked for over the shared session, since the SDK would do so anew each time, and block.
Source: learn.microsoft.com, "Authenticate requests with the Bot Connector API".
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import jwt
import msal
from botframework.connector.auth.managedidentity_app_credentials import (
    ManagedIdentityAppCredentials,
)
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from bot.chat import ChatUnavailable
from bot.teams.cloud import PUBLIC, Cloud
from bot.teams.wire import object_of

MULTI_TENANT = "botframework.com"  # whose tokens a bot of several tenants asks for
EARLY = 300.0  # seconds before its end at which a token is asked for anew
SHORTEST = 30.0  # seconds for which even a token that ends at once is used
PAUSE = 60.0  # seconds until a refused credential is tried again
SOON = 5.0  # the same, where the login service could not be reached or failed
PATIENCE = aiohttp.ClientTimeout(total=10)
ASK_AGAIN = 600.0  # seconds: the SDK does not say how long a managed identity's token is good
UNREADABLE = "unreadable_certificate"  # no PEM of a certificate and the key that belongs to it
WORD = re.compile(r"[a-z_]{1,60}")
# Words with which the login service says that our credentials are wrong (RFC 6749, 5.2).
REFUSED = frozenset(
    {
        UNREADABLE,
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_resource",
        "invalid_scope",
        "no_token",
        "unauthorized_client",
    }
)


@dataclass(frozen=True, slots=True)
class Granted:
    """A token and for how many seconds it is good."""

    token: str
    seconds: float


class Source(Protocol):
    """Where tokens come from."""

    async def __call__(self, *, refused: bool = False) -> Granted:
        """A token; a new one where Teams `refused` the last, whatever is cached."""


class Tokens:
    """The token now. `clock` in seconds."""

    def __init__(self, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._token = ""
        self._until = -1.0
        self._refused = False  # by Teams, since the last one was granted
        self._failed: tuple[float, ChatUnavailable] | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """The token. Raises ChatUnavailable; its reason is one of REFUSED for bad credentials."""
        if not self._good():
            async with self._lock:
                if not self._good():
                    await self._ask()
        return self._token

    def drop(self, token: str) -> None:
        """Teams refused this one: the next call asks for another."""
        if token and token == self._token:
            self._token, self._refused = "", True

    def _good(self) -> bool:
        return bool(self._token) and self._clock() < self._until

    async def _ask(self) -> None:
        now = self._clock()
        if self._failed and now < self._failed[0]:
            raise self._failed[1]
        try:
            granted = await self._source(refused=self._refused)
        except ChatUnavailable as error:
            self._failed = (now + (error.retry_after or SOON), error)
            raise
        self._failed, self._refused = None, False
        self._token = granted.token
        self._until = now + max(granted.seconds - EARLY, SHORTEST)


def by_secret(
    session: aiohttp.ClientSession,
    app_id: str,
    secret: str,
    tenant: str = MULTI_TENANT,
    cloud: Cloud = PUBLIC,
) -> Source:
    """Tokens for a client secret."""
    form = {
        "grant_type": "client_credentials",
        "client_id": app_id,
        "client_secret": secret,
        "scope": cloud.scope,
    }
    url = f"{cloud.login}/{tenant}/oauth2/v2.0/token"

    async def ask(*, refused: bool = False) -> Granted:  # noqa: ARG001 - nothing is cached
        try:
            async with session.post(
                url, data=form, timeout=PATIENCE, allow_redirects=False
            ) as answer:
                said = await object_of(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable(error) from error
        if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004 - HTTP
            raise ChatUnavailable(f"login answered {answer.status}", unsure=False)
        return _granted(said)

    return ask


def by_certificate(
    app_id: str,
    file: Path,
    tenant: str = MULTI_TENANT,
    cloud: Cloud = PUBLIC,
    http: Any = None,
) -> Source:
    """Tokens for a certificate: `file` holds it and its private key, in PEM.

    MSAL blocks, so it works in a thread. `http` is what it sends with; None: its own.
    """
    apps: list[msal.ConfidentialClientApplication] = []  # made once, at its first use: it asks

    def ask(*, refused: bool) -> Mapping[str, Any]:
        if refused and apps:
            apps[0].remove_tokens_for_client()
        if not apps:
            credential = _credential(file)
            own = {} if http else {"timeout": PATIENCE.total}
            app = msal.ConfidentialClientApplication(
                app_id,
                authority=f"{cloud.login}/{tenant}",
                client_credential=credential,
                http_client=http,
                **own,
            )
            apps.append(app)
        return apps[0].acquire_token_for_client(scopes=[cloud.scope])  # type: ignore[no-any-return]

    async def in_a_thread(*, refused: bool = False) -> Granted:
        try:
            return _granted(await asyncio.to_thread(ask, refused=refused))
        except jwt.PyJWTError as error:  # a key it cannot read
            raise _refused("invalid_client") from error
        except (OSError, LookupError, ValueError) as error:  # of `requests`; odd answers
            raise _unreachable(error) from error

    return in_a_thread


def by_managed_identity(app_id: str, cloud: Cloud = PUBLIC) -> Source:
    """Tokens for the identity that Azure gives the machine, as the SDK asks for them.

    The SDK keeps them in one cache of all identities, and has no way to pass it by.
    """
    credentials = ManagedIdentityAppCredentials(app_id, cloud.scope.removesuffix("/.default"))

    async def in_a_thread(*, refused: bool = False) -> Granted:
        if refused:
            _forget(credentials.global_token_cache, app_id)
        try:
            token = await asyncio.to_thread(credentials.get_access_token)
        except KeyError as error:  # the SDK's way to say that there was none
            raise _refused("no_token") from error
        except (OSError, ValueError, msal.ManagedIdentityError) as error:
            raise _unreachable(error) from error
        return Granted(str(token), ASK_AGAIN)

    return in_a_thread


def _forget(cache: msal.TokenCache, app_id: str) -> None:
    """Takes the tokens of the identity out of the cache."""
    kind = cache.CredentialType.ACCESS_TOKEN
    for entry in list(cache.search(kind, query={"client_id": app_id})):
        cache.remove_at(entry)


def _credential(file: Path) -> dict[str, str]:
    """What MSAL signs with. Raises ChatUnavailable for a file that is not both."""
    try:
        pem = file.read_bytes()
        key = serialization.load_pem_private_key(pem, password=None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (OSError, TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise _refused(UNREADABLE) from error
    if key.public_key() != certificate.public_key():
        raise _refused(UNREADABLE)
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    shown = certificate.public_bytes(serialization.Encoding.PEM)
    return {"private_key": plain.decode(), "public_certificate": shown.decode()}


def _granted(said: Mapping[str, Any]) -> Granted:
    """What the login service answered (RFC 6749, 5.1)."""
    token, seconds = said.get("access_token"), said.get("expires_in")
    if not isinstance(token, str) or not token:
        word = str(said.get("error") or "no_token")
        raise _refused(word if WORD.fullmatch(word) else "no_token")
    try:
        return Granted(token, float(seconds or 0))
    except (TypeError, ValueError):
        return Granted(token, 0.0)


def _refused(word: str) -> ChatUnavailable:
    return ChatUnavailable(word, retry_after=PAUSE, unsure=False)


def _unreachable(error: Exception) -> ChatUnavailable:
    return ChatUnavailable(f"login: {type(error).__name__}", unsure=False)
