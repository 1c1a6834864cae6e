"""A checklist that cannot be used is refused, with the file, the entry and the reason."""

import re
import shutil
from pathlib import Path

import pytest

from conversations.checklist import PACKAGED, BrokenChecklist, packaged, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the packaged checklist, to be broken."""
    return Path(shutil.copytree(PACKAGED, tmp_path / "checks"))


def refusal(folder: Path) -> str:
    with pytest.raises(BrokenChecklist) as refused:
        read(folder)
    return str(refused.value)


HEAD = "checklist.toml"
ONE = "1-prompt-management.toml"
TWO = "2-evaluation.toml"
RAG = "5-rag-operations.toml"
GATE = 'id = "release-gate"\n'
FAITH = 'id = "faithfulness"\n'
CHECKS = re.compile(r"\[\[check\]\].*", re.DOTALL)
FACTS = re.compile(r"\[\[fact\]\].*", re.DOTALL)
WHY = re.compile("why = .*")
STEPS = re.compile(r"verify = \[.*?\n\]\n", re.DOTALL)
NOT_A_TEXT = "a text is needed"
ONE_LINE = "one line is needed, without odd characters or outer spaces"
WHOLE = "a whole number from 1 to 999 is needed"

# file, what is replaced at its first place (a text or a pattern), by what, the refusal's start
BROKEN = {
    "a key is missing": (TWO, re.compile("why = .*\n"), "", f"check 2.1: why: {NOT_A_TEXT}"),
    "an id is missing": (TWO, GATE, "", f"check 2.6: id: {NOT_A_TEXT}"),
    "steps are missing": (TWO, STEPS, "", "check 2.1: verify: a list of texts is needed"),
    "an interval is missing": (TWO, "interval_days = 90\n", "", "check 2.1: interval_days: "),
    "no checks": (TWO, CHECKS, "", "layer: check: at least one"),
    "no title": (TWO, 'title = "Evaluation"\n', "", f"layer: title: {NOT_A_TEXT}"),
    "no number": (TWO, "number = 2\n", "", f"layer: number: {WHOLE}"),
    "no facts": (HEAD, FACTS, "", "head: fact: at least one"),
    "no version": (HEAD, re.compile("version = .*\n"), "", f"head: version: {NOT_A_TEXT}"),
    "an unknown key in a check": (TWO, GATE, GATE + "owner = 1\n", "check 2.6: owner: is not a"),
    "an unknown key in a layer": (TWO, "number = 2", "number = 2\nweight = 3", "layer: weight: is"),
    "an unknown key in a fact": (HEAD, 'yes = "Yes"', 'yes = "Yes"\ny = 1', "fact 1: y: is not a"),
    "an unknown key in the head": (HEAD, "version", 'by = "x"\nversion', "head: by: is not a"),
    "an interval of a month": (
        TWO, "interval_days = 90", "interval_days = 30",
        "check 2.1: interval_days: must be one of 90, 180, 365",
    ),
    "a fractional interval": (
        TWO, "interval_days = 90", "interval_days = 90.0", f"check 2.1: interval_days: {WHOLE}",
    ),
    "an interval as text": (
        TWO, "interval_days = 90", 'interval_days = "90"', f"check 2.1: interval_days: {WHOLE}",
    ),
    "four steps": (
        TWO, STEPS, 'verify = ["A.", "B.", "C.", "D."]\n',
        "check 2.1: verify: one to 3 steps are needed, not 4",
    ),
    "no steps": (TWO, STEPS, "verify = []\n", "check 2.1: verify: one to 3 steps are"),
    "one bare step": (TWO, STEPS, 'verify = "A."\n', "check 2.1: verify: a list of texts"),
    "a step that is a number": (TWO, STEPS, "verify = [1]\n", "check 2.1: verify: a text"),
    "an unknown fact": (
        RAG, '["rag"]', '["rags"]',
        "check 5.1: applies_if: 'rags' is not a fact; known are customers, personal_data, rag",
    ),
    "a fact in a list in a list": (
        RAG, '["rag"]', '[["rag"]]', f"check 5.1: applies_if: {NOT_A_TEXT}",
    ),
    "a bare fact": (RAG, '["rag"]', '"rag"', "check 5.1: applies_if: a list of texts is needed"),
    "critical, but not always": (
        TWO, "critical = true", 'critical = true\napplies_if = ["rag"]',
        "check 2.1: applies_if: a critical check always applies",
    ),
    "critical as text": (
        TWO, "critical = true", 'critical = "yes"', "check 2.1: critical: must be true or false",
    ),
    "critical as a number": (
        TWO, "critical = true", "critical = 1", "check 2.1: critical: must be true or false",
    ),
    "a why that is a number": (TWO, WHY, "why = 1", "check 2.1: why: a text is"),
    "an empty why": (TWO, WHY, 'why = " "', f"check 2.1: why: {NOT_A_TEXT}"),
    "a why on two lines": (TWO, WHY, r'why = "a\nb"', f"check 2.1: why: {ONE_LINE}"),
    "an invisible mark": (TWO, WHY, r'why = "a\u202e"', "check 2.1: why: one line"),
    "an id with a dot": (TWO, GATE, 'id = "release.gate"\n', "check 2.6: id: 'release.gate'"),
    "an endless id": (TWO, GATE, f'id = "{"a" * 41}"\n', "check 2.6: id: "),
    "a doubled check": (
        TWO, GATE, FAITH, "check 2.6: id: 'evaluation.faithfulness' is the id of check 2.4",
    ),
    "a doubled fact": (HEAD, 'id = "tools"', 'id = "rag"', "fact 2: id: 'rag' is the id of fact 1"),
    "a doubled layer": (
        TWO, 'id = "evaluation"', 'id = "prompt-management"',
        "layer: id: 'prompt-management' is another layer's",
    ),
    "a doubled number": (TWO, "number = 2", "number = 1", "layer: number: 2 is expected"),
    "a number as text": (TWO, "number = 2", 'number = "2"', f"layer: number: {WHOLE}"),
    "a number as a bool": (ONE, "number = 1", "number = true", f"layer: number: {WHOLE}"),
    "a number of nought": (ONE, "number = 1", "number = 0", f"layer: number: {WHOLE}"),
    "a number beyond printing": (ONE, "number = 1", f"number = 0x{'f' * 5000}", "layer: number: "),
    "a number beyond reading": (ONE, "number = 1", f"number = {'9' * 5000}", "layer: "),
    "a layer of one table": (TWO, "[[check]]", "[check]", "layer: "),
    "checks that are texts": (
        TWO, CHECKS, 'check = ["a"]\n',
        "layer: check: every check must be a [[check]] table",
    ),
    "facts that are texts": (
        HEAD, FACTS, 'fact = ["rag"]\n',
        "head: fact: every fact must be a [[fact]] table",
    ),
    "not TOML": (TWO, "number = 2", "number: 2", "layer: Expected '=' after a key"),
    "nested without end": (TWO, "number = 2", f"number = {'[' * 100_000}", "layer: "),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "reason"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_checklist_is_refused_with_file_entry_and_reason(
    folder: Path, file: str, old: str | re.Pattern[str], new: str, reason: str
):
    path = folder / file
    whole = path.read_text(encoding="utf-8")
    pattern = old if isinstance(old, re.Pattern) else re.compile(re.escape(old))
    broken, replaced = pattern.subn(lambda _: new, whole, count=1)
    assert replaced == 1
    path.write_text(broken, encoding="utf-8")
    assert refusal(folder).startswith(f"{file}: {reason}")


def test_a_gap_in_the_numbering_is_refused_at_the_layer_after_it(folder: Path):
    (folder / "3-observability.toml").unlink()
    assert refusal(folder) == "4-cost-control.toml: layer: number: 3 is expected here, not 4"


def test_a_file_that_is_not_utf_8_is_refused(folder: Path):
    (folder / TWO).write_bytes("title = 'é'".encode("latin-1"))
    assert refusal(folder).startswith(f"{TWO}: layer: 'utf-8' codec can't decode byte 0xe9")


def test_a_folder_in_a_files_place_is_refused(folder: Path):
    (folder / TWO).unlink()
    (folder / TWO).mkdir()
    assert refusal(folder) == f"{TWO}: layer: Is a directory"


def test_an_empty_folder_is_refused(tmp_path: Path):
    assert refusal(tmp_path) == f"{HEAD}: head: No such file or directory"


def test_a_folder_without_layers_is_refused(folder: Path):
    for path in folder.glob("[1-8]-*.toml"):
        path.unlink()
    assert refusal(folder) == "checks: layer: no layer file beside checklist.toml"


def test_layers_are_read_by_their_number_not_their_files_name(folder: Path):
    (folder / ONE).rename(folder / "9-renamed.toml")
    assert read(folder) == packaged()
