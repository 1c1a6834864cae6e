"""Who is let in by Slack's door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.door import Door
from bot.slack import payloads
from bot.slack.chat import SlackChat
from conversations.effects import Refused

Json = dict[str, Any]


@dataclass
class SlackDoor(Door):
    """The door of one workspace."""

    chat: SlackChat

    async def not_admitted(self, body: Json) -> Refused | None:
        """Why this person is not answered: another workspace's payload, or another's member."""
        identity = await self.chat.identify()
        if payloads.team_of(body) != identity.team:
            return Refused("other_workspace")
        home = payloads.home_team(body)
        user = body.get("user") if isinstance(body.get("user"), dict) else {}
        stranger = (user or {}).get("is_stranger") or (home is not None and home != identity.team)
        return Refused("stranger") if stranger else None
