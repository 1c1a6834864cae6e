"""People, channels, messages and views as Slack's API shows them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.playground.values import Json
from bot.playground.world import (
    APP,
    BOT,
    BOT_ID,
    TEAM,
    TEAM_DOMAIN,
    TEAM_NAME,
    Channel,
    Message,
    User,
    View,
    World,
)

TEAM_JSON: Json = {"id": TEAM, "name": TEAM_NAME, "domain": TEAM_DOMAIN}


def user_json(user: User, now: datetime) -> Json:
    """A user as users.info gives it; a deactivated one has lost its time zone, as in Slack."""
    offset = now.astimezone(ZoneInfo(user.tz)).utcoffset()
    body: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": user.deleted,
        "profile": {
            "title": user.title,
            "real_name": user.real_name,
            "display_name": user.real_name,
            "team": user.team,
            **_status(user, now),
        },
        "is_bot": user.is_bot,
        "updated": 0,
    }
    if user.is_stranger:
        body["is_stranger"] = True
    if user.deleted:
        return body
    return {
        **body,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_app_user": False,
    }


def _status(user: User, now: datetime) -> Json:
    """Somebody on leave says so, until when too; Slack clears the status by itself."""
    if user.away_until is None or user.away_until <= now:
        return {"status_text": "", "status_emoji": "", "status_expiration": 0}
    return {
        "status_text": "Vacationing",
        "status_emoji": ":palm_tree:",
        "status_expiration": int(user.away_until.timestamp()),
    }


def dnd_json(user: User, now: datetime) -> Json:
    """Do-not-disturb as dnd.teamInfo gives it."""
    if user.quiet_until is None or user.quiet_until <= now:
        return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    return {
        "dnd_enabled": True,
        "next_dnd_start_ts": int(now.timestamp()) - 60,
        "next_dnd_end_ts": int(user.quiet_until.timestamp()),
    }


def channel_json(channel: Channel) -> Json:
    """A conversation as conversations.info gives it."""
    head = {"id": channel.id, "created": channel.created, "is_archived": channel.is_archived}
    if channel.is_dm:
        return {**head, "is_im": True, "user": channel.partner, "is_org_shared": False}
    return {
        **head,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_general": channel.name == "general",
        "is_member": BOT in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message_json(world: World, message: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.history gives it, thread counts included."""
    if message.deleted:
        return {**_tombstone(message), **_thread(world, message)}
    body: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": world.users[message.user].team,
    }
    if message.by_bot:
        body |= {"bot_id": BOT_ID, "app_id": APP, "bot_profile": _bot_profile(world)}
    if message.client_msg_id:
        body["client_msg_id"] = message.client_msg_id
    if message.blocks:
        body["blocks"] = list(message.blocks)
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if metadata and message.metadata:
        body["metadata"] = message.metadata
    return {**body, **_thread(world, message)}


def _tombstone(message: Message) -> Json:
    return {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": True,
        "ts": message.ts,
    }


def _bot_profile(world: World) -> Json:
    name = world.users[BOT].real_name
    return {"id": BOT_ID, "app_id": APP, "name": name, "team_id": TEAM, "deleted": False}


def _thread(world: World, message: Message) -> Json:
    if message.is_reply and message.thread_ts is not None:
        root = world.find(message.channel, message.thread_ts)
        parent = {"parent_user_id": root.user} if root else {}
        return {"thread_ts": message.thread_ts, **parent}
    return thread_counts(world, message)


def thread_counts(world: World, root: Message) -> Json:
    """What a root says about its replies; nothing when there are none."""
    replies = world.replies(root.channel, root.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": root.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": root.user == BOT or BOT in users,
    }


def view_json(view: View, values: Json) -> Json:
    """A view as the API and the payloads give it; `values` is its state."""
    optional = {} if view.body["type"] == "home" else {"submit": None, "close": None}
    return {
        "id": view.id,
        "team_id": TEAM,
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT_ID,
        "callback_id": "",
        "external_id": "",
        "private_metadata": "",
        "clear_on_close": False,
        "notify_on_close": False,
        **optional,
        **view.body,
        "state": {"values": values},
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
    }
