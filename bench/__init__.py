"""How fast the product is, beside what people would build otherwise. `make bench` runs it all.

`bench.load` presses, `bench.servers` starts what is pressed, `bench.rounds` measures and shows.
One file a table: `bench.teams`, `bench.slack`, `bench.card` (with `lonely`, `crowd` and `talk`),
`bench.due`, `bench.nine`, `bench.portfolio` and `bench.growth` (both with `filling`);
`bench.picture` draws the first two. Not part of the package, and no test: numbers depend on the
machine.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Microsoft's side of the tests serves here too: keys, tokens, a Bot Connector.
sys.path.append(str(ROOT / "tests" / "teams"))
