"""`.ci/audit.py`: each thing that pip-audit may say gives its lines and its exit code.

The answers have the shape of those of pip-audit 2.10.1.
"""

import re
import runpy
import sys
from pathlib import Path

import pytest
from docs_kit import ROOT, text

audit = runpy.run_path(str(ROOT / ".ci" / "audit.py"))["audit"]

CLEAN = """{"dependencies": [{"name": "jinja2", "version": "3.1.6", "vulns": []}, \
{"name": "requests", "version": "2.34.2", "vulns": []}], "fixes": []}"""
VULNERABLE = """{"dependencies": [{"name": "jinja2", "version": "3.1.6", "vulns": \
[{"id": "PYSEC-2026-7", "fix_versions": ["3.1.7", "4.0"], "aliases": ["CVE-2026-1"]}, \
{"id": "GHSA-aaaa-bbbb-cccc", "fix_versions": [], "aliases": []}]}, \
{"name": "requests", "version": "2.34.2", "vulns": []}], "fixes": []}"""
WITHOUT_FIX = """{"dependencies": [{"name": "jinja2", "version": "3.1.6", "vulns": \
[{"id": "PYSEC-2026-7", "fix_versions": [], "aliases": []}]}, {"name": "requests", "skip_reason": \
"Dependency not found on PyPI and could not be audited: requests (2.34.2)"}], "fixes": []}"""
ALL_SKIPPED = """{"dependencies": [{"name": "jinja2", "skip_reason": \
"Dependency not found on PyPI and could not be audited: jinja2 (3.1.6)"}, \
{"name": "requests", "skip_reason": \
"Dependency not found on PyPI and could not be audited: requests (2.34.2)"}], "fixes": []}"""
ONE_SKIPPED = """{"dependencies": [{"name": "jinja2", "version": "3.1.6", "vulns": []}, \
{"name": "requests", "skip_reason": \
"Dependency not found on PyPI and could not be audited: requests (2.34.2)"}], "fixes": []}"""
ONE_LEFT_OUT = """{"dependencies": [{"name": "jinja2", "version": "3.1.6", "vulns": []}]}"""

NUDGE = "WARNING:pip_audit._cli:--no-deps is supported, but users are encouraged to …\n"
OFFLINE = """Traceback (most recent call last):
  File "requests/adapters.py", line 729, in send
    raise ConnectionError(e, request=request)
requests.exceptions.ConnectionError: HTTPSConnectionPool(host='pypi.org', port=443): …
"""
REFUSED = """Traceback (most recent call last):
    raise ServiceError from http_error
pip_audit._service.interface.ServiceError
"""
BLOCKED = """ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed
ERROR:pip_audit._cli:Tip: your network may be blocking this service. Try another …
"""
UNPINNED = """ERROR:pip_audit._cli:requirement requests is not pinned to an exact version: …
"""
BUG = """Traceback (most recent call last):
KeyError: 'id'
"""
USAGE = """usage: pip-audit [-h]
pip-audit: error: unrecognized arguments: --no-deps
"""

BOTH = (
    "jinja2 3.1.6 is vulnerable: "
    "PYSEC-2026-7 (fixed in 3.1.7, 4.0), GHSA-aaaa-bbbb-cccc (no fix yet)"
)
PARTLY = "1 of 2 packages audited (no advisories are served for the others)"
NO_ANSWER = "not audited: the package index gives no answer (2 packages)"


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    file = tmp_path / "constraints.txt"
    file.write_text("Jinja2==3.1.6\nrequests==2.34.2\n", encoding="utf-8")
    return file


def tool(folder: Path, body: str) -> Path:
    """A program in the place of pip-audit."""
    file = folder / "pip-audit"
    file.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n", encoding="utf-8")
    file.chmod(0o700)
    return file


def saying(folder: Path, *, out: str = "", err: str = "", code: int = 0) -> Path:
    return tool(folder, f"print({out!r})\nsys.stderr.write({err!r})\nsys.exit({code})")


@pytest.mark.parametrize(
    ("answer", "lines", "code"),
    [
        (CLEAN, ["2 packages audited, no known vulnerabilities"], 0),
        (VULNERABLE, [BOTH, "2 packages audited"], 1),
        (WITHOUT_FIX, ["jinja2 3.1.6 is vulnerable: PYSEC-2026-7 (no fix yet)", PARTLY], 1),
        (ALL_SKIPPED, ["not audited: the package index serves no advisories (2 packages)"], 0),
        (ONE_SKIPPED, [f"{PARTLY}, no known vulnerabilities"], 0),
        (ONE_LEFT_OUT, [f"{PARTLY}, no known vulnerabilities"], 0),
        ("<html>", ["pip-audit failed: its answer cannot be read"], 1),
        ('{"dependencies": [{"vulns": [{}]}]}', ["pip-audit failed: its answer cannot be read"], 1),
        ("[]", ["pip-audit failed: its answer cannot be read"], 1),
    ],
)
def test_an_answer_gives_its_lines(answer, lines, code, pins):
    # pip-audit itself exits with 1 when it found something; its answer counts, not its code.
    fake = saying(pins.parent, out=answer, err=NUDGE, code=1)
    assert audit(pins, tool=fake) == (lines, code)


@pytest.mark.parametrize(
    ("errors", "line", "code"),
    [
        (OFFLINE, NO_ANSWER, 0),
        (REFUSED, NO_ANSWER, 0),
        (BLOCKED, NO_ANSWER, 0),
        (
            UNPINNED,
            "pip-audit failed: requirement requests is not pinned to an exact version: …",
            1,
        ),
        (USAGE, "pip-audit failed: unrecognized arguments: --no-deps", 1),
        (BUG, "pip-audit failed: KeyError: 'id'", 1),
    ],
)
def test_no_answer_is_no_failure_unless_it_is_ours(errors, line, code, pins):
    fake = saying(pins.parent, err=NUDGE + errors, code=1)
    assert audit(pins, tool=fake) == ([line], code)


def test_a_tool_that_says_nothing_is_said(pins):
    assert audit(pins, tool=saying(pins.parent)) == (["pip-audit failed: it says nothing"], 1)


def test_an_index_that_hangs_does_not_hang_the_check(pins):
    fake = tool(pins.parent, "time.sleep(4)")
    line = "not audited: the package index gives no answer within 0.5 s (2 packages)"
    assert audit(pins, tool=fake, seconds=0.5) == ([line], 0)


def test_without_the_tool_the_check_fails(pins):
    [line], code = audit(pins, tool=pins.with_name("missing"))
    assert line.startswith("pip-audit cannot be started (No such file")
    assert code == 1


def test_the_tool_gets_the_pins_and_resolves_nothing(pins):
    [line], _ = audit(pins, tool=tool(pins.parent, "sys.exit(' '.join(sys.argv[1:]))"))
    assert {"--no-deps", "--disable-pip", "--format=json", f"--requirement={pins}"} < set(
        line.split()
    )


def test_pip_audit_itself_takes_what_it_is_given(pins, monkeypatch):
    for name, value in (("https_proxy", "http://127.0.0.1:9"), ("no_proxy", "")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(pins.parent))
    assert audit(pins) == ([NO_ANSWER], 0)
    pins.write_text("requests>=2\nrequests==2.34.2\n", encoding="utf-8")
    [line], code = audit(pins)
    assert line.startswith("pip-audit failed: requirement requests is not pinned")
    assert code == 1


def test_make_check_audits():
    [check] = re.findall(r"^check:.*\n((?:\t.*\n)+)", text(ROOT / "Makefile"), re.MULTILINE)
    assert "\t@$(BIN)/python .ci/audit.py\n" in check
