"""`demo --teams` where something is missing or goes wrong; programs of our own play Node and npm.

The real ones are used in tests/browser/test_teams_client.py.
"""

import json
import sys
from pathlib import Path

import pytest
from cli_kit import Done, readiness

from bot.config import BadSettings
from bot.teams.agents_playground import fetching

NODE = """
import sys
if sys.argv[1:] == ["--version"]:
    print({version!r})
else:
{behaviour}
"""
NPM = """
import os, shutil, sys
from pathlib import Path
assert sys.argv[1:3] == ["ci", "--ignore-scripts"], sys.argv
script = Path("node_modules/@microsoft/m365agentsplayground/cli.js")
script.parent.mkdir(parents=True)
script.write_text(Path("package.json").read_text())
"""
BEATEN = """
shutil.copytree(".", os.environ["WINNER"])
"""
FAILING = """
import sys
print("npm error code E404", file=sys.stderr)
print("npm error 404 Not Found - no such package", file=sys.stderr)
print("npm error A complete log of this run can be found in: /somewhere", file=sys.stderr)
sys.exit(1)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder for programs, the only one on the path."""
    made = tmp_path / "bin"
    made.mkdir()
    return made


def program(path: Path, name: str, code: str) -> None:
    made = path / name
    made.write_text(f"#!{sys.executable}\n{code}")
    made.chmod(0o755)


def node(path: Path, behaviour: str = "raise SystemExit", version: str = "v20.1.0") -> None:
    program(path, "node", NODE.format(version=version, behaviour=f"    {behaviour}"))


def demo(path: Path, *arguments: str, **settings: str) -> Done:
    """The command, run to its end."""
    caches = {"XDG_CACHE_HOME": str(path.parent / "caches")}
    return readiness(
        "demo", "--teams", *arguments, cwd=path.parent, PATH=str(path), **caches | settings
    )


def test_without_node_it_says_what_to_install(path):
    done = demo(path)
    assert (done.code, done.out) == (2, "")
    assert done.complaint == f"Node.js is missing, which runs Agents Playground: {fetching.INSTALL}"
    assert "sudo apt-get install nodejs npm" in done.complaint


def test_without_npm_it_says_what_to_install(path):
    node(path)
    done = demo(path)
    assert (done.code, done.out) == (2, "")
    assert done.complaint == (
        f"npm is missing, which fetches Agents Playground: {fetching.INSTALL}"
    )


@pytest.mark.parametrize("version", ["v16.20.2", ""])
def test_an_old_node(path, version):
    node(path, version=version)
    done = demo(path)
    assert done.code == 2
    assert done.complaint.startswith("Node.js is too old for Agents Playground (")
    assert fetching.INSTALL in done.complaint


def test_what_npm_cannot_fetch_leaves_nothing(path):
    node(path)
    program(path, "npm", FAILING)
    done = demo(path)
    assert (done.code, done.out.count("\n")) == (2, 1)
    assert "(404 Not Found - no such package): is its registry reachable?" in done.complaint
    assert list((path.parent / "caches" / "readiness-bot").iterdir()) == []


def test_a_place_that_cannot_be_written_to(path):
    node(path)
    program(path, "npm", NPM)
    (path.parent / "file").touch()
    done = demo(path, XDG_CACHE_HOME=str(path.parent / "file" / "caches"))
    assert done.code == 2
    assert done.complaint.endswith("set XDG_CACHE_HOME to a folder that can be written to")


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ("print('no way'); sys.exit(3)", "Agents Playground does not start (exit code 3): no way"),
        (
            "print('Listening on 4321'); print('no more'); sys.exit(3)",
            "Agents Playground has ended by itself (exit code 3): no more",
        ),
        (
            "print('Listening on 4321'); sys.exit(0)",
            "Agents Playground has ended by itself (exit code 0)",
        ),
    ],
)
def test_a_client_that_ends_ends_the_demo(path, behaviour, says):
    node(path, behaviour)
    program(path, "npm", NPM)
    done = demo(path)
    assert (done.code, done.complaint) == (2, says)
    assert ("http://127.0.0.1:4321/" in done.out) == ("Listening" in behaviour)


def test_another_port_than_was_asked_for_is_refused(path):
    node(path, "print('Listening on 4321', flush=True); sys.stdin.read()")
    program(path, "npm", NPM)
    done = demo(path, "--port", "4322")
    assert done.code == 2
    assert done.complaint == (
        "cannot use port 4322 of 127.0.0.1 (taken, or not allowed): choose another with --port"
    )
    assert "http" not in done.out


@pytest.fixture
def here(path, monkeypatch) -> Path:
    """Where this process keeps clients. It has a Node and an npm that fetches."""
    caches = path.parent / "caches"
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches))
    node(path)
    program(path, "npm", NPM)
    return caches / "readiness-bot"


def test_it_is_fetched_once_for_each_version(path, here, capsys):
    first = fetching.fetched()
    program(path, "npm", FAILING)
    assert fetching.fetched() == first
    version = json.loads(fetching.PACKAGE.read_text())["dependencies"][fetching.NAME]
    assert version[0].isdigit(), "one version, not a range"
    assert capsys.readouterr().out.count(f"Playground {version}") == 1
    assert list(here.iterdir()) == [first.script.parents[3]]


def test_of_two_that_fetch_at_once_both_have_it(path, here, monkeypatch):
    """Somebody else is done while our npm still runs."""
    kept = fetching.fetched().script.parents[3]
    kept.rename(kept.with_name("elsewhere"))
    monkeypatch.setenv("WINNER", str(kept))
    program(path, "npm", NPM + BEATEN)
    assert fetching.fetched().script.is_file()
    assert set(here.iterdir()) == {kept, here / "elsewhere"}


@pytest.mark.usefixtures("here")
def test_what_is_kept_by_half_is_not_used():
    script = fetching.fetched().script
    script.unlink()
    with pytest.raises(BadSettings, match="is not complete: remove it, and try again"):
        fetching.fetched()


def test_the_lock_names_no_address():
    """It holds wherever npm is told to fetch from."""
    assert "resolved" not in fetching.LOCK.read_text()
    assert (
        json.loads(fetching.LOCK.read_text())["packages"][""]["dependencies"]
        == (json.loads(fetching.PACKAGE.read_text())["dependencies"])
    )
