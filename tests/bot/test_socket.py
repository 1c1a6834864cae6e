"""The same listeners over Socket Mode: an app token, and no address to be reached at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bot_kit import ANA, BEN, CHANNEL, PATIENCE, Room, text_of
from pydantic import SecretStr
from raw_kit import post

from bot.app import Bot
from bot.config import BadSettings
from bot.demo import local_settings, local_workspace
from bot.playground.workspace import Workspace, serve_workspace
from bot.slack.manifest import SHORTCUT
from conversations.review import Verdict


def socket_bot(workspace: Workspace, folder: Path, token: str | None = None) -> Bot:
    settings = local_settings(workspace, f"sqlite:///{folder / 'readiness.db'}")
    secret = SecretStr(token or workspace.app.app_token)
    return Bot(
        settings.model_copy(update={"slack_signing_secret": None, "slack_app_token": secret})
    )


@pytest.fixture
async def socket(tmp_path: Path) -> AsyncIterator[Room]:
    """A bot that came to the workspace by itself."""
    workspace = local_workspace()
    workspace.sockets._ack_seconds = PATIENCE
    page = await serve_workspace(workspace)
    bot = socket_bot(workspace, tmp_path)
    await bot.start()
    await workspace.sockets.joined()
    try:
        yield Room(workspace, bot)
    finally:
        await bot.stop()
        await page.cleanup()


async def test_command_press_reply_form_shortcut_and_home_work(socket: Room) -> None:
    await socket.start()
    await socket.press(ANA, "Ask everything")
    await socket.reply(BEN, "yes")
    await socket.press(BEN, "N/A", check="1.2")
    assert list((await socket.submit(BEN, reason=" \u200b")).errors) == ["reason"]
    assert (await socket.submit(BEN, reason="none")).ok
    verdicts = [it.verdict for it in (await socket.review()).answers.values()]
    assert verdicts == [Verdict.MET, Verdict.NOT_APPLICABLE]
    assert "2 of 50" in socket.workspace.messages(CHANNEL)[0].text
    assert "2 of 50" in await socket.ask(BEN, "slash", "status")
    assert "2 of 50" in await socket.ask(BEN, "mention", "status")
    message = await socket.type(BEN, "is it ready?")
    await socket._done(socket.workspace.shortcut(BEN, SHORTCUT, str(message.ts)))
    assert (await socket.submit(BEN, service="ticket-router")).ok
    await socket.workspace.open_home(ANA)
    await socket.settle()
    home = socket.workspace.home(ANA)
    assert home
    assert "2 of 50 answered" in text_of(home)


async def test_an_event_sent_again_counts_once(socket: Room) -> None:
    await socket.start()
    await socket.press(ANA, "Ask everything")
    await socket.reply(BEN, "yes")
    await socket.workspace.redeliver(times=3)
    await socket.settle()
    assert len(await socket.history()) == 1


async def test_when_slack_refreshes_the_connection_nothing_is_lost(socket: Room) -> None:
    await socket.start()
    for number in (1, 2):
        await socket.workspace.sockets.refresh()
        async with asyncio.timeout(PATIENCE):
            await socket.workspace.sockets.joined()
        await socket.type(BEN, f"/readiness start service-{number}")
    async with asyncio.timeout(PATIENCE):  # an answer may be lost with its connection, no command
        while len(socket.workspace.messages(CHANNEL)) < 3:  # noqa: ASYNC110 - what a person sees
            await asyncio.sleep(0.05)
    assert len(socket.workspace.messages(CHANNEL)) == 3


async def test_without_a_signing_secret_there_is_no_http_door(socket: Room) -> None:
    assert (await post(socket, b"{}")).status == 404


async def test_an_app_token_that_slack_refuses_is_said_at_once(tmp_path: Path) -> None:
    workspace = local_workspace()
    page = await serve_workspace(workspace)
    bot = socket_bot(workspace, tmp_path, token="xapp-revoked")
    with pytest.raises(BadSettings, match="SLACK_APP_TOKEN is refused by Slack"):
        await bot.start()
    await page.cleanup()
