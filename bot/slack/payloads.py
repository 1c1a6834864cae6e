"""Slack's payloads, read: the last place where they are dicts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.turn import Said
from conversations.review import Place
from conversations.text import clean

Json = dict[str, Any]
PLATFORM = "slack"
LATE = timedelta(days=1)  # a time-stamp further off than this says nothing about the order
AWAY = {":palm_tree:", ":face_with_thermometer:"}  # of Slack's own statuses
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
CHANNEL = re.compile(r"<#[CG][A-Z0-9]+\|?([^>]*)>")
BROADCAST = re.compile(r"<!(?:subteam\^)?([^|>]+)(?:\|([^>]*))?>")


def person(user: str) -> str:
    """The person id of a Slack user id."""
    return f"{PLATFORM}:{user}"


def text(raw: str, bot_user: str = "") -> str:
    """What was typed: entities decoded, mentions of people as `@{slack:U1}`, the bot's gone."""
    without_bot = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", " ", raw) if bot_user else raw
    named = MENTION.sub(r"@{slack:\1}", without_bot)
    named = CHANNEL.sub(r"#\1", named)
    named = BROADCAST.sub(lambda match: "@" + (match[2] or match[1]), named)
    return named.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def mentions(raw: str, bot_user: str) -> bool:
    """Whether the bot is addressed."""
    return bool(bot_user) and re.search(rf"<@{re.escape(bot_user)}[|>]", raw) is not None


def moment(ts: str | None, now: datetime) -> datetime:
    """Slack's time of a gesture; ours where it has none, or one that cannot be right."""
    try:
        said = datetime.fromtimestamp(float(ts or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return said if abs(now - said) <= LATE else now


def instant(stamp: Any) -> datetime | None:
    """A moment that Slack gives in whole seconds; None for 0, which stands for none."""
    try:
        return datetime.fromtimestamp(int(stamp or 0), UTC) if stamp else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def away_until(profile: Json) -> datetime | None:
    """Until when a status says that its owner is on leave or ill; None where it does not."""
    away = str(profile.get("status_emoji") or "") in AWAY
    return instant(profile.get("status_expiration")) if away else None


def of_command(body: Json, now: datetime) -> Said:
    """Who typed a slash command, and where. A command is typed once: its trigger is its key."""
    return Said(
        key=f"slack:command:{body['trigger_id']}",
        by=person(body["user_id"]),
        at=now,
        name=clean(body.get("user_name") or ""),
        place=Place(PLATFORM, body["team_id"], body["channel_id"]),
        respond=body.get("response_url"),
    )


def of_message(event: Json, team: str, now: datetime) -> Said:
    """Who wrote a message. It may arrive as `message` and as `app_mention`: the ts is the key."""
    return Said(
        key=f"slack:message:{event['channel']}:{event['ts']}",
        by=person(event["user"]),
        at=moment(event["ts"], now),
        place=Place(PLATFORM, team, event["channel"]),
        thread=event.get("thread_ts"),
    )


def of_press(body: Json, now: datetime) -> Said:
    """Who pressed a button. Every press has its own trigger, also of a double click."""
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = container.get("channel_id") or (body.get("channel") or {}).get("id")
    press = body["actions"][0]
    return Said(
        key=f"slack:press:{body['trigger_id']}",
        by=person(body["user"]["id"]),
        at=moment(press.get("action_ts"), now),
        name=_name(body["user"]),
        place=Place(PLATFORM, team_of(body), channel) if channel else None,
        thread=container.get("thread_ts") or message.get("thread_ts") or message.get("ts"),
        respond=body.get("response_url"),
    )


def of_form(body: Json, now: datetime) -> Said:
    """Who sent a form. A view is sent once: sending it again after a lost answer is the same."""
    return Said(
        key=f"slack:form:{body['view']['id']}",
        by=person(body["user"]["id"]),
        at=now,
        name=_name(body["user"]),
    )


def team_of(body: Json) -> str:
    """The workspace that a payload comes from."""
    team = body.get("team") or {}
    return str(team.get("id") or body.get("team_id") or (body.get("user") or {}).get("team_id"))


def home_team(body: Json) -> str | None:
    """The workspace of the person who acts, where Slack says it: another one is a stranger's."""
    event = body.get("event") or {}
    user = body.get("user") if isinstance(body.get("user"), dict) else {}
    return event.get("user_team") or event.get("source_team") or (user or {}).get("team_id")


def _name(user: Json) -> str:
    return clean(user.get("name") or user.get("username") or "")
