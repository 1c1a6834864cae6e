"""What a person is to be reminded of, from the state of a day; and when there will be more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewing import ANA, BEN, CHE, CHECKLIST, IDS, answers, at, review, scoped_review

from conversations import events as happened
from conversations.dialogue import step
from conversations.ladder import LADDER, Step
from conversations.nudging import (
    Concern,
    Found,
    Policy,
    awaited,
    concerned,
    look,
    look_for_all,
    steps_of,
)
from conversations.outcome import State, state
from conversations.review import Gap, Review, Verdict

FIRST, SECOND = CHECKLIST.checks[:2]
DONE = step(
    CHECKLIST, scoped_review(answers=answers(IDS[2:])), happened.Finished(by=ANA, at=at(90))
).review
DUE = date(2026, 3, 16)  # of the first gap; the second is due on 1 April
POLICY = Policy()


def found(
    of: Review,
    person: str = ANA,
    now: datetime = at(0),
    rungs: dict[str, str] | None = None,
    **more: object,
) -> Found:
    known = {"zone": "UTC", "policy": POLICY, "rungs": rungs or {}}
    return look(CHECKLIST, [Concern(of, (ANA,))], person, now=now, **(known | more))


def on(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def climbed(it: Found) -> dict[str, str]:
    return {item.subject: item.rung for item in it.items}


def test_each_step_of_the_ladder_is_due_once():
    rungs: dict[str, str] = {}
    days = []
    for number in range(60):
        day = DUE + timedelta(number - 20)
        it = found(DONE, now=on(day), rungs=rungs)
        if [item for item in it.items if item.check == FIRST.id]:
            days.append((day - DUE).days)
        rungs |= climbed(it)
    assert days == [-3, 0, 3, 7, 14]


def test_only_the_newest_step_counts_after_a_pause():
    it = found(DONE, now=on(DUE + timedelta(8)))
    [first] = [item for item in it.items if item.check == FIRST.id]
    assert first.step == Step(7, owners=True)
    assert not found(DONE, now=on(DUE + timedelta(9)), rungs=climbed(it)).items


def test_it_is_said_when_the_next_step_begins():
    assert found(DONE, now=on(date(2026, 3, 3))).next_at == on(DUE - timedelta(3), 0)
    zone = "America/New_York"
    begins = found(DONE, now=on(date(2026, 3, 3)), zone=zone).next_at
    assert begins == on(DUE - timedelta(3), 4), "midnight there"
    over = found(DONE, now=on(date(2026, 8, 1)))
    assert over.next_at is None


def test_another_date_begins_the_ladder_anew():
    rungs = climbed(found(DONE, now=on(DUE)))
    moved = replace(DONE, gaps={FIRST.id: Gap(ANA, on(date(2026, 5, 4), 12))})
    assert not found(moved, now=on(DUE), rungs=rungs).items
    it = found(moved, now=on(date(2026, 5, 1)), rungs=rungs)
    assert FIRST.id in {item.check for item in it.items}


def test_owner_of_the_gap_first_and_the_services_owners_when_it_is_late():
    of = replace(DONE, gaps={FIRST.id: Gap(BEN, on(DUE, 12))})
    for days, who in ((-3, {BEN}), (0, {BEN}), (3, {BEN}), (7, {ANA, BEN}), (14, {ANA, BEN})):
        now = on(DUE + timedelta(days))
        hear = {
            person
            for person in (ANA, BEN, CHE)
            if FIRST.id in {item.check for item in found(of, person, now).items}
        }
        assert hear == who, days


def test_only_after_two_weeks_the_channel_is_to_hear_of_it():
    channel = [
        days
        for days in range(-5, 30)
        for item in found(DONE, now=on(DUE + timedelta(days))).items
        if item.check == FIRST.id and item.step and item.step.channel
    ]
    assert channel == list(range(14, 30))


def test_the_most_urgent_comes_first_reviews_without_answers_last():
    concerns = [Concern(review(id="r2", service_key="b"), (ANA,)), Concern(DONE, (ANA,))]
    it = look(
        CHECKLIST, concerns, ANA, now=on(date(2026, 4, 20)), zone="UTC", rungs={}, policy=POLICY
    )
    assert [item.check for item in it.items] == [FIRST.id, SECOND.id, None]


def test_own_before_others_then_by_date_critical_first_in_the_checklists_order():
    none = step(CHECKLIST, scoped_review(), happened.Finished(by=ANA, at=at(90))).review
    late = {IDS[0]: Gap(BEN, on(DUE - timedelta(30), 12)), IDS[3]: Gap(ANA, on(DUE, 12))}
    items = found(replace(none, gaps=late), now=on(DUE + timedelta(20))).items
    checks = [CHECKLIST.by_id[str(it.check)] for it in items]
    assert checks[-1].id == IDS[0], "somebody else's, though it is the oldest"
    assert [it.mine for it in items] == [True] * 49 + [False]
    assert [it.due for it in items[:-1]] == sorted(it.due for it in items[:-1] if it.due)
    first = [it for it, item in zip(checks, items) if item.due == DUE]
    order = CHECKLIST.checks.index
    assert first == sorted(first, key=lambda it: (not it.critical, order(it)))
    assert first[-1].id == IDS[3]


def test_gaps_go_on_while_a_newer_review_is_open_until_it_answers_them():
    newer = scoped_review(id="r2", previous=DONE.id, before=DONE.answers)
    known = {"now": on(DUE), "zone": "UTC", "rungs": {}, "policy": POLICY}
    of = Concern(newer, (ANA,), DONE)
    assert FIRST.id in {it.check for it in look(CHECKLIST, [of], ANA, **known).items}
    assert state(CHECKLIST, of, ANA, FIRST.id, "", DUE) is State.OPEN
    carried = replace(answers([FIRST.id])[FIRST.id], verdict=Verdict.UNMET, carried=True)
    of = replace(of, review=replace(newer, answers={FIRST.id: carried}))
    assert FIRST.id in {it.check for it in look(CHECKLIST, [of], ANA, **known).items}
    for verdict, became in ((Verdict.MET, State.SETTLED), (Verdict.UNMET, State.NEWER)):
        said = {FIRST.id: replace(carried, verdict=verdict, carried=False)}
        of = replace(of, review=replace(newer, answers=said))
        assert FIRST.id not in {it.check for it in look(CHECKLIST, [of], ANA, **known).items}
        assert state(CHECKLIST, of, ANA, FIRST.id, "", DUE) is became


def test_everybody_hears_of_all_that_is_long_overdue_when_one_more_is():
    known = {"zone": "UTC", "policy": POLICY}
    of = Concern(DONE, (ANA,))
    early = look_for_all(CHECKLIST, of, now=on(DUE), rungs={}, **known)
    assert early == Found((), on(DUE + timedelta(14), 0))
    first = look_for_all(CHECKLIST, of, now=on(DUE + timedelta(14)), rungs={}, **known)
    assert [it.check for it in first.items] == [FIRST.id]
    rungs = climbed(first)
    assert not look_for_all(CHECKLIST, of, now=on(DUE + timedelta(15)), rungs=rungs, **known).items
    both = look_for_all(CHECKLIST, of, now=on(date(2026, 4, 15)), rungs=rungs, **known)
    assert [it.check for it in both.items] == [FIRST.id, SECOND.id]
    nobody = look_for_all(
        CHECKLIST, of, now=on(date(2026, 4, 15)), rungs={}, zone="UTC", policy=Policy(LADDER[:4])
    )
    assert nobody == Found((), None)


def test_a_silent_review_is_due_after_two_days_then_weekly_four_times():
    of, rungs, days = review(), {}, []
    for number in range(60):
        it = found(of, now=at(0) + timedelta(days=number), rungs=rungs)
        days += [number] if it.items else []
        rungs |= climbed(it)
    assert days == [2, 9, 16, 23]
    assert found(of, now=at(0)).next_at == at(0) + timedelta(days=2)


def test_an_answer_begins_the_silence_anew_and_a_proposal_does_not():
    given_ = answers([IDS[0]])
    late = {IDS[0]: replace(given_[IDS[0]], at=at(60 * 24 * 5))}
    of = scoped_review(answers=late)
    assert not found(of, now=at(60 * 24 * 6)).items
    assert found(of, now=at(60 * 24 * 7)).items
    proposed = {IDS[0]: replace(late[IDS[0]], proposed=True)}
    assert found(scoped_review(answers=proposed), now=at(60 * 24 * 6)).items


def test_who_is_waited_for():
    of = scoped_review(
        answers=answers(IDS[:6]), assignees={"prompt-management": CHE, "evaluation": BEN}
    )
    assert awaited(CHECKLIST, Concern(of, (ANA,))) == (BEN,), "Che's layer is done"
    assert awaited(CHECKLIST, Concern(scoped_review(), (ANA,))) == (ANA,)
    assert set(concerned(Concern(of, (ANA,)))) == {ANA, BEN, CHE}


@pytest.mark.parametrize(
    ("of", "person", "check", "became"),
    [
        (DONE, ANA, FIRST.id, State.OPEN),
        (DONE, ANA, IDS[5], State.SETTLED),
        (replace(DONE, gaps={FIRST.id: Gap(BEN, on(DUE))}), ANA, FIRST.id, State.HANDED),
        (replace(DONE, gaps={FIRST.id: Gap(BEN, on(DUE))}), BEN, FIRST.id, State.OPEN),
        (review(), ANA, FIRST.id, State.NEWER),
        (DONE, ANA, "gone.check", State.SETTLED),
    ],
)
def test_what_became_of_a_gap(of, person, check, became):
    concern = Concern(of, (ANA,))
    assert state(CHECKLIST, concern, person, check, "", DUE) is became
    late = state(CHECKLIST, concern, person, check, "", DUE + timedelta(7))
    assert late is (State.OPEN if became is State.HANDED else became), "its owners see to it too"


def test_what_became_of_a_silence():
    rung = found(review(), now=at(60 * 24 * 3)).items[0].rung
    broken = scoped_review(answers={IDS[0]: replace(answers([IDS[0]])[IDS[0]], at=at(60 * 24 * 4))})
    assert state(CHECKLIST, Concern(review(), ()), ANA, None, rung, DUE) is State.OPEN
    assert state(CHECKLIST, Concern(broken, ()), ANA, None, rung, DUE) is State.SETTLED
    assert state(CHECKLIST, Concern(DONE, ()), ANA, None, rung, DUE) is State.SETTLED


def test_steps_are_days_with_what_follows_from_them():
    assert steps_of([14, -3, 0, 7, 3, 3]) == LADDER
    assert steps_of([]) == ()


@given(
    st.lists(st.integers(-10, 30), min_size=1, max_size=5),
    st.integers(0, 90),
    st.sampled_from([Verdict.UNMET, Verdict.PARTLY, Verdict.UNKNOWN]),
)
def test_what_is_due_is_said_once_and_the_next_moment_lies_ahead(days, after, verdict):
    of = replace(DONE, answers=answers(dict.fromkeys(IDS, verdict)))
    now, policy = at(90) + timedelta(days=after), Policy(steps_of(days))
    first = found(of, now=now, policy=policy)
    again = found(of, now=now, policy=policy, rungs=climbed(first))
    assert not again.items
    assert again.next_at == first.next_at
    assert first.next_at is None or first.next_at > now
