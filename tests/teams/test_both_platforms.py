"""One deployment serves Slack and Teams: one state, whoever asks where."""

from pathlib import Path

from fake_teams import ANA
from pydantic import SecretStr
from teams_room import room

from bot.demo import local_workspace
from bot.playground.workspace import serve_workspace

SLACK_ANA = "U0ANA"


async def test_a_review_in_slack_shows_the_same_state_in_teams(tmp_path: Path) -> None:
    workspace = local_workspace()
    page = await serve_workspace(workspace)
    slack = {
        "slack_bot_token": SecretStr(workspace.app.bot_token),
        "slack_signing_secret": SecretStr(workspace.app.signing_secret),
        "slack_api_url": workspace.api_url,
    }
    async with room(f"sqlite:///{tmp_path / 'readiness.db'}", **slack) as teams:
        workspace.connect_http(f"http://127.0.0.1:{teams.bot.port}/slack/events")
        await workspace.send(SLACK_ANA, "search-team", "/readiness start search-assistant")
        await teams.settle()
        assert len(workspace.messages("search-team")) == 1
        await teams.say(ANA, "status search-assistant")
        await teams.say(ANA, "start search assistant")
        status, start = teams.told(ANA)
        assert "0 of 50" in status
        assert "is open already" in start
        assert teams.messages() == []
    await page.cleanup()
