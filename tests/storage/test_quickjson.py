"""JSON, also where it is none strictly."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from storage.quickjson import dumps, loads


@pytest.mark.parametrize("text", ['{"a":[1,2.5,null,"ü"]}', '"\\ud800"', "Infinity", "1e400"])
def test_it_reads_what_the_standard_library_reads(text: str) -> None:
    assert loads(text) == json.loads(text)


@pytest.mark.parametrize("text", ["", "{", "\ufeff{}", "{'a':1}", "[" * 100_000])
def test_what_cannot_be_read_is_said_as_before(text: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        loads(text)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"a": ["ü", None, True]}, '{"a":["ü",null,true]}'),
        ({"a": "\ud800"}, '{"a":"?"}'),
        ({"a": 2**70}, '{"a":1180591620717411303424}'),
    ],
)
def test_it_writes_without_spaces_whatever_is_in_it(value: object, written: str) -> None:
    assert dumps(value) == written.encode()


@dataclass
class Thing:
    secret: str = "s"


@pytest.mark.parametrize("odd", [object(), Thing(), datetime.now(UTC), {1, 2}])
def test_what_json_does_not_know_is_refused(odd: object) -> None:
    with pytest.raises(TypeError):
        dumps({"a": odd})
