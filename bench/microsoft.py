"""Microsoft's side in a process of its own: keys, a login, a Bot Connector. `python -m` it.

It says where it is, and the header of a token that is good for an hour, as Teams' own are.
"""

from __future__ import annotations

import asyncio

from fake_teams import Teams
from teams_kit import Rig

from bench.servers import until_stopped


async def main() -> None:
    """Until SIGTERM."""
    rig, teams = Rig(), Teams()
    await rig.start()
    await teams.start()
    header = rig.header(serviceurl=f"{teams.url}/")
    await until_stopped(metadata=rig.metadata, service=f"{teams.url}/", header=header)
    await teams.stop()
    await rig.stop()


if __name__ == "__main__":
    asyncio.run(main())
