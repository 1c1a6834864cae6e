"""The people and channels every workspace begins with."""

from bot.playground.values import Stamps
from bot.playground.world import BOT, Channel, User, World

PEOPLE = (
    User("U0ANA", "ana", "Ana Berger", "Europe/Berlin", "Platform lead", "1264a3"),
    User("U0BEN", "ben", "Ben Okafor", "America/New_York", "ML engineer", "2b7a4b"),
    User("U0CHI", "chitra", "Chitra Rao", "Asia/Kolkata", "SRE", "b3471d"),
    User("U0DAN", "dan", "Dan Wu", "America/Los_Angeles", "Product", "7a3e9d"),
)
READINESS = User(BOT, "readiness", "Readiness", "UTC", color="3d5a80", is_bot=True)

_CHANNELS = (
    ("C0SEARCH", "search-team", "Search and retrieval", True),
    ("C0GENERAL", "general", "Everybody", True),
    ("C0PLATFORM", "llm-platform", "Models, gateways, evaluation", True),
    ("C0RANDOM", "random", "Anything else", False),
)


def acme(stamps: Stamps) -> World:
    """Acme: four people, four channels (the bot is in three), a direct conversation for each."""
    world = World(stamps)
    world.users = {user.id: user for user in (*PEOPLE, READINESS)}
    people = {user.id for user in PEOPLE}
    for channel_id, name, topic, has_bot in _CHANNELS:
        members = people | ({BOT} if has_bot else set())
        world.channels[channel_id] = Channel(channel_id, name, members, topic)
    for user in PEOPLE:
        world.open_dm(user.id)
    return world
