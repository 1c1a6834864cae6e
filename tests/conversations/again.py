"""Re-reviews for tests: the second pass of a service, so many days after the first."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from reviewing import ANA, BEN, CHECKLIST, EVERYTHING, IDS, START, answers, review, scoped_review

from conversations import events as happened
from conversations.checklist import Checklist
from conversations.dialogue import step
from conversations.rereview import following, marks
from conversations.review import Answer, Review, State, Verdict


def first_pass(
    but: Mapping[str, Answer] | None = None, *, gone: Iterable[str] = (), **changes: Any
) -> Review:
    """A finished review in which Ana met everything, a minute a check, `but` these.

    `gone`: nobody answered these.
    """
    known = {"texts": marks(CHECKLIST), "profile": EVERYTHING, "closings": 1}
    given = answers(IDS, note="") | dict(but or {})
    given = {key: answer for key, answer in given.items() if key not in gone}
    ended = {"state": State.FINISHED, "finished_by": ANA, "finished_at": START}
    return scoped_review(**(known | {"answers": given} | ended | changes))


def unopened(last: Review, days: float = 90, checklist: Checklist = CHECKLIST) -> Review:
    """The review that follows, so many days after the first began."""
    began = START + timedelta(days=days)
    return following(checklist, review(id="5a3b", started_by=BEN, started_at=began), last)


def opened(last: Review, days: float = 90, checklist: Checklist = CHECKLIST) -> Review:
    """The same, once Ben opened it."""
    new = unopened(last, days, checklist)
    return step(checklist, new, happened.Started(by=BEN, at=new.started_at)).review


def later(of: Review, minutes: float) -> Any:
    """So many minutes into that review."""
    return of.started_at + timedelta(minutes=minutes)


def gave(of: Review, check: str, verdict: Verdict, by: str = BEN, minutes: float = 1, **more: Any):
    """A verdict on one check of that review."""
    return happened.Answered(by=by, at=later(of, minutes), checks=(check,), verdict=verdict, **more)


def attested(of: Review, layer: str, by: str = BEN, minutes: float = 1) -> happened.Attested:
    """A tap on `Still true`."""
    return happened.Attested(by=by, at=later(of, minutes), layer=layer)


def with_text(checklist: Checklist, check_id: str, text: str) -> Checklist:
    """The checklist with another wording of one check."""
    layers = tuple(
        replace(
            layer,
            checks=tuple(
                replace(check, text=text) if check.id == check_id else check
                for check in layer.checks
            ),
        )
        for layer in checklist.layers
    )
    return replace(checklist, layers=layers)


def without(checklist: Checklist, check_id: str) -> Checklist:
    """The checklist as it was before one check was added."""
    layers = tuple(
        replace(layer, checks=tuple(it for it in layer.checks if it.id != check_id))
        for layer in checklist.layers
    )
    return replace(checklist, layers=layers)
