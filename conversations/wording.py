"""Words: Jinja macros, one file a subject, written in the dialect of the platform.

Every value a template prints is escaped by the dialect unless it is Safe already, so that what
people typed stays dead text. A missing value is an error, never an empty string.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

KNOWN = 5000  # lines that are remembered
TEMPLATES = Path(__file__).parent / "templates"


class Safe(str):
    """A text in some dialect, escaped already."""

    __slots__ = ()


class Dialect(Protocol):
    """How a platform writes rich text. All arguments but `escape`'s are escaped already."""

    name: str
    types_home: bool  # whether people ask for their own page by a word, having no place to open it

    def escape(self, text: str) -> str:
        """The text with everything disarmed that the platform would bring to life."""

    def bold(self, text: str) -> str:
        """The text in bold."""

    def italic(self, text: str) -> str:
        """The text in italics."""

    def code(self, text: str) -> str:
        """Something to type."""

    def link(self, url: str, text: str) -> str:
        """A link; the address is a checked http(s) URL."""

    def mention(self, person: str) -> str:
        """A mention of a person id, which notifies that person."""

    def command(self, words: str) -> str:
        """What somebody types so that the bot does `words`; both not escaped."""

    def invitation(self) -> str:
        """How the bot is taken into a channel, as the end of "with …"."""


class Plain:
    """Text without any mark-up: transcripts, summaries, terminals."""

    name = "plain"
    types_home = False

    def escape(self, text: str) -> str:
        """The text as it is."""
        return text

    bold = italic = code = escape

    def link(self, url: str, text: str) -> str:
        """The text and, in brackets, the address."""
        return f"{text} ({url})"

    def mention(self, person: str) -> str:
        """The person's bare id."""
        return "@" + person.partition(":")[2]

    def command(self, words: str) -> str:
        """The command as it is typed in most places."""
        return f"/readiness {words}"

    def invitation(self) -> str:
        """The command that invites."""
        return "/invite @Readiness"


class Wording:
    """The macros of `templates/`, in one dialect.

    `known` is `say` with a memory, for lines that are drawn again and again: their facts have to
    be hashable, and all that they depend on.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._environment = _environment(dialect)
        self._modules: dict[str, Any] = {}
        self.known = lru_cache(KNOWN)(self.say)

    def say(self, words: str, **facts: Any) -> Safe:
        """The text of `words` ("refusals.finished": file and macro) with its facts.

        Raises UndefinedError for a fact that the macro needs and did not get.
        """
        file, _, macro = words.partition(".")
        module = self._modules.get(file)
        if module is None:
            module = self._modules[file] = self._environment.get_template(f"{file}.j2").module
        return Safe(str(getattr(module, macro)(**facts)).strip())

    def plain(self, text: str) -> Safe:
        """Somebody's words, escaped."""
        return Safe(self.dialect.escape(text))


def _environment(dialect: Dialect) -> Environment:
    def finalize(value: Any) -> str:
        return value if isinstance(value, Safe) else dialect.escape(str(value))

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=finalize,
        autoescape=False,  # noqa: S701 - not HTML: `finalize` escapes for the chat's own dialect
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "b": lambda value: Safe(dialect.bold(finalize(value))),
        "i": lambda value: Safe(dialect.italic(finalize(value))),
        "code": lambda value: Safe(dialect.code(finalize(value))),
        "link": lambda text, url: Safe(dialect.link(url, finalize(text))),
        "mention": lambda person: Safe(dialect.mention(person)),
        "command": dialect.command,
    }
    environment.globals["invitation"] = Safe(dialect.invitation())
    return environment
