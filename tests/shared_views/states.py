"""A handful of reviews in which everything can be seen once, and what is shown of them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from again import attested, first_pass, gave, opened, with_text, without
from reviewing import (
    ANA,
    BEN,
    CHECKLIST,
    CRITICAL,
    EVERYTHING,
    IDS,
    THREAD,
    WORDS,
    after,
    answers,
    at,
    review,
    scene,
    scoped_review,
    service_table,
)

from conversations import actions as act
from conversations import events as happened
from conversations import views
from conversations.cards import Card, Form
from conversations.commands import ADVICE
from conversations.dialogue import step
from conversations.orders import Here
from conversations.outcome import State
from conversations.rereview import asked, marks
from conversations.review import Answer, Review, Verdict
from conversations.views import forms, home, nudge, private, weekly
from conversations.views.nudge import Group, Thing
from conversations.week import ORDER, Missed, Standing, Week
from conversations.wording import TEMPLATES, Wording

LATER = at(0) + timedelta(days=9)
TODAY = LATER.date()
FIRST_LAYER = IDS[:6]
URL = "https://wiki.example/rollback?drill=7"


def finish(of: Review) -> Review:
    """The review after Ana finished it."""
    return step(CHECKLIST, of, happened.Finished(by=ANA, at=at(90))).review


def _all_met(but: Mapping[str, Answer]) -> Review:
    given = answers(IDS, note="", evidence=(URL,))
    return finish(scoped_review(answers=given | dict(but)))


START = review()
SCOPING = review(profile={"rag": False, "tools": True})
SCOPED = step(
    CHECKLIST,
    SCOPING,
    happened.Scoped(by=ANA, at=at(2), facts={"personal_data": True, "customers": False}),
).review
HALF = scoped_review(
    answers={
        IDS[0]: Answer(Verdict.PARTLY, ANA, at(1), "only prompts so far", (URL,)),
        IDS[1]: Answer(Verdict.UNMET, BEN, at(2)),
        IDS[2]: Answer(Verdict.MET, ANA, at(3), "x" * 200, (URL, "https://b.example")),
        IDS[3]: Answer(Verdict.NOT_APPLICABLE, BEN, at(4), "the vendor keeps them"),
        IDS[4]: Answer(Verdict.UNKNOWN, BEN, at(5)),
    },
    assignees={"prompt-management": BEN},
)
DONE = scoped_review(answers=answers(FIRST_LAYER, note=""))
LEFT = scoped_review(
    answers=answers(IDS[8:], note=""), skipped=frozenset(IDS[:8]), assignees={"evaluation": BEN}
)
EARLY = finish(HALF)
READY = _all_met({IDS[22]: Answer(Verdict.PARTLY, BEN, at(9), "by hand")})
CONDITIONAL = _all_met(
    {check.id: Answer(Verdict.UNMET, BEN, at(9)) for check in CHECKLIST.layers[3].checks[:4]}
)
NOT_READY = _all_met(
    {
        CRITICAL[0]: Answer(Verdict.UNMET, BEN, at(9)),
        CRITICAL[1]: Answer(Verdict.NOT_APPLICABLE, BEN, at(9), "no model of our own"),
        IDS[1]: Answer(Verdict.UNKNOWN, ANA, at(9)),
    }
)
NOTHING = finish(scoped_review(answers=answers(dict.fromkeys(IDS, Verdict.NOT_APPLICABLE))))
OTHER = review(
    id="r2", service="Mail Helper", service_key="mail-helper", answers=EARLY.answers,
    profile=EVERYTHING, assignees={"security": ANA},
)  # fmt: skip

OLD_TEXTS = with_text(without(CHECKLIST, IDS[3]), IDS[4], "We know which prompt said it")
AGAIN = opened(
    first_pass(
        {
            IDS[1]: Answer(Verdict.NOT_APPLICABLE, BEN, at(2), "the vendor keeps them"),
            IDS[2]: Answer(Verdict.PARTLY, BEN, at(3), "only prompts so far", (URL,)),
            IDS[8]: Answer(Verdict.UNMET, BEN, at(3), "x" * 200),
        },
        texts=marks(OLD_TEXTS),
        gone=(IDS[3],),
    ),
    100,
)
BY_ITSELF = replace(AGAIN, scheduled=True)
TO_ATTEST = after(
    AGAIN, *(gave(AGAIN, check, Verdict.MET) for check in asked(CHECKLIST, AGAIN)
             if check in FIRST_LAYER)
)  # fmt: skip
ATTESTED = after(TO_ATTEST, attested(AGAIN, "prompt-management", ANA, 2))
PUT_OFF = after(TO_ATTEST, happened.Skipped(by=BEN, at=AGAIN.started_at, checks=tuple(FIRST_LAYER)))
FULL_PASS = after(AGAIN, happened.FullPassAsked(by=BEN, at=AGAIN.started_at))
STANDING = step(
    CHECKLIST, PUT_OFF, happened.Finished(by=ANA, at=AGAIN.started_at + timedelta(minutes=9))
).review

ACCEPTED = step(CHECKLIST, CONDITIONAL, happened.GapsAccepted(by=ANA, at=at(95))).review
HANDED = step(
    CHECKLIST,
    ACCEPTED,
    happened.GapChanged(by=ANA, at=at(96), checks=(IDS[20],), owner=BEN, due=at(60 * 24 * 50)),
).review
SETTLED = step(
    CHECKLIST, HANDED, happened.Settled(by=BEN, at=at(200), check=IDS[21], verdict=Verdict.MET)
).review
REOPENED = step(CHECKLIST, ACCEPTED, happened.Reopened(by=ANA, at=at(300))).review
NO_GAPS = _all_met({})

SLOTS = {
    "start": (START, ["root", "scope"]),
    "scoping half done": (SCOPING, ["root", "scope"]),
    "scoped": (SCOPED, ["root", "scope", "layer:1", "layer:5"]),
    "layer 1 half answered": (HALF, ["root", "layer:1", "walk:1"]),
    "layer 1 done": (DONE, ["root", "layer:1", "layer:2", "walk:1", "walk:2"]),
    "leftovers": (LEFT, ["root", "layer:1", "leftovers", "walk:1"]),
    "finished early": (
        EARLY,
        ["root", "scope", "layer:1", "leftovers", "walk:1", "end", "scorecard:1"],
    ),
    "ready": (READY, ["root", "scorecard:1"]),
    "conditional": (CONDITIONAL, ["scorecard:1"]),
    "not ready, one excused": (NOT_READY, ["scorecard:1"]),
    "nothing applies": (NOTHING, ["root", "scorecard:1"]),
    "gaps proposed": (CONDITIONAL, ["gaps"]),
    "everything a gap": (EARLY, ["gaps"]),
    "gaps accepted": (ACCEPTED, ["gaps"]),
    "a gap handed over": (HANDED, ["gaps"]),
    "a gap settled": (SETTLED, ["gaps", "scorecard:1"]),
    "gaps of a reopened review": (REOPENED, ["gaps"]),
    "no gap left": (NO_GAPS, ["gaps"]),
    "re-review": (AGAIN, ["root", "scope", "layer:1", "layer:3", "layer:6", "walk:1"]),
    "re-review by itself": (BY_ITSELF, ["root"]),
    "re-review, to attest": (TO_ATTEST, ["root", "layer:1", "walk:1"]),
    "re-review, attested": (ATTESTED, ["root", "layer:1", "layer:2"]),
    "re-review, put off": (PUT_OFF, ["layer:1"]),
    "re-review, a full pass": (FULL_PASS, ["root", "layer:1"]),
    "re-review, finished early": (STANDING, ["root", "layer:1", "scorecard:1"]),
}


def cards(words: Wording = WORDS) -> dict[str, Card]:
    """Everything that is shown, by a name that says when."""
    found = {
        f"{name}, {slot}": views.card(scene(of, words), slot)
        for name, (of, slots) in SLOTS.items()
        for slot in slots
    }
    scenes = [scene(of, words) for of in (NOT_READY, OTHER)]
    return found | {
        "already open": private.already_open(scene(HALF, words)),
        "status before scoping": private.status(scene(START, words)),
        "status": private.status(scene(HALF, words)),
        "status, finished": private.status(scene(READY, words)),
        "scorecard so far": private.latest_scorecard(scene(HALF, words)),
        "gaps so far": private.gap_list(scene(HALF, words)),
        "gaps": private.gap_list(scene(CONDITIONAL, words)),
        "gaps, to change": private.gap_list(scene(HANDED, words), change=True),
        "reminder": nudge.card(_reminders(words), TODAY, words),
        "reminder, done": nudge.card(_reminders(words, done=True), TODAY, words),
        "reminder of others'": nudge.card(_late_with_others(words), TODAY, words),
        "reminder, a newer review open": nudge.card(
            [Group(scene(HALF, words), _late_with_others(words)[0].things)], TODAY, words
        ),
        "reminder of many": nudge.card(_many_reminders(words), TODAY, words),
        "no gaps": private.gap_list(scene(NOTHING, words)),
        "services": service_table(scenes, words, LATER),
        "one service without a link": service_table([scene(OTHER, words, thread="")], words, LATER),
        "help": private.help_card(words),
        "help in a chat": private.help_card(words, Here(threads=False)),
        "help alone": private.help_card(words, alone_with_the_bot(words)),
        "did you mean": private.help_card(words, unknown="strat foo", suggestion="start foo"),
        "not understood": private.help_card(words, unknown="deploy it"),
        **{f"advice, {it}": private.advice(words, Here(), it) for it in sorted({*ADVICE.values()})},
        "home": home.card(scenes, ANA, ["search-assistant"], words),
        "home, empty": home.card([], ANA, [], words),
        "weekly": weekly.card(_week(), CHECKLIST, words, {"r": THREAD}),
        "weekly, nothing moved": weekly.card(_week(moved=False), CHECKLIST, words, {}),
        "weekly, many services": weekly.card(_week(200), CHECKLIST, words, {"r": THREAD}),
        "weekly, no service": weekly.card(Week("2026-11-30"), CHECKLIST, words, {}),
    }


def alone_with_the_bot(words: Wording) -> Here:
    """In Slack every message opens a thread, in Teams' chats none does."""
    return Here(alone=True, threads=words.dialect.name != "teams")


def _week(count: int = 3, *, moved: bool = True) -> Week:
    """A week of services of every kind: worse, better, reviewed for the first time."""
    made = [
        Standing(
            key=f"service-{number}",
            name=f"Service {number}",
            review="r",
            open=number % 3 == 2,
            readiness=ORDER[number % 3],
            percent=None if number == 1 else 40 + number % 60,
            weakest=None if number == 1 else "rag-operations",
            applicable=44,
            critical_open=2 if number % 3 == 0 else 0,
            overdue=number % 4,
            days=number,
            again=number == 0,
            change=None if number == 1 else (7 if number % 2 else -12) if moved else 0,
            readiness_before=ORDER[(number + moved) % 3] if number != 1 else None,
        )
        for number in range(count)
    ]
    missed = (Missed(IDS[0], 3), Missed(IDS[9], 2))
    return Week("2026-11-30", tuple(made), missed)


def _reminders(words: Wording, *, done: bool = False) -> list[Group]:
    """Everything that a reminder can show, and the same once it was answered."""
    open_ = State.SETTLED if done else State.OPEN
    checks = [CHECKLIST.by_id[it] for it in IDS[20:25]]
    days = (-3, -1, 0, 1, 3)
    gaps = [Thing(State.OPEN, it, TODAY + timedelta(days)) for it, days in zip(checks, days)]
    if done:
        became = (State.SETTLED, State.HANDED, State.NEWER, State.SETTLED, State.OPEN)
        gaps = [replace(it, state=state) for it, state in zip(gaps, became)]
    silent = Thing(open_, silent_days=3)
    until = LATER if done else None
    return [
        Group(scene(SETTLED, words), tuple(gaps)),
        Group(scene(HALF, words, thread=""), (silent,), until),
    ]


def _late_with_others(words: Wording) -> list[Group]:
    first, *others = (CHECKLIST.by_id[it] for it in IDS[20:23])
    late = TODAY - timedelta(7)
    things = (
        Thing(State.OPEN, first, TODAY),
        *(Thing(State.OPEN, it, late, owner=BEN, mine=False) for it in others),
    )
    return [Group(scene(SETTLED, words), things), Group(scene(SETTLED, words), things[1:])]


def _many_reminders(words: Wording) -> list[Group]:
    things = tuple(Thing(State.OPEN, it, TODAY) for it in CHECKLIST.checks)
    one = Group(scene(EARLY, words), things[:4])
    return [one, Group(scene(OTHER, words), things), one, one]


def every_kind_of_form(words: Wording = WORDS) -> dict[str, Form]:
    """Each form once, and again where it shows what is known."""
    half, asked = scene(HALF, words), IDS[5]
    return {
        "change": forms.of(half, act.Edit("r", IDS[0])),
        "evidence": forms.of(half, act.Edit("r", asked, "evidence")),
        "reason": forms.of(half, act.Edit("r", asked, "reason")),
        "reason, known": forms.of(half, act.Edit("r", IDS[3], "reason")),
        "layer": forms.of(half, act.EditLayer("r", "prompt-management")),
        "gaps of a layer": forms.of(scene(HANDED, words), act.EditGaps("r", "cost-control")),
        "the only gap of a layer": forms.of(scene(READY, words), act.EditGaps("r", "cost-control")),
        "answer a gap": forms.of(scene(HANDED, words), act.SettleForm("r", IDS[20])),
        "hand a gap over": forms.of(scene(HANDED, words), act.HandOver("r", IDS[20])),
        "snooze": forms.of(half, act.SnoozeForm("r")),
        "scope": forms.of(scene(SCOPED, words), act.EditScope("r")),
        "start": forms.start(words, act.StartForm()),
        "start here": forms.start(words, act.StartForm("C1")),
        "start alone": forms.start(words, act.StartForm("D1"), alone=True),
    }


def tells(words: Wording = WORDS) -> dict[str, str]:
    """What people are told without having asked: every macro of `tells.j2`."""
    facts = {
        "service": "Search Assistant", "by": "Ana", "name": "Ben", "number": 3, "id": "5f0c",
        "title": "Observability", "thread": THREAD, "numbers": ["2.3", "2.6"], "verdict": "met",
        "due": "9 Dec 2026", "standing": scene(SETTLED, words).say("private.standing", was=90),
    }  # fmt: skip
    source = (TEMPLATES / "tells.j2").read_text(encoding="utf-8")
    macros = re.findall(r"macro (\w+)\(([^)]*)\)", source)
    return {
        name: words.say(
            f"tells.{name}", **{it: facts.get(it, it) for it in names.split(", ") if it}
        )
        for name, names in macros
    }
