"""People, channels, messages and views as the browser page is given them."""

from dataclasses import asdict
from datetime import datetime

from bot.playground.core import Core
from bot.playground.render import thread_counts
from bot.playground.values import Json
from bot.playground.world import BOT, TEAM, TEAM_NAME, Channel, Message, User, View, World


def page_state(core: Core, user: User) -> Json:
    """Everything a page needs to begin, as this person sees it."""
    home = core.world.homes.get(user.id)
    return {
        "team": {"id": TEAM, "name": TEAM_NAME},
        "users": [page_user(each, core.clock()) for each in core.world.users.values()],
        "bot": {"user_id": BOT, "name": core.world.users[BOT].real_name},
        "channels": [
            page_channel(core.world, each)
            for each in core.world.channels.values()
            if user.id in each.members
        ],
        "commands": [_command(asdict(each)) for each in core.app.commands],
        "message_shortcuts": [asdict(each) for each in core.app.shortcuts],
        "app_home": {"enabled": core.app.home, "view": page_view(home) if home else None},
        "modals": [page_view(view) for view in core.world.modals.get(user.id, [])],
        "faults": core.faults.as_json(),
    }


def _command(declared: Json) -> Json:
    return {**declared, "completions": list(declared["completions"])}


def page_user(user: User, now: datetime) -> Json:
    """A person for the page."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "title": user.title,
        "is_bot": user.is_bot,
        "color": user.color,
        "deleted": user.deleted,
        "is_stranger": user.is_stranger,
        "is_away": user.away_until is not None and user.away_until > now,
        "is_quiet": user.quiet_until is not None and user.quiet_until > now,
    }


def page_channel(world: World, channel: Channel) -> Json:
    """A channel, or a direct conversation under the bot's name."""
    body: Json = {
        "id": channel.id,
        "name": world.users[BOT].real_name if channel.is_dm else channel.name,
        "kind": "dm" if channel.is_dm else "channel",
        "topic": channel.topic,
        "is_archived": channel.is_archived,
        "bot_is_member": BOT in channel.members,
    }
    return {**body, "user": BOT} if channel.is_dm else body


def page_message(world: World, message: Message) -> Json:
    """A message; what does not apply is left out."""
    body: Json = {
        "ts": message.ts,
        "user": message.user,
        "bot": message.by_bot,
        "text": message.text,
    }
    counts = {} if message.is_reply else thread_counts(world, message)
    optional = {
        "blocks": list(message.blocks),
        "thread_ts": message.thread_ts or counts.get("thread_ts"),
        "reply_count": counts.get("reply_count"),
        "latest_reply": counts.get("latest_reply"),
        "reply_users": counts.get("reply_users"),
        "edited": message.edited_ts is not None,
        "ephemeral": message.ephemeral_to is not None,
        "deleted": message.deleted,
    }
    return {**body, **{key: value for key, value in optional.items() if value}}


def page_view(view: View) -> Json:
    """A modal or home."""
    body = view.body
    return {
        "id": view.id,
        "root": view.root,
        "type": body["type"],
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "blocks": view.blocks,
        "callback_id": body.get("callback_id", ""),
        "private_metadata": body.get("private_metadata", ""),
        "hash": view.hash,
    }
