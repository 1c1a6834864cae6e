"""What every part of the workspace works on, bundled, and the app's own description."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.playground.clockwork import Clockwork
from bot.playground.courier import Courier
from bot.playground.faults import Faults
from bot.playground.live import Live
from bot.playground.rates import Rates
from bot.playground.socket_mode import SocketMode
from bot.playground.tickets import Tickets
from bot.playground.values import Clock, Ids, Json
from bot.playground.world import World


@dataclass(frozen=True)
class Command:
    """A slash command as the app's manifest declares it.

    `completions` are shown while typing, with what each one does in `effects`, in their order;
    with `should_escape` mentions arrive as `<@U…|name>`.
    """

    command: str
    usage_hint: str = ""
    description: str = ""
    completions: tuple[str, ...] = ()
    should_escape: bool = False
    effects: tuple[str, ...] = ()


@dataclass(frozen=True)
class MessageShortcut:
    """An entry in the menu of every message."""

    callback_id: str
    name: str


@dataclass(frozen=True)
class App:
    """The installed app: its credentials and what it declares.

    Answers of the Web API name the `scopes`; without any they are silent about them.
    """

    bot_token: str = "xoxb-playground-local"  # noqa: S105 (opens nothing outside this process)
    app_token: str = "xapp-playground-local"  # noqa: S105
    signing_secret: str = "playground-signing-secret"  # noqa: S105
    commands: tuple[Command, ...] = (Command("/readiness"),)
    shortcuts: tuple[MessageShortcut, ...] = ()
    home: bool = True
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ApiCall:
    """One call of the Web API. `answered` False: carried out, but the answer was dropped."""

    method: str
    arguments: Json
    result: Json
    at: datetime
    answered: bool = True


@dataclass
class Core:
    """The parts, wired once by the workspace."""

    clock: Clock
    ids: Ids
    app: App
    world: World
    live: Live
    faults: Faults
    tickets: Tickets
    rates: Rates
    sockets: SocketMode
    courier: Courier
    base_url: str = "http://127.0.0.1/"
    installed: bool = True
    calls: list[ApiCall] = field(default_factory=list)
    clockwork: Clockwork | None = None  # None: nobody can put the clock forward


@dataclass(frozen=True)
class Outcome:
    """How a person's gesture ended.

    `error` is a code, `ts` the message said, `answer` what the app answered at once (a message's
    ts), `errors` a form's complaints by block_id.
    """

    ok: bool = True
    error: str | None = None
    ts: str | None = None
    answer: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
