"""The workspace from Python: what tests and the demo drive it with."""

from collections.abc import Iterator

from aiohttp import web

from bot.playground import payloads
from bot.playground.clockwork import Clockwork
from bot.playground.core import ApiCall, App, Core
from bot.playground.courier import RETRY_DELAYS, Courier
from bot.playground.faults import Faults
from bot.playground.gestures import Gestures
from bot.playground.limits import ACK_SECONDS
from bot.playground.link import Ack, Delivery
from bot.playground.live import Live
from bot.playground.outbound import SignedHttp
from bot.playground.rates import Rates
from bot.playground.seed import acme
from bot.playground.server import listen
from bot.playground.socket_mode import SocketMode
from bot.playground.tickets import Tickets
from bot.playground.values import Clock, Ids, Json, Stamps, system_clock


class Workspace(Gestures):
    """Acme, with the app installed. Gestures return when the app has answered the first attempt.

    `clock` dates messages and ends triggers; `signing_clock` dates signatures, which the app
    checks against its own time. `ack_seconds` is how long the app may take, `retry_delays` the
    seconds before each repetition of an event. Without `counter` ids start at the clock.
    """

    def __init__(
        self,
        app: App | None = None,
        *,
        clock: Clock = system_clock,
        signing_clock: Clock = system_clock,
        counter: Iterator[int] | None = None,
        ack_seconds: float = ACK_SECONDS,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        ids = Ids(clock, counter)
        sockets = SocketMode(ids, ack_seconds)
        self.core = Core(
            clock=clock,
            ids=ids,
            app=app or App(),
            world=acme(Stamps(clock)),
            live=Live(),
            faults=Faults(),
            tickets=Tickets(clock, ids),
            rates=Rates(clock),
            sockets=sockets,
            courier=Courier(sockets, retry_delays),
        )
        self._signing_clock = signing_clock
        self._ack_seconds = ack_seconds

    # The app

    @property
    def app(self) -> App:
        """The app's credentials and declarations."""
        return self.core.app

    @property
    def url(self) -> str:
        """Where it is served, with a final slash."""
        return self.core.base_url

    @property
    def api_url(self) -> str:
        """The base URL for Slack's SDK."""
        return f"{self.core.base_url}api/"

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self.core.faults

    @property
    def calls(self) -> list[ApiCall]:
        """Every Web API call so far, response URLs included (method "response_url")."""
        return self.core.calls

    @property
    def sockets(self) -> SocketMode:
        """The app's Socket Mode connections: `joined()`, `refresh()`, `connected`."""
        return self.core.sockets

    def connect_http(self, events_url: str, signing_secret: str | None = None) -> None:
        """Reaches the app by signed HTTP from now on, instead of by Socket Mode."""
        link = SignedHttp(
            events_url,
            signing_secret or self.app.signing_secret,
            clock=self._signing_clock,
            faults=self.core.faults,
            ack_seconds=self._ack_seconds,
        )
        self.core.courier.use(link)

    async def verify_url(self) -> bool:
        """Slack's url_verification: whether the app returns the challenge."""
        challenge = self.core.ids.new("challenge-")
        token = payloads.VERIFICATION_TOKEN
        body = {"type": "url_verification", "token": token, "challenge": challenge}
        ack = await self.core.courier.ask(Delivery("events_api", body))
        answer = ack.body or {}
        return ack.error is None and challenge in {answer.get("challenge"), answer.get("text")}

    def offer_clock(self, clockwork: Clockwork) -> None:
        """Lets people put the clock forward. It is the workspace's own clock that it moves."""
        self.core.clockwork = clockwork

    # Deliveries

    @property
    def events(self) -> list[Json]:
        """The envelopes of every event so far, oldest first."""
        return self.core.courier.events

    async def redeliver(
        self,
        event: Json | None = None,
        *,
        times: int = 1,
        retry: bool = True,
        reason: str = "http_timeout",
    ) -> list[Ack]:
        """Sends an event again; without `retry` as if for the first time.

        Without `event` it is the last one that the app did not cause itself.
        """
        payload = event or [e for e in self.events if "bot_id" not in e["event"]][-1]
        numbers = range(1, times + 1) if retry else [0] * times
        return [await self.core.courier.redeliver(payload, n, reason) for n in numbers]


async def serve_workspace(
    workspace: Workspace, host: str = "127.0.0.1", port: int = 0
) -> web.AppRunner:
    """Serves it until the runner's `cleanup`. Raises ValueError, OSError."""
    return await listen(workspace.core, host, port)
