"""Which cards follow a change: the difference between two states of a review."""

from __future__ import annotations

from conversations.checklist import Checklist, Layer
from conversations.effects import (
    END,
    LEFTOVERS,
    ROOT,
    SCOPE,
    Announce,
    Effect,
    Refresh,
    Show,
    layer_slot,
    walk_slot,
)
from conversations.review import (
    Review,
    current_check,
    current_layer,
    last_answered,
    leftovers,
    reached,
    unanswered,
)


def standing(checklist: Checklist, review: Review) -> tuple[Effect, ...]:
    """Every card that should stand in the thread of this review, in reading order."""
    layers = tuple(Show(layer_slot(layer.number)) for layer in reached(checklist, review))
    left = (Show(LEFTOVERS),) if leftovers(checklist, review) else ()
    end = () if review.open else (Show(END),)
    return (Show(ROOT), Show(SCOPE), *layers, *left, *end)


def what_changed(
    checklist: Checklist, before: Review, after: Review, *, walking: bool
) -> tuple[Effect, ...]:
    """The cards to show anew when `before` became `after`; new ones come last, in order."""
    effects: list[Effect] = [Show(ROOT)]
    if _scope(before) != _scope(after):
        effects.append(Show(SCOPE))
    was, now = reached(checklist, before), reached(checklist, after)
    for layer in checklist.layers:
        slot = layer_slot(layer.number)
        if layer in now and layer not in was:
            effects.append(Show(slot))
        elif _differs(checklist, layer, before, after):
            # A card of a layer that is not reached may stand since before the scope changed.
            effects.append(Show(slot) if layer in {*was, *now} else Refresh(slot))
    if leftovers(checklist, after):
        effects.append(Show(LEFTOVERS))
    elif leftovers(checklist, before):
        effects.append(Refresh(LEFTOVERS))
    return (*effects, *_walks(checklist, before, after, walking=walking))


def _scope(review: Review) -> tuple[object, ...]:
    """What the scoping card shows: the facts, and how many checks are proposed not to apply."""
    proposed = sum(answer.proposed for answer in review.answers.values())
    return (review.profile, review.ask_everything, proposed)


def closing_effects(checklist: Checklist, before: Review, closed: Review) -> tuple[Effect, ...]:
    """The cards that lose their buttons when a review closes, then the scorecard."""
    stood = reached(checklist, before)
    layers = ((layer in stood, layer_slot(layer.number)) for layer in checklist.layers)
    return (
        Show(ROOT),
        Refresh(SCOPE),
        *(Show(slot) if shown else Refresh(slot) for shown, slot in layers),
        Refresh(LEFTOVERS),
        *_every_walk(checklist),
        Show(END),
        Announce(closed.closings),
    )


def reopening_effects(checklist: Checklist, opened: Review) -> tuple[Effect, ...]:
    """The cards that get their buttons back when a review is opened again."""
    shown = standing(checklist, opened)
    layers = (Refresh(layer_slot(layer.number)) for layer in checklist.layers)
    other = (*layers, Refresh(LEFTOVERS), *_every_walk(checklist), Refresh(END))
    slots = {effect.slot for effect in shown if isinstance(effect, Show)}
    return (*shown, *(effect for effect in other if effect.slot not in slots))


def _every_walk(checklist: Checklist) -> tuple[Refresh, ...]:
    return tuple(Refresh(walk_slot(layer.number)) for layer in checklist.layers)


def _differs(checklist: Checklist, layer: Layer, before: Review, after: Review) -> bool:
    """Whether the layer's card reads differently: an answer, what is asked next, or what was

    answered last.
    """
    if _asked(checklist, layer, before) != _asked(checklist, layer, after):
        return True
    if _last(checklist, layer, before) != _last(checklist, layer, after):
        return True
    return any(
        before.answers.get(check.id) != after.answers.get(check.id)
        or (check.id in before.skipped) != (check.id in after.skipped)
        for check in layer.checks
    )


def _asked(checklist: Checklist, layer: Layer, review: Review) -> str | None:
    asked = current_check(checklist, review)
    return asked.id if asked in layer.checks else None


def _last(checklist: Checklist, layer: Layer, review: Review) -> str | None:
    last = last_answered(checklist, review)
    return last.id if last in layer.checks else None


def _walks(
    checklist: Checklist, before: Review, after: Review, *, walking: bool
) -> tuple[Effect, ...]:
    """The one-at-a-time cards: the walk goes on in the next layer when one is done."""
    was, now = current_layer(checklist, before), current_layer(checklist, after)
    changed = [layer for layer in checklist.layers if _differs(checklist, layer, before, after)]
    effects: list[Effect] = [Refresh(walk_slot(layer.number)) for layer in changed]
    if walking and now is not None and was is not now and unanswered(after, now):
        effects.append(Show(walk_slot(now.number)))
    return tuple(effects)
