"""The Web API's auth, users, team and apps methods."""

from bot.playground.arguments import needed, page
from bot.playground.core import Core
from bot.playground.errors import SlackError
from bot.playground.limits import DND_USERS
from bot.playground.render import TEAM_JSON, dnd_json, user_json
from bot.playground.values import Json
from bot.playground.world import BOT, BOT_ID, TEAM, TEAM_NAME


def auth_test(core: Core, _arguments: Json) -> Json:
    """auth.test. Its `url` is where permalinks open in the page."""
    return {
        "url": core.base_url,
        "team": TEAM_NAME,
        "user": core.world.users[BOT].name,
        "team_id": TEAM,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def users_info(core: Core, arguments: Json) -> Json:
    """users.info."""
    user = core.world.users.get(needed(arguments, "user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user_json(user, core.clock())}


def users_list(core: Core, arguments: Json) -> Json:
    """users.list."""
    shown, cursor = page(list(core.world.users.values()), arguments)
    members = [user_json(user, core.clock()) for user in shown]
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def team_info(_core: Core, _arguments: Json) -> Json:
    """team.info."""
    return {"team": {**TEAM_JSON, "email_domain": "", "icon": {}}}


def connections_open(core: Core, _arguments: Json) -> Json:
    """apps.connections.open: where the app connects for Socket Mode, once."""
    address = core.base_url.replace("http", "ws", 1)
    return {"url": f"{address}link?ticket={core.sockets.ticket()}"}


def dnd_team_info(core: Core, arguments: Json) -> Json:
    """dnd.teamInfo. Whom it does not know it leaves out."""
    asked = needed(arguments, "users").split(",")
    if len(asked) > DND_USERS:
        raise SlackError("too_many_users")
    found = [core.world.users[it] for it in asked if it in core.world.users]
    return {"users": {user.id: dnd_json(user, core.clock()) for user in found}}


METHODS = {
    "auth.test": auth_test,
    "dnd.teamInfo": dnd_team_info,
    "users.info": users_info,
    "users.list": users_list,
    "team.info": team_info,
}
APP_TOKEN_METHODS = {"apps.connections.open": connections_open}
