"""Monday, nine o'clock: 10,000 people of one workspace have something due at the same moment.

The workspace enforces Slack's limits, and the clock is a simulated one: what is measured is how
long it takes by that clock, how many calls were refused, and whether the most urgent came first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from datetime import UTC, datetime

from bench import ROOT
from bench.rounds import RESULTS

sys.path.append(str(ROOT / "tests" / "bot"))

from nine_kit import invite, nine
from trouble_kit import trouble


async def main(people: int) -> None:
    """Runs it, prints what was seen, keeps it in build/bench/nine.json."""
    logging.disable()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with trouble(f"sqlite:///{folder}/readiness.db") as it:
            late = invite(it, people)
            found = await nine(it, step=20)
    share = people // 5
    days = [late[person] for person in found.order]
    first = sum(it >= 7 for it in days[:share]) / share  # noqa: PLR2004 - a week
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "people": people,
        "told_once": sorted(found.order) == sorted(late),
        "urgent_among_the_first_fifth": first,
        "real_seconds": round(time.monotonic() - begun),
        "minutes": round(found.minutes, 1),
        "refused_calls": dict(found.refused),
        "most_calls_a_minute": found.most_a_minute,
        "most_posts_waiting": found.deepest,
        "oldest_waited_seconds": found.oldest,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "nine.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.nine", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    asyncio.run(main(parser.parse_args().people))
