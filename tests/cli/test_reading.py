"""What the command line shows of reviews and of the checklist, to people and to programs."""

import json
import re

import pytest
from cli_kit import CHECKS, NOW, ROOT, all_of, inside, met, python, readiness, store

from conversations.checklist import packaged
from conversations.review import Answer, Verdict

CRITICAL = len([it for it in CHECKS if it.critical])

# services


def test_without_any_service_there_is_a_hint(tmp_path):
    """Looking makes no file."""
    done = readiness("services", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "No services yet" in done.out
    assert readiness("services", "--json", cwd=tmp_path).json == []
    assert readiness("scorecard", "search", "--json", cwd=tmp_path).code == 1
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_a_database_without_services(capsys, monkeypatch, tmp_path):
    (tmp_path / "empty.db").touch()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///empty.db")
    assert inside(capsys, "services", "--json").json == []
    assert inside(capsys, "scorecard", "search").code == 1


def test_services_for_programs(capsys, stored):
    store(stored, "Search", all_of(Verdict.MET), finished=True, owners=("slack:U2", "slack:U1"))
    store(stored, "Chat", {})
    met(stored, "slack:U1", "Ana Berger")
    found = inside(capsys, "services", "--json").json
    assert [it["service"] for it in found] == ["chat", "search"]
    assert found[0]["critical_open"] == CRITICAL
    assert found[1] == {
        "service": "search",
        "name": "Search",
        "owners": ["slack:U1", "slack:U2"],
        "owner_names": ["Ana Berger", None],
        "home": {"platform": "slack", "workspace": "T1", "channel": "C1"},
        "readiness": "ready",
        "percent": 100,
        "critical_open": 0,
        "weakest_layer": "prompt-management",
        "applicable": 50,
        "checks": 50,
        "review": {
            "id": "r-search",
            "state": "finished",
            "started_at": "2026-11-02T09:30:15Z",
            "finished_at": "2026-11-02T11:30:15Z",
        },
        "every": None,
        "next_review": None,
        "reviewing": False,
    }


def test_services_for_people(capsys, stored):
    """The least ready first, with what a percentage must not stand without."""
    store(stored, "Search", all_of(Verdict.MET), finished=True)
    store(stored, "Chat", {}, owners=("slack:U1", "slack:U9"))
    met(stored, "slack:U1", "Ana Berger")
    out = inside(capsys, "services").out
    rows = [re.split(r"\s{2,}", line.strip()) for line in out.splitlines() if " of 50" in line]
    assert [row[:6] for row in rows] == [
        ["Chat", "Not ready", "0 %", str(CRITICAL), "Prompt management (0 %)", "50 of 50"],
        ["Search", "Ready", "100 %", "0", "Prompt management (100 %)", "50 of 50"],
    ]
    assert [row[6] for row in rows] == ["open", "finished"]
    assert re.fullmatch(r"today|yesterday|\d+ days ago", rows[1][7])
    assert [row[8:] for row in rows] == [["Ana Berger, U9"], ["Ana Berger"]]


# scorecard


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_an_unknown_service_is_a_no(capsys, stored, form):
    done = inside(capsys, "scorecard", "nobody", *form)
    assert (done.code, done.out) == (1, "")
    assert "there is no review of nobody" in done.complaint


def test_a_scorecard_for_people(capsys, stored):
    answers = all_of(Verdict.MET)
    excused, lacking, partly = CHECKS[0], CHECKS[6], CHECKS[20]
    assert excused.critical
    assert lacking.critical
    answers[excused.id] = Answer(Verdict.NOT_APPLICABLE, "slack:U1", NOW, note="no prompts")
    answers[lacking.id] = Answer(Verdict.UNMET, "slack:U1", NOW)
    answers[partly.id] = Answer(Verdict.PARTLY, "slack:U1", NOW)
    layer = packaged().layer_of[partly.id]
    store(stored, "Search", answers, finished=True, assignees={layer.id: "slack:U2"})
    met(stored, "slack:U1", "Ana Berger")
    met(stored, "slack:U2", "Ben Okafor")
    out = inside(capsys, "scorecard", "search").out
    assert "Search · llmops-2026.1" in out
    assert "Not ready · 97 % · weakest layer: Evaluation (86 %) · 49 of 50 apply" in out
    assert "by Ana Berger" in out
    assert f"Critical, but said not to apply: 1.1 {excused.text} · no prompts" in out
    assert f"Critical and not met: {lacking.number} {lacking.text} · Not yet" in out
    gap = next(line for line in out.splitlines() if line.strip().startswith(partly.number))
    assert re.split(r"\s{2,}", gap.strip())[1:] == [
        partly.text,
        "Partly",
        "Ben Okafor",
        "2026-12-02",
    ]
    assert all(it.title in out for it in packaged().layers)
    handed = next(line for line in out.splitlines() if f" {layer.title} " in line and "%" in line)
    assert handed.rstrip().endswith("Ben Okafor")


def test_the_scorecard_of_an_open_review_says_so(capsys, stored):
    store(stored, "Search", {CHECKS[1].id: Answer(Verdict.UNKNOWN, "slack:U1", NOW)})
    out = inside(capsys, "scorecard", "search").out
    assert "Not ready so far · 0 %" in out
    assert "Gaps: 1" in out


def test_a_scorecard_where_nothing_applies(capsys, stored):
    store(stored, "Search", all_of(Verdict.NOT_APPLICABLE), finished=True)
    out = inside(capsys, "scorecard", "search").out
    assert "– · 0 of 50 apply" in out
    assert "weakest layer" not in out


# Both at once


def test_people_and_programs_are_told_the_same_on_every_database(capsys, monkeypatch, database):
    monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
    store(database, "Search", all_of(Verdict.PARTLY), finished=True)
    found = inside(capsys, "scorecard", "search", "--json").json
    out = inside(capsys, "scorecard", "search").out
    assert f"{found['overall']['percent']} %" in out
    assert inside(capsys, "services", "--json").json[0]["percent"] == found["overall"]["percent"]


HOSTILE = "[red]x[/red] :smile: \x1b[31m\x07\u202e\r\n <b>"


def test_what_people_typed_stays_dead(capsys, stored):
    """No mark-up, no control characters, no line of its own."""
    answers = all_of(Verdict.MET)
    answers[CHECKS[0].id] = Answer(Verdict.NOT_APPLICABLE, "slack:U1", NOW, note=HOSTILE)
    store(stored, HOSTILE, answers, key="hostile", finished=True, owners=("slack:U7",))
    met(stored, "slack:U1", HOSTILE)
    met(stored, "slack:U7", HOSTILE)
    for arguments in (["services"], ["scorecard", "hostile"]):
        out = inside(capsys, *arguments).out
        assert all(line.isprintable() for line in out.split("\n"))
        assert r"[red]x[/red] :smile: \x1b[31m\x07\u202e\r\n <b>" in out


def test_programs_get_what_people_typed_to_the_letter(capsys, stored):
    store(stored, HOSTILE, key="hostile")
    assert inside(capsys, "services", "--json").json[0]["name"] == HOSTILE


def test_in_a_pipe_no_cell_is_cut_or_wrapped(tmp_path, stored):
    """Neither by 80 columns nor by what the environment says of a terminal."""
    name = "A service with a long name that goes on, " * 2
    store(stored, name, all_of(Verdict.UNMET), key="long", finished=True)
    url = stored.url.render_as_string()
    out = readiness("services", cwd=tmp_path, DATABASE_URL=url, COLUMNS="40").out
    assert name.strip() in out
    out = readiness("scorecard", "long", cwd=tmp_path, DATABASE_URL=url, COLUMNS="40").out
    assert all(f"{it.number}  " in out and it.text in out for it in CHECKS)


def test_a_narrow_encoding_loses_nothing_by_failing(tmp_path, stored):
    store(stored, "Suche für Öl", all_of(Verdict.UNMET), key="suche", finished=True)
    url = stored.url.render_as_string()
    for arguments in (["services"], ["scorecard", "suche"], ["checks"]):
        done = readiness(*arguments, cwd=tmp_path, DATABASE_URL=url, PYTHONIOENCODING="ascii")
        assert (done.code, done.err) == (0, "")
        assert done.out.isascii()


# checks and manifest


def test_the_checklist_for_programs(capsys):
    found = inside(capsys, "checks", "--json").json
    known = packaged()
    assert (found["version"], found["credit"], found["url"]) == (
        known.version,
        known.credit,
        known.url,
    )
    assert [it["id"] for it in found["facts"]] == [it.id for it in known.facts]
    listed = [check for layer in found["layers"] for check in layer["checks"]]
    assert len(listed) == 50
    for said, check in zip(listed, known.checks, strict=True):
        assert said == {
            "number": check.number,
            "id": check.id,
            "text": check.text,
            "why": check.why,
            "verify": list(check.verify),
            "evidence": check.evidence,
            "critical": check.critical,
            "interval_days": check.interval_days,
            "applies_if": list(check.applies_if),
        }


def test_the_checklist_for_people(capsys):
    out = inside(capsys, "checks").out
    assert all(it.text in out for it in packaged().checks)
    assert all(it.title in out for it in packaged().layers)
    marked = [
        line.split()[0] for line in out.splitlines() if re.search(r"critical +\d+ days", line)
    ]
    assert marked == [it.number for it in packaged().checks if it.critical]
    assert packaged().credit in out
    assert packaged().url in out


def test_the_checklist_needs_no_settings(capsys, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    assert inside(capsys, "checks").code == 0
    assert inside(capsys, "manifest").code == 0


def test_a_broken_checklist_is_one_line(tmp_path):
    code = (
        "import pathlib, sys, conversations.checklist as it\n"
        "it.PACKAGED = pathlib.Path('nowhere')\n"
        "from bot.cli import run; sys.exit(run(sys.argv[1:]))"
    )
    done = python(code, "checks", cwd=tmp_path)
    assert done.code == 2
    assert done.complaint.startswith("checklist.toml:")
    sick = python(code, "doctor", "--json", cwd=tmp_path)
    assert sick.code == 1
    assert sick.json["findings"][0]["state"] == "fault"


def test_the_manifest_command_makes_the_file(capsys):
    done = inside(capsys, "manifest")
    assert done.out == (ROOT / "manifest.json").read_text("utf-8")
    url = "https://readiness.example.org"
    assert json.loads(inside(capsys, "manifest", "--url", url).out)["features"]["slash_commands"][
        0
    ]["url"] == (f"{url}/slack/events")
