"""The product as `readiness serve` runs it, worker and log lines included, told where Slack is.

`python -m bench.slack_bot DATABASE API`; `boundless` where Slack takes any number of edits.
"""

from __future__ import annotations

import sys

from pydantic import SecretStr

from bench.servers import live
from bench.slack_api import SECRET, TOKEN
from bot import logs, loops
from bot.app import Bot
from bot.config import Local
from bot.slack.pace import TAKEN


async def main(database: str, api: str, limits: str = "") -> None:
    """Until SIGTERM."""
    logs.set_up("json")
    settings = Local(
        database_url=database,
        port=0,
        slack_bot_token=SecretStr(TOKEN),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=api,
        slack_edits_per_minute=100_000 if limits == "boundless" else TAKEN,
    )
    bot = Bot(settings)
    await live(bot)


if __name__ == "__main__":
    loops.run(main(*sys.argv[1:]))
