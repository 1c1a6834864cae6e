"""`scorecard --json` against a computation of its own, over reviews that were stored."""

import json
import tempfile
from datetime import timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path

import pytest
from cli_kit import CHECKS, NOW, all_of, store
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import lookup
from bot.report import scorecard_json
from conversations.checklist import packaged
from conversations.review import Answer, Review, Verdict
from conversations.scoring import Thresholds
from storage import reviews, services
from storage.database import Database
from storage.migrating import migrate

LAYERS = packaged().layers
VERDICTS = [it.value for it in Verdict]
PEOPLE = st.sampled_from(["slack:U1", "slack:U2"])
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
ANSWERS = st.builds(
    Answer,
    st.sampled_from(Verdict),
    PEOPLE,
    st.timedeltas(timedelta(days=-300), timedelta(days=300)).map(lambda it: NOW + it),
    WORDS,
    st.lists(st.sampled_from(["https://a.example/1", "https://b.example"]), max_size=3).map(tuple),
)
REVIEWS = st.fixed_dictionaries(
    {
        "answers": st.lists(st.none() | ANSWERS, min_size=len(CHECKS), max_size=len(CHECKS)),
        "finished": st.booleans(),
        "assignees": st.dictionaries(st.sampled_from([it.id for it in LAYERS]), PEOPLE),
    }
)
_numbers = count(1)


@pytest.fixture(scope="module")
def shared():
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'shared.db'}"
        database = Database(url)
        migrate(database)
        yield database
        database.close()


@pytest.fixture(autouse=True)
def _named(_no_settings, shared, monkeypatch):
    """The settings name the shared database."""
    monkeypatch.setenv("DATABASE_URL", shared.url.render_as_string(hide_password=False))


def instant(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def tally(verdicts):
    """By the definition: credit met 1, partly 0.5; halves of a percent are rounded up."""
    counts = {it: verdicts.count(it) for it in VERDICTS}
    applicable = len(verdicts) - counts["not_applicable"]
    credit = counts["met"] + Fraction(counts["partly"], 2)
    percent = None
    if applicable:
        exact = 100 * credit / applicable
        percent = int(exact) + (exact - int(exact) >= Fraction(1, 2))
    return {
        "percent": percent,
        "credit": float(credit),
        "applicable": applicable,
        **counts,
        "unanswered": verdicts.count(None),
    }


def expected(review, overall=80, layer=50):
    """The whole document, computed from the checklist and the answers alone."""
    verdict = {check.id: None for check in CHECKS}
    verdict |= {key: it.verdict.value for key, it in review.answers.items()}
    layers = [
        {"number": it.number, "id": it.id, "title": it.title}
        | tally([verdict[check.id] for check in it.checks])
        for it in LAYERS
    ]
    total = tally(list(verdict.values()))
    percents = [(it["percent"], it["number"], it["id"]) for it in layers if it["applicable"]]
    bad = {"partly", "unmet", "unknown", None}
    if any(check.critical and verdict[check.id] in bad for check in CHECKS):
        readiness = "not_ready"
    elif (total["percent"] or 0) >= overall and all(it[0] >= layer for it in percents):
        readiness = "ready"
    else:
        readiness = "conditional"
    end = review.finished_at
    gaps = [
        {
            "number": check.number,
            "owner": review.assignees.get(it.id),
            "due": instant(end + timedelta(days=14 if check.critical else 30)) if end else None,
        }
        for it in LAYERS
        for check in it.checks
        if verdict[check.id] in bad and (end or verdict[check.id])
    ]
    return {
        "service": review.service_key,
        "checklist": "llmops-2026.1",
        "review": {
            "id": review.id,
            "state": "finished" if end else "open",
            "started_at": instant(review.started_at),
            "finished_at": instant(end) if end else None,
        },
        "readiness": readiness,
        "overall": total,
        "layers": layers,
        "weakest_layer": min(percents)[2] if percents else None,
        "answers": [entry(check, review.answers.get(check.id)) for check in CHECKS],
        "gaps": gaps,
    }


def entry(check, answer):
    given = {"verdict": None, "note": "", "evidence": [], "by": None, "at": None}
    if answer:
        given = {
            "verdict": answer.verdict.value,
            "note": answer.note,
            "evidence": list(answer.evidence),
            "by": answer.by,
            "at": instant(answer.at),
        }
    return {"number": check.number, "id": check.id} | given


@settings(deadline=None, max_examples=60)
@given(facts=REVIEWS)
def test_it_is_what_the_definition_says(shared, facts):
    """Key for key and in that order, of a review that went through the database."""
    pairs = zip(CHECKS, facts["answers"], strict=True)
    answers = {check.id: it for check, it in pairs if it}
    name = f"Service {next(_numbers)}"
    review = store(
        shared,
        name,
        answers,
        key=name.lower().replace(" ", "-"),
        finished=facts["finished"],
        assignees=facts["assignees"],
    )
    scene = lookup.newest(name)
    found = scorecard_json(scene.checklist, scene.review, scene.thresholds)
    assert json.dumps(found, indent=1) == json.dumps(expected(review), indent=1)


@settings(deadline=None, max_examples=30)
@given(overall=st.integers(0, 100), layer=st.integers(0, 100))
def test_the_thresholds_are_settings(shared, overall, layer):
    answers = all_of(Verdict.MET)
    for check in LAYERS[3].checks[:3]:
        answers[check.id] = Answer(Verdict.UNMET, "slack:U1", NOW)
    name = f"Service {next(_numbers)}"
    review = store(shared, name, answers, key=name.lower().replace(" ", "-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READY_OVERALL", str(overall))
        patch.setenv("READY_LAYER", str(layer))
        scene = lookup.newest(name)
    found = scorecard_json(scene.checklist, scene.review, scene.thresholds)
    assert found["readiness"] == expected(review, overall, layer)["readiness"]


def test_the_newest_review_counts(shared):
    """Of several, open or finished, the one that was started last."""
    first = store(shared, "Again", all_of(Verdict.UNMET), key="again", finished=True)
    later = Review(
        id="r-again-2",
        service=first.service,
        service_key=first.service_key,
        checklist=first.checklist,
        place=first.place,
        started_by="slack:U2",
        started_at=NOW + timedelta(days=90),
    )
    with shared.write() as conn:
        reviews.create(conn, later, services.find(conn, "again").id)
    assert lookup.newest("AGAIN").review.id == "r-again-2"


@pytest.mark.parametrize("spelling", ["Search Assistant", "search_assistant", " search-ASSISTANT "])
def test_a_service_is_found_however_it_is_spelt(shared, spelling):
    if lookup.newest("search-assistant") is None:
        store(shared, "Search Assistant", key="search-assistant")
    assert lookup.newest(spelling).review.service_key == "search-assistant"


def test_nothing_applies(shared):
    """Then there is no percent, no weakest layer, and nothing stands against it but the score."""
    review = store(shared, "Nothing", all_of(Verdict.NOT_APPLICABLE), key="nothing", finished=True)
    found = scorecard_json(packaged(), review, Thresholds())
    assert found["overall"]["percent"] is None
    assert found["weakest_layer"] is None
    assert found["gaps"] == []
    assert found == expected(review)
