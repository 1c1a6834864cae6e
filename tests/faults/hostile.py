"""Hostile bodies: what is signed, and still nothing that Slack or Teams would send.

Everything follows from the `random.Random` that is given, so a body can be made again.
"""

import copy
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

Json = dict[str, Any]
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
WORDS = (
    "", " ", "\u0000", "\ud800", "\u202e", "\ufeff", "null", "undefined", "NaN", "-1", "1e400",
    "9" * 400, "a" * 5000, "ü" * 3000, "<!channel>", "<@U0BEN>", "{{7*7}}", "${jndi:ldap://x}",
    "'; DROP TABLE answer; --", "../../etc/passwd", "give|x|y|met|0", "form:edit|||", "|" * 300,
    "start x", "status", "1.1 yes", "9.9 no: x", "1-8 yes", "note x", "https://a.example/?b=<c>",
    "T0OTHER", "U0ANA", "C0SEARCH", "1795577170.196", "1e5.1", "message", "block_actions",
)  # fmt: skip
TYPES = (
    JSON, FORM, "text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=nonsense", "", "application/json;;;=", "*/*",
)  # fmt: skip


ONCE = ("trigger_id", "ts", "action_ts", "event_ts", "event_id")


@dataclass(frozen=True)
class Sent:
    """A body, and what it claims to be."""

    body: bytes
    content_type: str


def odd(chance: random.Random, depth: int = 3) -> Any:
    """Any value of JSON, and some that it has not."""
    pick = chance.randrange(12 if depth else 8)
    if pick < 4:
        return chance.choice(WORDS)
    if pick < 6:
        return chance.choice((None, True, False, 0, -1, 7, 2**63, -(2**70), 1.5, 1e308))
    if pick == 6:
        return chance.choice((float("nan"), float("inf"), [], {}, [[]], {"": ""}))
    if pick == 7:
        return "".join(chr(chance.randrange(1, 0x11000)) for _ in range(chance.randrange(40)))
    if pick < 10:
        return [odd(chance, depth - 1) for _ in range(chance.randrange(5))]
    return {str(chance.choice(WORDS)): odd(chance, depth - 1) for _ in range(chance.randrange(5))}


def fresh(chance: random.Random, payload: Json) -> Json:
    """The same, done once more: no bot has seen its ids."""
    stamp = f"{int(time.time())}.{chance.randrange(10**6):06}"

    def renew(value: Any) -> Any:
        if isinstance(value, list):
            return [renew(it) for it in value]
        if not isinstance(value, dict):
            return value
        return {key: stamp if key in ONCE else renew(it) for key, it in value.items()}

    made: Json = renew({key: it for key, it in payload.items() if key not in {"message", "view"}})
    made |= {key: copy.deepcopy(payload[key]) for key in ("message", "view") if key in payload}
    for within in (made, made.get("view", {})):
        if "id" in within:
            within["id"] = stamp
    return made


def mutated(chance: random.Random, payload: Any) -> Any:
    """The payload with some of its entries missing, doubled, or another thing altogether."""
    changed = fresh(chance, payload) if chance.random() < 0.7 else copy.deepcopy(payload)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        ways = list(_ways(changed))
        if not ways:
            break
        within, key = chance.choice(ways)
        match chance.randrange(6):
            case 0:
                del within[key]
            case 1 if isinstance(within, list):
                within.append(copy.deepcopy(within[key]))
            case 2 if isinstance(within, dict):
                within[str(chance.choice(WORDS))] = within.pop(key)
            case 3 if isinstance(within[key], str):
                within[key] = _cut(chance, within[key])
            case _:
                within[key] = odd(chance)
    return changed


def _ways(value: Any, depth: int = 6) -> Any:
    """Every place in it: the object or list, and the key. Blocks nobody reads are left out."""
    entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, inner in entries:
        yield value, key
        if depth and isinstance(inner, dict | list) and key != "blocks":
            yield from _ways(inner, depth - 1)


def _cut(chance: random.Random, text: str) -> str:
    """The text with something in its middle."""
    at = chance.randrange(len(text) + 1)
    return text[:at] + str(chance.choice(WORDS)) + text[at + chance.randrange(4) :]


def deep(chance: random.Random) -> bytes:
    """Nested further than anybody reads."""
    times = chance.choice((100, 1_000, 20_000, 100_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return opening * times + b"1" + closing * (times if chance.random() < 0.5 else 0)


def broken(chance: random.Random, raw: bytes) -> bytes:
    """Bytes with some changed, missing or doubled: no JSON, no UTF-8, no percent-encoding."""
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0:
                changed[at : at + chance.randrange(6)] = b""
            case 1:
                changed[at:at] = chance.choice((b"\xff", b"\xed\xa0\x80", b"%", b"%zz", b"%ff"))
            case 2:
                changed[at:at] = chance.choice((b'"', b"\\", b"{", b"&", b"=", b"\x00", b"\\u"))
            case 3:
                del changed[at:]
            case _:
                changed[at:at] = chance.randbytes(4)
    return bytes(changed)


def dumped(chance: random.Random, payload: Any) -> bytes:
    """JSON, written in one way or the other."""
    ascii_only = chance.random() < 0.5
    return json.dumps(payload, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


def slack_body(chance: random.Random, genuine: dict[str, Json]) -> Sent:
    """What comes in by Slack's door. `genuine`: a payload of each kind that it sends."""
    kind = chance.choice(sorted(genuine))
    payload = mutated(chance, genuine[kind]) if chance.random() < 0.9 else odd(chance)
    if kind == "command" and isinstance(payload, dict):
        fields = {str(key): str(it) for key, it in payload.items()}
        sent = Sent(urlencode(fields, errors="surrogatepass").encode(), FORM)
    elif kind in {"press", "form button", "form", "shortcut"}:
        text = dumped(chance, payload)
        sent = Sent(b"payload=" + quote_plus(text).encode(), FORM)
    else:
        sent = Sent(dumped(chance, payload), JSON)
    return _worse(chance, sent)


def _worse(chance: random.Random, sent: Sent) -> Sent:
    """Mostly the same; sometimes no body of that kind any more."""
    pick = chance.random()
    if pick < 0.72:
        return sent
    if pick < 0.90:
        return Sent(broken(chance, sent.body), sent.content_type)
    if pick < 0.93:
        return Sent(sent.body, chance.choice(TYPES))
    if pick < 0.95:
        form = chance.random() < 0.5
        return Sent(b"payload=" + deep(chance) if form else deep(chance), FORM if form else JSON)
    if pick < 0.999:
        return Sent(chance.randbytes(chance.randrange(200)), chance.choice(TYPES))
    return Sent(b" " * chance.randrange(900_000, 1_200_000) + sent.body, sent.content_type)


def teams_body(chance: random.Random, genuine: Sequence[Json]) -> bytes:
    """What comes in by Teams' door, told the same way."""
    activity = chance.choice(genuine)
    payload = mutated(chance, activity) if chance.random() < 0.9 else odd(chance)
    return _worse(chance, Sent(dumped(chance, payload), JSON)).body


def request_line(chance: random.Random) -> bytes:
    """A raw request to any of the doors, with odd method, path, version, headers."""
    methods = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT",
               b"PATCH", b"get", b"G\x00T", b"FOO", b"", b"\xff", b"A" * 9000)  # fmt: skip
    paths = (b"/healthz", b"/readyz", b"/metrics", b"/slack/events", b"/api/messages", b"/", b"*",
             b"//healthz", b"/healthz/", b"/healthz?" + b"a=1&" * 500, b"/%2e%2e/%2e%2e/etc/passwd",
             b"/metrics%00", b"/\xff\xfe", b"/" + b"a" * 9000, b"http://x/healthz", b"x:80",
             b"/healthz#x", b"/%zz", b"/metrics;x=1")  # fmt: skip
    headers = (b"Content-Length: -1", b"Content-Length: 5", b"Content-Length: 99999999999999999999",
               b"Content-Length: x", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip",
               b"Content-Encoding: gzip", b"Content-Encoding: br", b"Expect: 100-continue",
               b"Expect: nonsense", b"Host: ", b"Host: \xff", b"Connection: upgrade",
               b"Upgrade: websocket", b"Range: bytes=0-", b"Cookie: " + b"a=1; " * 900,
               b"X: " + b"a" * 9000, b"no colon", b": empty", b"Accept-Encoding: \x01",
               b"Content-Type: \xff/\xff", b"Authorization: Bearer " + b"a." * 300,
               b"X-Slack-Request-Timestamp: 1e9", b"X-Slack-Signature: v0=\xe9")  # fmt: skip
    some = chance.sample(headers, chance.randrange(4))
    version = chance.choice((b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b""))
    method = b"GET" if chance.random() < 0.4 else chance.choice(methods)
    path = chance.choice(paths[:5]) if chance.random() < 0.5 else chance.choice(paths)
    first = b" ".join((method, path, version))
    ends = chance.choice((b"\r\n", b"\r\n", b"\n"))
    body = chance.choice((b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"\x1f\x8b\x08"))
    lines = [first, b"Host: x", b"Connection: close", *some]
    return ends.join(lines) + ends + ends + body
