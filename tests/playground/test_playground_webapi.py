"""The Web API as slack_sdk's client meets it."""

import json

import pytest
from aiohttp import ClientSession
from playground_kit import refused
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.core import App
from bot.playground.workspace import Workspace, serve_workspace

DIVIDER = {"type": "divider"}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [DIVIDER]}


async def test_who_am_i(client: AsyncWebClient, workspace: Workspace):
    me = await client.auth_test()
    assert (me["user_id"], me["bot_id"], me["team_id"]) == ("U0BOT", "B0BOT", "T0LOCAL")
    assert me["url"] == workspace.url
    assert (await client.team_info())["team"]["name"] == "Acme"


REFUSALS = [
    ("chat.postMessage", {"channel": "C0NONE", "text": "t"}, "channel_not_found"),
    ("chat.postMessage", {"text": "t"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C0RANDOM", "text": "t"}, "not_in_channel"),
    ("chat.postMessage", {"channel": "C0GENERAL"}, "no_text"),
    ("chat.postMessage", {"channel": "C0GENERAL", "text": " "}, "no_text"),
    ("chat.postMessage", {"channel": "C0GENERAL", "text": "x" * 40_001}, "msg_too_long"),
    ("chat.postMessage", {"channel": "C0GENERAL", "text": ["t"]}, "invalid_arguments"),
    ("chat.postMessage", {"channel": ["C0GENERAL"], "text": "t"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C0GENERAL", "blocks": [{}]}, "invalid_blocks"),
    ("chat.postMessage", {"channel": "C0GENERAL", "blocks": "[{"}, "invalid_blocks_format"),
    (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "t", "attachments": [{}]},
        "invalid_arguments",
    ),
    (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "t", "thread_ts": "1.000001"},
        "thread_not_found",
    ),
    (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "t", "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
    ),
    (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "t", "metadata": "{"},
        "invalid_metadata_format",
    ),
    (
        "chat.postMessage",
        {"channel": "C0GENERAL", "text": "t", "metadata": {"event_type": "x", "event_payload": 1}},
        "invalid_metadata_format",
    ),
    ("chat.update", {"channel": "C0GENERAL", "ts": "1.000001", "text": "t"}, "message_not_found"),
    ("chat.update", {"channel": "C0GENERAL", "text": "t"}, "invalid_arguments"),
    ("chat.delete", {"channel": "C0GENERAL", "ts": "1.000001"}, "message_not_found"),
    (
        "chat.postEphemeral",
        {"channel": "C0GENERAL", "user": "U0NONE", "text": "t"},
        "user_not_found",
    ),
    (
        "chat.postEphemeral",
        {"channel": "D0ANA", "user": "U0BEN", "text": "t"},
        "user_not_in_channel",
    ),
    ("chat.postEphemeral", {"channel": "C0RANDOM", "user": "U0ANA", "text": "t"}, "not_in_channel"),
    ("chat.postEphemeral", {"channel": "C0GENERAL", "text": "t"}, "invalid_arguments"),
    ("chat.getPermalink", {"channel": "C0GENERAL", "message_ts": "1.0"}, "message_not_found"),
    ("conversations.open", {"users": "U0NONE"}, "user_not_found"),
    ("conversations.open", {"users": "U0BOT"}, "cannot_dm_bot"),
    ("conversations.info", {"channel": "C0NONE"}, "channel_not_found"),
    ("conversations.join", {"channel": "D0ANA"}, "method_not_supported_for_channel_type"),
    ("conversations.history", {"channel": "C0RANDOM"}, "not_in_channel"),
    ("conversations.history", {"channel": "C0GENERAL", "limit": 1000}, "invalid_limit"),
    ("conversations.history", {"channel": "C0GENERAL", "limit": "x"}, "invalid_limit"),
    ("conversations.history", {"channel": "C0GENERAL", "cursor": "?"}, "invalid_cursor"),
    ("conversations.history", {"channel": "C0GENERAL", "oldest": "x"}, "invalid_arguments"),
    ("conversations.replies", {"channel": "C0GENERAL", "ts": "1.000001"}, "thread_not_found"),
    ("users.info", {"user": "U0NONE"}, "user_not_found"),
    ("views.open", {"trigger_id": "x", "view": MODAL}, "invalid_arguments"),
    ("views.open", {"trigger_id": "1.1.ff", "view": MODAL}, "invalid_trigger_id"),
    ("views.open", {"view": MODAL}, "invalid_arguments"),
    ("views.open", {"trigger_id": "1.1.ff"}, "invalid_arguments"),
    ("views.update", {"view_id": "V1", "view": MODAL}, "not_found"),
    ("views.update", {"view": MODAL}, "invalid_arguments"),
    ("views.publish", {"user_id": "U0ANA", "view": MODAL}, "invalid_arguments"),
    ("views.publish", {"user_id": "U0NONE", "view": MODAL}, "user_not_found"),
    ("chat.meMessage", {"channel": "C0GENERAL"}, "unknown_method"),
    ("chat.scheduleMessage", {"channel": "C0GENERAL"}, "unknown_method"),
]


@pytest.mark.parametrize(("method", "arguments", "code"), REFUSALS)
async def test_refusals_carry_slacks_codes(client: AsyncWebClient, method, arguments, code):
    assert await refused(client.api_call(method, json=arguments)) == code


async def test_an_invalid_block_is_described(client: AsyncWebClient):
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel="C0GENERAL", text="t", blocks=[header])
    assert error.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_tokens_are_checked(workspace: Workspace, client: AsyncWebClient):
    async with ClientSession() as session:
        url = f"{workspace.api_url}auth.test"
        assert (await (await session.post(url)).json())["error"] == "not_authed"
        body = {"token": workspace.app.bot_token}
        assert (await (await session.post(url, data=body)).json())["ok"] is True
    other = AsyncWebClient(token="xoxb-other", base_url=workspace.api_url)
    assert await refused(other.auth_test()) == "invalid_auth"
    app = AsyncWebClient(token=workspace.app.app_token, base_url=workspace.api_url)
    assert await refused(app.auth_test()) == "not_allowed_token_type"
    await workspace.revoke_token()
    assert await refused(client.auth_test()) == "token_revoked"
    await workspace.uninstall()
    assert await refused(client.auth_test()) == "account_inactive"
    assert [e["event"]["type"] for e in workspace.events] == ["tokens_revoked", "app_uninstalled"]


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("{", "application/json", "invalid_json"),
        ("[]", "application/json", "json_not_object"),
        ("<x/>", "text/xml", "invalid_post_type"),
    ],
)
async def test_bodies_are_checked(workspace: Workspace, body, content_type, code):
    headers = {
        "Authorization": f"Bearer {workspace.app.bot_token}",
        "Content-Type": content_type,
    }
    async with ClientSession() as session:
        url = f"{workspace.api_url}auth.test"
        answer = await session.post(url, data=body, headers=headers)
        assert (await answer.json())["error"] == code


async def test_forms_carry_json_in_strings(workspace: Workspace, client: AsyncWebClient):
    form = {
        "channel": "#general",
        "blocks": json.dumps([DIVIDER]),
        "text": "t",
        "metadata": json.dumps({"event_type": "k", "event_payload": {"a": 1}}),
        "unfurl_links": "0",
        "reply_broadcast": "false",
    }
    posted = await client.api_call("chat.postMessage", data=form)
    assert posted["message"]["blocks"][0]["type"] == "divider"
    assert workspace.message(posted["ts"]).metadata == {
        "event_type": "k",
        "event_payload": {"a": 1},
    }


async def test_every_call_is_logged_without_its_token(workspace: Workspace, client: AsyncWebClient):
    await client.api_call("users.info", params={"user": "U0ANA"})
    call = workspace.calls[-1]
    assert (call.method, call.arguments) == ("users.info", {"user": "U0ANA"})
    assert call.result["ok"] is True


async def test_answers_name_the_scopes_of_the_bots_token_where_the_app_declares_any():
    for scopes, said in (((), None), (("chat:write", "commands"), "chat:write,commands")):
        made = Workspace(App(scopes=scopes))
        runner = await serve_workspace(made)
        for token, granted in ((made.app.bot_token, said), (made.app.app_token, None), ("x", None)):
            async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
                answer = await session.post(f"{made.api_url}auth.test")
            assert answer.headers.get("x-oauth-scopes") == granted
        await runner.cleanup()
