"""The forms: one check's answer, any answer of a layer, the scope, a new review."""

from __future__ import annotations

from conversations import labels
from conversations.actions import Edit, EditLayer, EditScope, StartForm
from conversations.cards import Choose, ChooseChannel, Element, Form, Option, Text, Write
from conversations.checklist import Check, Layer
from conversations.effects import Refused
from conversations.review import Answer, Verdict
from conversations.text import (
    EVIDENCE_MOST,
    NAME_LONGEST,
    NOTE_LONGEST,
    REASON_LONGEST,
    URL_LONGEST,
)
from conversations.views.scene import Scene, shortened
from conversations.wording import Plain, Wording

# Ids of the fields, the names that a submission comes back with.
VERDICT, NOTE, EVIDENCE, REASON, CHECK, SERVICE, CHANNEL = (
    "verdict", "note", "evidence", "reason", "check", "service", "channel",
)  # fmt: skip


OPTION_MOST = 75  # characters of one choice
PLAIN = Wording(Plain())  # a form's errors are shown as plain text


def of(scene: Scene, action: Edit | EditLayer | EditScope) -> Form:
    """The form that a button opens. Raises Refused for a check or layer the checklist lacks."""
    match action:
        case Edit(check=check):
            if check not in scene.checklist.by_id:
                raise Refused("unknown_button")
            return edit(scene, action)
        case EditLayer(layer=layer):
            if layer not in scene.checklist.layers_by_id:
                raise Refused("unknown_button")
            return edit_layer(scene, action)
        case EditScope():
            return rescope(scene, action)


def edit(scene: Scene, action: Edit) -> Form:
    """The form of one check, cut down to what the person came for."""
    check = scene.checklist.by_id[action.check]
    answer = scene.review.answers.get(check.id)
    intro = (Text(scene.say("forms.check", check=check)),)
    if action.focus == "reason":
        return Form(f"{check.number}: N/A, why?", labels.SAVE, action, intro, (_reason(answer),))
    if action.focus == "evidence":
        fields = (_evidence(answer), _note(answer, "Note"))
        example: tuple[Element, ...] = (Text(scene.say("forms.example", check=check)),)
        return Form(f"Evidence for {check.number}", labels.SAVE, action, (*intro, *example), fields)
    return Form(
        f"Change {check.number}",
        labels.SAVE,
        action,
        intro,
        (_verdict(answer), _note(answer), _evidence(answer)),
    )


def edit_layer(scene: Scene, action: EditLayer) -> Form:
    """The form that changes any answer of a layer. Empty note and link leave what is there."""
    layer = scene.checklist.layers_by_id[action.layer]
    which = Choose(CHECK, "Which check?", _options(scene, layer), compact=True)
    return Form(
        f"Change layer {layer.number}",
        labels.SAVE,
        action,
        (Text(scene.say("forms.layer", layer=layer)),),
        (which, _verdict(None), _note(None), _evidence(None)),
    )


def rescope(scene: Scene, action: EditScope) -> Form:
    """The scoping questions, with what was said."""
    profile = scene.review.profile
    fields = tuple(
        Choose(
            fact.id,
            fact.question,
            (Option("yes", fact.yes), Option("no", fact.no)),
            chosen=("yes" if profile[fact.id] else "no") if fact.id in profile else None,
        )
        for fact in scene.checklist.facts
    )
    return Form("Scope", labels.SAVE, action, (Text(scene.say("forms.scope")),), fields)


def start(words: Wording, action: StartForm) -> Form:
    """The form that starts a review, in a channel given or chosen."""
    name = Write(
        SERVICE,
        "Service",
        optional=False,
        longest=NAME_LONGEST,
        example="search-assistant",
        hint="The LLM-backed system under review.",
    )
    channel = () if action.channel else (ChooseChannel(CHANNEL, "Channel"),)
    intro = (Text(words.say("forms.start")),)
    return Form(labels.START, "Start", action, intro, (name, *channel))


def _verdict(answer: Answer | None) -> Choose:
    options = tuple(Option(verdict.value, label) for verdict, label in labels.VERDICTS.items())
    return Choose(VERDICT, "Verdict", options, chosen=answer.verdict.value if answer else None)


def _reason(answer: Answer | None) -> Write:
    return Write(
        REASON,
        "Why does it not apply?",
        value=answer.note if answer and answer.verdict is Verdict.NOT_APPLICABLE else "",
        optional=False,
        longest=REASON_LONGEST,
        example="No retrieval: answers come from the prompt alone",
    )


def _note(answer: Answer | None, label: str = "Note (for N/A: the reason)") -> Write:
    return Write(
        NOTE,
        label,
        value=answer.note if answer else "",
        lines=True,
        longest=NOTE_LONGEST,
    )


def _evidence(answer: Answer | None) -> Write:
    return Write(
        EVIDENCE,
        "Evidence",
        value="\n".join(answer.evidence) if answer else "",
        lines=True,
        longest=EVIDENCE_MOST * (URL_LONGEST + 1),
        hint=f"Links, one a line, at most {EVIDENCE_MOST}.",
        example="https://",
    )


def _options(scene: Scene, layer: Layer) -> tuple[Option, ...]:
    return tuple(Option(check.id, _option(scene, check)) for check in layer.checks)


def _option(scene: Scene, check: Check) -> str:
    """A check in a drop-down: number, verdict, as many whole words as fit."""
    answer = scene.review.answers.get(check.id)
    said = labels.VERDICTS[answer.verdict] if answer else "unanswered"
    return shortened(f"{check.number} ({said})", check.text, OPTION_MOST)
