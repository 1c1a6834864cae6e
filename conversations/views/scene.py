"""What a card is drawn from, and the lines that several cards share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from conversations import labels
from conversations.actions import Attest, Edit, EditLayer, Give
from conversations.cards import Button, Buttons, Element, Faint, Text
from conversations.checklist import Check, Checklist, Layer
from conversations.rereview import last_time, wording
from conversations.review import Answer, Review, Verdict
from conversations.scoring import Score, Thresholds, score
from conversations.text import PERSON
from conversations.wording import Safe, Wording

DAY = timedelta(days=1)
SHORT_NOTE = 140  # characters of a note that still reads as part of a line
LINE_MOST = 1200  # characters of a line, escaped and with its link's address
PARAGRAPH_MOST = 2800  # characters of a paragraph; platforms take 3,000
LAST_TIME_MOST = 600  # characters of the line that says what was answered last time
DRAWN = 5000  # parts of cards that are remembered: one is drawn again with one of them changed
HINT_MOST = 75  # characters of what a screen reader says of a button


@dataclass(frozen=True)
class Scene:
    """A review, the words of a platform, and who is who."""

    checklist: Checklist
    review: Review
    words: Wording
    names: Mapping[str, str] = field(default_factory=dict)  # person id -> name
    thread: str = ""  # where the thread can be opened; empty while it is not posted
    thresholds: Thresholds = Thresholds()
    owners: tuple[str, ...] = ()  # person ids; of reviews that are finished or opened on schedule
    threaded: bool = True  # whether its cards stand in a thread, or one below the other in a chat

    @cached_property
    def score(self) -> Score:
        """The score of the answers so far."""
        return score(self.checklist, self.review.answers, self.thresholds)

    @property
    def begun(self) -> bool:
        """Whether anybody has answered anything in this review.

        What is proposed or carried over is nobody's answer.
        """
        answers = self.review.answers.values()
        return any(not answer.proposed and not answer.carried for answer in answers)

    @property
    def stands(self) -> int:
        """How many answers stand from the review before, attested by nobody."""
        return sum(answer.carried for answer in self.review.answers.values())

    @property
    def weakest(self) -> Layer | None:
        """The layer with the lowest percent; None where nothing applies."""
        key = self.score.weakest_layer
        return self.checklist.layers_by_id[key] if key else None

    def who(self, person: str) -> str:
        """The person's name on one line, else the bare id: never a mention, which would notify."""
        name = " ".join(self.names.get(person, "").split())
        return name or person.partition(":")[2] or person

    def say(self, words: str, **facts: Any) -> Safe:
        """The words, which always know the scene (`at`) and the labels."""
        return self.words.say(words, at=self, labels=labels, **facts)


def squares(scene: Scene, layer: Layer) -> str:
    """One square a check: its verdict at a glance."""
    answers = scene.review.answers
    verdicts = (answers[it.id].verdict if it.id in answers else None for it in layer.checks)
    return "".join(labels.SQUARES[verdict] for verdict in verdicts)


def verdict_buttons(scene: Scene, check: Check, *, walking: bool = False) -> Buttons:
    """The five verdicts; N/A opens the form that asks for its reason."""
    return _verdict_buttons(scene.review.id, check, walking=walking)


@lru_cache(DRAWN)
def _verdict_buttons(review: str, check: Check, *, walking: bool) -> Buttons:
    return Buttons(
        tuple(
            Button(
                label,
                Edit(review, check.id, "reason", walking)
                if verdict is Verdict.NOT_APPLICABLE
                else Give(review, check.id, verdict, walking),
                hint=hint(label, check),
            )
            for verdict, label in labels.VERDICTS.items()
        )
    )


def hint(label: str, check: Check) -> str:
    """What a screen reader says of a button that stands once a check: which check it is."""
    return _hint(f"{label}: {check.number}", check.text)


@cache
def _hint(lead: str, text: str) -> str:
    return shortened(lead, text, HINT_MOST)


def asked_check(scene: Scene, check: Check, *, current: bool) -> tuple[Element, ...]:
    """A check that waits for its verdict."""
    later = check.id in scene.review.skipped
    text = _asked(scene.words, check, current=current, later=later)
    return (text, *before(scene, check), verdict_buttons(scene, check))


@lru_cache(DRAWN)
def _asked(words: Wording, check: Check, *, current: bool, later: bool) -> Text:
    return Text(words.known("layer.asked", check=check, current=current, later=later))


def before(scene: Scene, check: Check) -> tuple[Faint, ...]:
    """What was answered last time, and whether the check is new or reads differently now."""
    known, change = last_time(scene.review, check.id), wording(scene.review, check)
    if known is None and change is None:
        return ()
    days = round((scene.review.started_at - known.at) / DAY) if known else 0
    for note in (short_note(scene, known) if known else "", None):
        line = scene.say("rereview.before", known=known, change=change, days=days, note=note)
        if len(line) <= LAST_TIME_MOST:
            break
    return (Faint(line),)


def standing(scene: Scene, layer: Layer, checks: Sequence[Check]) -> tuple[Text, ...]:
    """The layer's answers that stand from last time, a line each, with who gave them when."""
    return paragraphs(
        (
            scene.say("rereview.standing", layer=layer, count=len(checks)),
            *(_standing_line(scene, check) for check in checks),
        )
    )


def _standing_line(scene: Scene, check: Check) -> Safe:
    answer = scene.review.answers[check.id]
    excused = answer.verdict is Verdict.NOT_APPLICABLE
    return scene.say(
        "rereview.stands",
        check=check,
        answer=answer,
        square=labels.SQUARES[answer.verdict],
        reason=short_note(scene, answer) if excused else "",
    )


def attest_button(scene: Scene, layer: Layer, *, walking: bool = False) -> Button:
    """The one tap that says a layer's answers of last time still hold."""
    hint_ = f"{labels.STILL_TRUE}: layer {layer.number}, {layer.title}"
    action = Attest(scene.review.id, layer.id, walking)
    return Button(labels.STILL_TRUE, action, style="primary", hint=hint_)


def change_button(scene: Scene, layer: Layer) -> Button:
    """Opens the form that changes any answer of a layer."""
    hint_ = f"{labels.CHANGE}: layer {layer.number}, {layer.title}"
    return Button(labels.CHANGE, EditLayer(scene.review.id, layer.id), hint=hint_)


def answered_check(scene: Scene, check: Check) -> tuple[Element, ...]:
    """A check with its verdict on one line; buttons only while the review is open."""
    review, answer = scene.review, scene.review.answers[check.id]
    by, note = scene.who(answer.by), short_note(scene, answer)
    button_of = review.id if review.open else None
    return _answered_check(scene.words, button_of, check, answer, by, note)


@lru_cache(DRAWN)
def _answered_check(
    words: Wording, review: str | None, check: Check, answer: Answer, by: str, note: str | None
) -> tuple[Element, ...]:
    """The same by all that it depends on. `review` None: it is not open."""
    line = _answered_line(words, check, answer, by, note)
    return _answered(line, review, check, offers=offers_evidence(check, answer))


@lru_cache(DRAWN)
def _answered(line: Safe, review: str | None, check: Check, *, offers: bool) -> tuple[Element, ...]:
    """One and the same for answers that read alike: what is drawn of it is looked up by it."""
    if review is None:
        return (Text(line),)
    change = Button(labels.CHANGE, Edit(review, check.id), hint=hint(labels.CHANGE, check))
    if not offers:
        return (Text(line, change),)
    add = Button(
        labels.ADD_EVIDENCE,
        Edit(review, check.id, "evidence"),
        hint=hint(labels.ADD_EVIDENCE, check),
    )
    return (Text(line), Buttons((add, change)))


def _answered_line(words: Wording, check: Check, answer: Answer, by: str, note: str | None) -> Safe:
    """The line says less where note or link would make it too long: `Change` shows all of it."""
    link = answer.evidence[-1] if answer.evidence else None
    for shown, linked in ((note, link), (note, None), (None if answer.note else "", None)):
        line = words.known(
            "layer.answered",
            check=check,
            answer=answer,
            verdict=labels.VERDICTS[answer.verdict],
            by=by,
            square=labels.SQUARES[answer.verdict],
            note=shown,
            link=linked,
            host=host(linked) if linked else "",
        )
        if len(line) <= LINE_MOST:
            break
    return line


def offers_evidence(check: Check, answer: Answer) -> bool:
    """Whether evidence is worth asking for: partly, not yet and critical met without any."""
    worth = answer.verdict in {Verdict.PARTLY, Verdict.UNMET} or (
        check.critical and answer.verdict is Verdict.MET
    )
    return worth and not answer.evidence and not answer.note


def short_note(scene: Scene, answer: Answer) -> str | None:
    """The note where it fits on a line; None where it has to be looked up; empty: no note.

    Whom it mentions is named, not notified.
    """
    if not answer.note:
        return ""
    named = PERSON.sub(lambda found: f"@{scene.who(found[1])}", answer.note)
    line = " / ".join(" ".join(part.split()) for part in named.split("\n") if part.strip())
    return line if len(line) <= SHORT_NOTE else None


def shortened(lead: str, text: str, most: int) -> str:
    """`lead` and as many whole words of `text` as fit into `most` characters."""
    words, line = text.split(), lead
    for at, word in enumerate(words):
        room = most if at == len(words) - 1 else most - 2  # for the ellipsis
        if len(line) + 1 + len(word) > room:
            return f"{line} …"
        line = f"{line} {word}"
    return line


def paragraphs(lines: Iterable[Safe]) -> tuple[Text, ...]:
    """The lines, in order, in as few paragraphs as platforms take them in."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= PARAGRAPH_MOST:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return tuple(Text(Safe(text)) for text in texts)


def host(url: str) -> str:
    """The site of a link, which is what a reader recognises."""
    site = urlsplit(url).netloc.removeprefix("www.")
    return site if len(site) <= 40 else "link"  # noqa: PLR2004 - a word, not a line
