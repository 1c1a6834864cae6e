"""Tens of thousands of hostile requests at every HTTP door: none is answered by a 5xx, none hangs.

Short here; FUZZ_BODIES says how many in `make soak`. SOAK_SEED repeats a run.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
from bot_kit import Room
from fake_teams import ANA as TEAMS_ANA
from fake_teams import alone
from hostile import request_line, slack_body, teams_body
from payload_kit import genuine
from siege_kit import Siege, give, siege
from trouble_kit import until

from bot.playground.core import Outcome
from bot.playground.outbound import sign
from conversations.review import Review

BODIES = int(os.environ.get("FUZZ_BODIES", "2000"))
SEED = os.environ.get("SOAK_SEED", "20261125")
AT_ONCE = 16
PATIENCE = 20.0  # seconds for one answer
UNFINISHED = 0.5  # seconds until a request that promises more than it has is given up
NOT_IMPLEMENTED = 501  # what the Bot Framework asks for where an invoke is of another kind

Send = Callable[[random.Random], Awaitable[int]]


async def hammered(send: Send, times: int, name: str) -> Counter[int]:
    """How often each status was answered. Raises AssertionError with the seed of what broke."""
    found: Counter[int] = Counter()
    numbers = iter(range(times))

    async def hammer() -> None:
        for number in numbers:  # shared: each is taken by one
            status = await send(random.Random(f"{SEED}/{name}/{number}"))
            found[status] += 1
            assert status < 500 or status == NOT_IMPLEMENTED, f"{SEED}/{name}/{number}: {status}"

    await asyncio.gather(*(hammer() for _ in range(AT_ONCE)))
    return found


@asynccontextmanager
async def target(url: str) -> AsyncIterator[tuple[Siege, aiohttp.ClientSession]]:
    """A bot to be hammered, which has met no bug in the end, and still serves."""
    patience = aiohttp.ClientTimeout(total=PATIENCE)
    async with siege(url) as it, aiohttp.ClientSession(timeout=patience) as session:
        try:
            yield it, session
        except BaseException as error:
            await asyncio.sleep(0.2)
            error.add_note("".join(it.bots[it.port].logged[-3:]))
            raise
        await it.calm()
        bugs = [line.get("exception") for line in it.lines("bug")]
        assert bugs == []
        async with session.get(f"http://127.0.0.1:{it.port}/readyz") as answer:
            assert answer.status == 200


class Outside(Room):
    """People who do not wait for what follows."""

    async def press(self, person: str, label: str, **which: Any) -> Outcome:
        """Opens a form."""
        outcome = await super().press(person, label, **which)
        await until(lambda: bool(self.workspace.views(person)), "the form is open")
        return outcome

    async def settle(self) -> None:
        return


async def payloads_of(it: Siege, review: Review) -> dict[str, Any]:
    """What Slack sends, of every kind."""
    await until(lambda: it.card(review, "layer:1") != "", "the first layer is asked")
    return await genuine(Outside(it.workspace, None, root=it.card(review, "root")))  # type: ignore[arg-type] - nobody asks the bot


def activities_of(it: Siege, review: Review) -> list[Any]:
    """What Teams sends, of every kind."""
    people, shown = it.people, it.shown(review)
    assert shown is not None
    presses = [give(review, "1.1", "met"), f"form:edit|{review.id}|1.1|note|0", "nonsense"]
    kinds = ["conversationUpdate", "installationUpdate", "event", "typing", "messageUpdate"]
    typed = people.activity(TEAMS_ANA, "message", thread=shown.id)
    return [
        typed | {"text": "1.2 yes: because"},
        people.activity(TEAMS_ANA, "message", to=alone(TEAMS_ANA)) | {"text": "status"},
        *(people.invoke(TEAMS_ANA, shown, verb, {"note": "x"}) for verb in presses),
        *(people.activity(TEAMS_ANA, kind) | {"action": "add"} for kind in kinds),
    ]


async def test_signed_and_hostile_bodies_at_slack_s_door(tmp_path) -> None:
    async with target(f"sqlite:///{tmp_path / 'readiness.db'}") as (it, session):
        review = await it.start("slack-search", "search-team")
        known = await payloads_of(it, review)
        secret, url = it.workspace.app.signing_secret, f"http://127.0.0.1:{it.port}/slack/events"

        async def send(chance: random.Random) -> int:
            sent, stamp = slack_body(chance, known), int(time.time())
            forged = chance.random() < 0.02
            headers = {
                "Content-Type": sent.content_type,
                "X-Slack-Request-Timestamp": str(stamp),
                "X-Slack-Signature": sign(secret + "x" * forged, stamp, sent.body),
            }
            async with session.post(url, data=BytesIO(sent.body), headers=headers) as answer:
                await answer.read()
                assert not forged or answer.status in {401, 413}
                assert answer.status < 500, sent.body[:2000]
                return answer.status

        found = await hammered(send, BODIES * 7 // 10, "slack")
        assert found[200] > found.total() / 20, "some are read"
        assert found[400] > found.total() / 10, "some are not"


async def test_signed_and_hostile_activities_at_teams_door(tmp_path) -> None:
    async with target(f"sqlite:///{tmp_path / 'readiness.db'}") as (it, session):
        review = await it.start_in_teams("teams-search")
        known = activities_of(it, review)
        url, header = f"http://127.0.0.1:{it.port}/api/messages", it.rig.header(
            exp=int(time.time()) + 86400
        )  # fmt: skip

        async def send(chance: random.Random) -> int:
            body = teams_body(chance, known)
            headers = {"Content-Type": "application/json", "Authorization": header}
            async with session.post(url, data=BytesIO(body), headers=headers) as answer:
                await answer.read()
                return answer.status

        found = await hammered(send, BODIES * 2 // 10, "teams")
        assert found[200] > found.total() / 20, "some are read"
        assert found[400] > found.total() / 20, "some are not"


async def test_odd_requests_at_every_door(tmp_path) -> None:
    async with target(f"sqlite:///{tmp_path / 'readiness.db'}") as (it, _):
        port = it.port

        async def send(chance: random.Random) -> int:
            """The status of the first answer; 0 where the door was shut without one."""
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request_line(chance))
                async with asyncio.timeout(UNFINISHED):
                    first = await reader.readline()
            except (ConnectionError, TimeoutError):
                return 0
            finally:
                writer.close()
            words = first.split()
            return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0

        found = await hammered(send, BODIES // 10, "raw")
        assert found[200] > 0
        assert found[400] + found[404] + found[405] > found.total() / 4
