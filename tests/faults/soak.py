"""A soak: rounds of random trouble while people work, each from a seed, each proven in the end.

A round has its own database, its own workspace and its own bots: one on SQLite, two on PostgreSQL.
What happens, and in which order, follows from the seed; how the processes interleave does not.
"""

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot_kit import ANA, BEN, CHI
from hostile import teams_body
from postgres_kit import Postgres
from proof import STRANGER, Proof, prove
from raw_kit import press_payload
from siege_kit import (
    BUSY,
    CHANNELS,
    LEASE,
    SLACK_PEOPLE,
    TEAMS_PEOPLE,
    WORDS,
    Siege,
    give,
    siege,
)
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from trouble_kit import CHECKS

from bot.playground import payloads
from bot.playground.link import Delivery
from conversations.review import Review

VERDICTS = tuple(WORDS)
# Layer 8 is never answered while there is trouble: a review that is whole closes by itself.
NUMBERS = tuple(it.number for it in CHECKS if not it.number.startswith("8."))
METHODS = (
    "chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.history",
    "conversations.replies", "conversations.open", "users.info", "views.publish", "*",
)  # fmt: skip
TEAMS_CALLS = ("post", "edit", "look", "token")
SENSELESS = ("soon", "", "-3", "nan", "1e400")  # a long one is kept, for five minutes
HOUR = 3600


@dataclass
class Soak:
    """One round. `done` counts what happened, `healing` ends a trouble at a later step."""

    siege: Siege
    chance: random.Random
    postgres: Postgres | None
    reviews: list[Review] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    healing: list[tuple[int, Callable[[], Awaitable[Any]]]] = field(default_factory=list)
    at: int = 0
    troubled: set[str] = field(default_factory=set)  # channels that the bot cannot post in

    async def run(self, steps: int) -> Proof:
        """So many steps, then calm, then the proof."""
        it = self.siege
        self.reviews = [await it.start(f"slack-{CHANNELS[0]}", CHANNELS[0])]
        self.reviews += [await it.start(f"slack-{name}", name) for name in CHANNELS[1:2]]
        self.reviews.append(await it.start_in_teams("teams-search"))
        for name in self.plan(steps):
            self.at += 1
            self.done[name] += 1
            working = self.work(self.chance.randint(2, 5))
            await getattr(self, name)()
            await working
            await self.heal(self.at)
        await self.heal(None)
        await it.calm()
        # A removal that is only now heard of, or met with by a post that was under way, stops a
        # channel until somebody types there: see docs/faults.md.
        for review in self.reviews[:2]:
            words = f"/readiness start {review.service}"
            await it.workspace.send(ANA, review.place.channel, words)
        await it.calm()
        return prove(it)

    def plan(self, steps: int) -> list[str]:
        """What is to happen: each kind once before any comes again."""
        kinds = [*STEPS, *(ON_POSTGRES if self.postgres else ON_SQLITE)]
        planned: list[str] = []
        while len(planned) < steps:
            planned += self.chance.sample(kinds, len(kinds))
        return planned[:steps]

    async def heal(self, at: int | None) -> None:
        """Ends the troubles whose time has come; all of them with None."""
        due = [it for it in self.healing if at is None or it[0] <= at]
        self.healing = [it for it in self.healing if it not in due]
        for _, end in due:
            await end()

    def later(self, end: Callable[[], Awaitable[Any]]) -> None:
        self.healing.append((self.at + self.chance.randint(1, 4), end))

    # People at work

    def slack_review(self) -> Review:
        return self.chance.choice([it for it in self.reviews if it.place.platform == "slack"])

    def work(self, most: int) -> "asyncio.Future[Any]":
        """Several people answer something at once. Chance has its say before anything begins."""
        return asyncio.gather(*[self.answer() for _ in range(most)])

    def answer(self) -> Coroutine[Any, Any, Any]:
        """Somebody answers something, in one of the ways there are."""
        review = self.chance.choice(self.reviews)
        check, verdict = self.chance.choice(NUMBERS), self.chance.choice(VERDICTS)
        value, typed = give(review, check, verdict), self.chance.random() < 0.5
        if review.place.platform == "teams":
            person = self.chance.choice(TEAMS_PEOPLE)
            if typed:
                return self.siege.type_in_teams(review, person, check, verdict)
            return self.siege.press_in_teams(review, person, value)
        person = self.chance.choice(SLACK_PEOPLE)
        if typed:
            return self.siege.type(review, person, check, verdict)
        return self.siege.press(review, person, value)

    async def double_click(self) -> None:
        """Two requests of one press, and two presses, at once."""
        review, check = self.slack_review(), self.chance.choice(NUMBERS)
        value = give(review, check, self.chance.choice(VERDICTS))
        await asyncio.gather(
            self.siege.press(review, BEN, value, times=2), self.siege.press(review, BEN, value)
        )

    async def two_people_on_one_check(self) -> None:
        review, check = self.slack_review(), self.chance.choice(NUMBERS)
        await asyncio.gather(
            self.siege.type(review, ANA, check, "met"),
            self.siege.press(review, BEN, give(review, check, "unmet")),
            self.siege.type(review, CHI, check, "partly"),
        )

    async def an_hour_late(self) -> None:
        review, check = self.slack_review(), self.chance.choice(NUMBERS)
        await self.siege.type(review, ANA, check, "met")
        await self.siege.late(review, check, "unmet", HOUR)

    async def the_same_event_again(self) -> None:
        """On every bot at once, old ones and new ones, in any order."""
        events = [it for it in self.siege.workspace.events if "bot_id" not in it["event"]]
        some = self.chance.sample(events, min(4, len(events)))
        courier = self.siege.workspace.core.courier
        again = [courier.redeliver(it, self.chance.choice((0, 1)), "http_timeout") for it in some]
        await asyncio.gather(*again, *(courier.redeliver(it, 0, "") for it in some))

    async def whisper(self) -> None:
        """Somebody asks for what there is not, and is told so privately."""
        mark, person = self.siege.mark(), self.chance.choice(SLACK_PEOPLE)
        self.siege.whispered.append((person, mark))
        words = f"@Readiness status {mark}"
        await self.siege.workspace.send(person, self.slack_review().place.channel, words)

    async def hand_over(self) -> None:
        """A layer goes to somebody, who is told so directly."""
        review, layer = self.slack_review(), self.chance.randint(1, 7)
        words = (
            f"/readiness assign {review.service} {layer} @{self.chance.choice(('ben', 'chitra'))}"
        )
        await self.siege.workspace.send(ANA, review.place.channel, words)

    async def home(self) -> None:
        await self.siege.workspace.open_home(self.chance.choice(SLACK_PEOPLE))

    async def stale_button(self) -> None:
        """A button of another channel's review, and one of a check that there is not."""
        one, other = (it for it in self.reviews if it.place.platform == "slack")
        value = give(one, self.chance.choice(NUMBERS), "met")
        message = self.siege.message(other)
        if message:
            ask = self.siege.workspace.core.courier.ask
            for each in (value, value.replace("|met|", "|perhaps|"), value.replace("give", "gift")):
                body = press_payload(self.siege, CHI, message, each)
                await ask(Delivery("interactive", body))

    # The platforms in trouble

    async def storm(self) -> None:
        """429 from one method, with a pause that makes sense or none."""
        fault = self.siege.workspace.faults.method(self.chance.choice(METHODS))
        fault.rate_limited = self.chance.randint(2, 12)
        fault.retry_after = self.chance.choice((1, 2, *SENSELESS))
        teams = self.siege.teams.faults.method(self.chance.choice(TEAMS_CALLS))
        teams.rate_limited, teams.retry_after = self.chance.randint(1, 4), 1

    async def server_errors(self) -> None:
        status = self.chance.choice((500, 502, 503, 504))
        fault = self.siege.workspace.faults.method(self.chance.choice(METHODS))
        fault.server_error, fault.server_status = self.chance.randint(1, 6), status
        teams = self.siege.teams.faults.method(self.chance.choice(("edit", "look", "token")))
        teams.server_error, teams.server_status = 2, status

    async def cut_off_after_accept(self) -> None:
        fault = self.siege.workspace.faults.method(self.chance.choice(METHODS[:-1]))
        fault.drop_after_accept = self.chance.randint(1, 3)
        self.siege.teams.faults.method("edit").drop_after_accept = 1

    async def too_slow(self) -> None:
        """Calls take longer than the bot waits, and are carried out all the same."""
        faults = self.siege.workspace.faults
        method = faults.method(self.chance.choice(METHODS[:-1]))
        method.delay = self.chance.choice((0.2, 1.5))

        async def end() -> None:
            method.delay = 0

        self.later(end)

    async def archived(self) -> None:
        channel = self.slack_review().place.channel
        if channel in self.troubled:
            return
        self.troubled.add(channel)
        await self.siege.workspace.archive(channel)

        async def end() -> None:
            await self.siege.workspace.archive(channel, archived=False)
            self.troubled.discard(channel)

        self.later(end)

    async def bot_removed(self) -> None:
        review = self.slack_review()
        channel = review.place.channel
        if channel in self.troubled:
            return
        self.troubled.add(channel)
        for check in self.chance.sample(NUMBERS, 3):  # in the middle of a batch
            await self.siege.type(review, BEN, check, "met")
        await self.siege.workspace.remove_bot(channel)

        async def end() -> None:
            await self.siege.workspace.send(ANA, channel, "/invite @Readiness")
            self.troubled.discard(channel)

        self.later(end)

    async def token_revoked(self) -> None:
        await self.siege.workspace.revoke_token()

        async def end() -> None:
            self.siege.workspace.faults.token_revoked = False

        self.later(end)

    # Who is not ours

    async def strangers(self) -> None:
        """Another workspace's events, another tenant's activities, what nobody signed, replays."""
        it, review = self.siege, self.slack_review()
        core = it.workspace.core
        root = it.card(review, "root")
        body = {"type": "message", "channel": review.place.channel, "channel_type": "channel"}
        body |= {"user": "U0STRANGER", "ts": core.world.stamps.new(), "thread_ts": root}
        envelope = payloads.event(core, body | {"text": f"1.1 yes: {STRANGER}"})
        foreign = envelope | {"team_id": "T0OTHER"}
        await core.courier.redeliver(foreign, 0, "")
        core.faults.wrong_signature = 1
        await core.courier.redeliver(envelope, 0, "")
        activity = it.people.activity("29:stranger", "message") | {"text": f"start {STRANGER}"}
        activity["channelData"]["tenant"]["id"] = STRANGER
        activity["conversation"]["tenantId"] = STRANGER
        await it.people.send(activity)
        await it.people.post(teams_body(self.chance, [activity]), header="Bearer stolen")

    # The bots in trouble

    async def killed(self) -> None:
        port = self.siege.port
        await asyncio.sleep(self.chance.uniform(0, 0.3))
        await self.siege.kill(port)
        await self.again()

    async def sigterm(self) -> None:
        """Under load: it finishes what is in hand, and ends well."""
        port = self.siege.port
        assert await self.siege.finish(port) == 0
        await self.again()

    async def again(self) -> None:
        """Another bot in its place. With a token that Slack refuses it would not start."""
        self.siege.workspace.faults.token_revoked = False
        await self.siege.live()

    async def clock_jumps(self) -> None:
        """An hour ahead or behind, on every bot."""
        self.siege.ahead = self.chance.choice((HOUR, -HOUR, 0))
        await self.siege.order(f"ahead {self.siege.ahead}")

    async def stands_still(self) -> None:
        """One bot stands still for longer than its leases last, and goes on."""
        port = self.siege.port
        process = self.siege.bots[port].process
        self.siege.stopped.append(time.monotonic())
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE + 0.5)
        process.send_signal(signal.SIGCONT)

    # The database in trouble

    async def restarted(self) -> None:
        """PostgreSQL, in the middle of every transaction."""
        assert self.postgres is not None
        await asyncio.to_thread(self.postgres.restart)

    async def connections_cut(self) -> None:
        """Ours may have died in trouble before, which a pool does not know at once."""
        with suppress(OperationalError), self.siege.database.write() as conn:
            conn.execute(text(CUT))

    async def locked(self) -> None:
        """SQLite, by somebody else, for longer than the bot waits."""
        url = self.siege.database.url.database
        with sqlite3.connect(str(url), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(BUSY / 1000 + 0.5)
            other.execute("ROLLBACK")
        other.close()

    async def disk_full(self) -> None:
        await self.siege.order(f"full {4096 * self.chance.randint(1, 8)}")
        await self.work(5)
        await self.siege.order("full 0")


CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
STEPS = (
    "double_click", "two_people_on_one_check", "an_hour_late", "the_same_event_again", "whisper",
    "hand_over", "home", "stale_button", "storm", "server_errors", "cut_off_after_accept",
    "too_slow", "archived", "bot_removed", "token_revoked", "strangers", "killed", "sigterm",
    "clock_jumps",
)  # fmt: skip
ON_SQLITE = ("locked", "disk_full")
ON_POSTGRES = ("restarted", "connections_cut", "stands_still")


async def soak(url: str, seed: str, steps: int, postgres: Postgres | None = None) -> Proof:
    """One round. Raises AssertionError, which names the seed, where something does not hold."""
    chance = random.Random(seed)
    async with siege(url, bots=2 if postgres else 1, seed=seed) as it:
        round_ = Soak(it, chance, postgres)
        try:
            proof = await round_.run(steps)
        except BaseException as error:
            error.add_note(f"seed {seed}, step {round_.at}, done {dict(round_.done)}")
            raise
        lines = "\n".join(proof.wrong)
        assert not proof.wrong, f"seed {seed}: {dict(round_.done)}\n{lines}"
        return proof


def seeds() -> tuple[float, int]:
    """For how many minutes to soak, and from which seed: SOAK_MINUTES, SOAK_SEED."""
    given = os.environ.get("SOAK_SEED")
    return float(os.environ.get("SOAK_MINUTES", "0")), int(
        given or random.SystemRandom().random() * 1e9
    )
