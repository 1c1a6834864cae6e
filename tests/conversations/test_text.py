"""What people write, made fit to keep: what is cleaned away, what is refused, what stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.effects import Refused
from conversations.text import (
    NAME_LONGEST,
    URL_LONGEST,
    clean,
    evidence_url,
    fold,
    note,
    reason,
    service_name,
)


def refusal(read, text: str) -> str:
    with pytest.raises(Refused) as refused:
        read(text)
    return refused.value.words


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\x00b", "ab"),
        ("\x1b[31mred\x07", "[31mred"),
        ("abc\u202edef", "abcdef"),
        ("\u2066a\u2069", "a"),
        ("a\u200bb\ufeff", "ab"),
        ("pass\u00adword", "password"),
        ("a\U000e0041\U000e0042", "a"),  # tags: text that nobody sees
        ("\ud800x", "x"),  # half a character, which no database takes
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("a\tb", "a\tb"),
        ("  a  ", "a"),
        ("e\u0301", "é"),
        ("👩\u200d💻", "👩\u200d💻"),  # a joiner is part of the picture
        ("{{7*7}} <!channel> <@U1> & \\", "{{7*7}} <!channel> <@U1> & \\"),
        ("", ""),
    ],
)
def test_clean_takes_away_what_hides_or_reorders_and_nothing_else(written, kept):
    assert clean(written) == kept


@given(st.text())
def test_cleaning_is_done_once_and_for_all(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\x00" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()  # no half characters


@pytest.mark.parametrize(
    "name",
    ["Search Assistant", "search-assistant", "SEARCH_ASSISTANT", " search -_ assistant ",
     "search\u200b-assistant", "\u202esearch-assistant", "search\nassistant", "_search-assistant_"],
)  # fmt: skip
def test_names_of_one_service_fold_to_one_key(name):
    assert fold(name) == "search-assistant"


@given(st.text())
def test_folding_twice_is_folding_once(name):
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("search", "search"),
        ("  Search\n Assistant ", "Search Assistant"),
        ("'search'", "search"),
        ("“Search Assistant”", "Search Assistant"),
        ("`search`", "search"),
        ('"Ana\'s bot"', "Ana's bot"),
        ("Ana’s bot", "Ana’s bot"),
        ('bot "beta"', 'bot "beta"'),
        ("R&D / search (v2) 100%", "R&D / search (v2) 100%"),
        ("a\x00\u202eb", "ab"),
        ("x" * NAME_LONGEST, "x" * NAME_LONGEST),
        ("поиск", "поиск"),
        ("7", "7"),
    ],
)
def test_a_service_name_is_one_line_of_plain_text(written, name):
    assert service_name(written) == name


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "service_name"),
        (" \n ", "service_name"),
        ("--__--", "service_name"),
        ("!!!", "service_name"),
        ("''", "service_name"),
        ("\u202e\x00", "service_name"),
        ("\u3164", "service_name"),  # a letter without a shape
        ("x" * (NAME_LONGEST + 1), "service_name"),
        ("<!channel>", "service_name_signs"),
        ("<@U1>", "service_name_signs"),
        ("#general a", "service_name_signs"),
        ("a|b", "service_name_signs"),
        ("{{7*7}}", "service_name_signs"),
        ("a > b", "service_name_signs"),
    ],
)
def test_what_is_no_service_name_is_refused_with_one_line(written, words):
    assert refusal(service_name, written) == words


@given(st.text(max_size=120))
def test_a_name_once_taken_is_taken_again_unchanged(text):
    """So that a name shown on a card can be typed back."""
    try:
        name = service_name(text)
    except Refused:
        return
    assert 1 <= len(name) <= NAME_LONGEST
    assert fold(service_name(name)) == fold(name)


@pytest.mark.parametrize(
    "url",
    [
        "https://wiki.example/evals",
        "http://localhost:3000/d/1?a=b&c=d#e",
        "HTTPS://Wiki.Example",
        "https://wiki.example/a_(b)",
        "https://wiki.example/@ana",
        "https://пример.рф/путь",
        "https://xn--e1afmkfd.xn--p1ai/",
        "http://[::1]:8080/x",
        "https://x.example:65535",
        "https://x.example/?q=%00%0A%20",
        "https://x.example/" + "x" * (URL_LONGEST - 18),
    ],
)
def test_http_addresses_are_evidence(url):
    assert evidence_url(url) == url
    assert evidence_url(f" <{url}|shown as this> ") == url


@pytest.mark.parametrize(
    "url",
    [
        "", " ", "x.example", "//x.example", "https://", "https:///x", "http:x.example",
        "javascript:alert(1)", "JavaScript://x.example/%0aalert(1)", "data:text/html,x",
        "ftp://x.example", "file:///etc/passwd", "mailto:a@b.example", "slack://open",
        "https://user@x.example", "https://user:word@x.example", "https://@x.example",
        "https://x.example\\@evil.example", "https://x.example\\", "https://x.example/a\nb",
        "https://x.example/a b", "https://x.example/\x00", "https://x.example/\u202egnp",
        "https://x.example/a\u200bb", "https://x.example/<b>", "https://x.example/a|b",
        'https://x.example/"a"', "https://x.example/'a'", "https://x.example/`a`",
        "https://x.example/{{7*7}}", "https://x.example:99999", "https://x.example:port",
        "https://[::1", "https://[x.example]/", "https://[::1]x.example/", "https://a..b/",
        "https://.x.example", "https://a&b.example", "https://ｅxample.com", "https://a。b",
        "https://e\u0301.example", "<!channel>", "https://x.example/" + "x" * (URL_LONGEST - 17),
    ],
)  # fmt: skip
def test_what_is_no_plain_http_address_is_refused(url):
    assert refusal(evidence_url, url) == "evidence_url"


@given(st.text() | st.text("ht:/p@\\.[]<>|#?x%1 \n", max_size=30).map("http://".__add__))
def test_any_text_is_evidence_or_refused(text):
    try:
        url = evidence_url(text)
    except Refused:
        return
    assert url.lower().startswith(("http://", "https://"))
    assert not set(url) & set("<>|\"'`\\ \n")


def test_a_note_may_be_empty_and_holds_2000_characters():
    assert note(" ") == ""
    assert note("x" * 2000) == "x" * 2000
    assert refusal(note, "x" * 2001) == "note_too_long"


def test_a_reason_is_needed_and_holds_300_characters():
    assert reason("x" * 300) == "x" * 300
    assert refusal(reason, "x" * 301) == "reason_too_long"
    assert refusal(reason, " \x00\u200b ") == "reason_empty"
