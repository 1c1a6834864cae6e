"""The packaged checklist: its wording, its guidance, its rules on what applies."""

import re
from pathlib import Path

import pytest

from conversations.checklist import INTERVALS, PACKAGED, Check, packaged

HERE = Path(__file__).parent
SEED = (HERE / "seed.txt").read_text(encoding="utf-8")
GUIDANCE_LONGEST = 140
MARK_UP = re.compile(r"[*_~`<>&|#@\[\]{}\\]")
NOTHING = {"rag": False, "tools": False, "personal_data": False, "customers": False}


def seed_layers() -> list[tuple[str, list[str]]]:
    """Titles and texts of the seed, in its order."""
    _, *layers = re.split(r"^## / \d\d ", SEED, flags=re.MULTILINE)
    return [
        (layer.splitlines()[0], re.findall("^- (.+)$", layer, re.MULTILINE)) for layer in layers
    ]


def guidance(check: Check) -> tuple[str, ...]:
    return (check.why, *check.verify, check.evidence)


def test_there_are_fifty_checks_in_eight_layers():
    checklist = packaged()
    assert len(checklist.checks) == 50
    assert [len(layer.checks) for layer in checklist.layers] == [6, 7, 7, 6, 6, 6, 6, 6]


def test_titles_and_texts_are_the_seeds_to_the_letter_and_in_its_order():
    ours = [(layer.title, [check.text for check in layer.checks]) for layer in packaged().layers]
    assert ours == seed_layers()


def test_the_head_names_version_and_source_as_the_seed_does():
    checklist = packaged()
    assert checklist.version == "llmops-2026.1"
    assert "· v2026.1 ·" in SEED
    assert f"# {checklist.title}\n" in SEED
    assert checklist.credit == "LLMOps.si"
    assert f"· {checklist.credit} ·".casefold() in SEED.casefold()  # it spells itself in two ways
    assert checklist.url == "https://llmops.si/checklist"
    assert f"({checklist.url})" in SEED


def test_critical_are_the_three_non_negotiables_of_the_authors():
    """Log everything; an eval set that gates changes (two checks); roll back in one step."""
    assert {check.text for check in packaged().checks if check.critical} == {
        "We log every request and response",
        "We have an eval dataset that reflects real traffic",
        "Releases are gated on eval results",
        "We can roll back a prompt, model or config in one step",
    }


def test_a_number_is_layer_and_position():
    for at, layer in enumerate(packaged().layers, 1):
        assert layer.number == at
        assert [check.number for check in layer.checks] == [
            f"{at}.{position}" for position in range(1, len(layer.checks) + 1)
        ]


def test_ids_are_unique_and_never_change():
    """Stored answers are found by check id: a line of check_ids.txt changes with a migration."""
    ids = [check.id for check in packaged().checks]
    assert len(set(ids)) == len(ids)
    assert ids == (HERE / "check_ids.txt").read_text(encoding="utf-8").split()


def test_an_id_is_its_layers_id_and_a_short_name():
    checklist = packaged()
    for check in checklist.checks:
        layer, _, name = check.id.partition(".")
        assert layer == checklist.layer_of[check.id].id
        assert re.fullmatch("[a-z]+(-[a-z]+)*", name)


def test_a_layers_file_is_named_for_its_number_and_id():
    names = {path.name for path in PACKAGED.glob("*.toml")} - {"checklist.toml"}
    assert names == {f"{layer.number}-{layer.id}.toml" for layer in packaged().layers}


@pytest.mark.parametrize("check", packaged().checks, ids=lambda check: check.number)
class TestGuidance:
    def test_it_is_short_and_on_one_line(self, check: Check):
        assert all(len(line) <= GUIDANCE_LONGEST for line in guidance(check))
        assert not any("\n" in line for line in guidance(check))

    def test_it_holds_nothing_that_a_chat_takes_for_mark_up(self, check: Check):
        assert not [line for line in guidance(check) if MARK_UP.search(line)]

    def test_the_last_step_says_what_counts_as_met_and_as_partly(self, check: Check):
        assert re.fullmatch("Met if [^;]+; Partly if [^;]+[.]", check.verify[-1])

    def test_steps_and_reasons_are_sentences_and_evidence_names_a_thing(self, check: Check):
        assert all(line[0].isupper() and line[-1] in ".?" for line in (check.why, *check.verify))
        assert check.evidence[0].isupper()
        assert not check.evidence.endswith(".")

    def test_it_is_asked_again_after_a_quarter_half_a_year_or_a_year(self, check: Check):
        assert check.interval_days in INTERVALS


def test_no_two_checks_share_a_line_of_guidance():
    lines = [line for check in packaged().checks for line in guidance(check)]
    assert len(set(lines)) == len(lines)


def test_every_scoping_question_can_save_a_check():
    checklist = packaged()
    used = {fact for check in checklist.checks for fact in check.applies_if}
    assert used == {fact.id for fact in checklist.facts} == set(NOTHING)


def test_these_checks_and_no_others_can_be_proposed_as_not_applicable():
    checklist = packaged()
    reasons = {
        check.number: reason
        for check in checklist.checks
        if (reason := checklist.reason_without(check, NOTHING))
    }
    assert reasons == {
        "3.2": "no retrieval and no tools",
        "5.1": "no retrieval",
        "5.2": "no retrieval",
        "5.3": "no retrieval",
        "5.4": "no retrieval",
        "5.5": "no retrieval",
        "5.6": "no retrieval",
        "6.5": "no retrieval and no tools",
        "6.6": "no tools",
        "7.3": "no tools",
        "7.6": "no personal data and only internal users",
        "8.5": "only internal users",
    }


def test_one_of_the_facts_suffices_for_a_check_to_apply():
    checklist = packaged()
    check = checklist.by_id["security.least-privilege"]
    assert checklist.reason_without(check, NOTHING | {"rag": True}) is None
    assert checklist.reason_without(check, NOTHING | {"tools": True}) is None


def test_a_fact_that_nobody_stated_is_taken_to_hold():
    checklist = packaged()
    assert not any(checklist.reason_without(check, {}) for check in checklist.checks)
