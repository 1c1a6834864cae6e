"""Every limit of Block Kit: the largest accepted, one more refused with Slack's words."""

from itertools import count

import pytest
from playground_kit import (
    DIVIDER,
    IMAGE,
    actions,
    button,
    check,
    confirm,
    field,
    mrkdwn,
    option,
    options,
    plain,
    refusal,
    section,
    select,
)

from bot.playground import blocks
from bot.playground.errors import SlackError
from bot.playground.values import Ids, system_clock

LENGTHS = [
    (150, lambda s: {"type": "header", "text": plain(s)}, "/blocks/0/text/text"),
    (3000, lambda s: section(text=mrkdwn(s)), "/blocks/0/text/text"),
    (2000, lambda s: section(fields=[mrkdwn(s)]), "/blocks/0/fields/0/text"),
    (255, lambda s: {"type": "divider", "block_id": s}, "/blocks/0/block_id"),
    (75, lambda s: actions(button(text=plain(s))), "/blocks/0/elements/0/text/text"),
    (2000, lambda s: actions(button(value=s)), "/blocks/0/elements/0/value"),
    (3000, lambda s: actions(button(url=s)), "/blocks/0/elements/0/url"),
    (255, lambda s: actions(button(action_id=s)), "/blocks/0/elements/0/action_id"),
    (
        75,
        lambda s: actions(button(accessibility_label=s)),
        "/blocks/0/elements/0/accessibility_label",
    ),
    (
        150,
        lambda s: section(accessory=select(options=[option(s)])),
        "/blocks/0/accessory/options/0/value",
    ),
    (
        75,
        lambda s: section(accessory=select(options=[option(text=s)])),
        "/blocks/0/accessory/options/0/text/text",
    ),
    (
        75,
        lambda s: section(accessory=select(options=[option(description=plain(s))])),
        "/blocks/0/accessory/options/0/description/text",
    ),
    (
        150,
        lambda s: section(accessory=select(placeholder=plain(s))),
        "/blocks/0/accessory/placeholder/text",
    ),
    (
        100,
        lambda s: actions(button(confirm=confirm(title=plain(s)))),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        300,
        lambda s: actions(button(confirm=confirm(text=mrkdwn(s)))),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    (
        30,
        lambda s: actions(button(confirm=confirm(confirm=plain(s)))),
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    (
        30,
        lambda s: actions(button(confirm=confirm(deny=plain(s)))),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    (2000, lambda s: field(select(), label=plain(s)), "/blocks/0/label/text"),
    (2000, lambda s: field(select(), hint=plain(s)), "/blocks/0/hint/text"),
    (3000, lambda s: {**IMAGE, "image_url": s}, "/blocks/0/image_url"),
    (2000, lambda s: {**IMAGE, "alt_text": s}, "/blocks/0/alt_text"),
    (2000, lambda s: {**IMAGE, "title": plain(s)}, "/blocks/0/title/text"),
]


@pytest.mark.parametrize(("most", "build", "pointer"), LENGTHS, ids=[p for _, _, p in LENGTHS])
def test_texts_have_a_longest_length(most, build, pointer):
    check(build("x" * most))
    refused = refusal(build("x" * (most + 1)))
    assert refused.code == "invalid_blocks"
    problem = f"must be less than {most + 1} characters [json-pointer:{pointer}]"
    assert refused.messages == (f"[ERROR] {problem}",)
    assert refused.as_json()["errors"] == [problem]
    assert "must be more than 0 characters" in refusal(build("")).messages[0]


def many_buttons(n):
    return actions(*(button(action_id=f"a{i}") for i in range(n)))


COUNTS = [
    (10, lambda n: section(fields=[mrkdwn("f")] * n), "/blocks/0/fields"),
    (25, many_buttons, "/blocks/0/elements"),
    (10, lambda n: {"type": "context", "elements": [mrkdwn("c")] * n}, "/blocks/0/elements"),
    (100, lambda n: section(accessory=select(options=options(n))), "/blocks/0/accessory/options"),
    (
        10,
        lambda n: actions({"type": "checkboxes", "options": options(n)}),
        "/blocks/0/elements/0/options",
    ),
    (
        10,
        lambda n: actions({"type": "radio_buttons", "options": options(n)}),
        "/blocks/0/elements/0/options",
    ),
    (
        5,
        lambda n: actions({"type": "overflow", "options": options(n)}),
        "/blocks/0/elements/0/options",
    ),
]


@pytest.mark.parametrize(("most", "build", "pointer"), COUNTS, ids=[p for _, _, p in COUNTS])
def test_lists_have_a_largest_size(most, build, pointer):
    check(build(most))
    problem = f"[ERROR] no more than {most} items allowed [json-pointer:{pointer}]"
    assert refusal(build(most + 1)).messages == (problem,)


def test_a_message_has_50_blocks_at_most():
    check(*[DIVIDER] * 50)
    problem = "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    assert refusal(*[DIVIDER] * 51).messages == (problem,)


def test_block_text_has_a_largest_sum():
    full = [section(text=mrkdwn("x" * 2600))] * 5
    check(*full)
    assert refusal(*full, section(text=mrkdwn("x"))).code == "msg_blocks_too_long"


def modal(**more):
    return {"type": "modal", "title": plain("t"), "blocks": [DIVIDER], **more}


def check_view(view, kind="modal"):
    return blocks.view(view, kind, Ids(system_clock, count(1)))


VIEW_LENGTHS = [
    (24, lambda s: modal(title=plain(s)), "/view/title/text"),
    (24, lambda s: modal(submit=plain(s)), "/view/submit/text"),
    (24, lambda s: modal(close=plain(s)), "/view/close/text"),
    (3000, lambda s: modal(private_metadata=s), "/view/private_metadata"),
    (255, lambda s: modal(callback_id=s), "/view/callback_id"),
    (255, lambda s: modal(external_id=s), "/view/external_id"),
]


@pytest.mark.parametrize(("most", "build", "pointer"), VIEW_LENGTHS)
def test_views_have_limits_of_their_own(most, build, pointer):
    check_view(build("x" * most))
    with pytest.raises(SlackError) as refused:
        check_view(build("x" * (most + 1)))
    problem = f"[ERROR] must be less than {most + 1} characters [json-pointer:{pointer}]"
    assert refused.value.code == "invalid_arguments"
    assert refused.value.messages == (problem,)
