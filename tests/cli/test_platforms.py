"""Which platforms are served, and that nothing of another one is even imported."""

import asyncio
import json

import aiohttp
import pytest
from cli_kit import READINESS, environment, python, readiness

SDK = {"botbuilder", "botframework", "msal", "jwt"}
CODE = """
import asyncio, sys, os
from bot.app import Bot
from bot.config import load, require_platform

async def main():
    settings = load()
    require_platform(settings)
    bot = Bot(settings)
    await bot.start()
    print(*bot.platforms)
    await bot.stop()

asyncio.run(main())
print(*{name.partition(".")[0] for name in sys.modules})
"""
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "secret",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "PORT": "0",
}
PLAYGROUND = {"TEAMS_ANONYMOUS": "true", "PORT": "0"}


def loaded(tmp_path, **settings: str) -> tuple[list[str], set[str]]:
    """The platforms of a bot that ran with these settings, and the packages it loaded."""
    platforms, modules = python(CODE, cwd=tmp_path, **settings).out.splitlines()
    return platforms.split(), set(modules.split())


def test_without_teams_nothing_of_microsoft_is_loaded(tmp_path):
    platforms, modules = loaded(tmp_path, **SLACK)
    assert platforms == ["slack"]
    assert not modules & SDK
    assert "slack_bolt" in modules


def test_without_slack_nothing_of_slack_is_loaded(tmp_path):
    platforms, modules = loaded(tmp_path, **PLAYGROUND)
    assert platforms == ["teams"]
    assert not modules & {"slack_bolt", "slack_sdk"}
    assert "botbuilder" in modules


def test_both_are_served_by_one_bot(tmp_path):
    platforms, _ = loaded(tmp_path, **(SLACK | PLAYGROUND))
    assert platforms == ["slack", "teams"]


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_half_configured_teams_is_wrong_usage(tmp_path, command):
    done = readiness(command, cwd=tmp_path, MICROSOFT_APP_ID="a", MICROSOFT_APP_TENANT_ID="t")
    assert done.code == 2
    assert "MICROSOFT_APP_PASSWORD is missing" in done.complaint


def test_the_doctor_knows_teams(tmp_path):
    found = readiness("doctor", "--json", cwd=tmp_path, **PLAYGROUND)
    assert found.code == 0
    subjects = {it["subject"]: it["found"] for it in found.json["findings"]}
    assert subjects["settings"] == "Teams for a playground on this machine"


async def test_a_playground_on_this_machine_is_answered_without_a_token(tmp_path):
    process = await asyncio.create_subprocess_exec(
        READINESS, "serve", cwd=tmp_path, env=environment(**PLAYGROUND, LOG_FORMAT="json"),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr
        line = (await process.stderr.readline()).decode()
        port = json.loads(line)["port"]
        body = {
            "type": "typing", "channelId": "msteams", "conversation": {"id": "c"},
            "recipient": {"id": "b"},
        }  # fmt: skip
        url = f"http://127.0.0.1:{port}/api/messages"
        async with aiohttp.ClientSession() as session:
            here = body | {"serviceUrl": "http://localhost:56150/_connector"}
            async with session.post(url, json=here) as answer:
                assert answer.status == 200
            there = body | {"serviceUrl": "https://smba.trafficmanager.net/emea/"}
            async with session.post(url, json=there) as answer:
                assert answer.status == 401
    finally:
        process.terminate()
        await process.communicate()
