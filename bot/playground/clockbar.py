"""The page's clock bar: what it shows, and putting the clock forward."""

from datetime import datetime, timedelta

from bot.playground.clockwork import Clockwork, Coming
from bot.playground.core import Core
from bot.playground.people import Refused
from bot.playground.values import Json

FARTHEST = timedelta(days=366)  # at once


async def clock_json(core: Core) -> Json:
    """The present for the page, in milliseconds; `next` is null where nothing is planned."""
    works = core.clockwork
    coming = await works.happenings.coming() if works else None
    return _shown(core, coming)


async def clock(core: Core, _asked: Json) -> Json:
    """What the bar shows."""
    return {"ok": True, "clock": await clock_json(core)}


async def put_forward(core: Core, asked: Json) -> Json:
    """Puts the clock forward `by` so many seconds, or `to` "next": the next thing that happens."""
    works = core.clockwork
    if works is None:
        raise Refused("clock_fixed")
    if works.way:
        raise Refused("clock_moving")
    to = await _target(works, asked)
    await works.move(to, lambda: _tell(core, _shown(core, None)))
    shown = await clock_json(core)
    _tell(core, shown)
    return {"ok": True, "clock": shown}


async def _target(works: Clockwork, asked: Json) -> datetime:
    if asked.get("to") == "next":
        coming = await works.happenings.coming()
        if coming is None:
            raise Refused("nothing_planned")
        return coming.at
    seconds = asked["by"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise Refused("invalid by")
    if not 0 < seconds <= FARTHEST.total_seconds():
        raise Refused("invalid by")
    return works.clock() + timedelta(seconds=seconds)


def _shown(core: Core, coming: Coming | None) -> Json:
    works = core.clockwork
    since, until = (works.way if works else None) or (None, None)
    return {
        "now": _milliseconds(core.clock()),
        "movable": works is not None,
        "ahead": round(works.clock.ahead.total_seconds()) if works else 0,
        "next": {"at": _milliseconds(coming.at), "what": coming.what} if coming else None,
        "moving": {"since": _milliseconds(since), "until": _milliseconds(until)}
        if since and until
        else None,
    }


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _tell(core: Core, shown: Json) -> None:
    core.live.tell(None, {"type": "clock", "clock": shown})
