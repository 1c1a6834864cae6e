"""The calls of the Bot Connector that we make, over the shared session.

None is repeated here: what is owed stands in the outbox, which tries again.
Source: learn.microsoft.com, "Bot Connector REST API reference", "Optimize your bot with rate
limiting in Teams", "Send proactive messages" (error codes).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.chat import ChatRejected, ChatUnavailable, MessageGone
from bot.teams.buckets import APP, Buckets
from bot.teams.cloud import Addresses, Loopback
from bot.teams.tokens import PAUSE, Tokens
from bot.teams.wire import code, encoded, object_of, seconds_of

Json = dict[str, Any]
PATIENCE = aiohttp.ClientTimeout(total=10)
STILL_AT_IT = 10.0  # seconds in which Teams may yet carry out a call that we gave up waiting for
RATE = 429
BUSY = {412, RATE, 502, 504}  # after these Microsoft asks to try again, not all at the same time
NOT_DONE = {408, 412, 425, RATE}  # worth trying again, and surely not carried out
NO_CONVERSATION = "ConversationNotFound"
TOKEN_REFUSED = "token_refused"  # noqa: S105 - a reason


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a conversation, as Teams describes them."""

    id: str
    name: str
    tenant: str | None
    aad: str | None  # id in the tenant's directory


class Refusal(Exception):
    """Teams will never take this call; `word` is its own for it."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status = status
        self.word = word


def in_thread(channel: str, root: str) -> str:
    """The conversation of the thread that a message opens in a channel."""
    return f"{channel};messageid={root}"


class Connector:
    """Posts, edits, looks up. Every call raises ChatUnavailable or ChatRejected.

    `service` is the conversation's service URL; one that `addresses` does not allow is never
    called. `tokens` None: a playground that knows none. `clock` in seconds; `chance` from 0 to 1
    spreads those who wait for the same thing.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: Tokens | None,
        addresses: Addresses | Loopback,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._addresses = addresses
        self._chance = chance
        self._threads = Buckets(clock)
        self._app = Buckets(clock, APP)

    def wait(self, service: str, conversation: str) -> float:
        """The seconds until that conversation may be called; 0: now."""
        return max(self._threads.left(conversation), self._app.left(service))

    async def post(self, service: str, conversation: str, activity: Json) -> str:
        """The id of the new message. For a reply, the conversation is `in_thread(…)`."""
        path = f"{_of(conversation)}/activities"
        try:
            made = await self._call("POST", service, path, activity, conversation)
        except Refusal as refusal:
            raise _rejected(refusal) from refusal
        return _word(made, "id")

    async def update(self, service: str, conversation: str, message: str, activity: Json) -> None:
        """Replaces a message. Raises MessageGone."""
        path = f"{_of(conversation)}/activities/{_quoted(message)}"
        try:
            await self._call("PUT", service, path, activity | {"id": message}, conversation)
        except Refusal as refusal:
            if refusal.status == 404 and refusal.word != NO_CONVERSATION:  # noqa: PLR2004 - HTTP
                raise MessageGone(message) from refusal
            raise _rejected(refusal) from refusal

    async def new_thread(
        self, service: str, channel: str, tenant: str, bot: str, activity: Json
    ) -> str:
        """Posts to a channel; the id of the message, which opens a thread."""
        body = {
            "isGroup": True,
            "bot": {"id": bot},
            "tenantId": tenant,
            "channelData": {"channel": {"id": channel}, "tenant": {"id": tenant}},
            "activity": activity,
        }
        try:
            made = await self._call("POST", service, "/v3/conversations", body, channel)
        except Refusal as refusal:
            raise _rejected(refusal) from refusal
        if isinstance(made.get("activityId"), str):
            return str(made["activityId"])
        root = str(made.get("id")).partition(";messageid=")[2]
        return _word({"id": root}, "id")

    async def personal(self, service: str, person: str, tenant: str, bot: str) -> str:
        """The conversation of that person and the bot alone, opened where it does not exist.

        ChatRejected: they have not installed the app, or blocked it.
        """
        body = {
            "isGroup": False,
            "bot": {"id": bot},
            "members": [{"id": person}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        try:
            made = await self._call("POST", service, "/v3/conversations", body, person)
        except Refusal as refusal:
            raise ChatRejected(refusal.word) from refusal
        return _word(made, "id")

    async def member(self, service: str, conversation: str, person: str) -> Member | None:
        """That person as a member of the conversation; None for somebody who is none."""
        path = f"{_of(conversation)}/members/{_quoted(person)}"
        try:
            found = await self._call("GET", service, path, None, f"{conversation} members")
        except Refusal as refusal:
            if refusal.status == 404:  # noqa: PLR2004 - HTTP
                return None
            raise _rejected(refusal) from refusal
        aad = found.get("aadObjectId") or found.get("objectId")
        return Member(
            id=str(found.get("id") or person),
            name=str(found.get("name") or ""),
            tenant=str(found["tenantId"]) if found.get("tenantId") else None,
            aad=str(aad) if aad else None,
        )

    async def _call(
        self, method: str, service: str, path: str, body: Json | None, name: str
    ) -> Json:
        """What Teams answered. Raises ChatUnavailable and Refusal."""
        if not self._addresses.allow(service):
            raise Refusal(0, "service url")
        if seconds := self.wait(service, name):
            raise ChatUnavailable("ratelimited", retry_after=seconds, unsure=False, answered=True)
        self._threads.count(name)
        self._app.count(service)
        token = await self._tokens.get() if self._tokens else ""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        url = URL(service.rstrip("/") + path, encoded=True)
        try:
            async with self._session.request(
                method,
                url,
                data=None if body is None else encoded(body),
                headers=headers,
                timeout=PATIENCE,
                allow_redirects=False,  # it would carry the token elsewhere
            ) as answer:
                said = await object_of(answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ChatUnavailable("connection refused", unsure=False) from error
        except TimeoutError as error:
            raise ChatUnavailable("time-out", retry_after=STILL_AT_IT, unsure=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ChatUnavailable(type(error).__name__, unsure=True) from error
        if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP
            return said
        raise self._meaning(answer, code(said, answer.status), token, name)

    def _meaning(
        self, answer: aiohttp.ClientResponse, word: str, token: str, name: str
    ) -> ChatUnavailable | Refusal:
        """What an answer means that is no success."""
        status = answer.status
        if status == 401:  # noqa: PLR2004 - HTTP
            if self._tokens:
                self._tokens.drop(token)
            return ChatUnavailable(TOKEN_REFUSED, retry_after=PAUSE, unsure=False)
        seconds = seconds_of(answer.headers.get("Retry-After"))
        if seconds is None and status in BUSY:
            seconds = 1.0 + 2.0 * self._chance()
        if status == RATE and seconds is not None:
            self._threads.hold(name, seconds)
        if status in NOT_DONE or 300 <= status < 400:  # noqa: PLR2004 - HTTP: redirects
            return ChatUnavailable(word, retry_after=seconds, unsure=False, answered=True)
        if status >= 500:  # noqa: PLR2004 - HTTP
            return ChatUnavailable(word, retry_after=seconds, unsure=True, answered=True)
        return Refusal(status, word)


def _rejected(refusal: Refusal) -> ChatRejected:
    """Whether the whole place is gone. Codes of a 403 are many, and all say that we are out."""
    gone = None
    if refusal.status == 403:  # noqa: PLR2004 - HTTP
        gone = "not_in_channel"
    elif refusal.word == NO_CONVERSATION:
        gone = "channel_gone"
    return ChatRejected(refusal.word, gone=gone)


def _of(conversation: str) -> str:
    return f"/v3/conversations/{_quoted(conversation)}"


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _word(made: Json, key: str) -> str:
    """An id in an answer. A message without one was posted, and cannot be edited: no repeating."""
    if not isinstance(made.get(key), str) or not made[key]:
        raise ChatRejected(f"answered without {key}")
    return str(made[key])
