"""The score, held to the formula as the documentation writes it."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewing import CHECKLIST, CRITICAL, IDS, answers, small_checklist

from conversations.checklist import Check, Checklist
from conversations.review import Answer, Verdict
from conversations.scoring import Readiness, Thresholds, gaps, score, tally

CREDIT = {Verdict.MET: Fraction(1), Verdict.PARTLY: Fraction(1, 2)}
VERDICTS = [*Verdict, None]
SHAPES = st.lists(st.lists(st.booleans(), min_size=1, max_size=5), min_size=1, max_size=5)


@st.composite
def judged(draw: st.DrawFn) -> tuple[Checklist, dict[str, Answer]]:
    """Any small checklist with any pattern of verdicts."""
    checklist = small_checklist(draw(SHAPES))
    verdicts = {check.id: draw(st.sampled_from(VERDICTS)) for check in checklist.checks}
    return checklist, answers({key: it for key, it in verdicts.items() if it})


def expected_percent(checks: tuple[Check, ...], given_: dict[str, Answer]) -> int | None:
    """As documented: round half up (100 x credit / applicable), null where nothing applies."""
    verdicts = [given_[check.id].verdict if check.id in given_ else None for check in checks]
    applicable = [verdict for verdict in verdicts if verdict is not Verdict.NOT_APPLICABLE]
    if not applicable:
        return None
    share = sum((CREDIT.get(it, Fraction(0)) for it in applicable), Fraction(0)) / len(applicable)
    return floor(100 * share + Fraction(1, 2))


@given(judged())
def test_percents_are_those_of_the_documented_formula(case):
    checklist, given_ = case
    found = score(checklist, given_)
    assert found.overall.percent == expected_percent(checklist.checks, given_)
    for layer in checklist.layers:
        assert found.layers[layer.id].percent == expected_percent(layer.checks, given_)


@given(judged())
def test_every_percent_is_none_or_within_0_and_100(case):
    found = score(*case)
    for one in (found.overall, *found.layers.values()):
        assert one.percent is None or 0 <= one.percent <= 100
        assert (one.percent is None) == (one.applicable == 0)


@given(judged())
def test_the_weakest_layer_is_the_first_with_the_lowest_percent_among_those_that_apply(case):
    checklist, given_ = case
    ranked = [
        (percent, layer.number, layer.id)
        for layer in checklist.layers
        if (percent := expected_percent(layer.checks, given_)) is not None
    ]
    assert score(checklist, given_).weakest_layer == (min(ranked)[2] if ranked else None)


@given(judged(), st.integers(0, 100), st.integers(0, 100))
def test_readiness_follows_the_documented_order_of_rules(case, overall, layer):
    checklist, given_ = case
    verdicts = {key: it.verdict for key, it in given_.items()}
    critical_open = any(
        check.critical and verdicts.get(check.id) not in {Verdict.MET, Verdict.NOT_APPLICABLE}
        for check in checklist.checks
    )
    whole = expected_percent(checklist.checks, given_)
    parts = [expected_percent(it.checks, given_) for it in checklist.layers]
    high = whole is not None and whole >= overall
    even = all(part is None or part >= layer for part in parts)
    wanted = (
        Readiness.NOT_READY
        if critical_open
        else Readiness.READY if high and even else Readiness.CONDITIONAL
    )  # fmt: skip
    assert score(checklist, given_, Thresholds(overall, layer)).readiness is wanted


@given(judged(), st.data())
def test_a_better_verdict_never_lowers_a_percent(case, data):
    """From not yet to partly to met, overall and in the check's own layer."""
    checklist, given_ = case
    check = data.draw(st.sampled_from(checklist.checks))
    layer = checklist.layer_of[check.id].id
    better = [
        score(checklist, given_ | answers({check.id: verdict}))
        for verdict in (Verdict.UNMET, Verdict.PARTLY, Verdict.MET)
    ]
    overall = [it.overall.percent for it in better]
    within = [it.layers[layer].percent for it in better]
    assert overall == sorted(overall)
    assert within == sorted(within)


@given(judged())
def test_unanswered_and_unknown_weigh_as_much_as_not_yet(case):
    """Nothing is gained by leaving a check open."""
    checklist, given_ = case
    dull = {Verdict.UNKNOWN, Verdict.UNMET}
    filled = {
        check.id: given_[check.id].verdict if check.id in given_ else Verdict.UNMET
        for check in checklist.checks
    }
    filled = {key: Verdict.UNMET if it in dull else it for key, it in filled.items()}
    assert score(checklist, answers(filled)).overall.percent == score(*case).overall.percent


@pytest.mark.parametrize(
    ("met", "partly", "of", "percent"),
    [
        (1, 0, 8, 13),  # 12.5
        (0, 1, 4, 13),  # 12.5
        (3, 0, 8, 38),  # 37.5
        (7, 0, 8, 88),  # 87.5
        (0, 1, 100, 1),  # 0.5
        (1, 1, 40, 4),  # 3.75
        (1, 0, 3, 33),
        (2, 0, 3, 67),
        (33, 2, 50, 68),  # the example of the documented JSON
        (5, 0, 6, 83),  # the same
        (0, 0, 6, 0),
        (6, 0, 6, 100),
    ],
)
def test_halves_are_rounded_up(met, partly, of, percent):
    checklist = small_checklist([[False] * of])
    verdicts = [Verdict.MET] * met + [Verdict.PARTLY] * partly
    given_ = answers({check.id: it for check, it in zip(checklist.checks, verdicts)})
    assert tally(checklist.checks, given_).percent == percent


def test_overall_is_taken_over_all_checks_and_is_no_mean_of_layers():
    checklist = small_checklist([[False], [False] * 4])
    found = score(checklist, answers([checklist.checks[0].id]))
    assert found.overall.percent == 20
    assert [it.percent for it in found.layers.values()] == [100, 0]


def test_nothing_applicable_has_no_percent_and_is_not_ready_to_pass():
    given_ = answers(dict.fromkeys(IDS, Verdict.NOT_APPLICABLE))
    found = score(CHECKLIST, given_)
    assert (found.overall.percent, found.weakest_layer) == (None, None)
    assert found.readiness is Readiness.CONDITIONAL


def test_a_critical_check_said_not_to_apply_does_not_stand_in_the_way():
    given_ = answers(IDS) | answers(dict.fromkeys(CRITICAL, Verdict.NOT_APPLICABLE))
    found = score(CHECKLIST, given_)
    assert found.readiness is Readiness.READY
    assert found.critical_open == ()
    assert found.overall.applicable == 46


@pytest.mark.parametrize("verdict", [Verdict.PARTLY, Verdict.UNMET, Verdict.UNKNOWN, None])
@pytest.mark.parametrize("check", CRITICAL)
def test_one_critical_check_that_is_not_met_means_not_ready(check, verdict):
    given_ = answers(IDS)
    del given_[check]
    if verdict:
        given_ |= answers({check: verdict})
    found = score(CHECKLIST, given_)
    assert found.readiness is Readiness.NOT_READY
    assert [it.id for it in found.critical_open] == [check]


def test_gaps_are_what_applies_and_is_not_met_unanswered_ones_only_at_the_end():
    verdicts = dict(zip(IDS, [*Verdict], strict=False))
    unfinished = [check.id for check in gaps(CHECKLIST, answers(verdicts), finished=False)]
    finished = [check.id for check in gaps(CHECKLIST, answers(verdicts), finished=True)]
    assert unfinished == [IDS[1], IDS[2], IDS[4]]  # partly, not yet, don't know
    assert finished == [*unfinished, *IDS[5:]]


@pytest.mark.parametrize(
    ("missing", "readiness"),
    [
        (10, Readiness.READY),  # 40 of 50 are 80 %
        (11, Readiness.CONDITIONAL),
    ],
)
def test_from_80_percent_overall_a_service_is_ready(missing, readiness):
    """Spread over the layers, so that each keeps at least its half."""
    spared = [it.checks[-at].id for at in (1, 2) for it in CHECKLIST.layers if it.number > 2]
    given_ = {key: it for key, it in answers(IDS).items() if key not in spared[:missing]}
    assert score(CHECKLIST, given_).readiness is readiness


@pytest.mark.parametrize(
    ("missing", "readiness"), [(3, Readiness.READY), (4, Readiness.CONDITIONAL)]
)
def test_from_50_percent_in_every_layer_a_service_is_ready(missing, readiness):
    spared = [check.id for check in CHECKLIST.layers[7].checks[:missing]]
    given_ = {key: it for key, it in answers(IDS).items() if key not in spared}
    assert score(CHECKLIST, given_).readiness is readiness
