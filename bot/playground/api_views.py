"""The Web API's views.* methods."""

from bot.playground import views
from bot.playground.arguments import needed, optional
from bot.playground.core import Core
from bot.playground.errors import SlackError, missing
from bot.playground.payloads import shown_view
from bot.playground.values import Json
from bot.playground.world import View


def _given(arguments: Json) -> object:
    if not arguments.get("view"):
        raise missing("view")
    return arguments["view"]


def open_(core: Core, arguments: Json) -> Json:
    """views.open."""
    needed(arguments, "trigger_id")
    body = views.modal_body(core, _given(arguments))
    trigger = core.tickets.redeem_trigger(arguments["trigger_id"])
    return {"view": shown_view(core, views.open_modal(core, trigger.user, body))}


def push(core: Core, arguments: Json) -> Json:
    """views.push."""
    needed(arguments, "trigger_id")
    body = views.modal_body(core, _given(arguments))
    trigger = core.tickets.redeem_trigger(arguments["trigger_id"])
    return {"view": shown_view(core, views.push_modal(core, trigger.user, body))}


def update(core: Core, arguments: Json) -> Json:
    """views.update, by view_id or external_id."""
    view = _find(core, arguments)
    changed = views.update_modal(core, view, _given(arguments), optional(arguments, "hash"))
    return {"view": shown_view(core, changed)}


def _find(core: Core, arguments: Json) -> View:
    view_id = optional(arguments, "view_id")
    external_id = optional(arguments, "external_id")
    if view_id is None and external_id is None:
        raise missing("view_id")
    found = core.world.view(view_id) if view_id else _by_external_id(core, str(external_id))
    if found is None:
        raise SlackError("not_found")
    return found


def _by_external_id(core: Core, external_id: str) -> View | None:
    open_views = (view for stack in core.world.modals.values() for view in stack)
    return next((v for v in open_views if v.body.get("external_id") == external_id), None)


def publish(core: Core, arguments: Json) -> Json:
    """views.publish."""
    user = needed(arguments, "user_id")
    if user not in core.world.users:
        raise SlackError("user_not_found")
    if not core.app.home:
        raise SlackError("not_enabled")
    view = views.publish_home(core, user, _given(arguments), optional(arguments, "hash"))
    return {"view": shown_view(core, view)}


METHODS = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
