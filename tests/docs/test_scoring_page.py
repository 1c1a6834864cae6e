"""The example of docs/scoring.md is computed again, and its JSON compared with the program's."""

import json
from datetime import UTC, datetime

from docs_kit import DOCS, FENCE, section, table, text

from bot.report import scorecard_json
from conversations.checklist import packaged
from conversations.review import Answer, Place, Review, State, Verdict
from conversations.scoring import Readiness, Thresholds, score, tally

PAGE = DOCS / "scoring.md"
CHECKLIST = packaged()
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
COLUMNS = (
    Verdict.MET, Verdict.PARTLY, Verdict.UNMET, Verdict.UNKNOWN, None, Verdict.NOT_APPLICABLE,
)  # fmt: skip
ROWS = table(section(PAGE, "An example"), "layer")


def answered(counts: dict[int, tuple[int, ...]]) -> dict[str, Answer]:
    """Answers with these counts of each layer; critical checks are met first."""
    answers = {}
    for number, layer_counts in counts.items():
        verdicts = [it for it, count in zip(COLUMNS, layer_counts) for _ in range(count)]
        layer = CHECKLIST.layers[number - 1]
        checks = sorted(layer.checks, key=lambda check: not check.critical)
        assert len(checks) == len(verdicts)
        for check, verdict in zip(checks, verdicts):
            if verdict:
                answers[check.id] = Answer(verdict, "slack:U0ANA", AT, note="no retrieval")
    return answers


COUNTS = {int(row[0]): tuple(map(int, row[1:7])) for row in ROWS[:-1]}
ANSWERS = answered(COUNTS)


def shown(it) -> tuple[str, ...]:
    counts = (it.met, it.partly, it.unmet, it.unknown, it.unanswered, it.not_applicable)
    percent = "–" if it.percent is None else str(it.percent)
    return (*map(str, counts), str(it.applicable), f"{it.credit:.1f}", percent)


def test_every_row_of_the_example_is_what_the_code_computes():
    result = score(CHECKLIST, ANSWERS)
    assert [row[0] for row in ROWS] == [*map(str, range(1, 9)), "all"]
    assert [row[1:] for row in ROWS[:-1]] == [shown(it) for it in result.layers.values()]
    assert ROWS[-1][1:] == shown(result.overall)


def test_so_is_what_it_says_of_it():
    result = score(CHECKLIST, ANSWERS)
    words = section(PAGE, "An example")
    assert result.readiness is Readiness.CONDITIONAL
    assert "**conditional**" in words
    assert result.critical_open == ()
    assert result.weakest_layer == CHECKLIST.layers[6].id
    assert f"{result.overall.applicable} of {len(CHECKLIST.checks)} apply" in words
    assert "= 76.1, so 76 %" in words
    assert round(100 * result.overall.credit / result.overall.applicable, 1) == 76.1


def test_better_governance_makes_it_ready():
    better = score(CHECKLIST, answered({**COUNTS, 7: (4, 1, 1, 0, 0, 0)}))
    assert better.readiness is Readiness.READY
    governance, overall = better.layers["governance"].percent, better.overall.percent
    becomes = f"its percent becomes {governance}, the overall {overall}. **Ready.**"
    assert f"4 met, 1 partly and 1 unmet instead: {becomes}" in text(PAGE)


def test_one_critical_check_taken_back_makes_it_not_ready():
    gate = next(check for check in CHECKLIST.checks if check.number == "2.6")
    worse = score(CHECKLIST, {**ANSWERS, gate.id: Answer(Verdict.PARTLY, "slack:U0ANA", AT)})
    assert worse.readiness is Readiness.NOT_READY
    assert f"falls only to {worse.overall.percent}, but" in text(PAGE)


def test_halves_are_rounded_up():
    answers = {
        CHECKLIST.checks[0].id: Answer(Verdict.PARTLY, "slack:U0ANA", AT),
    }
    assert tally(CHECKLIST.checks[:4], answers).percent == 13
    assert "0.5 of 4 is 12.5 and becomes 13" in text(PAGE)


def test_thresholds_and_critical_checks_are_the_codes():
    numbers = [check.number for check in CHECKLIST.checks if check.critical]
    assert f"The critical checks are {', '.join(numbers[:-1])} and {numbers[-1]}." in text(PAGE)
    limits = Thresholds()
    assert f"at least {limits.overall} and no layer is below {limits.layer}" in text(PAGE)


def test_the_json_has_the_keys_and_order_of_the_programs():
    block = next(it[3] for it in FENCE.finditer(text(PAGE)) if it[2] == "json")
    example = json.loads(block)
    review = Review(
        id="5d1c0a7be2f4",
        service="Ticket Summary",
        service_key="ticket-summary",
        checklist=CHECKLIST.version,
        place=Place("slack", "T1", "C1"),
        started_by="slack:U0ANA",
        started_at=AT,
        state=State.FINISHED,
        finished_by="slack:U0ANA",
        finished_at=AT.replace(minute=40),
        answers=ANSWERS,
    )
    ours = scorecard_json(CHECKLIST, review)
    assert shape(example) == shape(ours)
    for key in ("service", "checklist", "review", "readiness", "overall", "weakest_layer"):
        assert example[key] == ours[key]
    assert example["layers"][0] == ours["layers"][0]
    assert example["gaps"][0] in ours["gaps"]


def shape(value):
    """Keys in their order; of a list its first entry."""
    if isinstance(value, dict):
        return [(key, shape(it)) for key, it in value.items()]
    return (
        [shape(value[0])]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else None
    )
