"""The workspace as a Bolt app over Socket Mode meets it."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace


@asynccontextmanager
async def connected(bolt: AsyncApp, workspace: Workspace):
    handler = AsyncSocketModeHandler(bolt, workspace.app.app_token, ping_interval=0.05)
    handler.client.web_client.base_url = workspace.api_url
    await handler.connect_async()
    await workspace.sockets.joined()
    yield handler
    await handler.close_async()


async def test_commands_and_events(bolt: AsyncApp, workspace: Workspace):
    seen = []

    @bolt.command("/readiness")
    async def start(ack, say, command):
        await ack({"response_type": "in_channel", "text": f"{command['text']} begins"})

    @bolt.event("message")
    async def message(event):
        seen.append(event["text"])

    async with connected(bolt, workspace):
        assert (await workspace.send("U0ANA", "#general", "/readiness search")).ok
        assert (await workspace.send("U0ANA", "#general", "hello")).ok
        await workspace.idle()
    assert [m.text for m in workspace.messages("#general")] == ["search begins", "hello"]
    assert seen == ["hello"]
    assert workspace.ephemerals("U0ANA") == []


async def test_a_refresh_makes_the_app_connect_anew(bolt: AsyncApp, workspace: Workspace):
    @bolt.command("/readiness")
    async def start(ack):
        await ack("here")

    async with connected(bolt, workspace):
        await workspace.sockets.refresh()
        async with asyncio.timeout(5):
            await workspace.sockets.joined()
        assert (await workspace.send("U0ANA", "#general", "/readiness")).ok


async def test_without_a_connection_a_command_fails(workspace: Workspace):
    outcome = await workspace.send("U0ANA", "#general", "/readiness")
    assert (outcome.ok, outcome.error) == (False, "dispatch_failed")


async def test_a_ticket_opens_one_connection(workspace: Workspace):
    client = AsyncWebClient(token=workspace.app.app_token, base_url=workspace.api_url)
    url = (await client.api_call("apps.connections.open"))["url"]
    assert url.startswith(workspace.url.replace("http", "ws") + "link?ticket=")
    async with ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(WSServerHandshakeError, match="403"):
            await session.ws_connect(url)


async def test_a_bot_token_cannot_open_connections(client: AsyncWebClient):
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.api_call("apps.connections.open")


async def raw_connection(session: ClientSession, workspace: Workspace):
    client = AsyncWebClient(token=workspace.app.app_token, base_url=workspace.api_url)
    url = (await client.api_call("apps.connections.open"))["url"]
    socket = await session.ws_connect(url)
    await socket.receive_json()
    return socket


async def test_an_event_without_acknowledgement_is_repeated(workspace: Workspace):
    async with ClientSession() as session:
        socket = await raw_connection(session, workspace)
        saying = asyncio.create_task(workspace.send("U0ANA", "#general", "hello"))
        first = await socket.receive_json()
        assert (await saying).error == "operation_timeout"
        second = await socket.receive_json()
        await socket.send_json({"envelope_id": second["envelope_id"]})
        assert (first["type"], first["retry_attempt"]) == ("events_api", 0)
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "http_timeout")
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        assert first["envelope_id"] != second["envelope_id"]
        await socket.close()


async def test_nonsense_from_the_app_is_ignored(workspace: Workspace):
    async with ClientSession() as session:
        socket = await raw_connection(session, workspace)
        for text in ("{", "[]", '{"envelope_id": "nobody"}'):
            await socket.send_str(text)
        asking = asyncio.create_task(workspace.send("U0ANA", "#general", "/readiness"))
        envelope = await socket.receive_json()
        assert envelope["accepts_response_payload"] is True
        answer = {"envelope_id": envelope["envelope_id"], "payload": {"text": "here"}}
        await socket.send_json(answer)
        assert (await asking).ok
        await socket.close()
    assert workspace.ephemerals("U0ANA")[0].text == "here"
