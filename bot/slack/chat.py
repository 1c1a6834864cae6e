"""The chat port over Slack's Web API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import ChatRejected, ChatUnavailable, MessageGone, Profile
from bot.slack import blocks, payloads
from bot.slack.dialect import Mrkdwn
from bot.slack.pace import TAKEN, Pace
from bot.slack.pauses import EVERYTHING, Pauses, seconds
from conversations.cards import Card
from conversations.review import Place
from conversations.text import NAME_LONGEST, clean
from conversations.views.home import MOST
from conversations.wording import Wording

# Slack's own error words, by what they mean for us. Source: the methods' reference pages.
GONE = {
    "is_archived": "archived",
    "not_in_channel": "not_in_channel",
    "channel_not_found": "channel_gone",
    "restricted_action": "channel_gone",
}
TOKEN = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
UNSURE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
RATE = {"ratelimited", "rate_limited", "message_limit_exceeded"}
MOVING = {"org_login_required", "team_added_to_org"}  # Slack migrates the workspace just now
MISSING = {"cant_update_message", "message_not_found"}
NOBODY = {"user_not_found", "user_not_visible"}
TOKEN_PAUSE = 60.0  # seconds until a refused token is tried again
STILL_AT_IT = 10.0  # seconds in which Slack may yet carry out a call that we gave up waiting for
PAGES = 10  # of 200 messages, when a post is looked up
DND_MOST = 50  # people in one question after do-not-disturb
EVENT = "readiness_post"  # the metadata's event type
EDIT, LIMITED = "chat_update", "ratelimited"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in its workspace, as auth.test says."""

    team: str
    user: str
    bot: str
    url: str  # "https://acme.slack.com/"


class SlackChat:
    """One workspace. Never retries by itself: what is owed stands in the outbox."""

    platform = "slack"
    home_rows = MOST

    def __init__(
        self, client: AsyncWebClient, now: Callable[[], datetime], edits_per_minute: int = TAKEN
    ) -> None:
        self.client = client
        self.pauses = Pauses(now)
        self.pace = Pace(now, edits_per_minute)
        self.words = Wording(Mrkdwn())
        self.identity: Identity | None = None
        self._opening = asyncio.Lock()
        self._direct: dict[str, str] = {}  # person -> the channel that only they and the bot see

    async def ready(self) -> None:
        """Learns who the bot is. A refusal is the app's fault, and no post's."""
        try:
            await self.identify()
        except ChatRejected as error:
            raise ChatUnavailable(error.reason, retry_after=TOKEN_PAUSE, unsure=False) from error

    async def identify(self) -> Identity:
        """Asks Slack once who the bot is, and keeps it."""
        if self.identity is None:
            it = await self._call(self.client.auth_test)
            self.identity = Identity(
                it["team_id"], it["user_id"], it.get("bot_id") or "", it.get("url") or ""
            )
        return self.identity

    async def post(self, place: Place, card: Card, *, key: str, thread: str | None = None) -> str:
        """Posts with the key in the metadata, since Slack has no idempotency key."""
        answer = await self._call(
            self.client.chat_postMessage,
            channel=place.channel,
            **blocks.message(card),
            thread_ts=thread,
            metadata={"event_type": EVENT, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def find(
        self,
        place: Place,
        *,
        key: str,
        thread: str | None,
        since: datetime,
        before_call: Callable[[], Awaitable[None]],
    ) -> str | None:
        """Looks through the thread, or the channel's messages since then, for the key."""
        call = self.client.conversations_replies if thread else self.client.conversations_history
        cursor = None
        for _ in range(PAGES):
            await before_call()
            try:
                answer = await self._call(
                    call,
                    channel=place.channel,
                    ts=thread,
                    oldest=f"{since.timestamp():.6f}",
                    include_all_metadata=True,
                    limit=200,
                    cursor=cursor,
                )
            except ChatRejected as error:
                if error.reason == "thread_not_found":
                    return None
                raise
            for message in answer.get("messages") or []:
                metadata = message.get("metadata") or {}
                if (metadata.get("event_payload") or {}).get("key") == key:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None

    async def edit(self, place: Place, message: str, card: Card) -> None:
        """Replaces text and blocks, and keeps the metadata. In its turn, asked for or not."""
        if wait := self.pace.take(message):
            raise ChatUnavailable(LIMITED, retry_after=wait, unsure=False, answered=True)
        try:
            await self._call(
                self.client.chat_update, channel=place.channel, ts=message, **blocks.message(card)
            )
        except ChatRejected as error:
            if error.reason in MISSING:
                raise MessageGone(message) from error
            raise
        except ChatUnavailable as error:
            if error.reason == LIMITED:
                self.pace.refuse(message, error.retry_after or 0.0)
            raise

    async def whisper(
        self, place: Place, person: str, card: Card, *, thread: str | None = None
    ) -> None:
        """An ephemeral message."""
        await self._call(
            self.client.chat_postEphemeral,
            channel=place.channel,
            user=_bare(person),
            thread_ts=thread,
            **blocks.message(card),
        )

    async def respond(self, address: str, card: Card) -> None:
        """Posts to a response_url, which works in channels that the bot is not in."""
        session = self.client.session or aiohttp.ClientSession()
        body = {"response_type": "ephemeral", "replace_original": False, **blocks.message(card)}
        try:
            async with session.post(address, json=body) as answer:
                if answer.status >= 400:  # noqa: PLR2004 - HTTP: 4xx and 5xx
                    raise ChatRejected(f"response_url answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChatUnavailable(type(error).__name__, unsure=True) from error
        finally:
            if session is not self.client.session:
                await session.close()

    async def direct(self, person: str) -> Place:
        """Opens the conversation between the bot and the person."""
        identity = await self.identify()
        if person not in self._direct:
            # One after the other: Slack opens few a minute, and once it says so nobody asks.
            async with self._opening:
                answer = await self._call(self.client.conversations_open, users=[_bare(person)])
            self._direct[person] = str(answer["channel"]["id"])
        return Place(self.platform, identity.team, self._direct[person])

    async def edit_waits(self, place: Place, message: str) -> float:  # noqa: ARG002 - the port's
        """Never: Slack counts the edits of a workspace, not of a place; see `edit_turn`."""
        return 0.0

    def edit_turn(self, message: str, *, aside: bool) -> float:
        """Until the pause that Slack has asked for is over, and everybody before it was there."""
        return self.pace.turn(message, aside=aside, pause=self.pauses.wait(EDIT, ""))

    def edit_unused(self, message: str) -> None:
        """Gives the turn back, so that the next one need not wait for it."""
        self.pace.unused(message)

    def is_direct(self, place: Place) -> bool:
        """Ids of direct conversations begin with D."""
        return place.channel.startswith("D")

    def has_threads(self, place: Place) -> bool:  # noqa: ARG002 - Slack has them everywhere
        """Every message opens one."""
        return True

    async def show_home(self, person: str, card: Card) -> None:
        """Publishes the App Home."""
        await self._call(self.client.views_publish, user_id=_bare(person), view=blocks.home(card))

    async def profile(self, person: str) -> Profile:
        """Asks users.info; `tz` is the IANA zone."""
        try:
            user = (await self._call(self.client.users_info, user=_bare(person)))["user"]
        except ChatRejected as error:
            if error.reason in NOBODY:
                return Profile("", None, member=False)
            raise
        shown = user.get("profile") or {}
        name = shown.get("display_name") or user.get("real_name") or user.get("name") or ""
        team = (await self.identify()).team
        member = not user.get("is_bot") and user.get("team_id", team) == team
        deleted = bool(user.get("deleted"))
        named = clean(name)[:NAME_LONGEST]
        return Profile(named, user.get("tz"), deleted, member, payloads.away_until(shown))

    async def quiet(self, people: Collection[str], now: datetime) -> Mapping[str, datetime]:
        """Asks dnd.teamInfo, which takes 50 people at most."""
        asked = ",".join(_bare(it) for it in list(people)[:DND_MOST])
        found = await self._call(self.client.dnd_teamInfo, users=asked)
        ends = {it: _quiet_until(dnd, now) for it, dnd in (found.get("users") or {}).items()}
        return {payloads.person(it): until for it, until in ends.items() if until}

    async def open_form(self, trigger: str, view: blocks.Json) -> None:
        """Opens a modal while the trigger lives (3 s)."""
        await self._call(self.client.views_open, trigger_id=trigger, view=view)

    def link(self, place: Place, message: str) -> str:
        """The permalink, put together without a call: base address, channel, digits of the ts."""
        if self.identity is None or not self.identity.url:
            return ""
        return f"{self.identity.url}archives/{place.channel}/p{message.replace('.', '')}"

    async def _call(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        given = {key: value for key, value in arguments.items() if value is not None}
        name = _budget(method.__name__, given)
        who = "" if name == EDIT else _who(given)  # those who edit stand in the pace's line
        self.pauses.check(name, who)
        try:
            return (await method(**given)).data
        except SlackApiError as error:
            raise self._meaning(error, name, who) from error
        except aiohttp.ClientConnectorError as error:
            raise ChatUnavailable("connection refused", unsure=False) from error
        except TimeoutError as error:
            raise ChatUnavailable("time-out", retry_after=STILL_AT_IT, unsure=True) from error
        except (aiohttp.ClientError, SlackClientError, OSError) as error:
            raise ChatUnavailable(type(error).__name__, unsure=True) from error

    def _meaning(self, error: SlackApiError, name: str, who: str) -> ChatUnavailable | ChatRejected:
        """What Slack's answer means. What it says of other calls, too, they are held to."""
        response: Any = error.response
        status = getattr(response, "status_code", 500)
        data = response.data if isinstance(getattr(response, "data", None), dict) else {}
        reason = str(data.get("error") or f"http_{status}")
        if status == 429 or reason in RATE:  # noqa: PLR2004 - HTTP
            pause = seconds(getattr(response, "headers", None) or {})
            limited = ChatUnavailable(LIMITED, retry_after=pause, unsure=False, answered=True)
            return self.pauses.begin(name, who, limited)
        if reason in TOKEN:
            dead = ChatUnavailable(reason, retry_after=TOKEN_PAUSE, unsure=False)
            return self.pauses.begin(EVERYTHING, who, dead)
        if reason in MOVING:
            return ChatUnavailable(reason, retry_after=TOKEN_PAUSE, unsure=False)
        if status >= 500 or reason in UNSURE or not data:  # noqa: PLR2004 - HTTP
            return ChatUnavailable(reason, unsure=True, answered=True)
        return ChatRejected(reason, gone=GONE.get(reason))


def _budget(method: str, arguments: dict[str, Any]) -> str:
    """What Slack counts together: a method's calls, of posts those to one channel."""
    return f"{method} {arguments['channel']}" if method == "chat_postMessage" else method


def _who(arguments: dict[str, Any]) -> str:
    """What tells this call from others of its kind: the message, the post's key, the person.

    Nothing where many people are asked about at once: next time it will be others.
    """
    if isinstance(alone := arguments.get("users"), list):
        return str(alone)
    named = ("ts", "metadata", "user", "user_id", "channel")
    return str(next((arguments[it] for it in named if it in arguments), ""))


def _quiet_until(dnd: Any, now: datetime) -> datetime | None:
    """When the pause of notifications ends that is on now; None: none is."""
    begins = payloads.instant(dnd.get("next_dnd_start_ts"))
    ends = payloads.instant(dnd.get("next_dnd_end_ts"))
    on = dnd.get("dnd_enabled") and begins and ends and begins <= now < ends
    return ends if on else None


def _bare(person: str) -> str:
    return person.partition(":")[2]
