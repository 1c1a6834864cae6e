"""Teams' rich text as runs: what is bold, code or a link stands in the structure, not in the text.

A TextBlock is Markdown, whose escapes phones show or swallow; a TextRun is never parsed. So texts
carry control characters as marks, which nobody can type (`clean` drops them), and `runs` turns
them into TextRuns. Source: learn.microsoft.com, "Format cards in Microsoft Teams".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Json = dict[str, Any]
Inline = str | Json

OPEN, CLOSE, THEN = "\x01", "\x02", "\x03"
STYLES: dict[str, Json] = {
    "b": {"weight": "Bolder"},
    "i": {"italic": True},
    "c": {"fontType": "Monospace"},
}
MARK = re.compile(f"{OPEN}([bic])|{OPEN}l([^{THEN}]*){THEN}|({CLOSE})")
LINES = 2000  # that are remembered: cards are drawn again and again, one line of them changed
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# The one thing alive in a TextRun: clients replace {{DATE(…)}} and {{TIME(…)}}. A word joiner
# between two braces is not seen and ends that. Source: adaptivecards.io, "Text features".
BRACES = re.compile(r"\{(?=\{)")
JOINER = "\u2060"
PERCENT = re.compile(r"(?<=\d) %")  # stays on one line with its number


class Runs:
    """What people typed stays dead text: marks are control characters, which are taken out of it.

    Nothing is parsed later, so a text may hold any sign, and bold may hold a link.
    """

    name = "teams"
    types_home = True

    def escape(self, text: str) -> str:
        """The text without control characters, and with two braces kept apart."""
        return BRACES.sub("{" + JOINER, CONTROL.sub("", text))

    def bold(self, text: str) -> str:
        """Bold."""
        return f"{OPEN}b{text}{CLOSE}"

    def italic(self, text: str) -> str:
        """Italics."""
        return f"{OPEN}i{text}{CLOSE}"

    def code(self, text: str) -> str:
        """Something to type, in the monospaced font."""
        return f"{OPEN}c{text}{CLOSE}"

    def link(self, url: str, text: str) -> str:
        """A link."""
        return f"{OPEN}l{CONTROL.sub('', url)}{THEN}{text}{CLOSE}"

    def mention(self, person: str) -> str:
        """The person's bare id: a run cannot notify, only a card's `Mention` can."""
        return "@" + self.escape(person.partition(":")[2])

    def command(self, words: str) -> str:
        """A mention of the bot, and the words."""
        return f"@Readiness {words}"

    def invitation(self) -> str:
        """What the client calls it: there is no command for it."""
        return f"{self.bold('Add to a team')} on the app's page"


def runs(line: str) -> list[Inline]:
    """One line as inlines, at least one: a bare string where nothing is set, else a TextRun.

    Not to be changed: lines of a card that were drawn before are the same objects.
    """
    return list(_runs(line))


@lru_cache(LINES)
def _runs(line: str) -> list[Inline]:
    found: list[Inline] = []
    line = PERCENT.sub("\u00a0%", line)
    styles: list[Json] = [{}]  # of the marks that are open, each with those around it
    at = 0
    for mark in MARK.finditer(line):
        found += _run(line[at : mark.start()], styles[-1])
        at = mark.end()
        if not mark[3]:
            styles.append(styles[-1] | (STYLES[mark[1]] if mark[1] else _opening(mark[2])))
        elif len(styles) > 1:
            styles.pop()
    found += _run(line[at:], styles[-1])
    return found or [""]


def plain(text: str) -> str:
    """The text without marks, for summaries and other places that show nothing but text.

    Some clients read those as Markdown, so that what looks like a link is kept from being one.
    """
    return MARK.sub("", text).replace("](", f"]{JOINER}(")


def _run(text: str, style: Json) -> list[Inline]:
    if not text:
        return []
    return [{"type": "TextRun", "text": text, **style}] if style else [text]


def _opening(url: str) -> Json:
    return {"selectAction": {"type": "Action.OpenUrl", "url": url}}
