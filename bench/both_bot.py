"""The product with both platforms, told where they are.

`python -m bench.both_bot DATABASE API METADATA SERVICE`.
"""

from __future__ import annotations

import sys

import aiohttp
from pydantic import SecretStr
from teams_kit import APP, TENANT

from bench.servers import live
from bench.slack_api import SECRET, TOKEN
from bench.teams_bot import ElsewhereBot
from bot import logs, loops
from bot.config import Local
from bot.platform import Platform
from bot.slack.platform import SlackPlatform


class BothBot(ElsewhereBot):
    """The bot, in Slack and in Teams."""

    def _platforms(self, session: aiohttp.ClientSession) -> dict[str, Platform]:
        slack = SlackPlatform(self.settings, session, self.now)
        return {"slack": slack, **super()._platforms(session)}


async def main(database: str, api: str, metadata: str, service: str) -> None:
    """Until SIGTERM."""
    logs.set_up("json")
    settings = Local(
        database_url=database,
        port=0,
        slack_bot_token=SecretStr(TOKEN),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=api,
        microsoft_app_id=APP,
        microsoft_app_password=SecretStr("secret"),
        microsoft_app_tenant_id=TENANT,
    )
    bot = BothBot(settings, metadata, service)
    await live(bot)


if __name__ == "__main__":
    loops.run(main(*sys.argv[1:]))
