"""Gaps after a review: owners and dates as proposed and as said, and how one is settled."""

from datetime import UTC, datetime, timedelta

import pytest
from reviewing import ANA, BEN, CHE, CHECKLIST, CRITICAL, IDS, answers, at, scoped_review, tried

from conversations import events as happened
from conversations.dialogue import step
from conversations.effects import Refresh, Refused, Remind, Step, Tell
from conversations.gaps import (
    all_accepted,
    chosen_date,
    due_of,
    gaps_of,
    owner_of,
)
from conversations.review import Gap, Review, Verdict

OPEN = scoped_review(answers=answers(IDS[2:]), assignees={"prompt-management": BEN})
DONE = step(CHECKLIST, OPEN, happened.Finished(by=ANA, at=at(90))).review
FIRST, SECOND = CHECKLIST.checks[:2]  # the gaps: 1.1 is critical
LATER = at(60 * 24 * 90)


def handed(of: Review, **values: object) -> Step | Refused:
    """What comes of a change of the first gap."""
    known = {"by": ANA, "at": at(100), "checks": (FIRST.id,)}
    return tried(of, happened.GapChanged(**(known | values)))


def settled(of: Review, verdict: Verdict, by: str = BEN, minutes: float = 200, **more: object):
    return tried(
        of, happened.Settled(by=by, at=at(minutes), check=FIRST.id, verdict=verdict, **more)
    )


def test_whose_a_gap_is_and_until_when_is_proposed():
    assert gaps_of(CHECKLIST, DONE) == [FIRST, SECOND]
    assert FIRST.id in CRITICAL
    assert owner_of(CHECKLIST, DONE, FIRST) == BEN, "the layer's person"
    assert owner_of(CHECKLIST, scoped_review(), FIRST) is None, "the service's owners"
    assert due_of(CHECKLIST, DONE, FIRST) == at(90) + timedelta(days=14)
    assert due_of(CHECKLIST, DONE, SECOND) == at(90) + timedelta(days=30)
    assert due_of(CHECKLIST, OPEN, FIRST) is None


def test_what_was_accepted_stays_whatever_becomes_of_the_proposal():
    taken = step(CHECKLIST, DONE, happened.GapsAccepted(by=ANA, at=at(95)))
    assert taken.effects == (Refresh("gaps"), Remind())
    assert all_accepted(CHECKLIST, taken.review)
    assert not all_accepted(CHECKLIST, DONE)
    moved = step(
        CHECKLIST,
        taken.review,
        happened.Assigned(by=ANA, at=at(96), layer="prompt-management", to=CHE),
    ).review
    assert owner_of(CHECKLIST, moved, FIRST) == BEN
    again = step(CHECKLIST, taken.review, happened.GapsAccepted(by=BEN, at=at(97)))
    assert again == Step(taken.review), "a second tap has no effect"


def test_a_gap_is_handed_over_and_its_new_owner_told_once():
    taken = handed(DONE, owner=CHE)
    assert taken.review.gaps[FIRST.id] == Gap(CHE, due_of(CHECKLIST, DONE, FIRST))
    [told] = [it for it in taken.effects if isinstance(it, Tell)]
    assert (told.person, told.direct) == (CHE, True)
    assert told.facts["numbers"] == ["1.1"]
    assert handed(taken.review, owner=CHE) == Step(taken.review)
    mine = handed(DONE, owner=ANA)
    assert not [it for it in mine.effects if isinstance(it, Tell)], "who does it knows it"


def test_a_gap_is_given_back_to_the_services_owners():
    taken = handed(handed(DONE, owner=CHE).review, to_owners=True)
    assert taken.review.gaps[FIRST.id].owner is None
    assert owner_of(CHECKLIST, taken.review, FIRST) is None, "not the layer's person either"


def test_a_date_alone_leaves_the_owner_and_is_said_to_whoever_moved_it():
    taken = handed(DONE, due=LATER)
    assert taken.review.gaps[FIRST.id] == Gap(BEN, LATER)
    [told] = [it for it in taken.effects if isinstance(it, Tell)]
    assert (told.person, told.words, told.here) == (ANA, "tells.put_off", True)
    assert told.facts["due"] == LATER.strftime("%-d %b %Y")


def test_what_is_the_owners_already_is_not_given_back_in_silence():
    before = handed(DONE, to_owners=True).review
    refused = handed(before, to_owners=True)
    assert isinstance(refused, Refused)
    assert refused.words == "owners_already"


def test_an_answer_with_a_date_says_both():
    taken = settled(DONE, Verdict.PARTLY, note="half", due=LATER)
    assert taken.review.answers[FIRST.id].verdict is Verdict.PARTLY
    assert taken.review.gaps[FIRST.id] == Gap(BEN, LATER)
    assert FIRST.id not in settled(DONE, Verdict.MET, due=LATER).review.gaps, "a gap no more"


@pytest.mark.parametrize(
    ("of", "checks", "words"),
    [
        (OPEN, (FIRST.id,), "gaps_open"),
        (DONE, (IDS[5],), "no_gap"),
        (DONE, ("nothing.like-it",), "unknown_button"),
    ],
)
def test_what_is_no_gap_cannot_be_handed_over(of, checks, words):
    refused = handed(of, checks=checks, owner=CHE)
    assert isinstance(refused, Refused)
    assert refused.words == words


def test_a_gap_that_is_met_is_none_any_more_and_the_cards_follow():
    taken = settled(handed(DONE, owner=CHE).review, Verdict.MET)
    assert taken.review.answers[FIRST.id].by == BEN
    assert FIRST.id not in taken.review.gaps
    assert [(it.check, it.by) for it in taken.records] == [(FIRST.id, BEN)]
    slots = [it.slot for it in taken.effects if isinstance(it, Refresh)]
    assert slots == ["root", "layer:1", "end", "gaps", "scorecard:1"]
    [told] = [it for it in taken.effects if isinstance(it, Tell)]
    assert (told.person, told.here, told.facts["was"]) == (BEN, True, 96)
    assert not taken.review.open


def test_a_gap_that_is_partly_met_keeps_owner_and_date():
    before = handed(DONE, owner=CHE, due=LATER).review
    taken = settled(before, Verdict.PARTLY, note="half")
    assert taken.review.gaps == before.gaps
    assert taken.review.answers[FIRST.id].note == "half"


def test_settling_twice_at_once_is_once_and_later_is_refused():
    once = settled(DONE, Verdict.MET).review
    assert settled(once, Verdict.MET, minutes=200.1) == Step(once)
    for other in (settled(once, Verdict.MET, minutes=300), settled(once, Verdict.UNMET, by=ANA)):
        assert isinstance(other, Refused)
        assert other.words == "no_gap"


def test_not_applicable_needs_its_reason():
    refused = settled(DONE, Verdict.NOT_APPLICABLE)
    assert isinstance(refused, Refused)
    assert refused.words == "reason_needed"


def test_in_a_review_that_was_reopened_it_is_an_answer_like_any_other():
    opened = step(CHECKLIST, DONE, happened.Reopened(by=ANA, at=at(100))).review
    taken = settled(opened, Verdict.MET)
    assert taken.review.open
    assert taken.review.answers[FIRST.id].verdict is Verdict.MET


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "date_unreadable"), ("tomorrow", "date_unreadable"), ("2026-13-01", "date_unreadable"),
        ("2026-02-30", "date_unreadable"), ("2026-3-1x", "date_unreadable"),
        ("2026-03-01", "date_past"), ("0001-01-01", "date_past"), ("2029-03-05", "date_far"),
        ("9999-12-31", "date_far"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_refused(text, words):
    with pytest.raises(Refused) as refused:
        chosen_date(text, at(0).date())
    assert refused.value.words == words


@pytest.mark.parametrize("text", ["2026-03-02", "2026-12-09", "2029-03-04"])
def test_a_chosen_date_is_kept_as_its_noon(text):
    assert chosen_date(text, at(0).date()) == datetime.fromisoformat(f"{text}T12:00:00+00:00")
    assert chosen_date(text, at(0).date()).tzinfo is UTC
