"""Every reason for saying no has its words, and no words are left over."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes
from reviewing import CHECKLIST, WORDS

import bot
import conversations
import storage
from conversations.wording import TEMPLATES

PACKAGES = [Path(package.__file__).parent for package in (bot, conversations, storage)]


def raised() -> Iterator[tuple[str, frozenset[str]]]:
    """Each `Refused("words", fact=…)` of the code: its words and the names of its facts."""
    for file in (file for folder in PACKAGES for file in folder.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if "from conversations.effects import" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Refused"
            ):
                words = node.args[0]
                facts = frozenset(it.arg or "" for it in node.keywords)
                for one in [words.body, words.orelse] if isinstance(words, ast.IfExp) else [words]:
                    assert isinstance(one, ast.Constant), f"{file.name}:{node.lineno}"
                    yield str(one.value), facts


def written() -> dict[str, frozenset[str]]:
    """Each macro of the refusals, with the facts it prints."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=False)
    source = (TEMPLATES / "refusals.j2").read_text(encoding="utf-8")
    macros = environment.parse(source).find_all(nodes.Macro)
    return {macro.name: frozenset(it.name for it in macro.args) for macro in macros}


RAISED, WRITTEN = set(raised()), written()
EXAMPLES = {
    "known": ["a", "b"], "longest": 80, "most": 5, "position": 9,
}  # fmt: skip


@pytest.mark.parametrize("words", sorted({words for words, _ in RAISED}))
def test_every_refusal_has_words_for_exactly_its_facts(words):
    assert {facts for raised_, facts in RAISED if raised_ == words} == {WRITTEN.get(words)}


def test_no_words_are_left_over():
    assert WRITTEN.keys() == {words for words, _ in RAISED}


@pytest.mark.parametrize("words", sorted(WRITTEN))
def test_every_refusal_is_one_clear_line(words):
    facts = {fact: EXAMPLES.get(fact, "x") for fact in WRITTEN[words]}
    if words == "no_such_position":
        facts["layer"] = CHECKLIST.layers[0]
    line = WORDS.say(f"refusals.{words}", **facts)
    assert "\n" not in line
    assert line[-1] in ".?"
    assert len(line) < 300
