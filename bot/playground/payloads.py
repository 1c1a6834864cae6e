"""What the app is sent: events, commands, clicks, forms, shortcuts, field for field as Slack."""

from typing import Any

from bot.playground.core import Core
from bot.playground.render import TEAM_JSON, message_json, user_json, view_json
from bot.playground.state import values
from bot.playground.values import Json
from bot.playground.world import APP, BOT, TEAM, TEAM_DOMAIN, Channel, Message, User, View

VERIFICATION_TOKEN = "playground-verification"  # noqa: S105 (deprecated by Slack, checked by nobody)


def event(core: Core, body: Json, *, shared: bool = False) -> Json:
    """The envelope around an event, with an id of its own."""
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": body,
        "type": "event_callback",
        "event_id": core.ids.new("Ev"),
        "event_time": int(core.clock().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": shared,
        "event_context": core.ids.new("4-"),
    }


def message_event(core: Core, message: Message) -> Json:
    """A message somebody posted, the bot included."""
    channel = core.world.channels[message.channel]
    where = {
        "channel": channel.id,
        "channel_type": "im" if channel.is_dm else "channel",
        "event_ts": message.ts,
    }
    author = core.world.users[message.user]
    body = {**_as_posted(core, message), **where, **_foreign(author)}
    return event(core, body, shared=author.is_stranger)


def mention_event(core: Core, message: Message) -> Json:
    """The same message again, because it names the bot."""
    author = core.world.users[message.user]
    body = {
        **_as_posted(core, message),
        "type": "app_mention",
        "channel": message.channel,
        "event_ts": message.ts,
        **_foreign(author),
    }
    return event(core, body, shared=author.is_stranger)


def _as_posted(core: Core, message: Message) -> Json:
    body = message_json(core.world, message, metadata=True)
    return {key: value for key, value in body.items() if not key.startswith("reply_")}


def _foreign(author: User) -> Json:
    return {"user_team": author.team, "source_team": author.team} if author.is_stranger else {}


def home_opened_event(core: Core, user: str) -> Json:
    """A person opened the app's home tab."""
    home = core.world.homes.get(user)
    stamp = core.world.stamps.new()
    body: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": core.world.open_dm(user).id,
        "tab": "home",
        "event_ts": stamp,
    }
    if home is not None:
        body["view"] = shown_view(core, home)
    return event(core, body)


def joined_event(core: Core, user: str, channel: Channel) -> Json:
    """Somebody, or the bot, came into a channel that the bot is in."""
    body = {"type": "member_joined_channel", "user": user, "channel": channel.id}
    stamp = core.world.stamps.new()
    return event(core, {**body, "channel_type": "C", "team": TEAM, "event_ts": stamp})


def left_event(core: Core, channel: Channel, by: str) -> Json:
    """The bot was taken out of a channel by a person."""
    body = {"type": "channel_left", "channel": channel.id, "actor_id": by}
    return event(core, {**body, "event_ts": core.world.stamps.new()})


def archive_event(core: Core, channel: Channel, user: str) -> Json:
    """A channel was archived, or taken out of the archive, by a person."""
    kind = "channel_archive" if channel.is_archived else "channel_unarchive"
    stamp = core.world.stamps.new()
    return event(core, {"type": kind, "channel": channel.id, "user": user, "event_ts": stamp})


def user_change_event(core: Core, user: User) -> Json:
    """Something about a person changed."""
    body = {"type": "user_change", "user": user_json(user, core.clock())}
    return event(core, {**body, "cache_ts": 0, "event_ts": core.world.stamps.new()})


def plain_event(core: Core, kind: str, **fields: Any) -> Json:
    """tokens_revoked, app_uninstalled: a type and little else."""
    return event(core, {"type": kind, **fields})


def command(core: Core, user: User, channel: Channel, name: str, text: str) -> Json:
    """A slash command, to be sent form-encoded. It carries no thread, as in Slack."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": user.team,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url(core, user.id, channel.id),
        "trigger_id": core.tickets.trigger(user.id),
    }


def response_url(core: Core, user: str, channel: str, source: Message | None = None) -> str:
    """A new response URL; `source` is the message that the gesture was made on."""
    ts = source.ts if source else None
    thread = source.thread_ts if source and source.is_reply else None
    return core.base_url.rstrip("/") + core.tickets.response_path(user, channel, ts, thread)


def _head(user: User, kind: str) -> Json:
    person = {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}
    return {
        "type": kind,
        "team": TEAM_JSON,
        "user": person,
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_click(core: Core, user: User, message: Message, action: Json) -> Json:
    """An element of a message was used. A private message is named, but not included."""
    channel = core.world.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    shown = {} if message.ephemeral_to else {"message": message_json(core.world, message)}
    return {
        **_head(user, "block_actions"),
        "container": container,
        "trigger_id": core.tickets.trigger(user.id),
        "channel": {"id": channel.id, "name": channel.name},
        **shown,
        "state": {"values": values(core.world, user.id, message.ts, message.blocks)},
        "response_url": response_url(core, user.id, channel.id, message),
        "actions": [action],
    }


def view_click(core: Core, user: User, view: View, action: Json) -> Json:
    """An element of a modal or of App Home was used."""
    return {
        **_head(user, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": core.tickets.trigger(user.id, view.id),
        "view": shown_view(core, view),
        "actions": [action],
    }


def view_submission(core: Core, user: User, view: View) -> Json:
    """A form was sent."""
    return {
        **_head(user, "view_submission"),
        "trigger_id": core.tickets.trigger(user.id, view.id),
        "view": shown_view(core, view),
        "response_urls": [],
    }


def view_closed(core: Core, user: User, view: View, *, cleared: bool) -> Json:
    """A form was put away without sending it."""
    return {
        **_head(user, "view_closed"),
        "view": shown_view(core, view),
        "is_cleared": cleared,
    }


def message_shortcut(core: Core, user: User, message: Message, callback_id: str) -> Json:
    """A message shortcut was chosen."""
    channel = core.world.channels[message.channel]
    return {
        **_head(user, "message_action"),
        "callback_id": callback_id,
        "action_ts": core.world.stamps.new(),
        "trigger_id": core.tickets.trigger(user.id),
        "response_url": response_url(core, user.id, channel.id, message),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.name},
        "message": message_json(core.world, message),
    }


def shown_view(core: Core, view: View) -> Json:
    """A view with what its person has entered so far."""
    return view_json(view, values(core.world, view.user, view.id, view.blocks))
