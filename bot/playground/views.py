"""Modals and App Home: opened, pushed, updated, published, closed, and shown in the pages."""

from dataclasses import replace
from typing import Any

from bot.playground import blocks, limits
from bot.playground.core import Core
from bot.playground.errors import SlackError
from bot.playground.pagejson import page_view
from bot.playground.values import Json
from bot.playground.world import View


def modal_body(core: Core, given: Any) -> Json:
    """A modal's content, checked. Raises SlackError."""
    body = blocks.view(given, "modal", core.ids)
    _free_external_id(core, body, None)
    return body


def _free_external_id(core: Core, body: Json, own: str | None) -> None:
    wanted = body.get("external_id")
    if not wanted:
        return
    for stack in core.world.modals.values():
        if any(v.body.get("external_id") == wanted and v.id != own for v in stack):
            raise SlackError("duplicate_external_id")


def open_modal(core: Core, user: str, body: Json) -> View:
    """Shows a modal, instead of any that the person has open."""
    for old in reversed(core.world.modals.pop(user, [])):
        _tell_closed(core, old)
    return _show(core, user, body, [])


def push_modal(core: Core, user: str, body: Json) -> View:
    """Shows a modal on top of the open ones. Raises SlackError: not_found, push_limit_reached."""
    stack = core.world.modals[user]
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= limits.VIEW_STACK:
        raise SlackError("push_limit_reached")
    return _show(core, user, body, stack)


def _show(core: Core, user: str, body: Json, below: list[View]) -> View:
    view_id = core.ids.new("V")
    root = below[0].id if below else view_id
    previous = below[-1].id if below else None
    view = View(view_id, user, _new_hash(core), root, body, previous)
    core.world.modals[user].append(view)
    core.live.tell({user}, {"type": "view", "view": page_view(view)})
    return view


def update_modal(core: Core, view: View, given: Any, expected_hash: str | None) -> View:
    """Puts new content into an open modal. Raises SlackError: hash_conflict and invalid ones."""
    _same_hash(view, expected_hash)
    body = blocks.view(given, str(view.body["type"]), core.ids)
    _free_external_id(core, body, view.id)
    changed = replace(view, body=body, hash=_new_hash(core))
    core.world.replace_view(changed)
    kind = "home" if body["type"] == "home" else "view"
    core.live.tell({view.user}, {"type": kind, "view": page_view(changed)})
    return changed


def publish_home(core: Core, user: str, given: Any, expected_hash: str | None) -> View:
    """Sets a person's App Home."""
    body = blocks.view(given, "home", core.ids)
    old = core.world.homes.get(user)
    if old is not None:
        _same_hash(old, expected_hash)
    view_id = old.id if old else core.ids.new("V")
    view = View(view_id, user, _new_hash(core), view_id, body)
    core.world.homes[user] = view
    core.live.tell({user}, {"type": "home", "view": page_view(view)})
    return view


def close_modal(core: Core, view: View) -> None:
    """Takes away a modal and what lies on top of it."""
    stack = core.world.modals[view.user]
    keep = next((index for index, each in enumerate(stack) if each.id == view.id), len(stack))
    for closed in reversed(stack[keep:]):
        _tell_closed(core, closed)
    del stack[keep:]


def close_all(core: Core, user: str) -> list[View]:
    """Takes away all of a person's modals; gives them, the top one first."""
    closed = core.world.modals.pop(user, [])[::-1]
    for view in closed:
        _tell_closed(core, view)
    return closed


def _tell_closed(core: Core, view: View) -> None:
    core.world.states.pop((view.user, view.id), None)
    core.live.tell({view.user}, {"type": "view_closed", "view_id": view.id})


def _same_hash(view: View, expected: str | None) -> None:
    if expected is not None and expected != view.hash:
        raise SlackError("hash_conflict")


def _new_hash(core: Core) -> str:
    return f"{core.world.stamps.new().partition('.')[0]}.{core.ids.number():x}"
