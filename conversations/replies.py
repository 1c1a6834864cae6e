"""Plain replies in a review's thread. People also talk there: only whole answers are taken.

An answer is a verdict, alone or behind the numbers of checks, with links or, after `because`,
a colon or a dash, a note. "no, I think Ben knows" is talk; "no - planned" is an answer.

Read in steps, each linear in the text: anybody in the channel may send forty thousand characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversations.review import Verdict
from conversations.text import SLACK_LINK, clean, evidence_url, note, reason

MOST_POSITIONS = 100  # of a range; no layer has so many checks, so a longer one is refused anyway


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A verdict, and the checks that it is on.

    Those at these positions of the current layer, those by number (layer, position), or, with
    neither, the check being asked. `note` empty: none given.
    """

    verdict: Verdict
    positions: tuple[int, ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()
    note: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteText:
    """A note for the check answered last."""

    text: str


@dataclass(frozen=True, slots=True)
class EvidenceUrls:
    """Links for the check answered last."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkipReply:
    """Put off the check being asked, or the rest of the layer."""

    layer: bool


@dataclass(frozen=True, slots=True)
class StillTrue:
    """What the current layer carries over from last time still holds."""


Reply = Verdicts | NoteText | EvidenceUrls | SkipReply | StillTrue

WORDS = {
    Verdict.NOT_APPLICABLE: ("not applicable", "n / a", "n/a", "na"),
    Verdict.UNKNOWN: (
        "i don't know", "i dont know", "don't know", "dont know", "dunno", "unknown", "not sure",
    ),
    Verdict.UNMET: ("not yet", "not met", "unmet", "nope", "no"),
    Verdict.PARTLY: ("partially", "partly", "partial"),
    Verdict.MET: ("yes", "yep", "met", "done"),
}  # fmt: skip
VERDICT_OF = {word: verdict for verdict, words in WORDS.items() for word in words}
SKIPS = {"skip", "skip it", "skip this", "skip check", "skip this check", "skip this one"}
SKIP_LAYERS = {"skip layer", "skip the layer", "skip this layer"}
STILL = {"still true", "still", "unchanged"}

_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02b9\u02bc\u2032\u00b4`\uff07"), "'")
_DASH = "\u2010\u2011\u2012\u2013\u2014-"  # the last one last: it makes ranges
_MARKS = " .,!?;:\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb()[]*_~\u00a1\u00bf"
_PICTURES = "\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d"
_EMOJI = re.compile(r":[\w+'-]{1,60}:|(?<!\S)[:;=]-?[()DPpO](?!\S)")
_BEFORE = re.compile(rf"(?:{_EMOJI.pattern}|[{re.escape(_MARKS)}{_PICTURES}])*")
_WHICH = re.compile(rf"(?P<which>\d[\d .,{_DASH}]*)(?P<apart>[:) ]*)[{re.escape(_MARKS)}]*")
_WORD = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(VERDICT_OF, key=len, reverse=True)))})(?![^\W_])",
    re.IGNORECASE | re.ASCII,  # not "ye\u017f", which Unicode's rules take for "yes"
)
_AFTER = re.compile(r"[*_~\"'`\u201d\u2019\u00bb)\]]*(?: ?:[\w+'-]{1,60}:(?= ))*")
_NOTE_BEGINS = re.compile(
    rf": ?| : | [{_DASH}]+(?: |$)| ?\u2014 ?|,? ?(?=because\b)", re.IGNORECASE
)
_LINK_BEGINS = re.compile(r"[ ,.;!(]+")
_BECAUSE = re.compile(r"because\b(?! of\b)[ :,]*", re.IGNORECASE)
_MAILTO = re.compile(r"<(?:mailto|tel):[^<>|]*\|([^<>]*)>")
_SPOKEN = re.compile(r"[^\W_]")
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_LINK = re.compile(
    r"https?:|[a-z][a-z0-9+.-]{0,20}://|(?:java|vb)script:|data:[a-z]+/", re.IGNORECASE
)
_RANGE = re.compile(rf"(\d{{1,3}})(?:[{_DASH}](\d{{1,3}}))?")
_NUMBERS = re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})(?:[{_DASH}](?:(\d{{1,2}})\.)?(\d{{1,2}}))?")

Numbers = tuple[tuple[int, int], ...]


def parse_reply(text: str) -> Reply | None:
    """The answer in a message; None when people are just talking.

    Raises Refused where an answer is meant but its link or note cannot be taken.
    """
    said = _MAILTO.sub(r"\1", SLACK_LINK.sub(r"\1", clean(text)))
    if found := re.match(r"note(?:\s*:\s*|\s+)(\S.*)", said, re.IGNORECASE | re.DOTALL):
        return NoteText(note(found[1]))
    if urls := _only_urls(said):
        return EvidenceUrls(urls)
    line = " ".join(said.split())
    before = _BEFORE.match(line)
    start = line[before.end() :] if before else line
    if _bare(start) in STILL:
        return StillTrue()
    return _skip(start) if start[:4].lower() == "skip" else _answer(start)


def _only_urls(text: str) -> tuple[str, ...]:
    tokens = [_trimmed(token) for token in text.split()]
    if not tokens or not all(_HTTP.match(token) for token in tokens):
        return ()
    return tuple(dict.fromkeys(evidence_url(token) for token in tokens))


def _skip(start: str) -> SkipReply | None:
    words = _bare(start)
    return SkipReply(layer=words in SKIP_LAYERS) if words in SKIPS | SKIP_LAYERS else None


def _bare(start: str) -> str:
    """The words alone, lower case, without emoji and the marks around them."""
    return _EMOJI.sub(" ", start).strip(_MARKS).lower()


def _answer(start: str) -> Verdicts | None:
    positions: tuple[int, ...] = ()
    numbers: Numbers = ()
    if found := _WHICH.match(start):
        positions, numbers = _which(found["which"])
        apart = found["apart"] or not found["which"][-1].isdigit()
        if not apart or not (positions or numbers):
            return None
        start = start[found.end() :]
    word = _WORD.match(start.translate(_APOSTROPHES))
    added = _added(start[word.end() :]) if word else None
    if word is None or added is None:
        return None
    verdict, (text, urls) = VERDICT_OF[word[0].lower()], added
    kept = reason(text) if text and verdict is Verdict.NOT_APPLICABLE else note(text)
    return Verdicts(verdict, positions, numbers, kept, urls)


def _which(text: str) -> tuple[tuple[int, ...], Numbers]:
    """Positions ("1-4", "1, 3-5") or numbers ("2.6", "2.1-2.4").

    Neither where it reads as something else, such as a date.
    """
    joined = re.sub(rf" ?([{_DASH}]) ?", r"\1", text)
    parts = [part.strip(f".{_DASH}") for part in re.split(r"[, ]+", joined)]
    parts = [part for part in parts if part][:MOST_POSITIONS]
    ranged = [_RANGE.fullmatch(part) for part in parts]
    if all(ranged):
        found = [at for it in ranged if it for at in _between(int(it[1]), int(it[2] or it[1]))]
        return tuple(dict.fromkeys(found))[:MOST_POSITIONS], ()
    numbered = [_NUMBERS.fullmatch(part) for part in parts]
    if all(numbered):
        pairs = [pair for it in numbered if it for pair in _pairs(*it.groups())]
        return (), tuple(dict.fromkeys(pairs))[:MOST_POSITIONS]
    return (), ()


def _pairs(layer: str, first: str, other: str | None, last: str | None) -> Numbers:
    """The checks of "2.1-2.4" or "2.1-4"; none of a range over two layers, which is unclear."""
    if other not in {None, layer}:
        return ()
    return tuple((int(layer), at) for at in _between(int(first), int(last or first)))


def _between(first: int, last: int) -> range:
    step = 1 if last >= first else -1
    return range(first, last + step, step)


def _added(tail: str) -> tuple[str, tuple[str, ...]] | None:
    """The note and the links behind a verdict; None where they make the whole message talk.

    Raises Refused for a link that is not http(s).
    """
    after = _AFTER.match(tail)
    tail = tail[after.end() :] if after else tail
    if not _SPOKEN.search(_EMOJI.sub(" ", tail)):
        return "", ()
    begins = _NOTE_BEGINS.match(tail) or _LINK_BEGINS.match(tail)
    words = tail[begins.end() :].split() if begins else []
    linked = [_LINK.match(_trimmed(word)) is not None for word in words]
    if begins is None or (begins.re is _LINK_BEGINS and not linked[0]):
        return None
    links = [evidence_url(_trimmed(word)) for word, is_link in zip(words, linked) if is_link]
    text = " ".join(word for word, is_link in zip(words, linked) if not is_link)
    text = text.lstrip(f" :;,{_DASH}")
    if because := _BECAUSE.match(text):
        text = text[because.end() :]
    return (text if _SPOKEN.search(text) else ""), tuple(dict.fromkeys(links))


def _trimmed(token: str) -> str:
    """A link without the punctuation of the sentence around it."""
    bare = token.lstrip("<([\"'\u201c\u2018")
    return bare.rstrip(">.,;:!?'\"\u201d\u2019]" + ("" if "(" in bare else ")"))
