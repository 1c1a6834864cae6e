"""All pages: links lead somewhere, names are names of something, and nothing is private."""

import re
from itertools import chain
from pathlib import Path

import pytest
from docs_kit import DOCS, PAGES, README, ROOT, anchors, code_lines, code_spans, name, prose, text
from test_readme import COMMAND_LINE

from bot.config import Settings
from bot.metrics import REGISTRY
from storage.tables import Table

SETTINGS = {key.upper() for key in Settings.model_fields}
OURS = ("bot", "conversations", "storage", "tests", "docs", ".ci")
TO_BE_WRITTEN = {"storage/migrations/versions/0005_what_it_does.py"}
FOR_TESTS = {"TRANSCRIPTS", "MINUTES", "SEED", "SOAK_MINUTES", "SOAK_SEED"}
ADRS = sorted((DOCS / "adr").glob("[0-9]*.md"))
LARGEST_PICTURE = 250 * 1024  # bytes
NO_TEXTS = {".db", ".db-shm", ".db-wal", ".png", ".pyc"}

every_page = pytest.mark.parametrize("page", PAGES, ids=name)


def links(page: Path) -> list[str]:
    words = re.sub(r"`[^`\n]*`", "", prose(page))
    return re.findall(r"\]\(([^)\s]+)\)", words) + re.findall(r'src="([^"]+)"', words)


@every_page
def test_links_lead_to_files_and_headings(page: Path):
    lost = []
    for link in links(page):
        target, _, fragment = link.partition("#")
        if re.match("https?:", link):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (fragment and fragment not in anchors(file)):
            lost.append(link)
    assert lost == []


@every_page
def test_files_named_exist(page: Path):
    named = [
        it
        for it in code_spans(prose(page))
        if it.startswith(tuple(f"{top}/" for top in OURS)) and " " not in it
    ]
    lost = [it for it in named if it not in TO_BE_WRITTEN and not any(ROOT.glob(it.rstrip("/")))]
    assert lost == []


@every_page
def test_names_in_files_are_there(page: Path):
    r"""`name` in `file.py`, and `file.py` (`name`, `other`)."""
    words = prose(page)
    claims = [(it[2], it[1]) for it in re.finditer(r"`([A-Za-z_]+)` in `([\w/]+\.py)`", words)]
    for it in re.finditer(r"`([\w/]+\.py)` \((`\w+`(?:, `\w+`)*)[,)]", words):
        claims += [(it[1], one) for one in code_spans(it[2])]
    assert [it for it in claims if not re.search(rf"\b{it[1]}\b", text(ROOT / it[0]))] == []


@every_page
def test_settings_named_exist(page: Path):
    """SCREAMING_NAMES in code, and whatever is set with `NAME=`."""
    code = "\n".join(code_spans(prose(page)) + code_lines(page))
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", code)) | set(re.findall(r"\b([A-Z]+)=", code))
    assert named - SETTINGS - FOR_TESTS == set()


@every_page
def test_commands_named_exist(page: Path):
    code = [*code_spans(prose(page)), *code_lines(page)]
    for said in chain.from_iterable(
        re.findall(r"(?<![/\w-])readiness ([^|>]+)", it) for it in code
    ):
        command, *rest = re.sub(r"[\[\]]", "", said).split()
        assert command in COMMAND_LINE, said
        options = {
            opt for it in COMMAND_LINE[command].params for opt in it.opts + it.secondary_opts
        }
        assert {it for it in rest if it.startswith("--")} <= options, said


def test_pictures_are_described_small_and_those_that_the_script_takes():
    shown = dict(re.findall(r"!\[([^]]+)\]\((docs/images/[^)]+)\)", text(README)))
    shown |= {
        alt: file for file, alt in re.findall(r'<img src="([^"]+)" alt="([^"]+)"', text(README))
    }
    assert all(len(alt) > 20 for alt in shown)
    names = {Path(file).stem for file in shown.values()}
    assert names == {file.stem for file in (DOCS / "images").glob("*.png")}
    assert names == set(re.findall(r'\.take\(\s*"([\w-]+)"', text(DOCS / "screenshots.py")))
    large = {it.name: it.stat().st_size for it in (DOCS / "images").iterdir()}
    assert {key: size for key, size in large.items() if size > LARGEST_PICTURE} == {}


def test_every_table_is_described():
    page = text(DOCS / "architecture.md")
    described = page.partition("\n## What is stored\n")[2].partition("\n## ")[0]
    named = {it for line in described.splitlines() if line.startswith("| `")
             for it in code_spans(line.split("|")[1])}  # fmt: skip
    assert named == set(Table.metadata.tables)


def test_all_that_is_stored_is_in_the_security_page():
    stored = text(DOCS / "security.md").partition("\n## What is stored\n")[2].partition("\n## ")[0]
    named = {it for line in stored.splitlines() if line.startswith("| ")
             for it in code_spans(line.split("|")[2])}  # fmt: skip
    assert named == set(Table.metadata.tables)


def test_every_metric_is_explained():
    page = text(DOCS / "operations.md").partition("\n## Metrics\n")[2].partition("\n## ")[0]
    named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    shown = {it.name + ("_total" if it.type == "counter" else "") for it in REGISTRY.collect()}
    assert named == {it for it in shown if it.startswith("readiness_")}


def test_every_decision_is_listed_and_has_its_three_parts():
    index = text(DOCS / "adr" / "README.md")
    for number, page in enumerate(ADRS, 1):
        title = text(page).splitlines()[0]
        assert page.name.startswith(f"{number:04}-")
        assert title.startswith(f"# {number}. ")
        assert f"{number}. [{title.partition('. ')[2]}]({page.name})" in index
        heads = re.findall("^## (.+)$", text(page), re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequences"]


def test_the_repository_stands_alone():
    """No other folder beside it, no place on somebody's machine, in any file but .ci/run."""
    private = re.compile(r"\.\./[s]hared|/[w]ork/|/[r]oot/|/[h]ome/[a-z]")
    files = [it for top in OURS for it in (ROOT / top).rglob("*") if it.is_file()]
    files = [it for it in files if "node_modules" not in it.parts]
    files += [it for it in ROOT.iterdir() if it.is_file() and not it.name.startswith(".")]
    texts = [it for it in files if it.suffix not in NO_TEXTS and it != ROOT / ".ci/run"]
    told = [name(it) for it in texts if private.search(it.read_text(encoding="utf-8"))]
    assert told == []
