"""A re-review: what it asks, what stands, and who said so when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from again import (
    attested,
    first_pass,
    gave,
    later,
    opened,
    unopened,
    with_text,
    without,
)
from hypothesis import given
from hypothesis import strategies as st
from reviewing import (
    ANA,
    BEN,
    CHE,
    CHECKLIST,
    CRITICAL,
    EVERYTHING,
    FACTS,
    IDS,
    PEOPLE,
    START,
    after,
    at,
    slots,
    tried,
)

from conversations import events as happened
from conversations.dialogue import step
from conversations.effects import Announce, Refused, Show
from conversations.replies import SkipReply, StillTrue, Verdicts, parse_reply
from conversations.rereview import Why, asked, marks, minutes, wording
from conversations.review import (
    Answer,
    State,
    Verdict,
    carried,
    current_check,
    current_layer,
    last_answered,
    leftovers,
    reached,
    to_attest,
    waits,
)
from conversations.scoring import score

LAYER = CHECKLIST.layers[0]  # 1.1 is critical, the others are asked every 180 or 365 days
OTHERS = tuple(check.id for check in LAYER.checks[1:])
URL = "https://wiki.example/rollback"
UNMET = Answer(Verdict.UNMET, ANA, at(9), "planned", (URL,))
GAPS = {IDS[2]: UNMET, IDS[20]: UNMET, IDS[40]: UNMET}
SOON = 30  # days: nothing is older than its interval


def reply(of, words, by=BEN, minutes=1.0):
    return happened.Replied(by=by, at=later(of, minutes), reply=words)


def settled(of, by=BEN):
    """The review with everything asked met, and nothing attested."""
    return after(of, *(gave(of, key, Verdict.MET, by) for key in asked(CHECKLIST, of)))


# What is asked


def test_after_ninety_days_at_most_a_third_is_asked_when_little_changed():
    now = opened(first_pass(GAPS), 91)  # ninety days after it was finished, and a day of answers
    reasons = asked(CHECKLIST, now)
    assert len(reasons) <= len(IDS) / 3
    assert {key for key, why in reasons.items() if why is Why.GAP} == set(GAPS)
    assert {key for key, why in reasons.items() if why is Why.CRITICAL} == set(CRITICAL)
    quarterly = {it.id for it in CHECKLIST.checks if it.interval_days == 90}
    aged = {key for key, why in reasons.items() if why is Why.AGED}
    assert aged == quarterly - set(CRITICAL) - set(GAPS)


def test_what_is_asked_has_no_answer_and_the_rest_stands_with_author_and_date():
    met = Answer(Verdict.MET, CHE, at(3), "see the drill", (URL,))
    last = first_pass({IDS[1]: met, **GAPS})
    now = opened(last, SOON)
    assert now.answers.keys() == set(IDS) - asked(CHECKLIST, now).keys()
    assert now.answers[IDS[1]] == replace(met, carried=True)
    assert all(answer.carried for answer in now.answers.values())


def test_every_carried_answer_is_in_the_history_of_the_new_review():
    new = unopened(first_pass(GAPS), SOON)
    opening = step(CHECKLIST, new, happened.Started(by=BEN, at=new.started_at))
    assert {it.check: it.answer for it in opening.records} == opening.review.answers
    assert {it.by for it in opening.records} == {BEN}


def test_an_answer_is_asked_again_once_it_is_older_than_its_interval_and_not_before():
    check = next(it for it in CHECKLIST.checks if it.interval_days == 90 and not it.critical)
    given = first_pass({check.id: Answer(Verdict.MET, ANA, START)})
    assert check.id not in asked(CHECKLIST, unopened(given, 90))
    a_second = 1 / 24 / 3600
    assert asked(CHECKLIST, unopened(given, 90 + a_second))[check.id] is Why.AGED


def test_an_unanswered_check_of_last_time_is_a_gap():
    last = first_pass()
    given = {key: it for key, it in last.answers.items() if key != IDS[1]}
    reasons = asked(CHECKLIST, opened(replace(last, answers=given), SOON))
    assert reasons[IDS[1]] is Why.GAP


@pytest.mark.parametrize("verdict", [Verdict.PARTLY, Verdict.UNMET, Verdict.UNKNOWN])
def test_whatever_is_not_met_is_a_gap(verdict):
    last = first_pass({IDS[1]: Answer(verdict, ANA, at(1))})
    assert asked(CHECKLIST, opened(last, SOON))[IDS[1]] is Why.GAP


def test_an_excused_check_stands_unless_it_is_critical():
    excused = Answer(Verdict.NOT_APPLICABLE, ANA, at(1), "the vendor does")
    now = opened(first_pass({IDS[0]: excused, IDS[1]: excused}), SOON)
    assert asked(CHECKLIST, now)[IDS[0]] is Why.CRITICAL
    assert now.answers[IDS[1]] == replace(excused, carried=True)


def test_a_new_check_and_one_with_another_wording_are_asked_and_marked():
    old = with_text(without(CHECKLIST, IDS[1]), IDS[3], "We keep prompts in a drawer")
    last = first_pass(texts=marks(old))
    given = {key: it for key, it in last.answers.items() if key != IDS[1]}
    now = opened(replace(last, answers=given), SOON)
    reasons = asked(CHECKLIST, now)
    assert (reasons[IDS[1]], reasons[IDS[3]]) == (Why.NEW, Why.CHANGED)
    marked = {it.id: wording(now, it) for it in CHECKLIST.checks}
    assert {key: why for key, why in marked.items() if why} == {
        IDS[1]: Why.NEW, IDS[3]: Why.CHANGED,
    }  # fmt: skip


def test_a_review_from_before_wordings_were_marked_has_nothing_new_in_it():
    now = opened(first_pass(texts={}), SOON)
    assert set(asked(CHECKLIST, now).values()) == {Why.CRITICAL}
    assert now.texts == marks(CHECKLIST)


def test_what_scoping_proposed_is_proposed_again_while_the_profile_says_so():
    plain = EVERYTHING | {"rag": False}
    proposal = Answer(Verdict.NOT_APPLICABLE, CHE, at(1), "no retrieval", proposed=True)
    needs = [it.id for it in CHECKLIST.checks if it.applies_if == ("rag",)]
    now = opened(first_pass(dict.fromkeys(needs, proposal), profile=plain), SOON)
    assert {now.answers[key] for key in needs} == {proposal}
    assert not asked(CHECKLIST, now).keys() & set(needs)
    other = opened(first_pass(dict.fromkeys(needs, proposal)), SOON)
    assert {asked(CHECKLIST, other)[key] for key in needs} == {Why.GAP}


def test_nothing_of_scoping_is_asked_again():
    now = opened(first_pass(profile=EVERYTHING), SOON)
    assert now.profile == EVERYTHING
    assert reached(CHECKLIST, now) == CHECKLIST.layers[:1]
    assert slots(step(CHECKLIST, now, happened.Moved(by=ANA, at=START)).effects) == [
        "root", "scope", "layer:1",
    ]  # fmt: skip


def test_a_first_review_carries_nothing():
    new = unopened(first_pass())
    first = replace(new, previous=None, before={})
    assert asked(CHECKLIST, first) == {}
    opening = step(CHECKLIST, first, happened.Started(by=BEN, at=first.started_at))
    assert (opening.review, opening.records) == (first, ())


verdicts = st.dictionaries(st.sampled_from(IDS), st.sampled_from([*Verdict, None]))


@given(verdicts, st.integers(0, 500), st.sampled_from([EVERYTHING, dict.fromkeys(FACTS, False)]))
def test_each_check_is_asked_or_stands_or_is_proposed(given_, days, profile):
    """Nothing is both, and what is asked is exactly what the five reasons name."""
    last = first_pass(profile=profile)
    known = {
        key: replace(it, verdict=given_.get(key) or Verdict.MET, note="why")
        for key, it in last.answers.items()
        if given_.get(key, Verdict.MET) is not None
    }
    now = opened(replace(last, answers=known), days)
    reasons = asked(CHECKLIST, now)
    for check in CHECKLIST.checks:
        before, stands = known.get(check.id), now.answers.get(check.id)
        assert (check.id in reasons) == (stands is None)
        if stands and not stands.proposed:
            assert before == replace(stands, carried=False)
            assert before.verdict in {Verdict.MET, Verdict.NOT_APPLICABLE}
            assert not check.critical
            assert now.started_at - before.at <= timedelta(days=check.interval_days)
        if stands and stands.proposed:
            assert before is None
            assert not any(profile[fact] for fact in check.applies_if)


# The score


def test_a_carried_answer_counts_and_an_asked_one_does_not():
    now = opened(first_pass(), SOON)
    tally = score(CHECKLIST, now.answers).overall
    assert (tally.met, tally.unanswered, tally.answered) == (46, 4, 46)
    assert score(CHECKLIST, now.answers).critical_open


# Attesting


def test_still_true_makes_a_layers_answers_those_of_who_tapped_as_of_now():
    now = opened(first_pass({IDS[1]: Answer(Verdict.MET, CHE, at(3), "drilled", (URL,))}), SOON)
    taken = step(CHECKLIST, now, attested(now, LAYER.id, BEN))
    assert {it.check for it in taken.records} == set(OTHERS)
    assert all(it.by == it.answer.by == BEN for it in taken.records)
    assert taken.review.answers[IDS[1]] == Answer(
        Verdict.MET, BEN, later(now, 1), "drilled", (URL,)
    )
    assert not carried(taken.review, LAYER)
    assert len(carried(taken.review, CHECKLIST.layers[1])) == 5


def test_a_second_tap_changes_nothing():
    now = after(opened(first_pass(), SOON), attested(opened(first_pass(), SOON), LAYER.id, BEN))
    again = step(CHECKLIST, now, attested(now, LAYER.id, ANA, 2))
    assert (again.review, again.records, again.effects) == (now, (), ())


def test_a_layer_that_the_checklist_lacks_is_refused():
    now = opened(first_pass(), SOON)
    assert tried(now, attested(now, "nowhere")).words == "unknown_button"


def test_a_layer_waits_for_its_answers_and_for_its_attestation():
    now = opened(first_pass(), SOON)
    answered = after(now, gave(now, IDS[0], Verdict.MET))
    assert current_layer(CHECKLIST, answered) is LAYER
    assert current_check(CHECKLIST, answered) is None
    done = after(answered, attested(now, LAYER.id))
    assert current_layer(CHECKLIST, done) is CHECKLIST.layers[1]


def test_a_carried_answer_can_be_changed_alone():
    now = opened(first_pass(), SOON)
    changed = after(now, gave(now, IDS[1], Verdict.UNMET, CHE))
    assert changed.answers[IDS[1]] == Answer(Verdict.UNMET, CHE, later(now, 1))
    assert {it.id for it in carried(changed, LAYER)} == set(OTHERS) - {IDS[1]}


def test_what_is_added_to_a_carried_answer_makes_it_the_persons():
    now = opened(first_pass(), SOON)
    changed = after(now, happened.Amended(by=CHE, at=later(now, 2), check=IDS[1], note="drilled"))
    assert changed.answers[IDS[1]] == Answer(Verdict.MET, CHE, later(now, 2), "drilled")


def test_skipping_a_layer_puts_off_its_checks_and_what_stands():
    now = opened(first_pass(), SOON)
    put_off = after(now, happened.Skipped(by=BEN, at=later(now, 1), checks=(IDS[0], *OTHERS)))
    assert put_off.skipped == {IDS[0], *OTHERS}
    assert not waits(put_off, LAYER)
    assert all(put_off.answers[key].carried for key in OTHERS)
    assert current_layer(CHECKLIST, put_off) is CHECKLIST.layers[1]


def test_what_somebody_answered_is_not_put_off():
    now = opened(first_pass(), SOON)
    now = after(now, gave(now, IDS[1], Verdict.MET), gave(now, IDS[0], Verdict.MET))
    put_off = after(now, happened.Skipped(by=BEN, at=later(now, 2), checks=IDS[:6]))
    assert put_off.skipped == set(OTHERS) - {IDS[1]}


def test_put_off_attestations_do_not_come_back():
    now = opened(first_pass(), SOON)
    for layer in CHECKLIST.layers:
        ids = tuple(it.id for it in layer.checks)
        now = after(now, happened.Skipped(by=BEN, at=later(now, 1), checks=ids))
    assert {it.id for it in leftovers(CHECKLIST, now)} == set(CRITICAL)
    for key in CRITICAL[:-1]:
        now = after(now, gave(now, key, Verdict.MET, minutes=2))
    assert now.open
    closed = after(now, gave(now, CRITICAL[-1], Verdict.MET, minutes=3))
    assert closed.state is State.FINISHED
    assert sum(it.carried for it in closed.answers.values()) == 46


def test_the_review_closes_itself_when_all_is_answered_and_attested():
    now = settled(opened(first_pass(GAPS), SOON))
    assert now.open
    for layer in CHECKLIST.layers:
        assert now.open
        taken = step(CHECKLIST, now, attested(now, layer.id, minutes=5))
        now = taken.review
    assert now.state is State.FINISHED
    assert Announce(1) in taken.effects
    assert not any(it.carried for it in now.answers.values())


def test_it_closes_too_when_the_last_layer_is_put_off():
    now = settled(opened(first_pass(), SOON))
    *layers, final = CHECKLIST.layers
    now = after(now, *(attested(now, it.id) for it in layers))
    rest = tuple(it.id for it in to_attest(now, final))
    closed = after(now, happened.Skipped(by=BEN, at=later(now, 9), checks=rest))
    assert (closed.state, closed.finished_by) == (State.FINISHED, BEN)


def test_a_carried_answer_is_nobodys_until_somebody_says_so():
    now = opened(first_pass(), SOON)
    assert last_answered(CHECKLIST, now) is None
    assert tried(now, reply(now, parse_reply("note more"))).words == "nothing_answered"


def test_a_change_of_scope_takes_back_what_was_carried_over_of_another_kind_of_service():
    now = opened(first_pass(), SOON)
    changed = after(now, happened.Scoped(by=BEN, at=later(now, 1), facts={"rag": False}))
    needs = [it.id for it in CHECKLIST.checks if it.applies_if == ("rag",)]
    assert all(changed.answers[key].proposed for key in needs)


# The same verdict again


def test_the_same_verdict_keeps_note_and_evidence_of_last_time():
    now = opened(first_pass(GAPS), SOON)
    same = after(now, gave(now, IDS[2], Verdict.UNMET, CHE))
    assert same.answers[IDS[2]] == Answer(Verdict.UNMET, CHE, later(now, 1), "planned", (URL,))


@pytest.mark.parametrize("by", [ANA, BEN])
def test_another_verdict_starts_without_them(by):
    now = opened(first_pass(GAPS), SOON)
    other = after(now, gave(now, IDS[2], Verdict.MET, by))
    assert other.answers[IDS[2]] == Answer(Verdict.MET, by, later(now, 1))


@pytest.mark.parametrize("by", [CHE, BEN])
def test_a_carried_answer_that_is_changed_starts_without_them_whoever_does(by):
    said = Answer(Verdict.MET, CHE, at(3), "drilled", (URL,))
    now = opened(first_pass({IDS[1]: said}), SOON)
    other, same = (after(now, gave(now, IDS[1], it, by)) for it in (Verdict.PARTLY, Verdict.MET))
    assert other.answers[IDS[1]] == Answer(Verdict.PARTLY, by, later(now, 1))
    assert same.answers[IDS[1]] == Answer(Verdict.MET, by, later(now, 1), "drilled", (URL,))


def test_a_typed_link_joins_those_of_last_time_only_with_the_same_verdict():
    now = opened(first_pass(GAPS), SOON)
    new = "https://wiki.example/new"
    no, yes = (after(now, reply(now, parse_reply(f"1.3 {it} {new}"))) for it in ("no", "yes"))
    assert no.answers[IDS[2]].evidence == (URL, new)
    assert yes.answers[IDS[2]].evidence == (new,)


def test_a_typed_link_never_has_too_many_of_last_time_beside_it():
    many = tuple(f"https://wiki.example/{number}" for number in range(5))
    now = opened(first_pass({IDS[2]: replace(UNMET, evidence=many)}), SOON)
    said = after(now, reply(now, parse_reply("1.3 no https://wiki.example/new")))
    assert said.answers[IDS[2]].evidence == (*many[1:], "https://wiki.example/new")


# Typed


@pytest.mark.parametrize("text", ["still true", "Still true.", "*still*", "unchanged", "STILL!"])
def test_still_true_can_be_typed(text):
    assert parse_reply(text) == StillTrue()


@pytest.mark.parametrize(
    "text", ["still true?? I doubt it", "is it still true", "still waiting", "unchanged since May"]
)
def test_people_talking_are_left_alone(text):
    assert parse_reply(text) is None


def test_typed_it_attests_the_current_layer_and_the_same_message_no_other():
    now = opened(first_pass(), SOON)
    now = after(now, gave(now, IDS[0], Verdict.MET, minutes=0.5))
    said = reply(now, StillTrue())
    once = after(now, said)
    assert not carried(once, LAYER)
    twice = step(CHECKLIST, once, said)
    assert (twice.review, twice.effects) == (once, ())


def test_in_a_first_review_it_is_people_talking():
    first = replace(unopened(first_pass()), previous=None, before={})
    taken = step(CHECKLIST, first, reply(first, StillTrue()))
    assert (taken.review, taken.effects, taken.records) == (first, (), ())


def test_a_bare_yes_where_only_attesting_is_left_says_what_to_do():
    now = opened(first_pass(), SOON)
    now = after(now, gave(now, IDS[0], Verdict.MET))
    refused = tried(now, reply(now, Verdicts(Verdict.MET), minutes=2))
    assert isinstance(refused, Refused)
    assert refused.words == "still_true_first"


def test_skip_puts_off_the_attestation_when_nothing_else_is_left_in_the_layer():
    now = opened(first_pass(), SOON)
    now = after(now, gave(now, IDS[0], Verdict.MET), reply(now, SkipReply(layer=False), minutes=2))
    assert now.skipped == set(OTHERS)


# A full pass


def test_a_full_pass_withdraws_what_stands_and_leaves_what_was_answered():
    now = opened(first_pass(), SOON)
    now = after(now, gave(now, IDS[0], Verdict.MET), attested(now, LAYER.id))
    full = step(CHECKLIST, now, happened.FullPassAsked(by=CHE, at=later(now, 3)))
    assert full.review.answers.keys() == {it.id for it in LAYER.checks}
    assert {(it.by, it.answer) for it in full.records} == {(CHE, None)}
    assert Show("layer:2") in full.effects
    again = step(CHECKLIST, full.review, happened.FullPassAsked(by=CHE, at=later(now, 4)))
    assert (again.review, again.effects, again.records) == (full.review, (), ())


def test_it_leaves_what_scoping_proposed():
    last = first_pass({}, profile=EVERYTHING | {"rag": False})
    needs = {it.id for it in CHECKLIST.checks if it.applies_if == ("rag",)}
    given_ = {key: it for key, it in last.answers.items() if key not in needs}
    now = opened(replace(last, answers=given_), SOON)
    full = after(now, happened.FullPassAsked(by=CHE, at=later(now, 3)))
    assert full.answers.keys() == needs


# How long


def test_the_estimate_counts_twenty_seconds_a_check_and_five_a_layer():
    now = opened(first_pass(), SOON)
    assert minutes(CHECKLIST, now) == 2  # 4 x 20 + 8 x 5 = 120 seconds
    assert minutes(CHECKLIST, opened(first_pass(answers={}), SOON)) == 17
    done = settled(now)
    assert minutes(CHECKLIST, done) == 1


def test_the_next_review_counts_from_who_attested():
    now = settled(opened(first_pass(), SOON))
    for layer in CHECKLIST.layers[:1]:
        now = after(now, attested(now, layer.id, PEOPLE[2]))
    closed = after(now, happened.Finished(by=BEN, at=later(now, 9)))
    third = opened(replace(closed), 150)
    assert third.answers[IDS[1]].by == PEOPLE[2]
    assert third.answers[IDS[1]].at == later(now, 1)
    untouched = CHECKLIST.layers[1].checks[1].id
    assert third.answers[untouched].at == now.answers[untouched].at
