"""Forms: what was entered, what the answer does."""

import pytest
from playground_kit import form, plain, text_input, trigger
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace


async def open_form(workspace, client, *blocks, **more):
    await client.views_open(trigger_id=trigger(workspace), view=form(*blocks, **more))


async def test_what_was_entered_arrives(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient
):
    seen = {}

    @over_http.view("form")
    async def sent(ack, body):
        await ack()
        seen.update(body["view"]["state"]["values"])

    choices = [{"text": plain(v), "value": v} for v in ("a", "b")]
    elements = {
        "one": ({"type": "static_select", "options": choices}, "a"),
        "many": ({"type": "checkboxes", "options": choices}, ["a", "b"]),
        "who": ({"type": "users_select"}, "U0BEN"),
        "whoall": ({"type": "multi_users_select"}, ["U0BEN", "U0CHI"]),
        "day": ({"type": "datepicker"}, "2026-03-04"),
        "time": ({"type": "timepicker"}, "09:30"),
        "where": ({"type": "conversations_select"}, "C0GENERAL"),
        "count": ({"type": "number_input", "is_decimal_allowed": False}, "12"),
        "link": ({"type": "url_text_input"}, "https://example.org"),
        "mail": ({"type": "email_text_input"}, "a@example.org"),
    }
    blocks = [
        {
            "type": "input",
            "block_id": name,
            "label": plain(name),
            "element": {**element, "action_id": "x"},
        }
        for name, (element, _) in elements.items()
    ]
    await open_form(workspace, client, *blocks, text_input("free", optional=True))
    values = {name: value for name, (_, value) in elements.items()}
    assert (await workspace.submit_view("U0ANA", values=values)).ok
    assert seen["one"]["x"] == {"type": "static_select", "selected_option": choices[0]}
    assert seen["many"]["x"]["selected_options"] == choices
    assert seen["who"]["x"]["selected_user"] == "U0BEN"
    assert seen["whoall"]["x"]["selected_users"] == ["U0BEN", "U0CHI"]
    assert seen["day"]["x"]["selected_date"] == "2026-03-04"
    assert seen["time"]["x"]["selected_time"] == "09:30"
    assert seen["where"]["x"]["selected_conversation"] == "C0GENERAL"
    assert seen["count"]["x"] == {"type": "number_input", "value": "12"}
    assert seen["free"]["text"] == {"type": "plain_text_input", "value": None}


INCOMPLETE = [
    (text_input(), None, "required"),
    (text_input(element={"min_length": 3}), "ab", "at least 3"),
    (text_input(element={"max_length": 3}), "abcd", "at most 3"),
    (text_input(), "x" * 3001, "at most 3000"),
    (text_input(element={"type": "url_text_input"}), "nowhere", "valid URL"),
    (text_input(element={"type": "email_text_input"}), "me", "valid email"),
    (
        text_input(element={"type": "number_input", "is_decimal_allowed": False}),
        "1.5",
        "whole number",
    ),
    (text_input(element={"type": "number_input", "is_decimal_allowed": True}), "x", "a number"),
    (
        text_input(element={"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}),
        "1.5",
        "at least 2",
    ),
    (
        text_input(element={"type": "number_input", "is_decimal_allowed": True, "max_value": "1"}),
        "1.5",
        "at most 1",
    ),
]


@pytest.mark.parametrize(("block", "value", "problem"), INCOMPLETE)
async def test_slacks_client_holds_an_incomplete_form_back(
    workspace: Workspace, client: AsyncWebClient, block, value, problem
):
    await open_form(workspace, client, block)
    outcome = await workspace.submit_view("U0ANA", values={"note": value})
    assert not outcome.ok
    assert problem in outcome.errors["note"]


async def test_errors_keep_the_form_open(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient
):
    @over_http.view("form")
    async def sent(ack):
        await ack(response_action="errors", errors={"note": "Too short"})

    await open_form(workspace, client)
    outcome = await workspace.submit_view("U0ANA", values={"note": "x"})
    assert outcome.errors == {"note": "Too short"}
    assert len(workspace.views("U0ANA")) == 1


async def test_errors_for_unknown_blocks_are_trouble(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient
):
    @over_http.view("form")
    async def sent(ack):
        await ack(response_action="errors", errors={"other": "Too short"})

    await open_form(workspace, client)
    assert (await workspace.submit_view("U0ANA", values={"note": "x"})).error == "invalid_errors"


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"response_action": "update", "view": form(title=plain("Next"))}, ["Next"]),
        ({"response_action": "push", "view": form(title=plain("Next"))}, ["Form", "Next"]),
        ({"response_action": "clear"}, []),
        ({}, []),
    ],
)
async def test_an_answer_decides_what_becomes_of_the_form(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient, answer, titles
):
    @over_http.view("form")
    async def sent(ack):
        await ack(**answer)

    await open_form(workspace, client)
    assert (await workspace.submit_view("U0ANA", values={"note": "x"})).ok
    assert [v.body["title"]["text"] for v in workspace.views("U0ANA")] == titles


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"response_action": "update", "view": form(title=plain("x" * 25))}, "invalid_arguments"),
        ({"response_action": "dance"}, "invalid_response_action"),
    ],
)
async def test_an_invalid_answer_is_trouble(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient, answer, code
):
    @over_http.view("form")
    async def sent(ack):
        await ack(**answer)

    await open_form(workspace, client)
    assert (await workspace.submit_view("U0ANA", values={"note": "x"})).error == code
    assert len(workspace.views("U0ANA")) == 1


async def test_the_app_hears_of_closing_when_it_asked_to(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient
):
    seen = []

    @over_http.view_closed("form")
    async def closed(ack, body):
        await ack()
        seen.append((body["type"], body["is_cleared"], body["view"]["title"]["text"]))

    await open_form(workspace, client)
    await workspace.close_view("U0ANA")
    await open_form(workspace, client, notify_on_close=True)
    await workspace.close_view("U0ANA")
    assert seen == [("view_closed", False, "Form")]
    await open_form(workspace, client, notify_on_close=True)
    top = form(title=plain("Top"), notify_on_close=True, clear_on_close=True)
    await client.views_push(trigger_id=trigger(workspace), view=top)
    await workspace.close_view("U0ANA")
    assert seen[1:] == [("view_closed", True, "Top"), ("view_closed", True, "Form")]
    assert workspace.views("U0ANA") == []


async def test_a_choice_in_a_form_is_reported_and_kept(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient
):
    seen = []

    @over_http.action("kind")
    async def kind(ack, body):
        await ack()
        seen.append(body)

    choices = [{"text": plain(v), "value": v} for v in ("a", "b")]
    menu = {"type": "static_select", "action_id": "kind", "options": choices}
    section = {"type": "section", "block_id": "s", "text": plain("t"), "accessory": menu}
    await open_form(workspace, client, section, text_input())
    assert (await workspace.click("U0ANA", action_id="kind", selected="b")).ok
    assert seen[0]["actions"][0]["selected_option"] == choices[1]
    assert seen[0]["view"]["state"]["values"]["s"]["kind"]["selected_option"] == choices[1]
    pushed = await client.views_push(trigger_id=seen[0]["trigger_id"], view=form())
    assert pushed["view"]["previous_view_id"] == workspace.views("U0ANA")[0].id
    tampered = await workspace.click(
        "U0ANA", view_id=workspace.views("U0ANA")[0].id, action_id="kind", selected="c"
    )
    assert tampered.error == "invalid_selection: 'c' is not an option"


async def test_a_form_belongs_to_its_person(workspace: Workspace, client: AsyncWebClient):
    await open_form(workspace, client)
    view_id = workspace.views("U0ANA")[0].id
    outcome = await workspace.submit_view("U0BEN", view_id, {"note": "x"})
    assert outcome.error == "view_not_found"
    unknown = await workspace.submit_view("U0ANA", view_id, {"other": "x"})
    assert unknown.error == "element_not_found"
