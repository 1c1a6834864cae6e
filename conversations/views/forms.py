"""The forms: one check's answer, any answer of a layer, the scope, a new review."""

from __future__ import annotations

from dataclasses import replace

from conversations import labels
from conversations.actions import (
    Edit,
    EditGaps,
    EditLayer,
    EditScope,
    HandOver,
    SettleForm,
    SnoozeForm,
    StartForm,
)
from conversations.cards import (
    Choose,
    ChooseChannel,
    ChooseDate,
    ChoosePerson,
    Element,
    Form,
    Option,
    Text,
    Write,
)
from conversations.checklist import Check, Layer
from conversations.effects import Refused
from conversations.gaps import due_of, gaps_of, owner_of
from conversations.rereview import last_time
from conversations.review import Answer, Verdict
from conversations.scoring import is_gap
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
VERDICT, NOTE, EVIDENCE, REASON, CHECK, SERVICE, CHANNEL, OWNER, DUE, DAYS = (
    "verdict", "note", "evidence", "reason", "check", "service", "channel", "owner", "due", "days",
)  # fmt: skip
ALL = "*"  # every gap of the layer, in the place of a check


OPTION_MOST = 75  # characters of one choice
PEOPLE_MOST = 40  # that a menu offers: with the longest names they fit a message
SNOOZES = {"1": "1 day", "7": "1 week", "30": "1 month"}  # by days
PLAIN = Wording(Plain())  # a form's errors are shown as plain text


Asking = Edit | EditLayer | EditScope | EditGaps | SettleForm | HandOver | SnoozeForm


def of(scene: Scene, action: Asking) -> Form:
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
        case EditGaps():
            return edit_gaps(scene, action)
        case SettleForm():
            return settle(scene, action)
        case HandOver():
            return hand_over(scene, action)
        case SnoozeForm():
            return snooze(scene, action)


def edit(scene: Scene, action: Edit) -> Form:
    """The form of one check, cut down to what the person came for."""
    check = scene.checklist.by_id[action.check]
    answer = scene.review.answers.get(check.id)
    intro = (Text(scene.say("forms.check", check=check)),)
    if action.focus == "reason":
        why = _reason(answer or last_time(scene.review, check.id))
        return Form(f"{check.number}: N/A, why?", labels.SAVE, action, intro, (why,))
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


def edit_gaps(scene: Scene, action: EditGaps) -> Form:
    """The form that hands gaps of a layer over, moves their dates, or answers one.

    Raises Refused.
    """
    layer = scene.checklist.layers_by_id.get(action.layer)
    if layer is None:
        raise Refused("unknown_button")
    here = [it for it in gaps_of(scene.checklist, scene.review) if it in layer.checks]
    if not here:
        raise Refused("no_gap", number=f"{layer.number}.…", service=scene.review.service)
    options = [Option(check.id, _gap_option(scene, check)) for check in here]
    if len(here) > 1:
        options.insert(0, Option(ALL, f"All {len(here)} gaps of layer {layer.number}"))
    only = here[0].id if len(here) == 1 else None
    which = Choose(CHECK, "Which gap?", tuple(options), only, compact=True)
    verdict = Choose(VERDICT, "Or its new verdict", _verdict(None).options, optional=True)
    return Form(
        f"Gaps of layer {layer.number}",
        labels.SAVE,
        action,
        (Text(scene.say("forms.gaps", layer=layer)),),
        (
            which,
            _person(scene, "Who sees to it?"),
            ChooseDate(DUE, "Until when?", optional=True),
            verdict,
            _note(None),
            _evidence(None),
        ),
    )


def settle(scene: Scene, action: SettleForm) -> Form:
    """The form that answers a gap of a finished review, or moves its date. Raises Refused."""
    check = _gap(scene, action.check)
    answer = scene.review.answers.get(check.id)
    verdict = replace(_verdict(answer), optional=True)
    return Form(
        f"Answer {check.number}",
        labels.SAVE,
        action,
        (Text(scene.say("forms.check", check=check)),),
        (
            verdict,
            ChooseDate(DUE, "Until when?", optional=True, hint="For a gap that needs more time."),
            _note(answer),
            _evidence(answer),
        ),
    )


def hand_over(scene: Scene, action: HandOver) -> Form:
    """The form that says whose a gap is instead. Raises Refused.

    It goes back to the owners only where that makes it somebody else's.
    """
    check = _gap(scene, action.check)
    holder = owner_of(scene.checklist, scene.review, check)
    back = holder is not None and scene.owners != (holder,)
    hint = "Leave it empty to give it back to the service's owners."
    return Form(
        f"Hand over {check.number}",
        "Hand over",
        action,
        (Text(scene.say("forms.check", check=check)),),
        (_person(scene, "Who sees to it?", hint if back else "", optional=back),),
    )


def snooze(scene: Scene, action: SnoozeForm) -> Form:
    """The form that asks for how long reminders of a service stay away."""
    options = tuple(Option(days, label) for days, label in SNOOZES.items())
    field = Choose(DAYS, "For how long?", options, chosen="7")
    intro = (Text(scene.say("forms.snooze")),)
    return Form(labels.SNOOZE, labels.SNOOZE, action, intro, (field,))


def start(words: Wording, action: StartForm, *, alone: bool = False) -> Form:
    """The form that starts a review, in a channel given or chosen.

    `alone`: it starts where nobody else can take part.
    """
    name = Write(
        SERVICE,
        "Service",
        optional=False,
        longest=NAME_LONGEST,
        example="search-assistant",
        hint="The LLM-backed system under review.",
    )
    channel = () if action.channel else (ChooseChannel(CHANNEL, "Channel"),)
    intro = (Text(words.say("forms.start", alone=alone)),)
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
        example="Not part of this service: the platform team sees to it",
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


def _gap(scene: Scene, check_id: str) -> Check:
    check = scene.checklist.by_id.get(check_id)
    if check is None:
        raise Refused("unknown_button")
    if not is_gap(check, scene.review.answers):
        raise Refused("no_gap", number=check.number, service=scene.review.service)
    return check


def _person(scene: Scene, label: str, hint: str = "", *, optional: bool = True) -> ChoosePerson:
    """Anybody of the workspace; where it has no picker, those who are known from the review."""
    here = f"{scene.review.place.platform}:"
    known = sorted((scene.who(it), it) for it in scene.names if it.startswith(here))
    options = tuple(Option(it, name[:OPTION_MOST]) for name, it in known)
    return ChoosePerson(OWNER, label, options[:PEOPLE_MOST], optional=optional, hint=hint)


def _gap_option(scene: Scene, check: Check) -> str:
    due = due_of(scene.checklist, scene.review, check)
    lead = f"{check.number} (due {due:%-d %b})" if due else check.number
    return shortened(lead, check.text, OPTION_MOST)
