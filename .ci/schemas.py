"""Holds what the project gives to vendors against their own schemas: `schemas.py PATH`.

PATH holds `schemas/`. Prints one line for each document; exit 1 when one is not valid.
"""
# ruff: noqa: INP001, T201 - a script, whose output is its report

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from bot.slack.manifest import manifest

ROOT = Path(__file__).parent.parent
URL = "https://example.org"


def documents() -> Iterator[tuple[str, str, Any]]:
    """What it is called, the file of its schema, and the document."""
    slack = "slack-manifest.schema.json"
    yield "manifest.json", slack, json.loads((ROOT / "manifest.json").read_text("utf-8"))
    yield f"manifest --url {URL}", slack, manifest(URL)


def reason(schema: Any, document: Any) -> str | None:
    """Why the document is not valid; None when it is.

    The schemas are not checked themselves: some hold patterns that Python's `re` refuses.
    """
    error = best_match(Draft7Validator(schema).iter_errors(document))
    return f"{error.json_path}: {error.message}" if error else None


def main(folder: Path) -> int:
    """The exit code."""
    code = 0
    for name, file, document in documents():
        why = reason(json.loads((folder / file).read_text("utf-8")), document)
        print(f"{name}: {f'NOT valid, {why}' if why else 'valid'} ({file})")
        code = 1 if why else code
    return code


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and PATH
        sys.exit("usage: schemas.py PATH")
    sys.exit(main(Path(sys.argv[1]) / "schemas"))
