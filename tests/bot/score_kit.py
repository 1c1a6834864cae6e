"""The score as the documents define it, computed anew with fractions and none of the product."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any

from conversations.checklist import Check, Checklist
from conversations.review import Review

COUNTED = ("met", "partly", "unmet", "not_applicable", "unknown", "unanswered")


def recomputed(checklist: Checklist, review: Review) -> dict[str, Any]:
    """What the scorecard's JSON says of numbers, from the answers alone."""
    said = {it.id: "unanswered" for it in checklist.checks}
    said |= {key: it.verdict.value for key, it in review.answers.items()}
    layers = {it.id: tally(said, it.checks) for it in checklist.layers}
    overall = tally(said, checklist.checks)
    percents = [it["percent"] for it in layers.values() if it["percent"] is not None]
    critical = [said[it.id] for it in checklist.checks if it.critical]
    if any(it not in {"met", "not_applicable"} for it in critical):
        readiness = "not_ready"
    else:
        ready = overall["percent"] >= 80 and min(percents) >= 50
        readiness = "ready" if ready else "conditional"
    weakest = next(key for key, it in layers.items() if it["percent"] == min(percents))
    return {
        "readiness": readiness,
        "overall": overall,
        "layers": layers,
        "weakest_layer": weakest,
        "answers": said,
    }


def tally(said: dict[str, str], checks: Sequence[Check]) -> dict[str, Any]:
    """Met counts 1 and partly a half, of all that apply; half a percent is rounded up."""
    counts = Counter(said[it.id] for it in checks)
    applicable = len(checks) - counts["not_applicable"]
    credit = counts["met"] + Fraction(counts["partly"], 2)
    percent = floor(100 * credit / applicable + Fraction(1, 2)) if applicable else None
    counted = {name: counts[name] for name in COUNTED}
    return {"percent": percent, "credit": float(credit), "applicable": applicable, **counted}


def shown(scorecard: dict[str, Any]) -> dict[str, Any]:
    """The same part of the product's JSON."""
    names = {"number", "id", "title"}
    return {
        "readiness": scorecard["readiness"],
        "overall": scorecard["overall"],
        "layers": {
            it["id"]: {key: value for key, value in it.items() if key not in names}
            for it in scorecard["layers"]
        },
        "weakest_layer": scorecard["weakest_layer"],
        "answers": {it["id"]: it["verdict"] or "unanswered" for it in scorecard["answers"]},
    }
