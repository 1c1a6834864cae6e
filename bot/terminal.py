"""What the command line shows to people: tables that stay whole in a pipe, and dead text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.doctor import Finding
from conversations import labels
from conversations.checklist import Checklist
from conversations.review import Verdict
from conversations.scoring import Readiness, gaps
from conversations.views import Scene
from conversations.views.private import age, gap_due, gap_owner, rank
from storage.services import Service

WIDE = 1000  # columns where no terminal says how many: nothing is wrapped in a pipe
COLOURS = {Readiness.READY: "green", Readiness.CONDITIONAL: "yellow", Readiness.NOT_READY: "red"}
STATES = {"ok": "green", "fault": "red", "skipped": "dim"}


def console() -> Console:
    """Standard output. No mark-up, no emoji codes: what people typed is shown as it is."""
    return Console(
        width=None if sys.stdout.isatty() else WIDE, markup=False, emoji=False, highlight=False
    )


def dead(text: str, style: str = "") -> Text:
    """The text with whatever could steer a terminal made visible."""
    shown = "".join(it if it.isprintable() else it.encode("unicode_escape").decode() for it in text)
    return Text(shown, style)


def services(
    known: Sequence[Service],
    scenes: Sequence[Scene],
    names: Mapping[str, str],
    now: datetime,
) -> Table:
    """One row a service, the least ready first; those without a review last."""
    by_key = {scene.review.service_key: scene for scene in scenes}
    head = ("Service", "Readiness", "Percent", "Weakest layer", "Apply", "Review", "Owner", "Home")
    table = _table(*head)
    unreviewed = [it for it in known if it.key not in by_key]
    reviewed = [it for it in known if it.key in by_key]
    reviewed.sort(key=lambda it: rank(by_key[it.key]))
    for service in [*reviewed, *unreviewed]:
        owners = ", ".join(names.get(it) or it.partition(":")[2] for it in service.owners)
        scene = by_key.get(service.key)
        table.add_row(
            dead(service.name),
            *(_standing(scene, now) if scene else ("no review", "", "", "", "")),
            dead(owners),
            dead(service.home.channel),
        )
    return table


def _standing(scene: Scene, now: datetime) -> tuple[Text | str, ...]:
    readiness = scene.score.readiness
    when = "finished" if scene.review.finished_at else "open since"
    return (
        Text(labels.READINESS[readiness], COLOURS[readiness]),
        _percent(scene.score.overall.percent),
        scene.weakest.title if scene.weakest else "–",
        _applicable(scene),
        f"{when} {age(scene, now)}",
    )


def scorecard(scene: Scene, now: datetime) -> Iterable[Text | Table]:
    """Readiness on top, a line a layer, then what critical is open, and every gap."""
    review, result = scene.review, scene.score
    yield dead(f"{review.service} · {review.checklist}", "bold")
    weakest = f" · weakest layer: {scene.weakest.title}" if scene.weakest else ""
    yield Text.assemble(
        (labels.READINESS[result.readiness], COLOURS[result.readiness]),
        " so far" if review.open else "",
        f" · {_percent(result.overall.percent)}{weakest} · {_applicable(scene)} apply",
    )
    doing = "open since" if review.open else "finished"
    who = review.started_by if review.open else review.finished_by or review.started_by
    yield dead(f"{doing} {age(scene, now)}, by {scene.who(who)}")
    yield _layers(scene)
    yield from _critical(scene)
    missing = gaps(scene.checklist, review.answers, finished=not review.open)
    if missing:
        table = _table("", "Gap", "Verdict", "Owner", "Due", title=f"Gaps: {len(missing)}")
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
    table = _table("", "Layer", "Percent", *verdicts)
    for layer in scene.checklist.layers:
        it = scene.score.layers[layer.id]
        counts = (it.met, it.partly, it.unmet, it.unknown, it.unanswered, it.not_applicable)
        numbers = (str(count) if count else "·" for count in counts)
        table.add_row(str(layer.number), layer.title, _percent(it.percent), *numbers)
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
    facts = {fact.id: fact.short for fact in checklist.facts}
    table = _table("", "Check", "Critical", "Again after", "Only with")
    for layer in checklist.layers:
        table.add_row(str(layer.number), Text(layer.title, "bold"))
        for check in layer.checks:
            table.add_row(
                check.number,
                dead(check.text),
                Text("critical", "red") if check.critical else "",
                f"{check.interval_days} days",
                " or ".join(facts[it] for it in check.applies_if),
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


def _table(*head: str, title: str | None = None) -> Table:
    """Cells fold in a narrow terminal; nothing is ever cut."""
    columns = (Column(it, overflow="fold") for it in head)
    return Table(*columns, box=box.SIMPLE_HEAD, title=title, title_justify="left")


def _percent(percent: int | None) -> str:
    return "–" if percent is None else f"{percent} %"


def _applicable(scene: Scene) -> str:
    return f"{scene.score.overall.applicable} of {len(scene.checklist.checks)}"


def _verdict(scene: Scene, check: str) -> str:
    answer = scene.review.answers.get(check)
    return labels.VERDICTS[answer.verdict] if answer else "unanswered"
