"""Where Microsoft's services are, and which addresses may be called with our token.

Every activity brings the address that answers go to. A token sent to a wrong one is given away,
so only addresses that have one reading, at hosts of Teams, are taken.
Source: learn.microsoft.com, "Authenticate requests with the Bot Connector API" and "Send
proactive messages"; microsoft/Agents-for-js, TeamsServiceEndpoints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """The addresses that belong together in one of Microsoft's clouds."""

    login: str  # gives us our tokens
    scope: str  # what they are asked for
    issuer: str  # of the tokens that Teams sends us
    metadata: str  # where the keys are listed with which those are signed


PUBLIC = Cloud(
    login="https://login.microsoftonline.com",
    scope="https://api.botframework.com/.default",
    issuer="https://api.botframework.com",
    metadata="https://login.botframework.com/v1/.well-known/openidconfiguration",
)
GOVERNMENT = Cloud(
    login="https://login.microsoftonline.us",
    scope="https://api.botframework.us/.default",
    issuer="https://api.botframework.us",
    metadata="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
)


def cloud_of(name: str) -> Cloud:
    """The cloud of a setting's name: "Public", "Government"."""
    return {"Public": PUBLIC, "Government": GOVERNMENT}[name]


HOSTS = frozenset(
    {
        "smba.trafficmanager.net",  # everybody
        "smba.infra.gcc.teams.microsoft.com",  # GCC
        "smba.infra.gov.teams.microsoft.us",  # GCC High
        "smba.infra.dod.teams.microsoft.us",  # DoD
    }
)
_PATH = r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)*/?"
TEAMS = re.compile(rf"https://([a-z0-9.-]+)(?::443)?({_PATH})", re.ASCII)
LOOPBACK = re.compile(
    rf"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::(?P<port>[1-9]\d{{0,4}}))?(?:{_PATH})", re.ASCII
)
BASE = re.compile(r"https?://[a-z0-9.\[\]:-]+(?:/[A-Za-z0-9._~-]+)*/", re.ASCII)
LONGEST = 400  # characters of an address


class Addresses:
    """The service URLs that are called: those of Teams, and below `more`.

    Each of `more` is an address that ends in `/`, such as a proxy's. Raises ValueError for one
    that does not.
    """

    def __init__(self, more: tuple[str, ...] = ()) -> None:
        for base in more:
            if not BASE.fullmatch(base):
                raise ValueError(f"not an address that ends in /: {base}")
        self._more = more

    def allow(self, url: object) -> bool:
        """Whether our token may be sent there."""
        if not isinstance(url, str) or len(url) > LONGEST:
            return False
        found = TEAMS.fullmatch(url)
        if found and found[1] in HOSTS:
            return True
        return any(url.startswith(base) and _is_path(url[len(base) - 1 :]) for base in self._more)


class Loopback:
    """The service URLs of a playground on this machine, and no others."""

    def allow(self, url: object) -> bool:
        """Whether only this machine is called."""
        found = LOOPBACK.fullmatch(url) if isinstance(url, str) and len(url) <= LONGEST else None
        return found is not None and int(found["port"] or 80) <= 65535  # noqa: PLR2004 - ports


def _is_path(path: str) -> bool:
    return re.fullmatch(_PATH, path, re.ASCII) is not None
