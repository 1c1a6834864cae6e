"""Which cards follow a change: the difference between two states of a review."""

from __future__ import annotations

from conversations.checklist import Checklist, Layer
from conversations.effects import (
    END,
    GAPS,
    LEFTOVERS,
    ROOT,
    SCOPE,
    Announce,
    Effect,
    Refresh,
    Remind,
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
)
from conversations.scoring import gaps


def standing(checklist: Checklist, review: Review) -> tuple[Effect, ...]:
    """Every card that should stand in the thread of this review, in reading order."""
    layers = tuple(Show(layer_slot(layer.number)) for layer in reached(checklist, review))
    left = (Show(LEFTOVERS),) if leftovers(checklist, review) else ()
    end = () if review.open else (Show(END), *_gaps(checklist, review))
    return (Show(ROOT), Show(SCOPE), *layers, *left, *end)


def _gaps(checklist: Checklist, review: Review) -> tuple[Show, ...]:
    """The card that asks who sees to each gap, where there are any."""
    return (Show(GAPS),) if gaps(checklist, review.answers, finished=True) else ()


def what_changed(
    checklist: Checklist, before: Review, after: Review, *, walking: bool
) -> tuple[Effect, ...]:
    """The cards to show anew when `before` became `after`; new ones come last, in order."""
    effects: list[Effect] = [Show(ROOT)]
    if _scope(before) != _scope(after):
        effects.append(Show(SCOPE))
    was, now = reached(checklist, before), reached(checklist, after)
    changed = _differing(checklist, before, after)
    for layer in checklist.layers:
        slot = layer_slot(layer.number)
        if layer in now and layer not in was:
            effects.append(Show(slot))
        elif layer in changed:
            # A card of a layer that is not reached may stand since before the scope changed.
            effects.append(Show(slot) if layer in (*was, *now) else Refresh(slot))
    if leftovers(checklist, after):
        effects.append(Show(LEFTOVERS))
    elif leftovers(checklist, before):
        effects.append(Refresh(LEFTOVERS))
    effects += [Refresh(walk_slot(layer.number)) for layer in changed]
    asked = current_layer(checklist, after)
    goes_on = walking and asked is not current_layer(checklist, before)
    if goes_on and asked is not None:
        effects.append(Show(walk_slot(asked.number)))
    return tuple(effects)


def _scope(review: Review) -> tuple[object, ...]:
    """What the scoping card shows: the facts, and how many checks are proposed not to apply."""
    proposed = sum(answer.proposed for answer in review.answers.values())
    return (review.profile, review.ask_everything, proposed)


def closing_effects(checklist: Checklist, before: Review, closed: Review) -> tuple[Effect, ...]:
    """The cards that lose their buttons when a review closes, then the scorecard."""
    stood = reached(checklist, before)
    layers = ((layer in stood, layer_slot(layer.number)) for layer in checklist.layers)
    gaps_card = _gaps(checklist, closed)
    return (
        Show(ROOT),
        Refresh(SCOPE),
        *(Show(slot) if shown else Refresh(slot) for shown, slot in layers),
        Refresh(LEFTOVERS),
        *_every_walk(checklist),
        *(() if gaps_card else (Refresh(GAPS),)),
        Show(END),
        *gaps_card,
        Announce(closed.closings),
        Remind(),
    )


def reopening_effects(checklist: Checklist, opened: Review) -> tuple[Effect, ...]:
    """The cards that get their buttons back when a review is opened again."""
    shown = standing(checklist, opened)
    layers = (Refresh(layer_slot(layer.number)) for layer in checklist.layers)
    other = (*layers, Refresh(LEFTOVERS), *_every_walk(checklist), Refresh(END), Refresh(GAPS))
    slots = {effect.slot for effect in shown if isinstance(effect, Show)}
    return (*shown, *(effect for effect in other if effect.slot not in slots), Remind())


def _every_walk(checklist: Checklist) -> tuple[Refresh, ...]:
    return tuple(Refresh(walk_slot(layer.number)) for layer in checklist.layers)


def _differing(checklist: Checklist, before: Review, after: Review) -> list[Layer]:
    """The layers whose cards read differently.

    An answer, what is asked next, or what was answered last.
    """
    ids = {
        check
        for check, given in after.answers.items()
        if (known := before.answers.get(check)) is not given and known != given
    }
    ids |= before.answers.keys() - after.answers.keys()
    ids |= before.skipped ^ after.skipped
    for marked in (current_check, last_answered):
        was, now = marked(checklist, before), marked(checklist, after)
        if was is not now:
            ids |= {it.id for it in (was, now) if it}
    return [layer for layer in checklist.layers if any(it.id in ids for it in layer.checks)]
