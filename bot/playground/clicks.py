"""Clicks, choices and shortcuts: what a person does with what the app shows."""

from collections.abc import Iterable
from typing import Any

from bot.playground import payloads, posts
from bot.playground.core import Core, Outcome
from bot.playground.link import Delivery
from bot.playground.people import Refused, person, place, visible_message
from bot.playground.state import VALUE_KEYS, BadChoice, entered, find_element, keep
from bot.playground.values import Json
from bot.playground.world import BOT, User, View


async def click_message(
    core: Core,
    user_id: str,
    at: tuple[str, str],
    element: tuple[str, str],
    chosen: Any = None,
) -> Outcome:
    """Uses the element (block_id, action_id) of the message at (channel, ts). Raises Refused."""
    user = person(core, user_id)
    channel = place(core, user, at[0])
    message = visible_message(core, user, channel, at[1])
    action = _action(core, user, message.ts, message.blocks, where=element, chosen=chosen)
    if action is None:
        return Outcome()
    payload = payloads.message_click(core, user, message, action)
    return await _interact(core, user, payload)


async def click_view(
    core: Core, user_id: str, view_id: str, element: tuple[str, str], chosen: Any = None
) -> Outcome:
    """Uses an element of the person's modal or App Home. Raises Refused."""
    user = person(core, user_id)
    view = own_view(core, user, view_id)
    action = _action(core, user, view.id, view.blocks, where=element, chosen=chosen)
    if action is None:
        return Outcome()
    return await _interact(core, user, payloads.view_click(core, user, view, action))


def own_view(core: Core, user: User, view_id: str) -> View:
    """A view that this person sees. Raises Refused."""
    view = core.world.view(view_id)
    if view is None or view.user != user.id:
        raise Refused("view_not_found")
    return view


def _action(
    core: Core,
    user: User,
    container: str,
    blocks: Iterable[Json],
    *,
    where: tuple[str, str],
    chosen: Any,
) -> Json | None:
    """The action to report, what was chosen being kept; None when it is only kept.

    An input reports nothing before the form is sent, unless the app asked for it.
    """
    found = find_element(blocks, *where)
    if found is None:
        raise Refused("element_not_found")
    block, element = found
    action: Json = {"action_id": where[1], "block_id": where[0]}
    if element["type"] in VALUE_KEYS:
        try:
            entry = entered(core.world, element, chosen)
        except BadChoice as bad:
            raise Refused(f"invalid_selection: {bad}") from None
        keep(core.world, user.id, container, where, entry)
        action |= entry
    if block["type"] == "input" and not block.get("dispatch_action"):
        return None
    shown = ("type", "text", "value", "style", "url", "placeholder", "confirm")
    kept = {name: element[name] for name in shown if name in element}
    return {**kept, **action, "action_ts": core.world.stamps.new()}


async def shortcut(core: Core, user_id: str, callback_id: str, channel_id: str, ts: str) -> Outcome:
    """Chooses a message shortcut on a message. Raises Refused."""
    user = person(core, user_id)
    channel = place(core, user, channel_id)
    message = visible_message(core, user, channel, ts)
    if message.ephemeral_to is not None:
        raise Refused("message_not_found")
    if all(each.callback_id != callback_id for each in core.app.shortcuts):
        raise Refused("unknown_shortcut")
    payload = payloads.message_shortcut(core, user, message, callback_id)
    return await _interact(core, user, payload)


async def _interact(core: Core, user: User, payload: Json) -> Outcome:
    ack = await core.courier.ask(Delivery("interactive", payload))
    if ack.error is None:
        return Outcome()
    late = ack.error == "operation_timeout"
    name = core.world.users[BOT].real_name
    text = f"{name} responded too late." if late else f"{name} could not be reached."
    posts.notice(core, user.id, text)
    return Outcome(ok=False, error="operation_timeout" if late else "dispatch_failed")
