"""What the command line shows to people: tables that stay whole in a pipe, and dead text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.doctor import Finding
from bot.lookup import Listing, Planned
from bot.schedule import cadence
from conversations import labels
from conversations.checklist import Checklist, Layer
from conversations.review import State, Verdict
from conversations.scoring import Readiness, gaps
from conversations.standing import Stand, age, rank
from conversations.views import Scene
from conversations.views.private import gap_due, gap_owner
from storage.services import Service

WIDE = 1000  # columns where no terminal says how many: nothing is wrapped in a pipe
COLOURS = {Readiness.READY: "green", Readiness.CONDITIONAL: "yellow", Readiness.NOT_READY: "red"}
STATES = {"ok": "green", "fault": "red", "skipped": "dim"}


def show(*parts: Text | Table) -> None:
    """Prints. No mark-up, no emoji codes: what people typed is shown as it is."""
    width = None if sys.stdout.isatty() else WIDE
    console = Console(width=width, markup=False, emoji=False, highlight=False)
    for part in parts:
        console.print(part)


def dead(text: str, style: str = "") -> Text:
    """The text with whatever could steer a terminal made visible."""
    shown = "".join(it if it.isprintable() else it.encode("unicode_escape").decode() for it in text)
    return Text(shown, style)


def services(known: Listing, now: datetime) -> Table:
    """One row a service, the least ready first; those without a review last."""
    numbers = ("Service", "Readiness", "Percent", "Critical open", "Weakest layer", "Apply")
    table = _table(*numbers, "Review", "Age", "Again", "Next", "Owner")
    by_key = {it.key: it for it in known.services}
    for stand in sorted(known.stands, key=rank):
        _service(table, known, by_key.pop(stand.key), *_standing(known.checklist, stand, now))
    for service in by_key.values():
        _service(table, known, service, "no review", *[""] * 6)
    return table


def planned(things: Sequence[Planned], now: datetime) -> Table:
    """One row a thing that happens by itself, the next first; instants in UTC."""
    table = _table("When (UTC)", "In", "What", "About", "Why")
    for it in things:
        when = f"{it.plan.at:%a %Y-%m-%d %H:%M}"
        why = dead(it.plan.why)
        table.add_row(when, _until(it.plan.at, now), it.plan.kind, dead(it.name), why)
    return table


def _service(table: Table, known: Listing, service: Service, *standing: Text | str) -> None:
    owners = ", ".join(known.names.get(it) or it.partition(":")[2] for it in service.owners)
    again = cadence(service.every) if service.every else ""
    at = known.again.get(service.id)
    following = f"{at:%Y-%m-%d}" if at else ""
    table.add_row(dead(service.name), *standing, again, following, dead(owners))


def _until(at: datetime, now: datetime) -> str:
    hours = (at - now).total_seconds() / 3600
    if hours < 0:
        return "due"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"  # noqa: PLR2004 - two days


def _standing(checklist: Checklist, it: Stand, now: datetime) -> tuple[Text | str, ...]:
    facts = it.facts
    weakest = checklist.layers_by_id[facts.weakest] if facts.weakest else None
    state = State.OPEN if it.open else State.FINISHED
    return (
        Text(labels.READINESS[facts.readiness], COLOURS[facts.readiness]),
        _percent(facts.percent),
        str(facts.critical_open),
        _weakest(weakest, facts.weakest_percent),
        _applicable(checklist, facts.applicable),
        "re-review open" if it.again else state.value,
        age(it, now),
    )


def scorecard(scene: Scene, now: datetime) -> Iterable[Text | Table]:
    """Readiness on top, a line a layer, then what critical is open, and every gap."""
    review, result = scene.review, scene.score
    yield dead(f"{review.service} · {review.checklist}", "bold")
    lowest = result.layers[result.weakest_layer].percent if result.weakest_layer else None
    weakest = f" · weakest layer: {_weakest(scene.weakest, lowest)}" if scene.weakest else ""
    applicable = _applicable(scene.checklist, result.overall.applicable)
    yield Text.assemble(
        (labels.READINESS[result.readiness], COLOURS[result.readiness]),
        " so far" if review.open else "",
        f" · {_percent(result.overall.percent)}{weakest} · {applicable} apply",
    )
    doing = "started" if review.open else "finished"
    who = review.started_by if review.open else review.finished_by or review.started_by
    yield dead(f"{doing} {age(review, now)}, by {scene.who(who)}")
    yield _layers(scene)
    yield from _critical(scene)
    missing = gaps(scene.checklist, review.answers, finished=not review.open)
    if missing:
        yield Text(f"Gaps: {len(missing)}", "bold")
        table = _table("", "Gap", "Verdict", "Owner", "Due")
        for check in missing:
            owner, due = gap_owner(scene, check), gap_due(scene, check)
            table.add_row(
                check.number,
                dead(check.text),
                _verdict(scene, check.id),
                dead(scene.who(owner)) if owner else "",
                f"{due:%Y-%m-%d}" if due else "",
            )
        yield table


def _layers(scene: Scene) -> Table:
    verdicts = ("Met", "Partly", "Not yet", "Don't know", "Unanswered", "N/A")
    table = _table("", "Layer", "Percent", *verdicts, "Owner")
    for layer in scene.checklist.layers:
        it = scene.score.layers[layer.id]
        counts = (it.met, it.partly, it.unmet, it.unknown, it.unanswered, it.not_applicable)
        numbers = (str(count) if count else "·" for count in counts)
        owner = scene.review.assignees.get(layer.id)
        name = dead(scene.who(owner)) if owner else ""
        table.add_row(str(layer.number), layer.title, _percent(it.percent), *numbers, name)
    return table


def _critical(scene: Scene) -> Iterable[Text]:
    answers = scene.review.answers
    for check in scene.checklist.checks:
        if check in scene.score.critical_open:
            line = f"Critical and not met: {check.number} {check.text}"
            yield dead(f"{line} · {_verdict(scene, check.id)}", "red")
        elif check.critical and answers[check.id].verdict is Verdict.NOT_APPLICABLE:
            line = f"Critical, but said not to apply: {check.number} {check.text}"
            yield dead(f"{line} · {answers[check.id].note}", "yellow")


def checks(checklist: Checklist) -> Iterable[Text | Table]:
    """The checklist, a section a layer."""
    yield dead(f"{checklist.title} ({checklist.version}), by {checklist.credit}", "bold")
    table = _table("", "Check", "Critical", "Again after", "Only with")
    for layer in checklist.layers:
        table.add_row(str(layer.number), Text(layer.title, "bold"))
        for check in layer.checks:
            table.add_row(
                check.number,
                dead(check.text),
                Text("critical", "red") if check.critical else "",
                f"{check.interval_days} days",
                " or ".join(check.applies_if).replace("_", " "),
            )
        table.add_section()
    yield table
    yield Text(checklist.url)


def findings(found: Sequence[Finding]) -> Table:
    """What doctor saw, and what to do about it."""
    table = _table("", "Looked at", "Found", "What to do")
    for it in found:
        row = (Text(it.state, STATES[it.state]), it.subject, dead(it.found), dead(it.fix))
        table.add_row(*row)
    return table


def _table(*head: str) -> Table:
    """Cells fold in a narrow terminal; nothing is ever cut."""
    columns = (Column(it, overflow="fold") for it in head)
    return Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)


def _percent(percent: int | None) -> str:
    return "–" if percent is None else f"{percent} %"


def _weakest(layer: Layer | None, percent: int | None) -> str:
    return f"{layer.title} ({_percent(percent)})" if layer else "–"


def _applicable(checklist: Checklist, count: int) -> str:
    return f"{count} of {len(checklist.checks)}"


def _verdict(scene: Scene, check: str) -> str:
    answer = scene.review.answers.get(check)
    return labels.VERDICTS[answer.verdict] if answer else "unanswered"
