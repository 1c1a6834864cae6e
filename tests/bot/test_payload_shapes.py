"""Signed payloads with something missing, or of an absurd kind: never a 500, nothing broken."""

import asyncio
import json
import logging

import pytest
from bot_kit import ANA, BEN, Room
from payload_kit import genuine, send, variants


@pytest.mark.parametrize(
    "kind",
    ["command", "message", "reply", "mention", "press", "form button", "form", "shortcut", "home",
     "archive", "joined", "left", "person", "revoked"],
)  # fmt: skip
async def test_no_entry_of_a_payload_can_be_so_odd_that_the_bot_breaks(
    quick: Room, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    payload = (await genuine(quick))[kind]
    odd = list(variants(payload))
    caplog.set_level(logging.ERROR)
    # Bolt warns of requests that nobody takes, and quotes them: not even that can be printed.
    caplog.set_level(logging.ERROR, "slack_bolt.AsyncApp")
    caplog.clear()
    for at in range(0, len(odd), 16):
        some = odd[at : at + 16]
        answers = await asyncio.gather(*(send(quick, kind, it) for it in some))
        pairs = zip(some, answers, strict=True)
        assert [json.dumps(it) for it, answer in pairs if answer.status >= 500] == []
    await quick.settle()
    assert {it.getMessage() for it in caplog.records} <= {"slack_revoked"}
    assert (await send(quick, kind, payload)).status == 200, "the real one still is taken"
    await quick.type(BEN, "/readiness help")
    assert "walks a team" in quick.told(BEN)[-1]
