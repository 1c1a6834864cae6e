"""docs/checklist.md is the packaged checklist."""

import importlib.util
from pathlib import Path
from types import ModuleType

from conversations.checklist import packaged

DOCS = Path(__file__).parents[2] / "docs"


def script(name: str) -> ModuleType:
    """A script of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_script_writes():
    """After a change in conversations/checks run `python docs/render_checklist.py`."""
    page = (DOCS / "checklist.md").read_text(encoding="utf-8")
    assert page == script("render_checklist").render(packaged())


def test_the_page_opens_with_credit_and_a_link_to_the_source():
    opening = (DOCS / "checklist.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert "[LLMOps.si](https://llmops.si/checklist)" in opening
