"""The product as `readiness serve` runs it, worker and log lines included, told where Microsoft is.

`python -m bench.teams_bot DATABASE METADATA SERVICE`.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import aiohttp
from pydantic import SecretStr
from teams_kit import APP, TENANT

from bench.servers import live
from bot import logs, loops
from bot.app import Bot
from bot.config import Local
from bot.platform import Platform
from bot.teams.cloud import PUBLIC, Addresses
from bot.teams.platform import TeamsPlatform


class ElsewhereBot(Bot):
    """The bot, with Microsoft's services on this machine."""

    def __init__(self, settings: Local, metadata: str, service: str) -> None:
        super().__init__(settings)
        self.cloud = replace(PUBLIC, login=service.rstrip("/"), metadata=metadata)
        self.addresses = Addresses((service,))

    def _platforms(self, session: aiohttp.ClientSession) -> dict[str, Platform]:
        """Teams only, there."""
        where = {"cloud": self.cloud, "addresses": self.addresses}
        return {"teams": TeamsPlatform(self.settings, session, self.runner, self.now, **where)}


async def main(database: str, metadata: str, service: str) -> None:
    """Until SIGTERM."""
    logs.set_up("json")
    settings = Local(
        database_url=database,
        port=0,
        microsoft_app_id=APP,
        microsoft_app_password=SecretStr("secret"),
        microsoft_app_tenant_id=TENANT,
    )
    bot = ElsewhereBot(settings, metadata, service)
    await live(bot)


if __name__ == "__main__":
    loops.run(main(*sys.argv[1:]))
