"""What Block Kit demands besides its limits, and what it takes."""

from itertools import count

import pytest
from playground_kit import (
    DIVIDER,
    IMAGE,
    actions,
    button,
    check,
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
from bot.playground.blocks import message_blocks
from bot.playground.errors import SlackError
from bot.playground.values import Ids, system_clock

WRONG = [
    (section(text=None), "/blocks/0/text", "must be an object"),
    ({"type": "section"}, "/blocks/0", "missing required field: text or fields"),
    ({"type": "header"}, "/blocks/0", "missing required field: text"),
    ({"text": plain("t")}, "/blocks/0", "missing required field: type"),
    ("text", "/blocks/0", "must be an object"),
    ({"type": "table"}, "/blocks/0/type", 'unsupported type: "table"'),
    ({"type": "header", "text": mrkdwn("t")}, "/blocks/0/text/type", 'type: "mrkdwn"'),
    (actions(button(text=mrkdwn("t"))), "/blocks/0/elements/0/text/type", 'type: "mrkdwn"'),
    (actions(button(text="t")), "/blocks/0/elements/0/text", "must be an object"),
    (actions(button(disabled=True)), "/blocks/0/elements/0", "additional property: disabled"),
    (actions(button(style="blue")), "/blocks/0/elements/0/style", "enum value: primary, danger"),
    (actions(), "/blocks/0/elements", "no fewer than 1 items"),
    (actions(IMAGE), "/blocks/0/elements/0/type", 'unsupported type: "image"'),
    (
        actions({"type": "plain_text_input"}),
        "/blocks/0/elements/0/type",
        'unsupported type: "plain_text_input"',
    ),
    (
        actions({"type": "multi_static_select", "options": options(1)}),
        "/blocks/0/elements/0/type",
        "unsupported type",
    ),
    (field(button()), "/blocks/0/element/type", 'unsupported type: "button"'),
    ({"type": "context", "elements": [button()]}, "/blocks/0/elements/0/type", '"button"'),
    (section(accessory={"type": "number_input"}), "/blocks/0/accessory/type", "number_input"),
    (
        actions(button(action_id="a"), button(action_id="a")),
        "/blocks/0/elements/1",
        '`action_id` "a" already exists',
    ),
    (
        section(accessory={"type": "static_select"}),
        "/blocks/0/accessory",
        "missing required field: options or option_groups",
    ),
    (
        section(accessory=select(options=[option(), option()])),
        "/blocks/0/accessory/options/1",
        "option value v is not unique",
    ),
    (
        section(accessory=select(initial_option=option("other"))),
        "/blocks/0/accessory/initial_option",
        "must match an option",
    ),
    (
        section(accessory=select(options=[{"text": mrkdwn("t"), "value": "v"}])),
        "/blocks/0/accessory/options/0/text/type",
        "mrkdwn",
    ),
    (
        section(accessory=select(options=[{"text": plain("t")}])),
        "/blocks/0/accessory/options/0",
        "missing required field: value",
    ),
    (
        actions(button(confirm={"title": plain("t")})),
        "/blocks/0/elements/0/confirm",
        "missing required field: text",
    ),
    (
        actions({"type": "datepicker", "initial_date": "1.2.2026"}),
        "/blocks/0/elements/0/initial_date",
        "must look like",
    ),
    (field({"type": "number_input"}), "/blocks/0/element", "is_decimal_allowed"),
    (
        field({"type": "plain_text_input", "max_length": 3001}),
        "/blocks/0/element/max_length",
        "between 1 and 3000",
    ),
    (
        field({"type": "plain_text_input", "multiline": "yes"}),
        "/blocks/0/element/multiline",
        "must be a boolean",
    ),
    ({"type": "image", "image_url": "u"}, "/blocks/0", "missing required field: alt_text"),
]


@pytest.mark.parametrize(("block", "pointer", "problem"), WRONG)
def test_what_is_malformed_is_refused(block, pointer, problem):
    messages = refusal(block).messages
    assert any(f"[json-pointer:{pointer}]" in m and problem in m for m in messages), messages


def test_block_ids_are_unique_in_a_message():
    twice = {"type": "divider", "block_id": "b"}
    assert refusal(twice, twice).messages == (
        '[ERROR] `block_id` "b" already exists [json-pointer:/blocks/1]',
    )


def test_an_action_id_may_stand_in_two_blocks():
    """As in Slack: it has to be unique in its block."""
    check(actions(button(action_id="a")), actions(button(action_id="a")))


GOOD = [
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "context", "elements": [IMAGE, mrkdwn("c"), plain("c")]},
    section(accessory=IMAGE),
    section(accessory={"type": "multi_static_select", "options": options(3)}),
    section(accessory={"type": "users_select", "initial_user": "U0ANA"}),
    section(accessory={"type": "multi_users_select", "initial_users": []}),
    section(accessory={"type": "conversations_select"}),
    section(accessory={"type": "channels_select"}),
    section(
        accessory={
            "type": "static_select",
            "option_groups": [{"label": plain("g"), "options": options(2)}],
            "initial_option": option("v1"),
        }
    ),
    actions({"type": "timepicker", "initial_time": "09:30"}),
    actions({"type": "radio_buttons", "options": [{"text": mrkdwn("*t*"), "value": "v"}]}),
    field({"type": "number_input", "is_decimal_allowed": True, "min_value": "0"}, optional=True),
    field({"type": "url_text_input"}),
    field({"type": "email_text_input", "focus_on_load": True}),
    field({"type": "plain_text_input", "multiline": True}, dispatch_action=True),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_what_slack_knows_is_accepted(block):
    check(block)


def test_ids_are_filled_in_where_they_lack():
    first, second = check(actions(button()), {"type": "divider", "block_id": "mine"})
    assert first["block_id"]
    assert first["elements"][0]["action_id"]
    assert second["block_id"] == "mine"


def test_blocks_may_come_as_a_string_of_json():
    assert message_blocks('[{"type":"divider"}]', Ids(system_clock))[0]["type"] == "divider"
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        message_blocks("[{", Ids(system_clock))


def modal(**more):
    return {"type": "modal", "title": plain("t"), "blocks": [DIVIDER], **more}


def check_view(view, kind="modal"):
    return blocks.view(view, kind, Ids(system_clock, count(1)))


BAD_VIEWS = [
    (modal(blocks=[DIVIDER] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    (modal(blocks=[field(select())]), "missing required field: submit"),
    (modal(title=mrkdwn("t")), "[json-pointer:/view/title/type]"),
    (modal(color="red"), "invalid additional property: color"),
    ({"type": "modal", "blocks": []}, "missing required field: title"),
    ({"type": "workflow_step", "blocks": []}, "unsupported type"),
    ({"type": "home", "blocks": []}, "unsupported type"),
    ([], "must be an object"),
    ("{", "invalid view JSON"),
]


@pytest.mark.parametrize(("view", "problem"), BAD_VIEWS)
def test_malformed_views_are_refused(view, problem):
    with pytest.raises(SlackError) as refused:
        check_view(view)
    assert problem in refused.value.messages[0]


def test_good_views_are_accepted():
    check_view(modal(blocks=[DIVIDER] * 100))
    check_view(modal(blocks=[field(select())], submit=plain("Go")))
    check_view({"type": "home", "blocks": []}, "home")


def test_a_view_is_250_kb_at_most():
    huge = [section(text=mrkdwn("x" * 2999)) for _ in range(99)]
    with pytest.raises(SlackError, match="view_too_large"):
        check_view(modal(blocks=huge))
