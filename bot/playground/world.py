"""The workspace's state: people, channels, messages, views. In memory only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.playground.values import Json, Stamps

TEAM = "T0LOCAL"
TEAM_NAME = "Acme"
TEAM_DOMAIN = "127.0.0.1"
APP = "A0LOCAL"
BOT = "U0BOT"
BOT_ID = "B0BOT"


@dataclass(frozen=True)
class User:
    """A person or the bot; `tz` is an IANA name, a `team` other than ours makes a stranger."""

    id: str
    name: str
    real_name: str
    tz: str
    title: str = ""
    color: str = "4a154b"
    team: str = TEAM
    is_bot: bool = False
    deleted: bool = False
    away_until: datetime | None = None  # says so in the status
    quiet_until: datetime | None = None  # do not disturb

    @property
    def is_stranger(self) -> bool:
        """Whether the person belongs to another organisation."""
        return self.team != TEAM


@dataclass
class Channel:
    """A public channel, or with `partner` the direct conversation of that person and the bot."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    partner: str | None = None
    is_archived: bool = False
    created: int = 0

    @property
    def is_dm(self) -> bool:
        """Whether this is a direct conversation."""
        return self.partner is not None


@dataclass(frozen=True)
class Message:
    """A message as it stands; `text` is Slack's mrkdwn with `&`, `<` and `>` escaped.

    `ephemeral_to` names the one person who sees it; `deleted` is a root that is gone while its
    replies remain.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    client_msg_id: str | None = None
    ephemeral_to: str | None = None
    edited_ts: str | None = None
    deleted: bool = False

    @property
    def by_bot(self) -> bool:
        """Whether the app wrote it."""
        return self.user == BOT

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(frozen=True)
class View:
    """A modal or an App Home as it stands; `hash` changes with every update."""

    id: str
    user: str
    hash: str
    root: str
    body: Json
    previous: str | None = None

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, ids filled in."""
        return list(self.body["blocks"])


@dataclass
class World:
    """Everything there is, with the look-ups the rest is written in."""

    stamps: Stamps
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    log: dict[str, dict[str, Message]] = field(default_factory=lambda: defaultdict(dict))
    modals: dict[str, list[View]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[str, View] = field(default_factory=dict)
    states: dict[tuple[str, str], dict[str, Json]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    """What people entered: by person and message ts or view id, then block_id, then action_id."""

    def put(self, message: Message) -> None:
        """Adds a message, or puts its new version in the old one's place."""
        self.log[message.channel][message.ts] = message

    def drop(self, message: Message) -> None:
        """Takes a message away."""
        self.log[message.channel].pop(message.ts, None)

    def find(self, channel: str, ts: str) -> Message | None:
        """The message, private ones included; None when there is none."""
        return self.log[channel].get(ts)

    def public(self, channel: str) -> Iterator[Message]:
        """The messages everybody in the channel sees, oldest first."""
        return (m for m in self._in_order(channel) if m.ephemeral_to is None)

    def seen_by(self, channel: str, user: str) -> Iterator[Message]:
        """The messages one person sees, oldest first."""
        return (m for m in self._in_order(channel) if m.ephemeral_to in {None, user})

    def replies(self, channel: str, root: str) -> list[Message]:
        """The public replies under a message, oldest first."""
        return [m for m in self.public(channel) if m.is_reply and m.thread_ts == root]

    def _in_order(self, channel: str) -> list[Message]:
        return list(self.log[channel].values())

    def dm(self, user: str) -> Channel | None:
        """The conversation of a person and the bot; None when it was never opened."""
        return next((c for c in self.channels.values() if c.partner == user), None)

    def open_dm(self, user: str) -> Channel:
        """The conversation of a person and the bot, begun where there was none."""
        found = self.dm(user)
        if found is None:
            found = Channel("D" + user[1:], "directmessage", {user, BOT}, partner=user)
            self.channels[found.id] = found
        return found

    def channel_named(self, name: str) -> Channel | None:
        """The channel with this id, or with this name behind an optional `#`."""
        if name in self.channels:
            return self.channels[name]
        bare = name.removeprefix("#")
        return next((c for c in self.channels.values() if not c.is_dm and c.name == bare), None)

    def view(self, view_id: str) -> View | None:
        """An open modal or a published home."""
        modals = (view for stack in self.modals.values() for view in stack)
        return next((v for v in (*modals, *self.homes.values()) if v.id == view_id), None)

    def replace_view(self, view: View) -> None:
        """Puts a view's new version where the old one stood."""
        stack = self.modals[view.user]
        self.modals[view.user] = [view if each.id == view.id else each for each in stack]
        if self.homes.get(view.user) and self.homes[view.user].id == view.id:
            self.homes[view.user] = view
