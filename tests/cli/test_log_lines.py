"""Log lines: one an event, readable by people or programs, without what must not be in them."""

import io
import json
import logging
import warnings
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from bot import logs
from bot.logs import log


@pytest.fixture
def lines():
    """Sets up logging into memory; a call gives what was written since."""
    root, ours = logging.getLogger(), logging.getLogger("readiness")
    before = (root.level, ours.level, list(root.handlers))
    stream = io.StringIO()

    def set_up(form="json", level="INFO"):
        logs.set_up(form, level, stream)
        return written

    def written():
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        assert text == "" or text.endswith("\n")
        return text.splitlines()

    yield set_up
    root.setLevel(before[0])
    ours.setLevel(before[1])
    root.handlers[:] = before[2]
    logging.captureWarnings(capture=False)


def only(written):
    """The one JSON line."""
    (line,) = written()
    return json.loads(line)


def test_json_is_an_object_a_line(lines):
    written = lines("json")
    log("delivery", key="r1/root", attempts=2, pause=0.5, reason=None, new=True)
    entry = only(written)
    moment = entry.pop("at")
    assert moment.endswith("Z")
    assert datetime.fromisoformat(moment).tzinfo is not None
    assert entry == {
        "level": "info",
        "event": "delivery",
        "key": "r1/root",
        "attempts": 2,
        "pause": 0.5,
        "reason": None,
        "new": True,
    }


def test_text_is_for_people(lines):
    written = lines("text")
    log("delivery", level="warning", key="r1/root", reason="not in channel", n=2)
    (line,) = written()
    assert line.split(" ", 1)[1] == 'WARNING delivery key=r1/root reason="not in channel" n=2'


@pytest.mark.parametrize("form", ["json", "text"])
@given(value=st.text())
@example(value="\x7f")  # the one mark of ASCII that few escape
def test_one_event_is_one_line(form, value):
    """Whatever a value holds, it neither starts a new line nor steers a terminal."""
    ours = logging.getLogger("readiness")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs._Json() if form == "json" else logs._Text())
    ours.addHandler(handler)
    ours.setLevel("INFO")
    ours.propagate = False
    try:
        log("turn", value=value)
    finally:
        ours.removeHandler(handler)
        ours.propagate = True
        ours.setLevel(logging.NOTSET)
    written = stream.getvalue()
    assert written.endswith("\n")
    assert written[:-1].isprintable()


@pytest.mark.parametrize(("level", "kept"), [("DEBUG", 4), ("INFO", 3), ("ERROR", 1)])
def test_the_level_is_a_setting(lines, level, kept):
    written = lines("json", level)
    log("a", level="debug")
    log("b")
    log("c", level="warning")
    log("d", level="error")
    assert len(written()) == kept


@pytest.mark.parametrize(
    "name", ["slack_bolt.AsyncApp", "slack_sdk", "aiohttp", "apscheduler", "alembic", "sqlalchemy"]
)
def test_libraries_speak_from_warnings_on_and_in_our_form(lines, name):
    written = lines("json", "DEBUG")
    logging.getLogger(name).info("chatter")
    logging.getLogger(name).warning("trouble with %s", "this")
    entry = only(written)
    assert (entry["event"], entry["logger"], entry["message"]) == (
        "library",
        name,
        "trouble with this",
    )


def test_a_librarys_payload_stays_out(lines):
    """Bolt's warnings and errors quote the whole request: what people wrote."""
    written = lines("text")
    body = {"event": {"text": "our prompt leaks"}}
    logging.getLogger("slack_bolt.AsyncApp").warning("Unhandled request (%s)\n%s", body, "leaks")
    assert "leaks" not in "".join(written())


def test_bolts_remark_on_a_token_it_does_not_need_stays_out(lines):
    written = lines("text")
    logging.getLogger("slack_bolt.AsyncApp").warning("As you gave `client`, `token` is unused.")
    assert written() == []


def test_warnings_of_python_are_lines_too(lines):
    written = lines("json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("this will go", DeprecationWarning, stacklevel=1)
    assert "this will go" in only(written)["message"]


def fail():
    try:
        {}["inner"]
    except KeyError as error:
        raise ValueError("first line\nDETAIL: what somebody wrote") from error


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_error_carries_its_traceback_without_the_details(lines, form):
    written = lines(form)
    try:
        fail()
    except ValueError as error:
        log("bug", level="error", exc_info=error)
    text = "\n".join(written())
    trace = json.loads(text)["traceback"] if form == "json" else text
    assert "KeyError: 'inner'" in trace
    assert "in fail" in trace
    assert trace.rstrip().endswith("ValueError: first line")


def test_in_text_a_traceback_is_indented(lines):
    written = lines("text")
    try:
        fail()
    except ValueError as error:
        log("bug", level="error", exc_info=error)
    head, *trace = written()
    assert 'bug exception="ValueError: first line"' in head
    assert trace
    assert all(line.startswith("    ") for line in trace)


def test_below_error_an_exception_is_only_named(lines):
    written = lines("json")
    try:
        fail()
    except ValueError as error:
        log("could_not_tell", level="warning", exc_info=error)
    entry = only(written)
    assert entry["exception"] == "ValueError: first line"
    assert "traceback" not in entry


def test_what_a_database_was_given_stays_out(lines):
    """SQLAlchemy's errors quote the parameters, PostgreSQL's details the row."""
    written = lines("json")
    said = "our prompt leaks"
    try:
        with create_engine("sqlite://").connect() as conn:
            conn.exec_driver_sql("SELECT ? FROM nowhere", (said,))
    except Exception as error:  # noqa: BLE001 - the test is about any
        log("bug", level="error", exc_info=error)
    text = "".join(written())
    assert "no such table: nowhere" in text
    assert "leaks" not in text


@pytest.mark.parametrize(
    "secret", ["xoxb-123-456-AbC", "xoxp-9-9", "xapp-1-A0-77-abc", "postgresql://u:hunter2@h/d"]
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_secrets_are_struck_out(lines, form, secret):
    written = lines(form)
    log("strange", level="error", value=f"({secret})", exc_info=RuntimeError(f"with {secret}"))
    logging.getLogger("slack_sdk").error("with %s", secret)
    text = "".join(written())
    assert "hunter2" not in text
    assert secret not in text


def test_setting_up_again_does_not_double_the_lines(lines):
    lines("json")
    written = lines("json")
    log("once")
    assert len(written()) == 1
