"""Slack, put together: client, chat, listeners, and the doors it comes in by."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import ChatRejected, ChatUnavailable
from bot.commands import Commands
from bot.config import BadSettings, Settings
from bot.delivery import Delivery
from bot.gestures import Gestures
from bot.logs import log
from bot.metrics import TURN_SECONDS
from bot.platform import Handler
from bot.slack.chat import TOKEN, SlackChat
from bot.slack.door import SlackDoor
from bot.slack.forms import Forms
from bot.slack.happenings import Happenings
from bot.slack.http import SlackRoute
from bot.slack.listeners import Listeners
from bot.slack.presses import Presses
from bot.turn import Turns

PATIENCE = 8.0  # seconds to wait for Slack at start before going on without it
LAST_WORDS = 3.0  # seconds for what was begun after an acknowledgement: triggers live no longer
PAUSE = 5.0  # seconds between attempts to learn who we are


class SlackPlatform:
    """One workspace. `chat` is what delivery needs; `routes` and `connect` are the doors."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, now: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        assert settings.slack_bot_token is not None  # noqa: S101 - checked by config.platforms
        client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(),
            base_url=settings.slack_api_url,
            session=session,  # which brings the time-out
            retry_handlers=[],  # a retry in here could post twice: the outbox retries
        )
        self.client = client
        self.chat = SlackChat(client, now, settings.slack_edits_per_minute)
        self._socket: AsyncSocketModeHandler | None = None
        self._trying: list[asyncio.Task[None]] = []
        self.door: SlackDoor | None = None
        self.presses: Presses | None = None
        self.app = TimedApp(
            name="readiness-bot",
            client=client,
            authorize=_authorizer(self.chat),
            signing_secret=_secret(settings.slack_signing_secret) or "unused",
            process_before_response=True,
            request_verification_enabled=False,  # SlackRoute has done it, once
        )

    def listen(
        self, turns: Turns, commands: Commands, delivery: Delivery, now: Callable[[], datetime]
    ) -> None:
        """Registers the listeners."""
        self.door = door = SlackDoor(self.chat, turns, commands, delivery, now)
        gestures = Gestures(door)
        forms = Forms(door, gestures)
        happenings = Happenings(self.chat, turns, delivery, now)
        self.presses = Presses(door, gestures, forms)
        Listeners(door, gestures, happenings, self.presses, forms).register(self.app)

    @property
    def routes(self) -> dict[str, Handler]:
        """The HTTP door; none where only Socket Mode is set up."""
        secret = _secret(self.settings.slack_signing_secret)
        if not secret:
            return {}
        straight = {"block_actions": self.presses.on_press} if self.presses else {}
        return {"/slack/events": SlackRoute(self.app, secret, straight).handle}

    async def identify(self) -> None:
        """Learns who the bot is. A Slack that cannot be reached is asked again in the background.

        Raises BadSettings when Slack refuses the token.
        """
        try:
            await asyncio.wait_for(self.chat.identify(), PATIENCE)
        except ChatUnavailable as error:
            if error.reason in TOKEN:
                raise BadSettings(
                    f"SLACK_BOT_TOKEN is refused by Slack ({error.reason}): "
                    "copy the bot token from the app's page “Install App”"
                ) from error
            self._keep(self._keep_asking, error.reason)
        except (ChatRejected, TimeoutError) as error:
            self._keep(self._keep_asking, str(error) or "time-out")

    async def connect(self) -> None:
        """Opens the socket, where an app token is set; one that Slack cannot open now, later.

        Raises BadSettings when Slack refuses the token.
        """
        app_token = _secret(self.settings.slack_app_token)
        if not app_token:
            return
        self._socket = AsyncSocketModeHandler(self.app, app_token, web_client=self.client)
        try:
            await self._open_socket(app_token)
        except SlackApiError as error:
            if error.response.get("error") in TOKEN | {"not_allowed_token_type"}:
                raise BadSettings(
                    f"SLACK_APP_TOKEN is refused by Slack ({error.response['error']}): create one "
                    "with the scope connections:write on the app's page “Basic Information”"
                ) from error
            reason = str(error.response.get("error"))
            self._keep(lambda: self._keep_connecting(app_token), reason)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._keep(lambda: self._keep_connecting(app_token), type(error).__name__)

    async def _open_socket(self, app_token: str) -> None:
        """Asks for the address itself: the SDK would ask for ever, and never say why not."""
        assert self._socket is not None  # noqa: S101 - set before anything is tried
        answer = await self.client.apps_connections_open(app_token=app_token)
        self._socket.client.wss_uri = answer["url"]
        connecting = self._socket.connect_async()  # type: ignore[no-untyped-call]
        await asyncio.wait_for(connecting, PATIENCE)

    async def close(self) -> None:
        """Closes the socket, stops trying, and says what is still to be said."""
        for task in self._trying:
            task.cancel()
        if self._socket:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
        if self.door:
            await self.door.settle(LAST_WORDS)

    def _keep(self, trying: Callable[[], Coroutine[None, None, None]], reason: str) -> None:
        log("slack_unreachable", level="warning", reason=reason)
        self._trying.append(asyncio.get_running_loop().create_task(trying()))

    async def _keep_asking(self) -> None:
        while self.chat.identity is None:
            await asyncio.sleep(PAUSE)
            try:
                await self.chat.identify()
            except (ChatRejected, ChatUnavailable) as error:
                log("slack_unreachable", level="warning", reason=error.reason)

    async def _keep_connecting(self, app_token: str) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                await self._open_socket(app_token)
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log("slack_unreachable", level="warning", reason=type(error).__name__)
            else:
                return


class TimedApp(AsyncApp):
    """Bolt, with every request timed, by whichever door it came."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Bolt's answer."""
        begun = time.monotonic()
        try:
            return await super().async_dispatch(req)
        finally:
            TURN_SECONDS.labels("slack").observe(time.monotonic() - begun)


def _authorizer(chat: SlackChat) -> Callable[[str | None, str | None], Awaitable[AuthorizeResult]]:
    """Who the bot is, from memory: Bolt would ask Slack. Listeners check the workspace.

    A plain function, since Bolt reads its arguments' names and trips over a method's `self`.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:  # noqa: ARG001
        identity = chat.identity
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team if identity else None,
            bot_token=chat.client.token,
            bot_id=identity.bot if identity else None,
            bot_user_id=identity.user if identity else None,
        )

    return authorize


def _secret(value: Any) -> str | None:
    return value.get_secret_value() if value is not None else None
