"""Which time zone a channel or a person lives in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from conversations.calendar import zones
from conversations.review import Place
from storage import people, weeklies


@dataclass(frozen=True, slots=True)
class Zones:
    """Zones, as IANA names. `default` is the setting TIMEZONE."""

    default: str = "UTC"

    def of_person(self, conn: Connection, person: str | None) -> str:
        """The zone of the person's profile, where the platform told it."""
        known = people.get(conn, person) if person else None
        return self._real(known.tz if known else None)

    def of(self, conn: Connection, place: Place, person: str | None = None) -> str:
        """The channel's zone.

        That of its weekly scorecard, else of the person who asks for something to happen there.
        """
        rule = weeklies.rule(conn, place)
        return self._real(rule.zone) if rule else self.of_person(conn, person)

    def _real(self, name: str | None) -> str:
        """The zone, unless it is none that this machine knows: platforms may be ahead of it."""
        return name if name in zones() else self.default
