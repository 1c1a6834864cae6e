"""The baseline: Microsoft's SDK as its samples use it, answering a press with the same card always.

It checks the same tokens against the same keys. It stores nothing, sends nothing and logs nothing.
`python -m bench.teams_stock METADATA`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import web
from botbuilder.core import CloudAdapterBase, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, AdaptiveCardInvokeResponse
from botframework.connector.auth import (
    BotFrameworkAuthenticationFactory,
    MicrosoftAppCredentials,
    PasswordServiceClientCredentialFactory,
)
from teams_kit import APP, TENANT

from bench.servers import until_stopped
from bot.teams.cloud import PUBLIC

CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "Thank you"}],
}


class Credentials(MicrosoftAppCredentials):
    """Ours towards Microsoft, without the login: the SDK would fetch a token once an hour."""

    def get_access_token(self, force_refresh: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002
        """A token of no worth."""
        return "outgoing"


class Factory(PasswordServiceClientCredentialFactory):
    """Makes those."""

    async def create_credentials(
        self,
        app_id: str,
        oauth_scope: str,
        login_endpoint: str,
        validate_authority: bool,  # noqa: FBT001 - the signature of the SDK
    ) -> Credentials:
        """The credentials of the bot."""
        del login_endpoint, validate_authority
        return Credentials(app_id, "unused", TENANT, oauth_scope)


class Echo(TeamsActivityHandler):
    """Answers every press with the card."""

    async def on_adaptive_card_invoke(
        self, turn_context: TurnContext, invoke_value: Any
    ) -> AdaptiveCardInvokeResponse:
        """The card, in the SDK's own wrapping."""
        del turn_context, invoke_value
        return AdaptiveCardInvokeResponse(
            status_code=200, type="application/vnd.microsoft.card.adaptive", value=CARD
        )


async def main(metadata: str) -> None:
    """Until SIGTERM."""
    adapter = CloudAdapterBase(
        BotFrameworkAuthenticationFactory.create(
            to_bot_from_channel_open_id_metadata_url=metadata,
            to_bot_from_channel_token_issuer=PUBLIC.issuer,
            to_channel_from_bot_oauth_scope=PUBLIC.scope,
            credential_factory=Factory(APP, "unused", TENANT),
        )
    )
    bot = Echo()

    async def messages(request: web.Request) -> web.Response:
        """As in the SDK's own CloudAdapter for aiohttp."""
        activity = Activity().deserialize(await request.json())
        header = request.headers.get("Authorization", "")
        try:
            answer = await adapter.process_activity(header, activity, bot.on_turn)
        except PermissionError:
            return web.Response(status=401)
        if answer is None:
            return web.Response(status=201)
        return web.json_response(answer.body, status=answer.status)

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await until_stopped(port=runner.addresses[0][1])
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
