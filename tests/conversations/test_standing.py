"""Where a service stands, as facts: what they depend on, and what a week makes of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from reviewing import ANA, BEN, CHECKLIST, CRITICAL, IDS, START, answers, review, stand

from conversations.ladder import DueDays
from conversations.review import Gap, Review, State, Verdict
from conversations.scoring import Readiness, Thresholds
from conversations.standing import Yardstick, rank
from conversations.week import Missed, week

BY = Yardstick(CHECKLIST)
DAY = timedelta(days=1)


def finished(given: dict[str, Verdict], **changes: object) -> Review:
    known = {"state": State.FINISHED, "finished_by": ANA, "finished_at": START, "closings": 1}
    return review(answers=answers(given), **(known | changes))


def all_but(*checks: str) -> dict[str, Verdict]:
    return {it: Verdict.MET for it in IDS if it not in checks}


def missed(reviews: list[Review]) -> tuple[Missed, ...]:
    return week("2026-03-02", [stand(it) for it in reviews], {}, START, CHECKLIST).missed


def test_facts_of_a_finished_review() -> None:
    left = IDS[4]
    known = BY.facts(finished(all_but(left, IDS[7]) | {IDS[7]: Verdict.NOT_APPLICABLE}))
    assert known.readiness is Readiness.READY
    assert (known.percent, known.applicable, known.critical_open) == (98, 49, 0)
    assert known.weakest == CHECKLIST.layer_of[left].id
    assert known.weakest_percent is not None
    assert known.gaps == [left]
    assert known.dues == [(START + CHECKLIST.due_days.other * DAY).date().isoformat()]


def test_where_nothing_applies_there_is_no_percent_and_no_weakest_layer() -> None:
    known = BY.facts(finished(dict.fromkeys(IDS, Verdict.NOT_APPLICABLE)))
    assert (known.percent, known.weakest, known.weakest_percent) == (None, None, None)


def test_gaps_of_an_open_review_are_those_that_are_known_and_none_is_due() -> None:
    known = BY.facts(review(answers=answers({IDS[0]: Verdict.MET, IDS[1]: Verdict.UNMET})))
    assert (known.gaps, known.dues) == ([IDS[1]], [])


def test_a_gap_is_overdue_from_the_day_after_its_date() -> None:
    gaps = {IDS[0]: Gap(None, START), IDS[1]: Gap(BEN, START + DAY)}
    known = BY.facts(finished(all_but(*IDS[:2]), gaps=gaps))
    days = [(START + number * DAY).date().isoformat() for number in range(3)]
    assert [known.overdue(it) for it in days] == [0, 1, 2]


def test_the_date_that_counts_is_the_utc_one() -> None:
    late = datetime(2026, 3, 2, 23, tzinfo=timezone(timedelta(hours=-5)))
    known = BY.facts(finished(all_but(IDS[0]), gaps={IDS[0]: Gap(None, late)}))
    assert known.dues == [late.astimezone(UTC).date().isoformat()] == ["2026-03-03"]


@pytest.mark.parametrize(
    "other",
    [
        Yardstick(CHECKLIST, Thresholds(90, 50)),
        Yardstick(CHECKLIST, Thresholds(80, 60)),
        Yardstick(replace(CHECKLIST, due_days=DueDays(14, 31))),
        Yardstick(replace(CHECKLIST, version="llmops-2027.1")),
        Yardstick(replace(CHECKLIST, layers=CHECKLIST.layers[::-1])),
    ],
)
def test_whatever_facts_depend_on_changes_the_mark(other: Yardstick) -> None:
    assert other.mark != BY.mark == Yardstick(replace(CHECKLIST, title="As it is called")).mark


def test_a_check_that_becomes_critical_changes_the_mark() -> None:
    first, *layers = CHECKLIST.layers
    check = next(it for it in first.checks if it.id not in CRITICAL)
    checks = tuple(replace(it, critical=it.critical or it is check) for it in first.checks)
    changed = replace(CHECKLIST, layers=(replace(first, checks=checks), *layers))
    assert Yardstick(changed).mark != BY.mark


def test_the_least_ready_come_first_then_the_lowest_then_by_name() -> None:
    made = [
        finished(all_but(), service_key="ready"),
        finished(all_but(CRITICAL[0]), service_key="b"),
        finished(all_but(CRITICAL[0]), service_key="a"),
        finished({}, service_key="c"),
    ]
    assert [it.key for it in sorted(map(stand, made), key=rank)] == ["c", "a", "b", "ready"]


def test_most_missed_are_three_checks_of_two_services_or_more_ties_in_their_order() -> None:
    several = [
        finished(all_but(IDS[9], IDS[5], IDS[3], IDS[1])),
        finished(all_but(IDS[9], IDS[5], IDS[3], IDS[2])),
        finished(all_but(IDS[9], IDS[1])),
    ]
    assert missed(several) == (Missed(IDS[9], 3), Missed(IDS[1], 2), Missed(IDS[3], 2))
    assert missed(several[:1]) == ()


def test_what_open_reviews_lack_is_not_counted_as_missed() -> None:
    unmet = dict.fromkeys(IDS, Verdict.UNMET)
    assert missed([review(answers=answers(unmet)), review(answers=answers(unmet))]) == ()
