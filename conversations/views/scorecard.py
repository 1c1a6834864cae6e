"""The scorecard: the answer for the channel, with the hole that matters on top."""

from __future__ import annotations

from collections.abc import Iterator

from conversations import labels
from conversations.actions import Reopen
from conversations.cards import Button, Buttons, Card, Divider, Element, Faint, Heading, Text
from conversations.review import Verdict
from conversations.scoring import gaps
from conversations.views.scene import Scene, paragraphs, short_note, squares
from conversations.wording import Safe

SHOWN_GAPS = 5
SHOWN_LATER = 10


def card(scene: Scene) -> Card:
    """Readiness, weakest layer, what critical is open, a line a layer, the gaps, who and when."""
    elements: list[Element] = [
        Heading(f"Scorecard: {scene.review.service}"),
        Text(scene.say("scorecard.verdict")),
    ]
    if scene.score.critical_open:
        elements.append(Text(scene.say("scorecard.critical", checks=scene.score.critical_open)))
    elements += [*paragraphs(_excused(scene)), Divider(), *paragraphs(layers(scene))]
    if missing := gaps(scene.checklist, scene.review.answers, finished=not scene.review.open):
        others = [check for check in missing if check not in scene.score.critical_open]
        elements.append(
            Text(scene.say("scorecard.gaps", count=len(missing), others=others, most=SHOWN_GAPS))
        )
    elements += paragraphs(_since(scene))
    elements.append(Faint(scene.say("scorecard.source", people=_people(scene))))
    elements.append(Buttons(_buttons(scene)))
    return Card(scene.say("scorecard.summary"), tuple(elements))


def layers(scene: Scene) -> Iterator[Safe]:
    """One line a layer, with its percent."""
    for layer in scene.checklist.layers:
        yield scene.say(
            "scorecard.layer",
            layer=layer,
            squares=squares(scene, layer),
            tally=scene.score.layers[layer.id],
        )


def _excused(scene: Scene) -> Iterator[Safe]:
    """Critical checks said not to apply: a title, then a line each with reason and person."""
    answers = scene.review.answers
    excused = [
        (check, answers[check.id])
        for check in scene.checklist.checks
        if check.critical
        and check.id in answers
        and answers[check.id].verdict is Verdict.NOT_APPLICABLE
    ]
    if excused:
        yield scene.say("scorecard.excused")
    for check, answer in excused:
        note = short_note(scene, answer)
        yield scene.say("scorecard.excuse", check=check, answer=answer, note=note)


def _since(scene: Scene) -> Iterator[Safe]:
    """What was settled after the review was finished, in one line."""
    finished = scene.review.finished_at
    given = ((check, scene.review.answers.get(check.id)) for check in scene.checklist.checks)
    later = [(check, it) for check, it in given if it and finished and it.at > finished]
    if later:
        shown, others = later[:SHOWN_LATER], len(later) - SHOWN_LATER
        yield scene.say("scorecard.since", later=shown, others=others)


def _people(scene: Scene) -> str:
    authors = dict.fromkeys(answer.by for answer in scene.review.answers.values())
    names = [scene.who(person) for person in authors]
    if len(names) > 4:  # noqa: PLR2004 - a line
        return f"{', '.join(names[:3])} and {len(names) - 3} others"
    return ", ".join(names)


def _buttons(scene: Scene) -> tuple[Button, ...]:
    link = (Button(labels.OPEN_THREAD, url=scene.thread),) if scene.thread else ()
    reopen = () if scene.review.open else (Button(labels.REOPEN, Reopen(scene.review.id)),)
    return (*link, *reopen)
