"""The chat port over Slack's Web API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import ChatRejected, ChatUnavailable, MessageGone, Profile
from bot.slack import blocks
from bot.slack.dialect import Mrkdwn
from conversations.cards import Card
from conversations.review import Place
from conversations.text import clean
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
MISSING = {"cant_update_message", "message_not_found"}
TOKEN_PAUSE = 60.0  # seconds until a refused token is tried again
PAGES = 10  # of 200 messages, when a post is looked up
EVENT = "readiness_post"  # the metadata's event type


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

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.words = Wording(Mrkdwn())
        self.identity: Identity | None = None

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

    async def find(self, place: Place, *, key: str, thread: str | None = None) -> str | None:
        """Looks through the thread, or the channel's newest messages, for the key."""
        cursor = None
        for _ in range(PAGES):
            call = (
                self.client.conversations_replies if thread else self.client.conversations_history
            )
            extra = {"ts": thread} if thread else {}
            answer = await self._call(
                call,
                channel=place.channel,
                include_all_metadata=True,
                limit=200,
                cursor=cursor,
                **extra,
            )
            for message in answer.get("messages") or []:
                metadata = message.get("metadata") or {}
                if (metadata.get("event_payload") or {}).get("key") == key:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None

    async def edit(self, place: Place, message: str, card: Card) -> None:
        """Replaces text and blocks, and keeps the metadata."""
        try:
            await self._call(
                self.client.chat_update, channel=place.channel, ts=message, **blocks.message(card)
            )
        except ChatRejected as error:
            if error.reason in MISSING:
                raise MessageGone(message) from error
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
        answer = await self._call(self.client.conversations_open, users=[_bare(person)])
        return Place(self.platform, identity.team, answer["channel"]["id"])

    def is_direct(self, place: Place) -> bool:
        """Ids of direct conversations begin with D."""
        return place.channel.startswith("D")

    async def show_home(self, person: str, card: Card) -> None:
        """Publishes the App Home."""
        await self._call(self.client.views_publish, user_id=_bare(person), view=blocks.home(card))

    async def profile(self, person: str) -> Profile:
        """Asks users.info; `tz` is the IANA zone."""
        user = (await self._call(self.client.users_info, user=_bare(person)))["user"]
        shown = user.get("profile") or {}
        name = shown.get("display_name") or user.get("real_name") or user.get("name") or ""
        return Profile(clean(name)[:80], user.get("tz"), bool(user.get("deleted")))

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
        try:
            return (await method(**given)).data
        except SlackApiError as error:
            raise _meaning(error) from error
        except aiohttp.ClientConnectorError as error:
            raise ChatUnavailable("connection refused", unsure=False) from error
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise ChatUnavailable(type(error).__name__, unsure=True) from error


def _meaning(error: SlackApiError) -> ChatUnavailable | ChatRejected:
    response: Any = error.response
    status = getattr(response, "status_code", 500)
    data = response.data if isinstance(getattr(response, "data", None), dict) else {}
    reason = str(data.get("error") or f"http_{status}")
    headers = {str(k).lower(): v for k, v in (getattr(response, "headers", None) or {}).items()}
    if status == 429 or reason in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - HTTP
        return ChatUnavailable("ratelimited", retry_after=_seconds(headers), unsure=False)
    if reason in TOKEN:
        return ChatUnavailable(reason, retry_after=TOKEN_PAUSE, unsure=False)
    if status >= 500 or reason in UNSURE or not data:  # noqa: PLR2004 - HTTP
        return ChatUnavailable(reason, unsure=True, answered=True)
    return ChatRejected(reason, gone=GONE.get(reason))


def _seconds(headers: dict[str, Any]) -> float:
    try:
        return max(float(headers.get("retry-after", 1)), 0.5)
    except (TypeError, ValueError):
        return 1.0


def _bare(person: str) -> str:
    return person.partition(":")[2]
