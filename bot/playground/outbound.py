"""The app reached by HTTP, every request signed as Slack signs it (v0, HMAC-SHA256)."""

import asyncio
import hashlib
import hmac
import json
from urllib.parse import urlencode

import aiohttp

from bot.playground.faults import Faults
from bot.playground.link import Ack, Delivery
from bot.playground.values import Clock

_FORM = "application/x-www-form-urlencoded"


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The X-Slack-Signature of a raw body sent at a Unix time."""
    signed = b"v0:%d:%b" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class SignedHttp:
    """Posts to one URL; `clock` dates the signature, so it is the one the app checks by."""

    def __init__(
        self, url: str, secret: str, *, clock: Clock, faults: Faults, ack_seconds: float
    ) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._faults = faults
        self._ack_seconds = ack_seconds
        self._session: aiohttp.ClientSession | None = None

    async def send(self, delivery: Delivery) -> Ack:
        """Posts once; only a 2xx within the time counts as accepted."""
        body, headers = self._request(delivery)
        try:
            async with asyncio.timeout(self._ack_seconds):
                return await self._post(body, headers)
        except TimeoutError:
            return Ack("operation_timeout")
        except aiohttp.ClientError:
            return Ack("connection_failed")

    async def _post(self, body: bytes, headers: dict[str, str]) -> Ack:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(self._url, data=body, headers=headers) as response:
            text = await response.text()
            if not response.ok:
                return Ack("http_error", retry=response.headers.get("X-Slack-No-Retry") != "1")
            return _accepted(text, response.content_type)

    def _request(self, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        body, content_type = _encoded(delivery)
        timestamp = int(self._clock().timestamp())
        wrong = self._faults.spend_signature()
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (playground)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._secret + "x" * wrong, timestamp, body),
        }
        if delivery.retry is not None:
            headers["X-Slack-Retry-Num"] = str(delivery.retry.number)
            headers["X-Slack-Retry-Reason"] = delivery.retry.reason
        return body, headers

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    if delivery.kind == "slash_commands":
        return urlencode(delivery.payload).encode(), _FORM
    return urlencode({"payload": json.dumps(delivery.payload)}).encode(), _FORM


def _accepted(text: str, content_type: str) -> Ack:
    if not text.strip():
        return Ack()
    if content_type != "application/json":
        return Ack(body={"text": text})
    try:
        body = json.loads(text)
    except ValueError:
        return Ack("http_error")
    return Ack(body=body if isinstance(body, dict) else None)
