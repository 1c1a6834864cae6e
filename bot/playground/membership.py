"""Who is in a channel, and whether it is archived."""

from bot.playground.core import Core
from bot.playground.pagejson import page_channel
from bot.playground.world import Channel


def joined(core: Core, channel: Channel, user: str) -> None:
    """Somebody is in the channel from now on."""
    channel.members.add(user)
    tell(core, channel)


def left(core: Core, channel: Channel, user: str) -> None:
    """Somebody is in the channel no more."""
    channel.members.discard(user)
    tell(core, channel)


def set_archived(core: Core, channel: Channel, *, archived: bool) -> None:
    """The channel goes into the archive, or comes back."""
    channel.is_archived = archived
    tell(core, channel)


def tell(core: Core, channel: Channel) -> None:
    """Shows the channel as it is now to its people."""
    shown = page_channel(core.world, channel)
    core.live.tell(set(channel.members), {"type": "channel", "channel": shown})
