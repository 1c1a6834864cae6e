"""JSON as it goes to Microsoft's services, and as it comes back."""

from __future__ import annotations

import re
from typing import Any

import aiohttp

from storage.quickjson import dumps

Json = dict[str, Any]
SHORTEST, LONGEST = 0.5, 300.0  # seconds of a pause that we keep to
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_. -]{0,79}")  # what an error's code may look like in a log


def encoded(payload: Json) -> bytes:
    """The payload as it is sent. Teams measures this: other alphabets stay as they are."""
    return dumps(payload)


def code(said: Json, status: int) -> str:
    """Teams' own word for an error; the finer one where there are two."""
    error = said.get("error") if isinstance(said.get("error"), dict) else said
    for word in ((error or {}).get("subCode"), said.get("subCode"), (error or {}).get("code")):
        if isinstance(word, str) and WORD.fullmatch(word):
            return word
    return f"http_{status}"


def seconds_of(text: str | None) -> float | None:
    """A Retry-After in seconds, within reason; None for one without any sense."""
    try:
        asked = float(text or "")
    except ValueError:
        return None
    return min(max(asked, SHORTEST), LONGEST) if asked >= 0 else None


async def object_of(answer: aiohttp.ClientResponse) -> Json:
    """The JSON object of an answer; empty for one that holds none."""
    try:
        said = await answer.json(content_type=None)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
