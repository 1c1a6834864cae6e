"""What people write, made fit to keep: cleaned, measured, checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import urlsplit

from conversations.effects import Refused

NAME_LONGEST = 80
NOTE_LONGEST = 2000
REASON_LONGEST = 300
URL_LONGEST = 500
EVIDENCE_MOST = 5
MARKS_MOST = 30

# Marks that reorder or hide the text around them, and letters without a shape: never needed,
# often abused. Zero-width joiners stay: emoji and several scripts are written with them.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")
LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
SLACK_LINK = re.compile(r"<(https?://[^<|>\s]+)(?:\|[^<>]*)?>", re.IGNORECASE)
PERSON = re.compile(r"@\{([a-z]+:[^{}<>&|\s]+)\}")  # how a platform hands over a mention
QUOTED = {'"': '"', "'": "'", "`": "`", "\u2018": "\u2019", "\u201c": "\u201d", "\u201e": "\u201c",
          "\u00ab": "\u00bb"}  # fmt: skip


def clean(text: str) -> str:
    """The text in NFC, without control characters (but newline and tab) and hidden marks."""
    visible = _kept(INVISIBLE.sub("", LINE_ENDS.sub("\n", text)))
    return unicodedata.normalize("NFC", "".join(visible)).strip()


def _kept(text: str) -> Iterator[str]:
    """Characters worth keeping.

    Marks piled up on one letter end at thirty (Unicode's stream-safe text, UAX #15): normalising
    takes the square of their number.
    """
    pile = 0
    for char in text:
        pile = pile + 1 if unicodedata.combining(char) else 0
        if pile <= MARKS_MOST and (char in "\n\t" or unicodedata.category(char) != "Cc"):
            yield char


def fold(name: str) -> str:
    """The key of a service: `Search Assistant` and `search_assistant` are `search-assistant`."""
    lower = clean(JOINERS.sub("", clean(name)).casefold())
    return re.sub(r"[\s_-]+", "-", lower).strip("-")


def service_name(text: str) -> str:
    """A service's name on one line, 1 to 80 characters. Raises Refused("service_name")."""
    name = _unquoted(" ".join(clean(text).split()))
    if not name or len(name) > NAME_LONGEST or not re.search(r"\w", fold(name)):
        raise Refused("service_name", longest=NAME_LONGEST)
    if re.search(r"[<>@#|{}]", name):
        raise Refused("service_name_signs")
    return name


def _unquoted(name: str) -> str:
    """The name without the quotes around it; quotes that are part of it stay."""
    while len(name) > 1 and QUOTED.get(name[0]) == name[-1] and name[-1] not in name[1:-1]:
        name = name[1:-1].strip()
    return name


def note(text: str) -> str:
    """A note, at most 2,000 characters; may be empty. Raises Refused."""
    cleaned = clean(text)
    if len(cleaned) > NOTE_LONGEST:
        raise Refused("note_too_long", longest=NOTE_LONGEST)
    return cleaned


def reason(text: str) -> str:
    """The reason for N/A: 1 to 300 characters. Raises Refused."""
    cleaned = clean(text)
    if not cleaned:
        raise Refused("reason_empty")
    if len(cleaned) > REASON_LONGEST:
        raise Refused("reason_too_long", longest=REASON_LONGEST)
    return cleaned


def evidence_url(text: str) -> str:
    """An http(s) address of at most 500 characters that says what it is.

    Refused: anything that two programs may read differently (white space, backslashes, quotes,
    angle brackets, a user name before the host), since people will click it.
    """
    found = SLACK_LINK.fullmatch(text.strip())
    url = found[1] if found else text.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise Refused("evidence_url") from None
    odd = re.search(r"[\s\\<>|\"'`{}^]", url) or not url.isprintable() or clean(url) != url
    if odd or len(url) > URL_LONGEST or parts.scheme.lower() not in {"http", "https"}:
        raise Refused("evidence_url")
    if "@" in parts.netloc or not _host_is_clear(host or "", parts.netloc):
        raise Refused("evidence_url")
    return url


def and_more(names: Sequence[str]) -> str:
    """The names, two at most: "Ana", "Ana and Ben", "Ana and 4 more"; empty for none."""
    if len(names) > 2:  # noqa: PLR2004 - said above
        return f"{names[0]} and {len(names) - 1} more"
    return " and ".join(names)


def _host_is_clear(host: str, netloc: str) -> bool:
    """Whether it is an IPv6 address, or labels with dots between that have one reading."""
    if netloc.startswith("["):
        return re.fullmatch(r"\[[^\]]+\](?::\d*)?", netloc) is not None and _is_address(host)
    labels = re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.?", host)
    return labels is not None and unicodedata.normalize("NFKC", host) == host


def _is_address(host: str) -> bool:
    try:
        return bool(IPv6Address(host))
    except AddressValueError:
        return False
