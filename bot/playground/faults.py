"""Trouble on demand: what can go wrong between an app and Slack."""

from dataclasses import asdict, dataclass, field, fields

from bot.playground.values import Json

ALL = "*"


@dataclass
class MethodFaults:
    """The faults of one Web API method, or of all. The counters count down to 0.

    `retry_after` and `delay` are seconds; `server_status` is 500 to 599.
    """

    rate_limited: int = 0
    retry_after: int = 1
    server_error: int = 0
    server_status: int = 503
    delay: float = 0.0
    drop_after_accept: int = 0

    def spend(self, counter: str) -> bool:
        """Whether a fault was left; takes one off."""
        left = int(getattr(self, counter))
        if left > 0:
            setattr(self, counter, left - 1)
        return left > 0


@dataclass
class Faults:
    """All faults. `methods` is keyed by method name, or "*" for every method.

    `wrong_signature` counts requests to the app signed with another secret; `slow_answers` of
    the app are not a fault here: the 3 seconds are always counted.
    """

    methods: dict[str, MethodFaults] = field(default_factory=dict)
    real_limits: bool = False
    token_revoked: bool = False
    wrong_signature: int = 0

    def method(self, name: str = ALL) -> MethodFaults:
        """The faults of a method (every method by default), to be set."""
        return self.methods.setdefault(name, MethodFaults())

    def spend(self, method: str, counter: str) -> MethodFaults | None:
        """The fault that hits this call; None when none does."""
        for name in (method, ALL):
            found = self.methods.get(name)
            if found is not None and found.spend(counter):
                return found
        return None

    def delay(self, method: str) -> float:
        """Seconds this call has to wait."""
        return sum(self.methods[name].delay for name in (method, ALL) if name in self.methods)

    def spend_signature(self) -> bool:
        """Whether the next request to the app is to be signed wrongly."""
        hit = self.wrong_signature > 0
        self.wrong_signature -= hit
        return hit

    def clear(self) -> None:
        """Everything works again."""
        self.methods.clear()
        self.real_limits = self.token_revoked = False
        self.wrong_signature = 0

    def as_json(self) -> Json:
        """Flat for "*", as the page shows it, and by method besides."""
        methods = {name: asdict(faults) for name, faults in self.methods.items()}
        return {
            **asdict(self.methods.get(ALL, MethodFaults())),
            "methods": methods,
            "real_limits": self.real_limits,
            "token_revoked": self.token_revoked,
            "wrong_signature": self.wrong_signature,
        }

    def switch(self, wanted: Json) -> None:
        """Takes a partial `as_json`, with "method" naming what the flat counters are for.

        Raises ValueError for an unknown name or a value of another type.
        """
        method = self.method(str(wanted.get("method", ALL)))
        for name, value in wanted.items():
            if name == "methods" and isinstance(value, dict):
                for each, counters in value.items():
                    self.switch({**counters, "method": each})
            elif name in _COUNTERS:
                setattr(method, name, _like(name, getattr(method, name), value))
            elif name in _SWITCHES:
                setattr(self, name, _like(name, getattr(self, name), value))
            elif name != "method":
                raise ValueError(name)


_COUNTERS = {each.name for each in fields(MethodFaults)}
_SWITCHES = {"real_limits", "token_revoked", "wrong_signature"}


def _like(name: str, old: float, new: object) -> float:
    """The new value, when it is of the old one's kind. Raises ValueError."""
    if isinstance(old, bool):
        fits = isinstance(new, bool)
    else:
        fits = isinstance(new, int | float) and not isinstance(new, bool) and new >= 0
    if not fits or (isinstance(old, int) and isinstance(new, float)):
        raise ValueError(name)
    return type(old)(new)  # type: ignore[arg-type]
