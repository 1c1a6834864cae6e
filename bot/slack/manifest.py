"""The Slack app's manifest: what it declares, hears and may do.

Tests hold it to the registered listeners and to the Web API methods that are called.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.config import BadSettings, is_loopback, is_web_address

Json = dict[str, Any]

COMMAND = "/readiness"
SHORTCUT = "start_review_here"  # callback id of the message shortcut

# What the bot may do, and what each is for. Nothing is asked for that no code needs.
SCOPES = (
    "app_mentions:read",  # hears @Readiness
    "channels:history",  # hears typed answers in public channels; finds its own posts again
    "channels:read",  # hears that a public channel was archived, or the bot removed from it
    "chat:write",  # posts and edits its cards, shows private lines
    "commands",  # the slash command and the message shortcut
    "dnd:read",  # reminds nobody who does not want to be disturbed
    "groups:history",  # the same as channels:history, in private channels
    "groups:read",  # the same as channels:read, in private channels
    "im:history",  # hears what people write to it directly
    "im:write",  # opens a direct conversation to tell somebody something
    "users:read",  # names and time zones; hears that a person left
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_left",
    "channel_unarchive",
    "group_archive",
    "group_left",
    "group_unarchive",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
    "user_change",
)


def manifest(url: str | None) -> Json:
    """The manifest for Slack over HTTP at `url`, the server's root; for Socket Mode without it.

    Raises BadSettings for an address that Slack could not or should not call.
    """
    door = {} if url is None else {"request_url": f"{_root(url)}/slack/events"}
    command = {} if url is None else {"url": door["request_url"]}
    return {
        "display_information": {
            "name": "Readiness",
            "description": "LLMOps production-readiness reviews where your team already talks.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Readiness", "always_online": True},
            "shortcuts": [
                {
                    "name": "Start a review from here",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Opens a readiness review of a service in this channel.",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    **command,
                    "description": "Review whether an LLM service is ready for production.",
                    "usage_hint": "start SERVICE | status | scorecard | gaps | services | help",
                    "should_escape": True,  # people and channels arrive as ids, not as names
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**door, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **door},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def _root(url: str) -> str:
    if not is_web_address(url):
        raise BadSettings("--url must be an address such as https://readiness.example.com")
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise BadSettings("--url must begin with https://, since Slack signs but does not encrypt")
    return url.rstrip("/")
