"""A worker of due work that is to be killed, as a process of its own.

    due_worker.py {"settings": {…}, "lease": 3, "slow": 0}

Its leases are short, so that a test need not wait a minute for those of the dead. `slow`: seconds
for which it stands still between claiming and doing, as a machine does that is out of memory.
"""

import asyncio
import json
import signal
import sys
from typing import Any

from storage import due, lanes

GIVEN: dict[str, Any] = json.loads(sys.argv[1])
due.LEASE_SECONDS = lanes.LEASE_SECONDS = GIVEN["lease"]  # before anybody reads them

from bot import loops  # noqa: E402
from bot.app import Bot  # noqa: E402
from bot.config import Local  # noqa: E402
from bot.logs import set_up  # noqa: E402


class Slow:
    """Due work that stands still before it is begun."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.carry_out = kind.carry_out

    async def prepare(self, plan: Any) -> Any:
        prepared = await self.kind.prepare(plan)
        print("claimed", flush=True)  # noqa: T201 - what the test waits for
        await asyncio.sleep(GIVEN["slow"])
        return prepared


async def main() -> None:
    set_up("text", "INFO")
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    bot = Bot(Local(**GIVEN["settings"]), web_server=False, call_timeout=1)
    if GIVEN["slow"]:
        assemble = bot._assemble

        def slowly() -> None:
            assemble()
            bot.due.kinds = {name: Slow(kind) for name, kind in bot.due.kinds.items()}

        bot._assemble = slowly  # type: ignore[method-assign]
    await bot.start()
    print("up", flush=True)  # noqa: T201
    await stopped.wait()
    await bot.stop()


if __name__ == "__main__":
    loops.run(main())
