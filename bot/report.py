"""What programs are told: the JSON of a scorecard, of the services, of the checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.schedule import cadence
from conversations.checklist import Check, Checklist
from conversations.review import Answer, Review, State
from conversations.scoring import Tally, Thresholds, gaps
from conversations.standing import Stand
from conversations.views import Scene
from conversations.views.forms import PLAIN
from conversations.views.private import gap_due, gap_owner
from storage.services import Service

if TYPE_CHECKING:
    from bot.lookup import Listing, Planned

Json = dict[str, Any]


def scorecard_json(
    checklist: Checklist, review: Review, thresholds: Thresholds = Thresholds()
) -> Json:
    """The scorecard, whose keys and their order are public (docs: the scorecard's JSON).

    Every check has its entry in `answers`, in the checklist's order; `gaps` leaves unanswered
    ones out while the review is open. Instants are UTC in whole seconds.
    """
    scene = Scene(checklist, review, PLAIN, thresholds=thresholds)
    result = scene.score
    missing = gaps(checklist, review.answers, finished=not review.open)
    return {
        "service": review.service_key,
        "checklist": review.checklist,
        "review": _review(review.id, review),
        "readiness": result.readiness.value,
        "overall": _tally(result.overall),
        "layers": [
            {
                "number": layer.number,
                "id": layer.id,
                "title": layer.title,
                **_tally(result.layers[layer.id]),
            }
            for layer in checklist.layers
        ],
        "weakest_layer": result.weakest_layer,
        "answers": [_answer(check, review.answers.get(check.id)) for check in checklist.checks],
        "gaps": [
            {
                "number": check.number,
                "owner": gap_owner(scene, check),
                "due": _utc(gap_due(scene, check)),
            }
            for check in missing
        ],
    }


def services_json(known: Listing) -> list[Json]:
    """One object a service, in their order, with the review by which it stands.

    While a re-review is open that is the one before it, and `reviewing` is true. Without a review
    `review`, `readiness` and the numbers are null. An owner whose name is not known is null among
    the `owner_names`.
    """
    by_key = {it.key: it for it in known.stands}
    return [_service(it, by_key.get(it.key), known) for it in known.services]


def due_json(things: Sequence[Planned]) -> list[Json]:
    """One object a thing that happens by itself, the next first."""
    return [
        {
            "at": _utc(it.plan.at),
            "kind": it.plan.kind,
            "subject": it.plan.subject,
            "name": it.name,
            "occurrence": it.plan.occurrence,
            "why": it.plan.why,
        }
        for it in things
    ]


def checklist_json(checklist: Checklist) -> Json:
    """The whole checklist: head, scoping questions, layers and their checks."""
    return {
        "version": checklist.version,
        "title": checklist.title,
        "credit": checklist.credit,
        "url": checklist.url,
        "facts": [asdict(fact) for fact in checklist.facts],
        "layers": [asdict(layer) for layer in checklist.layers],
    }


def _service(service: Service, stand: Stand | None, known: Listing) -> Json:
    facts = stand.facts if stand else None
    return {
        "service": service.key,
        "name": service.name,
        "owners": list(service.owners),
        "owner_names": [known.names.get(it) for it in service.owners],
        "home": asdict(service.home),
        "readiness": facts.readiness.value if facts else None,
        "percent": facts.percent if facts else None,
        "critical_open": facts.critical_open if facts else None,
        "weakest_layer": facts.weakest if facts else None,
        "applicable": facts.applicable if facts else None,
        "checks": len(known.checklist.checks) if facts else None,
        "review": _review(stand.review, stand) if stand else None,
        "every": cadence(service.every) if service.every else None,
        "next_review": _utc(known.again.get(service.id)),
        "reviewing": stand.again if stand else False,
    }


def _review(id_: str, it: Review | Stand) -> Json:
    state = State.OPEN if it.open else State.FINISHED
    return {
        "id": id_,
        "state": state.value,
        "started_at": _utc(it.started_at),
        "finished_at": _utc(it.finished_at),
    }


def _tally(it: Tally) -> Json:
    return {
        "percent": it.percent,
        "credit": float(it.credit),
        "applicable": it.applicable,
        "met": it.met,
        "partly": it.partly,
        "unmet": it.unmet,
        "not_applicable": it.not_applicable,
        "unknown": it.unknown,
        "unanswered": it.unanswered,
    }


def _answer(check: Check, answer: Answer | None) -> Json:
    return {
        "number": check.number,
        "id": check.id,
        "verdict": answer.verdict.value if answer else None,
        "note": answer.note if answer else "",
        "evidence": list(answer.evidence) if answer else [],
        "by": answer.by if answer else None,
        "at": _utc(answer.at) if answer else None,
    }


def _utc(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z, in whole seconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
