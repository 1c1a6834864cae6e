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
    """A verdict on the checks at these positions of the current layer, on checks by number

    (layer, position), or, with neither, on the check being asked. `note` empty: none given.
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


Reply = Verdicts | NoteText | EvidenceUrls | SkipReply

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

_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4\u0060\uff07"), "'")
_DASH = "-\u2010\u2011\u2012\u2013\u2014"
_AROUND = " \t\n\u00a0.,!?;:\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb()[]{}*_~\u00a1\u00bf"
_EMOJI = re.compile(r":[\w+'-]{1,60}:|(?<!\S)[:;=]-?[()DPpO](?!\S)")
_OPENING = re.compile(rf"(?::[\w+'-]{{1,60}}:|[{re.escape(_AROUND)}]|[^\w\s<@#&/\\{_DASH}])*")
_WHICH = re.compile(rf"(\d[\d\s.,{_DASH}]*)([:)\s]*)")
_LONGEST_FIRST = sorted(VERDICT_OF, key=len, reverse=True)
_WORD = re.compile(
    rf"(?:{'|'.join(re.escape(it).replace(chr(92) + ' ', ' +') for it in _LONGEST_FIRST)})(?!\w)",
    re.IGNORECASE | re.ASCII,  # not "ye\u017f", which Unicode's rules take for "yes"
)
_MAILTO = re.compile(r"<(?:mailto|tel):[^<>|]*\|([^<>]*)>")
_LINK = re.compile(r"https?:", re.IGNORECASE)
_ALIEN = re.compile(r"[a-z][a-z0-9+.-]{0,20}://|(?:javascript|data|file|vbscript):", re.IGNORECASE)
_BEFORE_NOTE = re.compile(
    rf"\s*:\s+|:(?=\S)|\s+[{_DASH}]+\s+|\s*\u2014\s*|\s*,?\s*(?=because\b)", re.IGNORECASE
)
_BECAUSE = re.compile(r"because\b(?!\s+of\b)[\s:,]*", re.IGNORECASE)
_RANGE = re.compile(rf"(\d{{1,3}})(?:[{_DASH}](\d{{1,3}}))?")
_NUMBERS = re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})(?:[{_DASH}](?:(\d{{1,2}})\.)?(\d{{1,2}}))?")


def parse_reply(text: str) -> Reply | None:
    """The answer in a message; None when people are just talking.

    Raises Refused where an answer is meant but its link or note cannot be taken.
    """
    said = _MAILTO.sub(r"\1", SLACK_LINK.sub(r"\1", clean(text)))
    if found := re.match(r"note(?:\s*:\s*|\s+)(\S.*)", said, re.IGNORECASE | re.DOTALL):
        return NoteText(note(found[1]))
    if urls := _only_urls(said):
        return EvidenceUrls(urls)
    opening = _OPENING.match(said)
    start = said[opening.end() if opening else 0 :]
    if start[:4].casefold() == "skip":
        return _skip(start)
    return _answer(start)


def _skip(start: str) -> SkipReply | None:
    words = " ".join(_EMOJI.sub(" ", start).strip(_AROUND).casefold().split())
    if words in SKIPS or words in SKIP_LAYERS:
        return SkipReply(layer=words in SKIP_LAYERS)
    return None


def _only_urls(text: str) -> tuple[str, ...]:
    tokens = [_trimmed(token) for token in text.split()]
    if not tokens or not all(_LINK.match(token) for token in tokens):
        return ()
    return tuple(dict.fromkeys(evidence_url(token) for token in tokens))


def _answer(start: str) -> Verdicts | None:
    positions: tuple[int, ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()
    if found := _WHICH.match(start):
        positions, numbers = _which(found[1])
        apart = found[2] or not found[1][-1].isdigit()
        if not (positions or numbers) or not apart:
            return None
        start = start[found.end() :].lstrip(_AROUND)
    word = _WORD.match(start.translate(_APOSTROPHES))
    if not word:
        return None
    tail = start[word.end() :].lstrip("*_~\"'`\u201d\u2019\u00bb)]")
    said = _note_and_urls(tail)
    if said is None:
        return None
    verdict = VERDICT_OF[" ".join(word[0].lower().split())]
    text, urls = said
    text = reason(text) if verdict is Verdict.NOT_APPLICABLE and text else note(text)
    return Verdicts(verdict, positions, numbers, text, urls)


def _which(text: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Positions ("1-4", "1, 3-5") or numbers ("2.6", "2.1-2.4"); neither where it reads as

    something else, such as a date.
    """
    joined = re.sub(rf" ?([{_DASH}]) ?", r"\1", " ".join(text.split()))
    parts = [part.strip(f".{_DASH}") for part in re.split(r"[,\s]+", joined)]
    parts = [part for part in parts if part][:MOST_POSITIONS]
    numbered = [_NUMBERS.fullmatch(part) for part in parts]
    ranged = [_RANGE.fullmatch(part) for part in parts]
    if all(numbered):
        pairs = [pair for it in numbered if it for pair in _numbers(it)]
        return (), tuple(dict.fromkeys(pairs))[:MOST_POSITIONS]
    if all(ranged):
        positions = [at for it in ranged if it for at in _between(int(it[1]), int(it[2] or it[1]))]
        return tuple(dict.fromkeys(positions))[:MOST_POSITIONS], ()
    return (), ()


def _numbers(found: re.Match[str]) -> list[tuple[int, int]]:
    layer, first, last_layer, last = found[1], found[2], found[3] or found[1], found[4] or found[2]
    if last_layer != layer:
        return [(int(layer), int(first)), (int(last_layer), int(last))]
    return [(int(layer), at) for at in _between(int(first), int(last))]


def _between(first: int, last: int) -> range:
    step = 1 if last >= first else -1
    return range(first, last + step, step)


def _note_and_urls(tail: str) -> tuple[str, tuple[str, ...]] | None:
    """What follows a verdict, as note and links; None where it makes the whole thing talk.

    Raises Refused for a link of another kind than http(s).
    """
    if not re.search(r"\w", _EMOJI.sub(" ", tail)):
        return "", ()
    tail = re.sub(r"(?:\s*:[\w+'-]{1,60}:)++(?=\s)", "", tail, count=1) if tail else tail
    first = tail.split(maxsplit=1)[0]
    spaced = not tail[0].isalnum()
    meant = spaced and _is_link(_trimmed(tail.lstrip(_AROUND).split(maxsplit=1)[0] or first))
    found = _BEFORE_NOTE.match(tail)
    if not meant and not found:
        return None
    text = tail[found.end() :] if found and not meant else tail
    words = text.split()
    links = [_trimmed(word) for word in words if _is_link(_trimmed(word))]
    kept = " ".join(word for word in words if not _is_link(_trimmed(word))).strip(" ,;")
    kept = _BECAUSE.sub("", kept.lstrip(f" :;,{_DASH}"), count=1) if re.search(r"\w", kept) else ""
    return kept, tuple(dict.fromkeys(evidence_url(link) for link in links))


def _is_link(token: str) -> bool:
    """Whether a word is a link, also one that is none for a browser: `ftp://x`, `javascript:x`."""
    return bool(_LINK.match(token) or _ALIEN.match(token))


def _trimmed(token: str) -> str:
    """A link without the punctuation of the sentence around it."""
    bare = token.lstrip("<([\"'\u201c\u2018").rstrip(">.,;:!?'\"\u201d\u2019]")
    return bare.rstrip(").,") if "(" not in bare else bare
