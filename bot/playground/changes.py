"""What befalls the workspace, from Python: people and channels come and go."""

from dataclasses import replace
from datetime import datetime

from bot.playground import payloads
from bot.playground.core import Outcome
from bot.playground.membership import joined, left, set_archived
from bot.playground.reading import Reading
from bot.playground.values import Json
from bot.playground.world import BOT, User


class Changes(Reading):
    """Each tells the app what Slack would tell it, and returns after the first attempt."""

    async def event(self, payload: Json) -> Outcome:
        """Sends the app an event envelope."""
        ack = await self.core.courier.event(payload)
        return Outcome(ok=ack.error is None, error=ack.error)

    async def idle(self) -> None:
        """Returns when everything under way has been delivered."""
        await self.core.courier.idle()

    def add_user(self, user: User, channels: tuple[str, ...] = ()) -> User:
        """Somebody joins; with a `team` of their own, a stranger."""
        self.core.world.users[user.id] = user
        for name in channels:
            joined(self.core, self.channel(name), user.id)
        return user

    async def archive(self, channel: str, *, archived: bool = True, by: str = "U0ANA") -> Outcome:
        """A channel goes into the archive, or comes back."""
        found = self.channel(channel)
        set_archived(self.core, found, archived=archived)
        return await self.event(payloads.archive_event(self.core, found, by))

    async def remove_bot(self, channel: str, *, by: str = "U0ANA") -> Outcome:
        """The bot is taken out of a channel."""
        found = self.channel(channel)
        left(self.core, found, BOT)
        return await self.event(payloads.left_event(self.core, found, by))

    async def deactivate(self, user: str) -> Outcome:
        """A person's account is closed."""
        gone = replace(self.core.world.users[user], deleted=True)
        self.core.world.users[user] = gone
        return await self.event(payloads.user_change_event(self.core, gone))

    async def go_away(self, user: str, until: datetime | None) -> Outcome:
        """A person is on leave until then, and says so in the status; None: is back."""
        changed = replace(self.core.world.users[user], away_until=until)
        self.core.world.users[user] = changed
        return await self.event(payloads.user_change_event(self.core, changed))

    def be_quiet(self, user: str, until: datetime | None) -> None:
        """A person does not want to be disturbed until then. The app is told only when it asks."""
        self.core.world.users[user] = replace(self.core.world.users[user], quiet_until=until)

    async def revoke_token(self) -> Outcome:
        """The bot token stops working."""
        self.core.faults.token_revoked = True
        tokens = {"oauth": [], "bot": [BOT]}
        return await self.event(payloads.plain_event(self.core, "tokens_revoked", tokens=tokens))

    async def uninstall(self) -> Outcome:
        """The app is taken out of the workspace: account_inactive from now on."""
        self.core.installed = False
        return await self.event(payloads.plain_event(self.core, "app_uninstalled"))
