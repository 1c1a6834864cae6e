"""The project's pages, read: their sections, tables, links and code."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", text(page))


def section(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    found = re.search(
        rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text(page), re.MULTILINE | re.DOTALL
    )
    assert found, f"{name(page)} has no section {heading!r}"
    return found[2]


def table(words: str, head: str) -> list[tuple[str, ...]]:
    """The rows of the first table whose first column is called `head`."""
    lines = words.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {head} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        rows.append(tuple(cell.strip().replace(r"\|", "|") for cell in cells))
    return rows


def code_spans(words: str) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", words)


def code_lines(page: Path) -> list[str]:
    """The lines of the blocks of shell code, without comments."""
    blocks = [it[3] for it in FENCE.finditer(text(page)) if it[2] == "sh"]
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]


def anchors(page: Path) -> set[str]:
    """The fragments that GitHub gives to the headings of a page."""
    found: list[str] = []
    for title in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.append(slug if slug not in found else f"{slug}-{found.count(slug)}")
    return set(found)


def script(stem: str) -> ModuleType:
    """A script of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(stem, DOCS / f"{stem}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
