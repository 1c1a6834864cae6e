"""The baseline of `bench.card`: `python -m bench.card_stock API`.

Stock Bolt for Python, settings untouched: it acknowledges, then edits the message that came with
the click so that it shows the answer. It stores nothing and draws nothing.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import web

from bench.slack_stock import bolt, serve
from conversations.actions import Give, unpack
from conversations.checklist import packaged
from conversations.labels import VERDICTS


def editing(api: str) -> web.Application:
    """The app. Its line of an answer is ours, so that both are read alike."""
    app, checklist = bolt(api), packaged()

    @app.action("press")
    async def pressed(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        given = unpack(body["actions"][0]["value"])
        assert isinstance(given, Give)
        number = f"*{checklist.by_id[given.check].number}*"
        line = f"{number} · *{VERDICTS[given.verdict]}* · {body['user']['name']}"
        message = body["message"]
        blocks = [
            {"type": "section", "text": {"type": "mrkdwn", "text": line}}
            if number in it.get("text", {}).get("text", "")
            else it
            for it in message["blocks"]
        ]
        channel = body["channel"]["id"]
        await client.chat_update(
            channel=channel, ts=message["ts"], text=message["text"], blocks=blocks
        )

    return app.web_app()


if __name__ == "__main__":
    asyncio.run(serve(editing(sys.argv[1])))
