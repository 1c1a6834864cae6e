"""Forms are read as urllib reads them, by the quick way too."""

from urllib.parse import parse_qs, quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack import http
from bot.slack.http import fields_of


def as_urllib(text: str) -> dict[str, str]:
    form = parse_qs(text, keep_blank_values=True, max_num_fields=100)
    return {name: values[0] for name, values in form.items()}


ODD = st.text(alphabet="%=&+;aF2E3Dd\r\n\t _\x00~é☺", max_size=12)


@given(ODD | st.text(max_size=20))
@example("=")
@example("%")
@example("%%3D")
@example("a%3D%zz")
@example("%3d=")
@example("tail%2")
@example("%C3%28")
@example("soft=\nbreak")
@example("a_b \t%0D%0A.")
def test_a_payload_is_read_as_urllib_reads_it(escaped: str) -> None:
    assert fields_of(f"payload={escaped}") == as_urllib(f"payload={escaped}")


@given(st.text(max_size=40), st.sampled_from([quote, quote_plus]))
def test_what_was_escaped_comes_back(said: str, escape) -> None:
    assert fields_of(f"payload={escape(said)}") == {"payload": said}


@pytest.mark.parametrize("text", ["command=%2Freadiness&text=a+b", "ssl_check=1", "", "payload"])
def test_other_forms_are_read_too(text: str) -> None:
    assert fields_of(text) == as_urllib(text)


def test_a_press_takes_the_quick_way(monkeypatch) -> None:
    monkeypatch.setattr(http, "parse_qs", None)
    said = '{"type":"block_actions","text":"1 + 1 = 2; 50 % of it, é & \\u2022"}'
    assert fields_of(f"payload={quote_plus(said)}") == {"payload": said}
