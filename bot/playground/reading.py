"""Looking at the workspace from Python."""

from collections.abc import Iterable

from bot.playground.blocks import elements_of
from bot.playground.core import Core
from bot.playground.people import Refused
from bot.playground.values import Json
from bot.playground.world import Channel, Message, View


class Reading:
    """What stands where. Channels are given by id or name, with or without `#`."""

    core: Core

    def channel(self, name: str) -> Channel:
        """A channel. Raises KeyError."""
        found = self.core.world.channel_named(name)
        if found is None:
            raise KeyError(name)
        return found

    def dm(self, user: str) -> str:
        """The id of the conversation between a person and the bot."""
        return self.core.world.open_dm(user).id

    def messages(self, channel: str) -> list[Message]:
        """A channel's public roots, oldest first."""
        public = self.core.world.public(self.channel(channel).id)
        return [message for message in public if not message.is_reply]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A root and its public replies, oldest first."""
        public = self.core.world.public(self.channel(channel).id)
        return [message for message in public if ts in {message.ts, message.thread_ts}]

    def ephemerals(self, user: str, channel: str | None = None) -> list[Message]:
        """What only this person sees, oldest first."""
        where = self.channel(channel).id if channel else None
        logs = list(self.core.world.log.values())
        found = [m for log in logs for m in log.values() if m.ephemeral_to == user]
        return sorted((m for m in found if where in {None, m.channel}), key=_order)

    def message(self, ts: str) -> Message:
        """The message with this timestamp, private ones included. Raises Refused."""
        for log in list(self.core.world.log.values()):
            if ts in log:
                return log[ts]
        raise Refused("message_not_found")

    def views(self, user: str) -> list[View]:
        """A person's open modals, the top one last."""
        return list(self.core.world.modals.get(user, []))

    def view(self, user: str, view_id: str | None = None) -> View:
        """A view of a person: the named one, or the top modal, or App Home. Raises Refused."""
        home = self.core.world.homes.get(user)
        candidates = [*([home] if home else []), *self.views(user)]
        for view in reversed(candidates):
            if view_id in {None, view.id}:
                return view
        raise Refused("view_not_found")

    def home(self, user: str) -> View | None:
        """A person's App Home; None before the app published one."""
        return self.core.world.homes.get(user)

    @staticmethod
    def place_of(blocks: Iterable[Json], block_id: str | None, action_id: str) -> tuple[str, str]:
        """The (block_id, action_id) meant. Raises Refused when it is not there exactly once."""
        found = [
            block["block_id"]
            for block in blocks
            for element in elements_of(block)
            if element["action_id"] == action_id and block_id in {None, block["block_id"]}
        ]
        if len(found) != 1:
            raise Refused("element_not_found" if not found else "element_ambiguous")
        return found[0], action_id


def _order(message: Message) -> tuple[int, str]:
    return len(message.ts), message.ts
