"""Mentions in a card, which notify. Source: learn.microsoft.com, "Format cards in Microsoft Teams".

Only a TextBlock can hold one, which is Markdown: of names nothing but letters is left there.
"""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
People = tuple[tuple[str, str], ...]  # person id and name
NOT_NAME = re.compile(r"[^\w .'-]|_|\.(?=\S)")  # nor what would be a link: "example.org"


def line(lead: str, people: People) -> Json:
    """The line of the card in which they are mentioned."""
    text = ", ".join(f"<at>{called}</at>" for _, called in _called(people))
    return {"type": "TextBlock", "text": f"{lead} {text}", "wrap": True, "spacing": "Small"}


def entities(people: People) -> list[Json]:
    """Whom the mentions of that line mean."""
    return [
        {
            "type": "mention",
            "text": f"<at>{called}</at>",
            "mentioned": {"id": person.partition(":")[2], "name": called},
        }
        for person, called in _called(people)
    ]


def letters(name: str) -> str:
    """The letters of a name, for where a client would read marks; may be empty."""
    return " ".join(NOT_NAME.sub(" ", name).split())


def _called(people: People) -> list[tuple[str, str]]:
    """What each person is called in a mention: different for everybody, and never mark-up."""
    found: dict[str, str] = {}
    for person, name in people:
        first = letters(name) or "owner"
        called, number = first, 1
        while called in found:
            number += 1
            called = f"{first} {number}"
        found[called] = person
    return [(person, called) for called, person in found.items()]
