"""A Bot Connector and a login of our own, which keep what they are told; reading their cards."""

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from teams_kit import APP, Server

from bot.playground.faults import Faults

Json = dict[str, Any]
ANA, BEN, CHI = "29:1ana", "29:1ben", "29:1chi"
NAMES = {ANA: "Ana Kovač", BEN: "Ben", CHI: "Chi"}
BOT = f"28:{APP}"
TEAM, GROUP = "19:general@thread.tacv2", "9b9b0000-0000-4000-8000-00000000f00d"
CHANNEL, OTHER = "19:search@thread.tacv2", "19:other@thread.tacv2"
CHAT = "19:group@thread.v2"
WORDS = {"POST": "post", "PUT": "edit", "GET": "look"}
DETAILS = re.compile(r"/v3/conversations(?:/([^/]+))?(?:/(activities|members))?(?:/([^/]+))?")


@dataclass
class Shown:
    """A message of the bot. `thread`: the message that opens its thread; None in chats.

    `unanswered`: the bot was not told that it stands. `at`: when it came, of a clock that is never
    set.
    """

    id: str
    conversation: str
    thread: str | None
    activity: Json
    edits: int = 0
    unanswered: bool = False
    at: float = field(default_factory=time.monotonic)

    @property
    def card(self) -> Json:
        return self.activity["attachments"][0]["content"]

    @property
    def text(self) -> str:
        return text_of(self.card)


@dataclass
class Teams(Server):
    """A Bot Connector and a login service that keep what they are told."""

    shown: list[Shown] = field(default_factory=list)
    tokens: int = 0
    calls: int = 0  # of whatever kind
    gone: set[str] = field(default_factory=set)  # conversations in which the bot may not write
    closed: set[str] = field(default_factory=set)  # people who did not install the app
    faults: Faults = field(default_factory=Faults)  # of "post", "edit", "look", "token"
    numbers: Any = field(default_factory=lambda: count(1795562459000))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        what = "token" if request.raw_path.endswith("/token") else WORDS[request.method]
        await asyncio.sleep(self.faults.delay(what))
        if fault := self.faults.spend(what, "rate_limited"):
            again = {"Retry-After": str(fault.retry_after)}
            return web.json_response({}, status=429, headers=again)
        if fault := self.faults.spend(what, "server_error"):
            return _error(fault.server_status, "ServiceError")
        before = len(self.shown)
        response = self._answer(request, await request.text())
        if self.faults.spend(what, "drop_after_accept") and request.transport:
            for made in self.shown[before:]:
                made.unanswered = True
            request.transport.abort()
        return response

    def _answer(self, request: web.Request, text: str) -> web.Response:
        path = request.raw_path
        if path.endswith("/oauth2/v2.0/token"):
            self.tokens += 1
            return web.json_response({"access_token": f"t{self.tokens}", "expires_in": 3600})
        assert request.headers["Authorization"] in {
            f"Bearer t{it + 1}" for it in range(self.tokens)
        }
        found = DETAILS.fullmatch(path)
        assert found, path
        conversation, kind, number = (unquote(it) if it else "" for it in found.groups())
        body = json.loads(text) if request.method != "GET" else {}
        if kind == "members":
            return web.json_response({"id": number, "name": NAMES[number]})
        return self._kept(request.method, conversation, number, body)

    def _kept(self, method: str, conversation: str, number: str, body: Json) -> web.Response:
        if not conversation:
            return self._opened(body)
        where, _, root = conversation.partition(";messageid=")
        if where in self.gone:
            return _error(403, "BotNotInConversationRoster")
        if method == "PUT":
            [known] = [it for it in self.shown if (it.conversation, it.id) == (where, number)]
            assert (known.thread or "") == root
            assert body["id"] == number
            known.activity, known.edits = body, known.edits + 1
            return web.json_response({"id": number})
        return web.json_response({"id": self._add(where, root or None, body)}, status=201)

    def _opened(self, body: Json) -> web.Response:
        if not body["isGroup"]:
            [member] = body["members"]
            if member["id"] in self.closed:
                return _error(403, "BotNotInstalled")
            return web.json_response({"id": alone(member["id"])}, status=201)
        channel = body["channelData"]["channel"]["id"]
        if channel in self.gone:
            return _error(403, "BotNotInConversationRoster")
        made = self._add(channel, "", body["activity"])
        found = {"id": f"{channel};messageid={made}", "activityId": made}
        return web.json_response(found, status=201)

    def _add(self, conversation: str, root: str | None, activity: Json) -> str:
        number = str(next(self.numbers))
        thread = number if root == "" else root
        self.shown.append(Shown(number, conversation, thread, activity))
        return number


def alone(person: str) -> str:
    """The conversation of that person and the bot."""
    return f"a:1{person.removeprefix('29:')}"


def buttons(card: Json) -> list[Json]:
    """Every button that comes back to us; of one that asks before, the answer that does it."""
    asked = [it for it in objects(card) if it.get("type") == "Action.ShowCard"]
    behind = [it["card"]["actions"][0] | {"title": it["title"]} for it in asked]
    return [*behind, *(it for it in objects(card) if it.get("type") == "Action.Execute")]


def inputs(card: Json) -> dict[str, Json]:
    """A form's fields by id."""
    return {it["id"]: it for it in objects(card) if str(it.get("type")).startswith("Input.")}


def text_of(card: Json) -> str:
    """All that can be read in a card, a paragraph a line."""
    return "\n".join(
        "".join(run if isinstance(run, str) else run["text"] for run in it["inlines"])
        for it in objects(card)
        if it.get("type") == "RichTextBlock"
    )


def objects(value: Any) -> list[Json]:
    """Every JSON object in it, however deep."""
    found = [value] if isinstance(value, dict) else []
    inside = list(value.values()) if isinstance(value, dict) else value
    if isinstance(inside, list):
        for it in inside:
            found += objects(it)
    return found


def same(label: str, wanted: str) -> bool:
    return label == wanted or label.endswith(f" {wanted}")


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "no"}}, status=status)
