"""Button payloads: what is packed comes back, and nothing else is read as one."""

from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reviewing import CHECKLIST

from conversations import actions as act
from conversations.actions import Action, Unreadable, pack, unpack
from conversations.review import Verdict

# Ids as they are made: hexadecimal, or dotted words.
IDS = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,60}", fullmatch=True)
BY_TYPE = {"str": IDS, "bool": st.booleans(), "Verdict": st.sampled_from(Verdict)}
ACTIONS = st.one_of(
    *(
        st.builds(kind, **{one.name: BY_TYPE[str(one.type)] for one in fields(kind)})
        for kind in get_args(Action)
    )
)


@given(ACTIONS)
def test_what_is_packed_comes_back(action):
    packed = pack(action)
    assert unpack(packed) == action
    assert len(packed) <= act.LONGEST


def test_every_kind_of_action_has_a_name_of_its_own():
    kinds = get_args(Action)
    assert len({kind.kind for kind in kinds}) == len(kinds)


def test_the_longest_real_payload_leaves_room():
    """A payload is a button's value and its action id too; Slack's action ids end at 255."""
    longest = max((check.id for check in CHECKLIST.checks), key=len)
    packed = pack(act.Give("f" * 32, longest, Verdict.NOT_APPLICABLE, walking=True))
    assert len(packed) <= act.LONGEST


@pytest.mark.parametrize(
    "action",
    [
        act.Walk("a|b", "layer"),
        act.Walk("a", "x" * act.LONGEST),
        act.Walk("a\n", "layer"),
        act.StartForm("\x00"),
    ],
)
def test_what_cannot_come_back_is_not_packed(action):
    with pytest.raises(ValueError, match="not packable"):
        pack(action)


@pytest.mark.parametrize(
    "packed",
    [
        "", "|", "give", "give|r|c", "give|r|c|met", "give|r|c|met|2", "give|r|c|great|0",
        "give|r|c|met|0|more", "GIVE|r|c|met|0", "finish", "finish|r|x", "scope|r|rag|yes",
        "nothing|r", "give|r\x00|c|met|0", "walk|r|\u202elayer", "x" * 100_000,
        "finish|" + "r" * 200,
    ],
)  # fmt: skip
def test_what_was_not_packed_here_is_unreadable(packed):
    with pytest.raises(Unreadable):
        unpack(packed)


@given(
    st.text()
    | st.lists(st.sampled_from(["give", "scope", "edit", "|", "r", "met", "0", "\x00"])).map(
        "".join
    )
)
@example("all|")
def test_any_text_is_an_action_or_unreadable(text):
    try:
        action = unpack(text)
    except Unreadable:
        return
    assert pack(action) == text
