"""How a story stands, with people by name: to be compared, and to be read."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from stage import CHECKLIST, NAMES, Stage, stored

from bot.report import scorecard_json
from conversations.review import Answer, Review
from storage.answers import Entry

Json = dict[str, Any]


async def endings(stage: Stage) -> list[Json]:
    """What the database holds of every review, and what programs are told of it."""
    return [_ending(stage, *it) for it in await stored(stage.bot)]


def _ending(stage: Stage, review: Review, history: list[Entry]) -> Json:
    by_id = CHECKLIST.by_id
    state = {
        "service": (review.service, review.service_key),
        "checklist": review.checklist,
        "state": review.state.value,
        "started": (review.started_by, _second(review.started_at)),
        "finished": (review.finished_by, _second(review.finished_at)),
        "closings": review.closings,
        "profile": dict(review.profile),
        "ask_everything": review.ask_everything,
        "answers": {
            check.number: _answer(review.answers[check.id])
            for check in CHECKLIST.checks
            if check.id in review.answers
        },
        "skipped": sorted(by_id[it].number for it in review.skipped),
        "assignees": dict(review.assignees),
        "history": [_entry(it) for it in history],
        "scorecard": scorecard_json(CHECKLIST, review),
    }
    found = json.dumps(state, ensure_ascii=False).replace(review.id, "REVIEW")
    for name, user in stage.people.items():
        found = found.replace(f'"{stage.name}:{user}"', f'"{name}"')
    return dict(json.loads(found))


def spoken(state: Json) -> Iterator[str]:
    """One of them in few lines."""
    score, overall = state["scorecard"], state["scorecard"]["overall"]
    by = f" by {NAMES[state['finished'][0]]}" if state["finished"][0] else ""
    yield (
        f"{state['service'][0]}: {state['state']}{by} · {score['readiness']}"
        f" · {overall['percent']} % · credit {overall['credit']} of {overall['applicable']}"
        f" · weakest: {score['weakest_layer']}"
    )
    for said, numbers in groupby(state["answers"].items(), key=lambda it: _said(it[1])):
        first, *rest = [number for number, _ in numbers]
        yield f"{first}{f' to {rest[-1]}' if rest else ''}: {said}"
    if state["skipped"]:
        yield f"put off: {', '.join(state['skipped'])}"
    for layer, person in sorted(state["assignees"].items()):
        yield f"{layer} is {NAMES[person]}'s"
    yield f"{len(state['history'])} lines of history"


def _said(answer: Json) -> str:
    parts = [answer["verdict"], answer["note"], *answer["evidence"]]
    by = f"{NAMES[answer['by']]}{', by scoping' if answer['proposed'] else ''}"
    return " · ".join([*(it for it in parts if it), by])


def _answer(it: Answer) -> Json:
    return {
        "verdict": it.verdict.value,
        "note": it.note,
        "evidence": list(it.evidence),
        "by": it.by,
        "at": _second(it.at),
        "proposed": it.proposed,
    }


def _entry(it: Entry) -> Json:
    said = _answer(it.answer) if it.answer else None
    return {"check": it.check, "by": it.by, "at": _second(it.at), "said": said}


def _second(moment: datetime | None) -> str | None:
    """Slack's time-stamps have microseconds of their own."""
    return moment.replace(microsecond=0).isoformat() if moment else None
