"""The picture in docs/performance.md: bars of what was last measured. `python -m bench.picture`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from bench import ROOT
from bench.rounds import RESULTS

PICTURE = ROOT / "docs" / "images" / "speed.svg"
SHOWN = {"teams": 16, "slack": 64}  # the results, and at how many clients
WIDTH, LABEL, BAR, LINE, GAP = 760, 230, 18, 26, 34  # pixels
OURS, OTHERS = "#1264a3", "#a8b3bd"
FONT = 'font-family="system-ui, sans-serif" font-size="13"'


def main() -> None:
    """Draws it."""
    parts, top = [], 10
    for name, clients in SHOWN.items():
        found = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        rows = [it for it in found["rows"] if it["clients"] == clients]
        title = f"{found['title']}; {clients} clients, a second"
        parts += [f'<text x="10" y="{top + 16}" font-weight="600">{escape(title)}</text>']
        parts += _bars(rows, top + GAP)
        top += GAP + LINE * len(rows) + 14
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" {FONT}>'
    ground = f'<rect width="{WIDTH}" height="{top}" rx="8" fill="#ffffff"/>'
    lines = [head, ground, '<g fill="#1d1c1d">', *parts, "</g>", "</svg>"]
    PICTURE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(PICTURE)


def _bars(rows: list[dict[str, Any]], top: int) -> Iterator[str]:
    longest = max(it["rate"] for it in rows)
    for number, it in enumerate(rows):
        y = top + number * LINE
        width = (WIDTH - LABEL - 80) * it["rate"] / longest
        colour = OURS if it["server"].startswith("readiness-bot") else OTHERS
        yield f'<text x="{LABEL - 10}" y="{y + 14}" text-anchor="end">{escape(it["server"])}</text>'
        yield f'<rect x="{LABEL}" y="{y}" width="{width:.0f}" height="{BAR}" fill="{colour}"/>'
        yield f'<text x="{LABEL + width + 8:.0f}" y="{y + 14}">{it["rate"]:.0f}</text>'


if __name__ == "__main__":
    main()
