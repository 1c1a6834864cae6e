"""Microsoft's side on loopback: keys and tokens of our own making, a login, a Bot Connector."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.teams.cloud import PUBLIC

APP = "00000000-0000-4000-8000-00000000a9b1"
TENANT = "7a1b0000-0000-4000-8000-00000000c0de"
SERVICE = "https://smba.trafficmanager.net/emea/"


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key for each name, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Server:
    """Something on loopback that notes what it is asked."""

    url: str = ""
    runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self.answer)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self.runner:
            await self.runner.cleanup()
        self.runner = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError


@dataclass
class Rig(Server):
    """Microsoft's list of keys, and tokens signed with them as Teams signs its own."""

    listed: dict[str, Any] = field(default_factory=lambda: {"k1": ["msteams", "skype"]})
    service: str = SERVICE  # what good tokens are for
    fetches: int = 0
    broken: Callable[[], web.Response] | None = None  # what it answers instead
    silent: asyncio.Event | None = None  # until when it does not answer
    extra: list[Any] = field(default_factory=list)  # more entries of the list

    @property
    def metadata(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.silent:
            await self.silent.wait()
        if self.broken:
            return self.broken()
        if request.path.endswith("/openidconfiguration"):
            self.fetches += 1
            found = {"issuer": PUBLIC.issuer, "jwks_uri": f"{self.url}/v1/.well-known/keys"}
            return web.json_response(found)
        keys = [self.jwk(kid, endorsed) for kid, endorsed in self.listed.items()]
        return web.json_response({"keys": [*keys, *self.extra]})

    def jwk(self, kid: str, endorsements: Any) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(private_key(kid).public_key()))
        listed = public | {"kid": kid, "use": "sig"}
        return listed if endorsements is None else listed | {"endorsements": endorsements}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good token; None leaves one out."""
        now = int(time.time())
        known = {"iss": PUBLIC.issuer, "aud": APP, "serviceurl": self.service, "iat": now}
        known |= {"nbf": now - 300, "exp": now + 3600} | changes
        return {name: value for name, value in known.items() if value is not None}

    def header(
        self, *, kid: str | None = "k1", signed_by: str = "", alg: str = "RS256", **claims: Any
    ) -> str:
        """The Authorization header of a token; `signed_by` another key than it names."""
        key = {"none": "", "HS256": "x" * 32}.get(alg) or private_key(signed_by or str(kid))
        named = {"kid": kid} if kid else {}
        signing = "" if alg == "none" else key
        token = jwt.encode(self.claims(**claims), signing, algorithm=alg, headers=named)
        return f"Bearer {token}"


def activity(**changes: Any) -> dict[str, Any]:
    """What Teams sends, as far as it matters to who may send it."""
    return {
        "type": "message",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "conversation": {"id": "19:c@thread.tacv2", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
    } | changes


@dataclass
class Asked:
    """A call that a server got."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


@dataclass
class Fake(Server):
    """A server that answers as told: `answers` first to last, then `otherwise` for ever."""

    answers: list[Answer] = field(default_factory=list)
    otherwise: Answer = (201, {"id": "1795562459963"})
    asked: list[Asked] = field(default_factory=list)
    silent: asyncio.Event | None = None  # until it is set, nothing is answered

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        try:
            body: Any = json.loads(raw)
        except ValueError:
            body = raw
        self.asked.append(Asked(request.method, request.raw_path, dict(request.headers), body))
        if self.silent:
            await self.silent.wait()
        status, said, *headers = self.answers.pop(0) if self.answers else self.otherwise
        more = headers[0] if headers else {}
        if isinstance(said, str):
            return web.Response(status=status, text=said, headers=more)
        return web.json_response(said, status=status, headers=more)
