"""What a press or a form means: an event of the review it names, or a line beside a field."""

from datetime import UTC, datetime

import pytest
from reviewing import (
    ANA,
    BEN,
    CHECKLIST,
    FACTS,
    IDS,
    after,
    answers,
    at,
    gave,
    scoped_review,
    tried,
)

from conversations import actions as act
from conversations import events as happened
from conversations import intents
from conversations.effects import Refused
from conversations.review import Answer, Review, Verdict

FIRST, SECOND = IDS[:2]
LAYER = CHECKLIST.layers[0].id
URL, OTHER = "https://wiki.example/a", "https://wiki.example/b"
CHANGE = act.Edit("r", FIRST)
EVIDENCE = act.Edit("r", FIRST, "evidence")
REASON = act.Edit("r", FIRST, "reason", walking=True)


def sent(review: Review, action: intents.Submitted, **values: str) -> happened.Event:
    """The event of a form that Ben sends in the fifth minute."""
    return intents.submitted(CHECKLIST, review, action, values, BEN, at(5), at(5).date())


def result(review: Review, action: intents.Submitted, **values: str) -> Answer:
    """The first check's answer after that form."""
    return after(review, sent(review, action, **values)).answers[FIRST]


def refusal(review: Review, action: intents.Submitted, **values: str) -> tuple[str, str]:
    """The field that has to be mended, and why."""
    with pytest.raises(intents.FieldRefused) as refused:
        sent(review, action, **values)
    return refused.value.field, refused.value.words


ANSWERED = scoped_review(
    answers={FIRST: Answer(Verdict.PARTLY, ANA, at(1), "so far", (URL,)),
             SECOND: Answer(Verdict.NOT_APPLICABLE, ANA, at(2), "no such thing")}
)  # fmt: skip


GAP = act.SettleForm("r", FIRST)


def test_a_date_alone_puts_the_gap_off_and_beside_an_answer_it_is_kept():
    same = {"verdict": "partly", "note": "so far", "evidence": URL}
    moved = sent(ANSWERED, GAP, **same, due="2026-12-18")
    assert isinstance(moved, happened.GapChanged)
    assert (moved.checks, moved.owner, moved.to_owners) == ((FIRST,), None, False)
    assert moved.due == datetime(2026, 12, 18, 12, tzinfo=UTC)
    nobody = sent(scoped_review(), GAP, note="", evidence="", due="2026-12-18")
    assert isinstance(nobody, happened.GapChanged), "nobody has answered it"
    settled = sent(ANSWERED, GAP, **(same | {"note": "more"}), due="2026-12-18")
    assert isinstance(settled, happened.Settled)
    assert (settled.note, settled.due) == ("more", moved.due)
    assert isinstance(sent(ANSWERED, GAP, **same), happened.Settled)
    assert refusal(scoped_review(), GAP, note="") == ("verdict", "choose_verdict")
    assert refusal(ANSWERED, GAP, **same, due="2020-01-01") == ("due", "date_past")


@pytest.mark.parametrize(
    ("action", "event"),
    [
        (act.Give("r", FIRST, Verdict.MET, walking=True), gave(FIRST, Verdict.MET, walking=True)),
        (act.Scope("r", "rag", yes=False), happened.Scoped(by=ANA, at=at(0), facts={"rag": False})),
        (act.AskAll("r"), happened.AskedEverything(by=ANA, at=at(0))),
        (act.Attest("r", LAYER), happened.Attested(by=ANA, at=at(0), layer=LAYER)),
        (act.FullPass("r"), happened.FullPassAsked(by=ANA, at=at(0))),
        (act.SkipCheck("r", FIRST), happened.Skipped(by=ANA, at=at(0), checks=(FIRST,))),
        (act.Skip("r", LAYER), happened.Skipped(by=ANA, at=at(0), checks=IDS[2:6])),
        (act.Walk("r", LAYER), happened.WalkAsked(by=ANA, at=at(0), layer=LAYER)),
        (act.Finish("r"), happened.Finished(by=ANA, at=at(0))),
        (act.Reopen("r"), happened.Reopened(by=ANA, at=at(0))),
    ],
)
def test_every_press_is_an_event(action, event):
    """`Skip layer` puts off what is unanswered in it."""
    assert intents.pressed(CHECKLIST, ANSWERED, action, ANA, at(0)) == event


@pytest.mark.parametrize(
    "action",
    [
        act.Give("r", "no.such-check", Verdict.MET),
        act.SkipCheck("r", "no.such-check"),
        act.Skip("r", "nowhere"),
        act.Walk("r", "nowhere"),
        act.Scope("r", "no-fact", yes=True),
    ],
)
def test_a_button_of_another_checklist_is_refused(action):
    try:
        refused = tried(ANSWERED, intents.pressed(CHECKLIST, ANSWERED, action, ANA, at(9)))
    except Refused as early:
        refused = early
    assert isinstance(refused, Refused)
    assert refused.words == "unknown_button"


def test_n_a_asks_for_its_reason_and_takes_no_more_than_300_characters():
    review = scoped_review()
    assert refusal(review, REASON) == ("reason", "reason_empty")
    assert refusal(review, REASON, reason=" \u200b ") == ("reason", "reason_empty")
    assert refusal(review, REASON, reason="x" * 301) == ("reason", "reason_too_long")
    given = result(review, REASON, reason="no prompts")
    assert (given.verdict, given.note) == (Verdict.NOT_APPLICABLE, "no prompts")


def test_n_a_from_a_walk_goes_on_with_the_walk():
    assert sent(scoped_review(), REASON, reason="no prompts").walking


def test_evidence_and_a_note_leave_the_verdict_with_its_author():
    amended = result(ANSWERED, EVIDENCE, evidence=f"{URL}\n{OTHER}", note="still")
    assert amended == Answer(Verdict.PARTLY, ANA, at(1), "still", (URL, OTHER))


def test_the_evidence_form_can_empty_both():
    assert result(ANSWERED, EVIDENCE) == Answer(Verdict.PARTLY, ANA, at(1))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ftp://x.example", "evidence_url"),
        (f"{URL} and more", "evidence_url"),
        (" ".join(f"https://x.example/{number}" for number in range(6)), "too_many_links"),
    ],
)
def test_a_link_that_cannot_be_taken_is_named_beside_its_field(typed, words):
    assert refusal(ANSWERED, EVIDENCE, evidence=typed) == ("evidence", words)


def test_the_same_link_twice_is_one():
    assert result(ANSWERED, EVIDENCE, evidence=f"{URL} {URL}\n<{URL}|again>").evidence == (URL,)


def test_a_new_verdict_is_its_givers():
    changed = result(ANSWERED, CHANGE, verdict="met", note="so far", evidence=URL)
    assert changed == Answer(Verdict.MET, BEN, at(5), "so far", (URL,))


def test_the_same_verdict_with_a_new_note_stays_its_authors():
    changed = result(ANSWERED, CHANGE, verdict="partly", note="more", evidence=URL)
    assert changed == Answer(Verdict.PARTLY, ANA, at(1), "more", (URL,))


def test_a_verdict_has_to_be_chosen():
    assert refusal(ANSWERED, CHANGE, note="x") == ("verdict", "choose_verdict")
    assert refusal(ANSWERED, CHANGE, verdict="great") == ("verdict", "choose_verdict")


def test_a_change_to_n_a_needs_its_reason_in_the_note():
    assert refusal(ANSWERED, CHANGE, verdict="not_applicable") == ("note", "reason_empty")


def test_the_reason_for_n_a_does_not_outlive_it():
    action = act.Edit("r", SECOND)
    event = sent(ANSWERED, action, verdict="met", note="no such thing")
    assert after(ANSWERED, event).answers[SECOND].note == ""


def test_confirming_a_proposal_makes_it_ones_own():
    proposed = Answer(Verdict.NOT_APPLICABLE, ANA, at(1), "no retrieval", proposed=True)
    review = scoped_review(answers={FIRST: proposed})
    confirmed = result(review, CHANGE, verdict="not_applicable", note="no retrieval")
    assert (confirmed.by, confirmed.proposed) == (BEN, False)


def test_the_form_of_a_layer_leaves_what_its_empty_fields_cannot_show():
    changed = result(ANSWERED, act.EditLayer("r", LAYER), check=FIRST, verdict="partly")
    assert changed == ANSWERED.answers[FIRST]


def test_the_form_of_a_layer_adds_links_and_replaces_the_note():
    changed = result(
        ANSWERED, act.EditLayer("r", LAYER), check=FIRST, verdict="partly", evidence=OTHER, note="x"
    )
    assert changed == Answer(Verdict.PARTLY, ANA, at(1), "x", (URL, OTHER))


def test_the_scope_form_answers_every_question_at_once():
    event = sent(ANSWERED, act.EditScope("r"), **dict.fromkeys(FACTS, "no"))
    assert event == happened.Scoped(by=BEN, at=at(5), facts=dict.fromkeys(FACTS, False))


def test_a_note_added_to_a_proposal_makes_it_the_persons_so_that_rescoping_keeps_it():
    review = scoped_review(
        answers=answers({FIRST: Verdict.NOT_APPLICABLE}, note="no prompts", proposed=True)
    )
    amended = happened.Amended(by=BEN, at=at(5), check=FIRST, evidence=(URL,))
    rescoped = happened.Scoped(by=ANA, at=at(6), facts={"rag": False})
    kept = after(review, amended, rescoped).answers[FIRST]
    assert (kept.by, kept.evidence, kept.proposed) == (BEN, (URL,), False)
