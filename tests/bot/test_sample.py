"""The sample's year holds together, has something of everything, and is always the same."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sample_kit import CHECKLIST, Lived, facts, lived

from bot.report import scorecard_json
from bot.sample import talk, told
from bot.sample.life import FRESH
from conversations.gaps import due_of, gaps_of, owner_of
from conversations.review import Review
from conversations.scoring import Readiness, score

NOW = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)  # a Wednesday
PEOPLE = {told.person(it) for it in ("ana", "ben", "chitra", "dan")}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Lived once; the tests only look at it."""
    return lived(tmp_path_factory.mktemp("sample") / "lived.db", NOW)


def percent(review: Review) -> int:
    found = score(CHECKLIST, review.answers).overall.percent
    assert found is not None
    return found


def readiness(review: Review) -> Readiness:
    return score(CHECKLIST, review.answers).readiness


def test_a_dozen_services_in_several_channels(year: Lived):
    assert len(year.services) == 12
    assert {it.home.channel for it in year.services.values()} == set(told.CHANNELS.values())
    assert {owner for it in year.services.values() for owner in it.owners} == PEOPLE
    assert sum(it.every is not None for it in year.services.values()) >= 6
    assert all(held for held in year.reviews.values())


def test_the_clock_is_where_it_should_be(year: Lived):
    """Nothing has happened that is yet to come, and the year is a year."""
    assert year.shown == NOW
    moments = [entry.at for history in year.history.values() for entry in history]
    assert min(moments) > NOW - timedelta(days=366)
    assert min(moments) < NOW - timedelta(days=330)
    assert max(moments) < NOW
    stamps = [float(it.ts) for said in year.messages.values() for it in said]
    assert max(stamps) < NOW.timestamp()


def test_what_counts_is_what_was_said_last(year: Lived):
    """The history of every review leads to its answers, and is told in order."""
    for held in year.reviews.values():
        for review in held:
            history = year.history[review.id]
            last = {entry.check: entry.answer for entry in history}
            assert {key: it for key, it in last.items() if it} == review.answers
            assert [it.at for it in history] == sorted(it.at for it in history)
            assert {it.by for it in history} <= PEOPLE


def test_every_finished_review_has_its_scorecard(year: Lived):
    finished = year.finished()
    assert len(finished) > 30
    for review in finished:
        (kept,) = year.scorecards[review.id]
        assert review.closings == 1
        now = scorecard_json(CHECKLIST, review)
        same = ("service", "readiness", "overall", "layers", "answers")
        assert {key: kept[key] for key in same} == {key: now[key] for key in same}


def test_reviews_follow_each_other(year: Lived):
    """Each carries over what the one before left, and begins after its end."""
    for held in year.reviews.values():
        for earlier, later in pairwise(held):
            assert later.previous == earlier.id
            assert earlier.finished_at < later.started_at
            assert any(it.answer and it.answer.carried for it in year.history[later.id])


def test_most_get_better_one_gets_worse(year: Lived):
    ways = {
        key: [percent(it) for it in held] for key, held in year.reviews.items() if len(held) > 1
    }
    worse = [key for key, way in ways.items() if way[-1] < way[0]]
    better = [key for key, way in ways.items() if way == sorted(way) and way[-1] > way[0] + 10]
    assert worse == ["answer-cards"]
    assert len(better) == len(ways) - 1


def test_there_is_something_of_everything(year: Lived):
    newest = {key: held[-1] for key, held in year.reviews.items()}
    assert {readiness(it) for it in newest.values() if not it.open} == set(Readiness)
    hole = score(CHECKLIST, newest["agent-sandbox"].answers)
    assert [it.number for it in hole.critical_open] == ["1.1"]
    assert hole.overall.percent > 70
    waiting = {key: NOW - it.started_at for key, it in newest.items() if it.open}
    assert set(waiting) == {"contract-reader", "review-summaries"}
    assert waiting["contract-reader"] > timedelta(days=28)
    assert waiting["review-summaries"] < timedelta(days=2)
    assert any(it.scheduled for it in newest.values())


def test_answers_are_explained(year: Lived):
    answers = [it for review in year.finished() for it in review.answers.values()]
    said = [it for it in answers if not it.proposed]
    assert 0.3 < sum(bool(it.note) for it in said) / len(said) < 0.7
    linked = [link for it in said for link in it.evidence]
    assert len(linked) > 200
    assert all(it.startswith(talk.SITE) for it in linked)


def test_gaps_have_owners_and_dates(year: Lived):
    """Some are overdue, some are soon; those of the newest review still wait for both."""
    dates, waiting = [], []
    for review in (held[-1] for held in year.reviews.values() if not held[-1].open):
        gaps = gaps_of(CHECKLIST, review)
        if NOW - review.finished_at > FRESH:
            assert {owner_of(CHECKLIST, review, it) for it in gaps} <= PEOPLE
            dates += [due_of(CHECKLIST, review, it) for it in gaps]
        else:
            waiting.append(review.service)
            assert any(it.id not in review.gaps for it in gaps)
    assert waiting == ["answer-cards"]
    overdue = [it for it in dates if it < NOW]
    soon = [it for it in dates if NOW <= it < NOW + timedelta(days=7)]
    assert 3 <= len(overdue) <= len(dates) / 3
    assert soon


def test_the_weekly_scorecard_has_something_to_say(year: Lived):
    posted = [it for it in year.messages["C0SEARCH"] if it.text.startswith("Weekly scorecard")]
    assert len(posted) == 12
    moved = [it for it in posted if "What moved" in str(it.blocks)]
    assert moved
    assert "answer-cards" in str(moved[-1].blocks)


def test_the_newest_scorecards_are_in_the_channels(year: Lived):
    for key, held in year.reviews.items():
        said = year.messages[year.services[key].home.channel]
        cards = [it for it in said if it.text.startswith(f"Scorecard of {key}:")]
        assert len(cards) == (0 if held[-1].open else 1)
        if cards:
            late = float(cards[0].ts) - held[-1].finished_at.timestamp()
            assert 0 <= late < 3600


def test_people_were_reminded(year: Lived):
    told_directly = [it for person in ("ANA", "CHI", "DAN") for it in year.messages[f"D0{person}"]]
    assert any("wait for you" in it.text for it in told_directly)


def test_there_is_something_to_come(year: Lived):
    assert all(it.at > NOW - timedelta(minutes=1) for it in year.plans)
    kinds = {it.kind for it in year.plans}
    assert kinds == {"nudge", "overdue", "re-review", "weekly"}
    assert min(it.at for it in year.plans if it.kind == "re-review") < NOW + timedelta(days=21)


def test_it_is_always_the_same(year: Lived, tmp_path: Path):
    again = lived(tmp_path / "again.db", NOW)

    def told_of(one: Lived) -> list[tuple]:
        return [
            (key, review.state, {check: facts(it) for check, it in review.answers.items()})
            for key, held in one.reviews.items()
            for review in held
        ]

    assert told_of(again) == told_of(year)

    def texts(one: Lived) -> dict[str, list[str]]:
        return {
            key: [it.text.partition("<http")[0] for it in said]
            for key, said in one.messages.items()
        }

    assert texts(again) == texts(year)


@pytest.mark.parametrize("day", range(7))
def test_any_day_is_a_good_one(day: int):
    """Reviews are held on working days, one after the other, whatever day it is."""
    now = NOW + timedelta(days=day)
    held = talk.chapters(now)
    for chapter in held:
        assert chapter.begun < chapter.held < now
        assert chapter.begun.weekday() < 5
        assert chapter.held.weekday() < 5
    for service in told.services():
        mine = [it for it in held if it.service is service]
        assert [it.number for it in mine] == list(range(len(mine)))
        assert all(a.held < b.begun for a, b in pairwise(mine))


def test_every_check_has_its_sayings():
    assert set(told.sayings()) == set(CHECKLIST.by_id)
