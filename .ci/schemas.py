"""Holds what the project gives to vendors against their own schemas: `schemas.py PATH`.

PATH holds `schemas/`. Prints which documents are not valid, and by schema how many are; exit 1
when one is not.
"""
# ruff: noqa: INP001, T201, E402 - a script, whose output is its report; it finds the tests first

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

ROOT = Path(__file__).parent.parent
# The cards are those that the tests keep as snapshots, and the longest that there can be.
sys.path[:0] = [str(ROOT / "tests" / it) for it in ("conversations", "shared_views", "teams_views")]

from everything import every_form, slots
from longest import finished, links
from reviewing import START
from states import cards, every_kind_of_form
from teams_views_kit import LONGEST, PEOPLE, TEAMS

from bot.slack import manifest as slack
from bot.teams import adaptive, fields, package
from conversations import views
from conversations.review import Answer, Verdict

URL = "https://example.org"
APP = "00000000-0000-4000-8000-000000000000"
SLACK, TEAMS_APP, CARD = (
    "slack-manifest.schema.json",
    "teams-manifest.schema.json",
    "adaptive-card-1.5.schema.json",
)


def documents() -> Iterator[tuple[str, str, Any]]:
    """What it is called, the file of its schema, and the document."""
    yield "manifest.json", SLACK, json.loads((ROOT / "manifest.json").read_text("utf-8"))
    yield f"manifest --url {URL}", SLACK, slack.manifest(URL)
    yield "teams-package", TEAMS_APP, package.manifest(APP)
    yield "teams-package --website URL", TEAMS_APP, package.manifest(APP, website=URL)
    for name, card in teams_cards():
        yield f"Teams: {name}", CARD, without_msteams(card)


def teams_cards() -> Iterator[tuple[str, Any]]:
    """Cards and forms as Teams gets them."""
    for name, card in cards(TEAMS).items():
        yield name, adaptive.adaptive(card)
    for name, form in every_kind_of_form(TEAMS).items():
        if name != "start":  # it asks for a channel, which Teams has no field for
            yield f"form {name}", fields.form(form)
            wrong = {field.id: "It cannot be taken." for field in form.fields}
            yield f"form {name}, refused", fields.form(form, errors=wrong)
    long = Answer(Verdict.PARTLY, PEOPLE[0], START, LONGEST.notes[-1], links(LONGEST.swelling))
    again = LONGEST.alike(replace(long, carried=True), previous="r0", scheduled=True)
    for state in (LONGEST.alike(None), LONGEST.alike(long), finished(LONGEST.alike(long)), again):
        scene = LONGEST.scene(state)
        for slot in slots():
            yield f"longest {state.state}, {slot}", adaptive.adaptive(views.card(scene, slot))
    for number, form in enumerate(every_form(LONGEST.scene(LONGEST.alike(long)))):
        yield f"longest form {number}", fields.form(form)


def without_msteams(card: Any) -> Any:
    """The card without what Teams adds to the schema of cards: its width."""
    return {key: value for key, value in card.items() if key != "msteams"}


def reason(schema: Draft7Validator, document: Any) -> str | None:
    """Why the document is not valid; None when it is.

    The schemas are not checked themselves: some hold patterns that Python's `re` refuses.
    """
    error = best_match(schema.iter_errors(document))
    return f"{error.json_path}: {error.message}" if error else None


def main(folder: Path) -> int:
    """The exit code."""
    schemas = {
        file: Draft7Validator(json.loads((folder / file).read_text("utf-8")))
        for file in (SLACK, TEAMS_APP, CARD)
    }
    valid = dict.fromkeys(schemas, 0)
    code = 0
    for name, file, document in documents():
        if why := reason(schemas[file], document):
            print(f"{name}: NOT valid, {why} ({file})")
            code = 1
        else:
            valid[file] += 1
    for file, count in valid.items():
        print(f"{count} valid: {file}")
    return code


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and PATH
        sys.exit("usage: schemas.py PATH")
    sys.exit(main(Path(sys.argv[1]) / "schemas"))
