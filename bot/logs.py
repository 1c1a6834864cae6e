"""Log lines: an event and its fields, never what people wrote, never a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

import orjson

Level = Literal["debug", "info", "warning", "error"]
Fields = dict[str, Any]

_LOGGER = logging.getLogger("readiness")
_LEVELS: dict[Level, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
# Slack's tokens, and the user and password of an address.
_SECRET = re.compile(r"\bxox[a-z]-[\w.-]+|\bxapp-[\w-]+|(?<=://)[^\s/@]+(?=@)")
_ENCODER = json.JSONEncoder(default=str, separators=(",", ":"))
_BARE = re.compile(r'[^\s"=\\]+')  # a value that needs no quotes


def log(
    event: str,
    *,
    level: Level = "info",
    exc_info: BaseException | None = None,
    **fields: Any,
) -> None:
    """One line: what happened, in snake_case, and its fields in the order given.

    Fields are ids, names of things and numbers, never what people wrote. `at` and `level` are
    taken. `exc_info` adds the exception, at level error with its traceback.
    """
    number = _LEVELS[level]
    if not _LOGGER.isEnabledFor(number):
        return
    # Made here: the logger's own way looks for the line of code that called, which is not shown.
    error = (type(exc_info), exc_info, exc_info.__traceback__) if exc_info else None
    record = logging.LogRecord(_LOGGER.name, number, "", 0, event, (), error)
    record.fields = fields
    _LOGGER.handle(record)


def set_up(
    form: Literal["text", "json"], level: str = "INFO", stream: TextIO | None = None
) -> None:
    """Sends every logger's lines to `stream` (stderr), once; libraries' only from WARNING on."""
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    for old in [it for it in root.handlers if isinstance(it, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    _LOGGER.setLevel(level)
    root.setLevel(max(_LOGGER.level, logging.WARNING))
    logging.captureWarnings(capture=True)
    # Found out for every line, and shown in none of ours.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, to be told from a test runner's or a library's."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Bolt looks for SLACK_BOT_TOKEN by itself, then warns that it has no use for it."""
        noise = record.name.startswith("slack_bolt") and "`token`" in record.getMessage()
        return not noise and bool(super().filter(record))


class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = _entry(record)
        try:
            line = orjson.dumps(entry).decode()
        except TypeError:  # half a surrogate pair, a very large number
            return _ENCODER.encode(entry)
        # Of other alphabets, and of marks that a terminal acts upon, the escapes are written.
        return line if line.isascii() and line.isprintable() else _ENCODER.encode(entry)


class _Text(logging.Formatter):
    """`time LEVEL event key=value …`; a traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        entry = _entry(record)
        at, level, event = (entry.pop(key) for key in ("at", "level", "event"))
        trace = str(entry.pop("traceback", ""))
        pairs = "".join(f" {key}={_quoted(value)}" for key, value in entry.items())
        below = "".join(f"\n    {_dead(line)}" for line in trace.splitlines())
        return f"{at} {level.upper():<7} {event}{pairs}{below}"


def _entry(record: logging.LogRecord) -> Fields:
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    entry: Fields = {
        "at": f"{moment[:23]}Z",
        "level": record.levelname.lower(),
        **_said(record),
    }
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        entry["exception"] = _named(error)
        if record.levelno >= logging.ERROR:
            entry["traceback"] = "\n".join(_trace(error))
    return {key: _clean(value) for key, value in entry.items()}


def _said(record: logging.LogRecord) -> Fields:
    """Our event and fields; of a library its name and message, without the payloads in it."""
    fields: Fields | None = getattr(record, "fields", None)
    if fields is not None:
        return {"event": record.getMessage(), **fields}
    message = _first_line(record.getMessage())
    return {
        "event": "library",
        "logger": record.name,
        "message": re.sub(r"\{.*", "{…}", message),
    }


def _trace(error: BaseException) -> Iterator[str]:
    """Like Python's, but with the first line only of each message.

    What follows it are a database's DETAIL and parameters, or an API's whole answer: what
    people wrote.
    """
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _trace(before)
        yield "which led to:"
    for frame in traceback.format_tb(error.__traceback__):
        yield from frame.rstrip().splitlines()
    yield _named(error)


def _named(error: BaseException) -> str:
    said = _first_line(str(error))
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0] if lines else ""


def _clean(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    # One of these is in every secret; looking for those takes longer than all the rest of a line.
    suspect = "://" in text or "xox" in text or "xapp" in text
    return _SECRET.sub("…", text) if suspect else text


def _dead(line: str) -> str:
    return line if line.isprintable() else json.dumps(line)


def _quoted(value: Any) -> str:
    text = str(value)
    if _BARE.fullmatch(text) and text.isprintable():
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
