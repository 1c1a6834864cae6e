"""Forms sent and put away, and what the app's answer does to them."""

import re
from typing import Any

from bot.playground import payloads, posts, views
from bot.playground.blocks import elements_of
from bot.playground.clicks import own_view
from bot.playground.core import Core, Outcome
from bot.playground.errors import SlackError
from bot.playground.limits import INPUT_LENGTH
from bot.playground.link import Delivery
from bot.playground.people import Refused, person
from bot.playground.state import VALUE_KEYS, BadChoice, entered, initial, keep
from bot.playground.values import Json
from bot.playground.world import View

_URL = re.compile(r"https?://\S+|[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


async def submit(core: Core, user_id: str, view_id: str, entries: Json) -> Outcome:
    """Sends the form. `entries`: by block_id, then action_id, the state or what was entered.

    What Slack's client checks is checked first and not sent. Raises Refused.
    """
    user = person(core, user_id)
    view = own_view(core, user, view_id)
    if view.body["type"] != "modal":
        raise Refused("view_not_found")
    _take(core, view, entries)
    errors = _incomplete(core, view)
    if errors:
        return Outcome(ok=False, errors=errors)
    payload = payloads.view_submission(core, user, view)
    ack = await core.courier.ask(Delivery("interactive", payload))
    if ack.error is not None:
        late = ack.error == "operation_timeout"
        return _trouble(core, user_id, "operation_timeout" if late else "dispatch_failed")
    try:
        return _respond(core, view, ack.body or {})
    except SlackError as refused:
        return _trouble(core, user_id, refused.code)


def _trouble(core: Core, user: str, code: str) -> Outcome:
    posts.notice(core, user, f"We had some trouble connecting ({code}). Try again?")
    return Outcome(ok=False, error=code)


def _take(core: Core, view: View, entries: Json) -> None:
    known = {block["block_id"]: block for block in view.blocks}
    for block_id, entered_there in entries.items():
        elements = list(elements_of(known.get(block_id, {"type": ""})))
        by_id = {element["action_id"]: element for element in elements}
        if not by_id:
            raise Refused("element_not_found")
        named = isinstance(entered_there, dict) and entered_there.keys() <= by_id.keys()
        given = entered_there if named else {elements[0]["action_id"]: entered_there}
        for action_id, raw in given.items():
            if by_id[action_id]["type"] not in VALUE_KEYS:
                raise Refused("element_not_found")
            _keep(core, view, (block_id, action_id), by_id[action_id], raw)


def _keep(core: Core, view: View, where: tuple[str, str], element: Json, raw: Any) -> None:
    try:
        entry = entered(core.world, element, raw)
    except BadChoice as bad:
        raise Refused(f"invalid_selection: {bad}") from None
    keep(core.world, view.user, view.id, where, entry)


def _incomplete(core: Core, view: View) -> dict[str, str]:
    """Complaints by block_id about inputs that Slack's client would not let through."""
    kept = core.world.states.get((view.user, view.id), {})
    errors = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            entry = kept.get(block["block_id"], {}).get(element["action_id"]) or initial(element)
            problem = _problem(block, element, entry[VALUE_KEYS[element["type"]]])
            if problem:
                errors[block["block_id"]] = problem
    return errors


def _problem(block: Json, element: Json, value: Any) -> str | None:
    if value in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    kind = element["type"]
    if kind == "plain_text_input":
        return _length_problem(element, value)
    if kind == "url_text_input" and not _URL.fullmatch(value):
        return "Please enter a valid URL."
    if kind == "email_text_input" and not _EMAIL.fullmatch(value):
        return "Please enter a valid email address."
    return _number_problem(element, value) if kind == "number_input" else None


def _length_problem(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"This field needs at least {element['min_length']} characters."
    most = element.get("max_length", INPUT_LENGTH)
    return f"This field takes at most {most} characters." if len(value) > most else None


def _number_problem(element: Json, value: str) -> str | None:
    if not _NUMBER.fullmatch(value):
        return "Please enter a number."
    if "." in value and not element["is_decimal_allowed"]:
        return "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter at most {element['max_value']}."
    return None


def _respond(core: Core, view: View, body: Json) -> Outcome:
    """Does what the app answered: nothing closes the form. Raises SlackError."""
    action = body.get("response_action")
    if action is None:
        views.close_modal(core, view)
    elif action == "clear":
        views.close_all(core, view.user)
    elif action == "errors":
        return Outcome(ok=False, errors=_complaints(view, body.get("errors")))
    elif action == "update":
        views.update_modal(core, view, body.get("view"), None)
    elif action == "push":
        views.push_modal(core, view.user, views.modal_body(core, body.get("view")))
    else:
        raise SlackError("invalid_response_action")
    return Outcome()


def _complaints(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise SlackError("invalid_errors")
    return {block_id: str(text) for block_id, text in errors.items()}


async def close(core: Core, user_id: str, view_id: str) -> Outcome:
    """Puts away a form. The app hears of it when it asked to. Raises Refused."""
    user = person(core, user_id)
    view = own_view(core, user, view_id)
    if view.body["type"] != "modal":
        raise Refused("view_not_found")
    clearing = bool(view.body.get("clear_on_close"))
    told = core.world.modals[user.id][::-1] if clearing else [view]
    deliveries = [
        Delivery("interactive", payloads.view_closed(core, user, each, cleared=clearing))
        for each in told
        if each.body.get("notify_on_close")
    ]
    if clearing:
        views.close_all(core, user.id)
    else:
        views.close_modal(core, view)
    for delivery in deliveries:
        core.courier.later(core.courier.ask(delivery))
    return Outcome()
