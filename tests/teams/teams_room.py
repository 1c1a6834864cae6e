"""The real bot and a Teams of our own, joined by signed HTTP, and people who use them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import aiohttp
from fake_teams import (
    ANA,
    BOT,
    CHANNEL,
    CHAT,
    GROUP,
    NAMES,
    TEAM,
    Json,
    Shown,
    Teams,
    alone,
    buttons,
    same,
)
from pydantic import SecretStr
from teams_kit import APP, TENANT, Rig

from bot.app import Bot, utc_now
from bot.config import Local, Settings
from bot.teams.cloud import PUBLIC, Addresses
from bot.teams.platform import TeamsPlatform
from conversations.review import Review
from storage import answers, outbox, reviews

PATIENCE = 20.0  # seconds until a test gives up waiting


@dataclass
class Answered:
    """What the bot answered over HTTP."""

    status: int
    body: Any

    @property
    def card(self) -> Json:
        assert self.body["type"] == "application/vnd.microsoft.card.adaptive", self.body
        return self.body["value"]

    @property
    def line(self) -> str:
        assert self.body["type"] == "application/vnd.microsoft.activity.message", self.body
        return self.body["value"]


@dataclass
class Room:
    """A channel in which a bot runs a review; gestures return when everything owed has left."""

    teams: Teams
    rig: Rig
    bot: Bot
    session: aiohttp.ClientSession
    channel: str = CHANNEL
    root: str = ""
    sent: list[Json] = field(default_factory=list)  # activities
    now: Callable[[], datetime] = utc_now  # what dates activities
    zones: dict[str, str] = field(default_factory=dict)  # of people who are not in Ljubljana

    # What people do

    async def start(self, service: str = "search-assistant", person: str = ANA) -> str:
        """Opens a review and gives its id."""
        await self.say(person, f"start {service}")
        self.root = [it.id for it in self.messages() if it.thread == it.id][-1]
        return (await self.review()).id

    async def say(self, person: str, text: str, *, thread: str = "", to: str = "") -> Answered:
        """Somebody types with a mention of the bot, in the channel or (`to`) elsewhere."""
        to = to or self.channel
        if to == alone(person):
            return await self.type(person, text, to=to)
        mention = {
            "type": "mention", "text": "<at>Readiness</at>",
            "mentioned": {"id": BOT, "name": "Readiness"},
        }  # fmt: skip
        text = f"<at>Readiness</at>&nbsp;{text}"
        return await self.type(person, text, thread=thread, to=to, entities=[mention])

    async def type(
        self, person: str, text: str, *, thread: str = "", to: str = "", **more: Any
    ) -> Answered:
        """Somebody types."""
        body = self.activity(person, "message", thread=thread, to=to) | {"text": text} | more
        return await self.send(body)

    async def reply(self, person: str, text: str) -> Answered:
        """Somebody types in the review's thread, without a mention."""
        return await self.type(person, text, thread=self.root)

    async def press(self, person: str, label: str, *, check: str = "") -> Answered:
        """Presses a button of the newest card that has it; "1.2": one of that check."""
        shown, action = self.button(label, check=check)
        return await self.execute(person, shown, action["verb"])

    async def execute(
        self, person: str, shown: Shown, verb: Any, data: Json | None = None
    ) -> Answered:
        """The same, with any payload."""
        return await self.send(self.invoke(person, shown, verb, data))

    async def send(self, body: Json, **claims: Any) -> Answered:
        """Sends an activity as Teams does, and waits until everything that follows has left."""
        self.sent.append(body)
        answered = await self.post(json.dumps(body).encode(), **claims)
        await self.settle()
        return answered

    async def post(self, raw: bytes, *, header: str | None = None, **claims: Any) -> Answered:
        """Posts raw bytes with a good token, or with any header."""
        signed = self.rig.header(**claims)
        headers = {"Content-Type": "application/json", "Authorization": header or signed}
        url = f"http://127.0.0.1:{self.bot.port}/api/messages"
        async with self.session.post(url, data=raw, headers=headers) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            return Answered(answer.status, json.loads(text) if is_json and text else text)

    # What Teams sends

    def activity(self, person: str, kind: str, *, thread: str = "", to: str = "") -> Json:
        """What stands in every activity."""
        to = to or self.channel
        where = "personal" if to.startswith("a:") else "groupChat" if to == CHAT else "channel"
        data: Json = {"tenant": {"id": TENANT}}
        if where == "channel":
            data |= {"team": {"id": TEAM, "aadGroupId": GROUP}, "channel": {"id": to}}
        number = str(next(self.teams.numbers))
        root = f";messageid={thread or number}" if where == "channel" else ""
        return {
            "type": kind,
            "id": number,
            "timestamp": self.now().isoformat().replace("+00:00", "Z"),
            "localTimezone": self.zones.get(person, "Europe/Ljubljana"),
            "channelId": "msteams",
            "serviceUrl": f"{self.teams.url}/",
            "from": {"id": person, "name": NAMES.get(person, "Somebody")},
            "recipient": {"id": BOT, "name": "Readiness"},
            "conversation": {
                "id": f"{to}{root}",
                "conversationType": where,
                "tenantId": TENANT,
                "isGroup": where != "personal",
            },
            "channelData": data,
        }

    def invoke(self, person: str, shown: Shown, verb: Any, data: Json | None = None) -> Json:
        """A press of Action.Execute."""
        made = self.activity(person, "invoke", thread=shown.thread or "", to=shown.conversation)
        action = {"type": "Action.Execute", "verb": verb, "data": data or {}}
        value = {"action": action, "trigger": "manual"}
        return made | {"name": "adaptiveCard/action", "replyToId": shown.id, "value": value}

    # What can be seen

    def messages(self, conversation: str = "") -> list[Shown]:
        """The bot's messages in the channel, its threads included, oldest first."""
        return [it for it in self.teams.shown if it.conversation == (conversation or self.channel)]

    def button(self, label: str, *, check: str = "") -> tuple[Shown, Json]:
        """The newest message with that button, and the button."""
        for shown in reversed(self.messages()):
            for action in buttons(shown.card):
                if same(action["title"], label) and (
                    not check or f" {check} " in action.get("tooltip", "")
                ):
                    return shown, action
        raise AssertionError(f"no button {label!r} {check}")

    def card(self, beginning: str) -> Shown:
        """The newest message whose summary begins so."""
        for shown in reversed(self.messages()):
            if shown.activity["summary"].startswith(beginning):
                return shown
        raise AssertionError([it.activity["summary"] for it in self.messages()])

    def told(self, person: str) -> list[str]:
        """What the person reads in the chat with the bot, oldest first."""
        return [it.text for it in self.messages(alone(person))]

    async def review(self) -> Review:
        """The newest review, as the database holds it."""
        found = await self.bot.runner.read(reviews.latest_of_all)
        return max(found, key=lambda it: it.started_at)

    async def history(self) -> list[answers.Entry]:
        """What was said in it."""
        review = await self.review()
        return await self.bot.runner.read(lambda conn: answers.history(conn, review.id))

    def line(self, words: str, **facts: Any) -> str:
        """The product's own line, as Teams shows it."""
        said = self.bot.platforms["teams"].chat.words.say(words, **facts)
        return re.sub("\x01(?:[bic]|l[^\x03]*\x03)|\x02", "", said)

    async def settle(self) -> None:
        """Waits until nothing is owed and nobody is sending."""
        owed = -1
        for _ in range(int(PATIENCE / 0.01)):
            await self.bot.platforms["teams"].door.settle(PATIENCE)
            owed, _oldest = await self.bot.runner.read(outbox.depth)
            if not owed and not self.bot.delivery._running:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{owed} posts are still owed")


class TeamsBot(Bot):
    """The bot, with Microsoft's services in other places."""

    def __init__(
        self, settings: Settings, now: Callable[[], datetime] = utc_now, **teams: Any
    ) -> None:
        super().__init__(settings, now=now)
        self.teams = teams

    def _platforms(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        others = super()._platforms(session)
        made = TeamsPlatform(self.settings, session, self.runner, self.now, **self.teams)
        return others | {"teams": made}


class Impatient:
    """A clock by which an hour passes between two calls: nobody is held up by rates."""

    def __init__(self) -> None:
        self.hours = 0

    def __call__(self) -> float:
        self.hours += 1
        return self.hours * 3600.0


@asynccontextmanager
async def room(
    database_url: str, *, now: Callable[[], datetime] = utc_now, **settings: Any
) -> AsyncIterator[Room]:
    """A Teams and a running bot, both by the clock `now`."""
    teams, rig = Teams(), Rig()
    await teams.start()
    await rig.start()
    rig.service = f"{teams.url}/"
    chosen = {
        "microsoft_app_id": APP,
        "microsoft_app_password": SecretStr("secret"),
        "microsoft_app_tenant_id": TENANT,
        "tick_seconds": 1,
    } | settings
    bot = TeamsBot(
        Local(database_url=database_url, host="127.0.0.1", port=0, **chosen),
        now,
        cloud=replace(PUBLIC, login=teams.url, metadata=rig.metadata),
        addresses=Addresses((f"{teams.url}/",)),
        clock=Impatient(),
    )
    await bot.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Room(teams, rig, bot, session, now=now)
    finally:
        await bot.stop()
        await teams.stop()
        await rig.stop()
