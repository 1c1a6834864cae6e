"""Writes docs/checklist.md, the checklist for reading: `python docs/render_checklist.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conversations.checklist import Check, Checklist, Layer, packaged

PAGE = Path(__file__).with_name("checklist.md")


def render(checklist: Checklist) -> str:
    """The page, in Markdown; it ends with a newline."""
    parts = [_opening(checklist), *(_layer(checklist, layer) for layer in checklist.layers)]
    return "\n\n".join(parts) + "\n"


def _opening(checklist: Checklist) -> str:
    contents = "\n".join(
        f"{layer.number}. [{layer.title}](#{layer.number}-{_anchor(layer.title)}):"
        f" {len(layer.checks)} checks"
        for layer in checklist.layers
    )
    return f"""\
# {checklist.title}

The checklist `{checklist.version}`: {len(checklist.checks)} checks in {len(checklist.layers)} \
layers. The titles of the layers and the texts of the checks are the work of \
[{checklist.credit}]({checklist.url}), word for word. Why, how to verify, good evidence, the \
intervals and the rules on what applies are this project's own.

This page is written by `python docs/render_checklist.py` from `conversations/checks/`; change \
it there. Critical are {len(_critical(checklist))} checks: \
{", ".join(check.number for check in _critical(checklist))}. While one of them is not met, a \
service is not ready.

{contents}"""


def _critical(checklist: Checklist) -> list[Check]:
    return [check for check in checklist.checks if check.critical]


def _anchor(title: str) -> str:
    """The fragment that GitHub gives to a heading of letters and spaces."""
    return title.lower().replace(" ", "-")


def _layer(checklist: Checklist, layer: Layer) -> str:
    checks = (_check(checklist, check) for check in layer.checks)
    return "\n\n".join((f"## {layer.number}. {layer.title}", *checks))


def _check(checklist: Checklist, check: Check) -> str:
    steps = "\n".join(f"{at}. {step}" for at, step in enumerate(check.verify, 1))
    critical = " · critical" if check.critical else ""
    return f"""\
### {check.number} {check.text}{critical}

{check.why}

How to verify:

{steps}

Good evidence: {check.evidence}.

{" · ".join(_rules(checklist, check))}"""


def _rules(checklist: Checklist, check: Check) -> Iterator[str]:
    yield f"`{check.id}`"
    yield f"asked again after {check.interval_days} days"
    nothing = {fact.id: False for fact in checklist.facts}
    reason = checklist.reason_without(check, nothing)
    yield f"proposed as N/A with {reason}" if reason else "always applies"


if __name__ == "__main__":
    PAGE.write_text(render(packaged()), encoding="utf-8")
    print(f"wrote {PAGE}")
