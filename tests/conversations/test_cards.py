"""What is promised of the cards: the labels, and what each of them lets a person do."""

import pytest
from plain_cards import lines
from reviewing import (
    ANA,
    BEN,
    CHECKLIST,
    CRITICAL,
    IDS,
    after,
    answers,
    at,
    gave,
    review,
    scene,
    scoped_review,
    slots,
)

from conversations import actions as act
from conversations import events as happened
from conversations import labels, views
from conversations.cards import Buttons, Card, Divider, Text
from conversations.dialogue import step
from conversations.review import Answer, Review, Verdict
from conversations.scoring import score

FIRST, LAYER = IDS[0], CHECKLIST.layers[0]
VERDICT_ROW = "[Met] [Partly] [Not yet] [N/A] [Don't know]"
ALL_SLOTS = ["root", "scope", "leftovers", "scorecard:1"] + [
    f"{kind}:{layer.number}" for kind in ("layer", "walk") for layer in CHECKLIST.layers
]


def drawn(of: Review, slot: str) -> list[str]:
    return list(lines(views.card(scene(of), slot)))


def buttons(card: Card) -> dict[str, act.Action | None]:
    """Actions by label; of several alike the last."""
    found = {}
    for element in card.elements:
        if isinstance(element, Buttons):
            found |= {button.label: button.action for button in element.buttons}
        elif isinstance(element, Text) and element.button:
            found[element.button.label] = element.button.action
    return found


def test_the_labels_are_the_documented_ones_to_the_letter():
    assert list(labels.VERDICTS.values()) == ["Met", "Partly", "Not yet", "N/A", "Don't know"]
    assert (labels.ADD_EVIDENCE, labels.CHANGE, labels.SKIP_LAYER, labels.FINISH) == (
        "Add evidence", "Change", "Skip layer", "Finish review",
    )  # fmt: skip
    assert (labels.WALK, labels.ASK_EVERYTHING) == ("Walk me through", "Ask everything")
    assert labels.STILL_TRUE == "Still true"


def test_the_root_says_who_started_and_has_a_line_for_each_of_the_eight_layers():
    shown = drawn(review(), "root")
    assert any("Started by Ana" in line for line in shown)
    rows = [line for line in shown if line.startswith("⬜")]
    assert [row.partition("  ")[2] for row in rows] == [
        f"{layer.number} {layer.title} · 0 of {len(layer.checks)}" for layer in CHECKLIST.layers
    ]


def test_scoping_takes_four_taps_and_can_be_skipped():
    card = views.card(scene(review()), "scope")
    assert drawn(review(), "scope").count("[Yes] [No]") == 3
    assert "[Customers] [Only internal]" in lines(card)
    assert buttons(card)["Ask everything"] == act.AskAll(review().id)


@pytest.mark.parametrize(
    "said",
    [
        happened.AskedEverything(by=ANA, at=at(1)),
        happened.Scoped(by=ANA, at=at(1), facts={fact.id: False for fact in CHECKLIST.facts}),
    ],
)
def test_the_first_layers_card_follows_either_way(said):
    assert "layer:1" in slots(step(CHECKLIST, review(), said).effects)


def test_what_scoping_proposes_says_why_and_can_be_changed():
    none = {fact.id: False for fact in CHECKLIST.facts}
    of = after(review(), happened.Scoped(by=ANA, at=at(1), facts=none))
    check = CHECKLIST.layers[7].checks[4]
    assert of.answers[check.id].note == "only internal users"
    line = next(line for line in drawn(of, "layer:8") if check.number in line)
    assert line == (
        f"➖ {check.number} {check.text} · N/A, proposed: only internal users · Ana  [Change]"
    )


def test_an_answered_check_is_one_line_with_verdict_person_and_change():
    of = after(scoped_review(), gave(IDS[1], Verdict.MET, BEN, 1))
    assert f"🟩 1.2 {CHECKLIST.checks[1].text} · Met · Ben  [Change]" in drawn(of, "layer:1")
    assert drawn(of, "layer:1").count(VERDICT_ROW) == 5


@pytest.mark.parametrize(
    ("check", "verdict", "offered"),
    [
        (IDS[1], Verdict.PARTLY, True),
        (IDS[1], Verdict.UNMET, True),
        (IDS[1], Verdict.MET, False),
        (IDS[1], Verdict.UNKNOWN, False),
        (CRITICAL[0], Verdict.MET, True),
        (CRITICAL[0], Verdict.UNKNOWN, False),
    ],
)
def test_partly_not_yet_and_a_critical_met_offer_evidence_and_never_force_it(
    check, verdict, offered
):
    """The answer stands already, and the next check is asked."""
    of = after(scoped_review(), gave(check, verdict, minutes=1))
    card = views.card(scene(of), "layer:1")
    assert of.answers[check].verdict is verdict
    assert ("Add evidence" in buttons(card)) == offered
    given = after(of, happened.Amended(by=BEN, at=at(2), check=check, note="seen"))
    assert "Add evidence" not in buttons(views.card(scene(given), "layer:1"))


def test_n_a_opens_the_form_that_asks_for_its_reason():
    """In a walk too; every other verdict is given at once."""
    for slot, walking in (("layer:1", False), ("walk:1", True)):
        card = views.card(scene(scoped_review(answers=answers(IDS[1:6]))), slot)
        given = buttons(card)
        of = scoped_review().id
        assert given["N/A"] == act.Edit(of, FIRST, "reason", walking)
        assert given["Met"] == act.Give(of, FIRST, Verdict.MET, walking)


def test_the_walk_shows_why_how_to_verify_and_example_evidence():
    shown = drawn(scoped_review(), "walk:1")
    check = CHECKLIST.checks[0]
    assert f"Why: {check.why}" in shown
    assert [f"{number}. {step_}" for number, step_ in enumerate(check.verify, 1)] == [
        line for line in shown if line[:2] in {"1.", "2.", "3."} and line[2] == " "
    ]
    assert f"Good evidence: {check.evidence}" in shown
    assert shown[0].startswith("Layer 1 of 8")
    assert "check 1 of 6" in shown[0]


def test_the_walk_begins_with_its_title_and_ends_with_the_answer_before():
    """So that a slip can be mended, and nobody takes it for the check that is asked."""
    card = views.card(scene(scoped_review(answers=answers(IDS[:2]))), "walk:1")
    assert isinstance(card.elements[0], Text)
    assert "1.3" in card.elements[0].text
    assert card.elements[1] == Divider()
    shown = drawn(scoped_review(answers=answers(IDS[:2])), "walk:1")
    assert shown[-1].startswith("🟩 1.2 ")
    assert [it for it in shown if "1.2 " in it] == shown[-1:]


def test_a_finished_layer_shrinks_to_its_result_and_the_next_one_follows():
    of = scoped_review(answers=answers(IDS[:5]))
    done = step(CHECKLIST, of, gave(IDS[5], Verdict.MET, minutes=9))
    assert drawn(done.review, "layer:1") == [
        "🟩🟩🟩🟩🟩🟩  Layer 1 of 8 · Prompt management",
        "6 met  [Change]",
    ]
    assert slots(done.effects)[:3] == ["root", "layer:1", "layer:2"]


def test_a_layer_that_scoping_answered_says_why():
    of = after(scoped_review(), happened.Scoped(by=ANA, at=at(1), facts={"rag": False}))
    assert "6 n/a, proposed: no retrieval  [Change]" in drawn(of, "layer:5")


def test_the_offer_of_evidence_outlives_the_last_check_of_a_layer_until_the_next_answer():
    of = scoped_review(answers=answers(IDS[:5]))
    done = step(CHECKLIST, of, gave(IDS[5], Verdict.PARTLY, minutes=9))
    assert drawn(done.review, "layer:1")[2:] == [
        "🟨 1.6 Prompt templates are reviewed like code (PR + approval) · Partly · Ana",
        "[Add evidence] [Change]",
    ]
    then = step(CHECKLIST, done.review, gave(IDS[6], Verdict.MET, minutes=10))
    assert "layer:1" in slots(then.effects)
    assert len(drawn(then.review, "layer:1")) == 2


def test_a_finished_review_says_so_where_the_last_tap_was_made():
    of = scoped_review(answers=answers(IDS[:-1]))
    done = step(CHECKLIST, of, gave(IDS[-1], Verdict.MET, minutes=9))
    assert slots(done.effects)[-1] == "end"
    assert drawn(done.review, "end") == [
        "🟢 Ready · 100 % · weakest layer: Prompt management · 50 of 50 apply",
        "Finished by Ana. The scorecard is in the channel.  [Reopen review]",
    ]
    again = step(CHECKLIST, done.review, happened.Reopened(by=ANA, at=at(99)))
    assert "end" in slots(again.effects)
    assert drawn(again.review, "end") == ["The review was reopened and takes answers again, above."]


def test_skipped_checks_come_back_before_finish():
    of = scoped_review(answers=answers(IDS[3:]))
    skipped = step(CHECKLIST, of, happened.Skipped(by=ANA, at=at(60), checks=IDS[:3]))
    assert "leftovers" in slots(skipped.effects)
    shown = drawn(skipped.review, "leftovers")
    assert shown.count(VERDICT_ROW) == 3
    assert "[Finish review, asks first]" in shown


def test_finishing_asks_first_only_while_something_is_unanswered():
    def confirm(of: Review) -> object:
        rows = [it for it in views.card(scene(of), "root").elements if isinstance(it, Buttons)]
        return rows[0].buttons[-1].confirm

    asks = confirm(scoped_review(answers=answers(IDS[1:])))
    assert asks is not None
    assert asks.text.startswith("1 check is unanswered and will count as that, never as met.")
    assert confirm(scoped_review(answers=answers(IDS))) is None


def test_unanswered_checks_count_as_unanswered_and_not_as_met():
    closed = after(scoped_review(answers=answers(IDS[:25])), happened.Finished(by=ANA, at=at(60)))
    assert score(CHECKLIST, closed.answers).overall.unanswered == 25
    assert score(CHECKLIST, closed.answers).overall.percent == 50
    assert any("25 gaps" in line for line in drawn(closed, "scorecard:1"))


@pytest.mark.parametrize("slot", ALL_SLOTS)
def test_a_finished_review_has_no_buttons_but_reopen_and_links(slot):
    given = {FIRST: Answer(Verdict.PARTLY, ANA, at(1))}
    closed = after(scoped_review(answers=given), happened.Finished(by=ANA, at=at(60)))
    actions = buttons(views.card(scene(closed), slot)).values()
    assert {type(action) for action in actions} <= {act.Reopen, type(None)}


def test_a_card_of_an_unknown_slot_is_an_error():
    with pytest.raises(KeyError):
        views.card(scene(review()), "nothing:1")
