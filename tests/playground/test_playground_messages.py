"""Messages: changed, deleted, threaded, paged, dated."""

import pytest
from playground_kit import refused
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace

DIVIDER = {"type": "divider"}


async def say(workspace: Workspace, channel: str = "#general", text: str = "hi", **more) -> str:
    return (await workspace.send("U0ANA", channel, text, **more)).ts


async def test_an_update_with_text_alone_deletes_the_blocks(
    workspace: Workspace, client: AsyncWebClient
):
    posted = await client.chat_postMessage(channel="C0GENERAL", text="one", blocks=[DIVIDER])
    await client.chat_update(channel="C0GENERAL", ts=posted["ts"], text="two")
    message = workspace.message(posted["ts"])
    assert (message.text, message.blocks) == ("two", ())
    await client.chat_update(channel="C0GENERAL", ts=posted["ts"], blocks=[DIVIDER], text="three")
    assert workspace.message(posted["ts"]).blocks[0]["type"] == "divider"


async def test_only_its_own_messages_can_be_changed(workspace: Workspace, client: AsyncWebClient):
    ts = await say(workspace)
    at = {"channel": "C0GENERAL", "ts": ts}
    assert await refused(client.chat_update(**at, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(**at)) == "cant_delete_message"


async def test_a_private_message_is_beyond_the_api(workspace: Workspace, client: AsyncWebClient):
    sent = await client.chat_postEphemeral(channel="C0GENERAL", user="U0ANA", text="psst")
    at = {"channel": "C0GENERAL", "ts": sent["message_ts"]}
    assert await refused(client.chat_update(**at, text="x")) == "message_not_found"
    assert (await client.conversations_history(channel="C0GENERAL"))["messages"] == []
    assert [m.text for m in workspace.ephemerals("U0ANA", "#general")] == ["psst"]
    assert workspace.ephemerals("U0BEN") == []


async def test_threads_count_their_replies(workspace: Workspace, client: AsyncWebClient):
    root = await say(workspace)
    reply = await client.chat_postMessage(channel="C0GENERAL", text="one", thread_ts=root)
    second = await say(workspace, thread_ts=root, text="two")
    history = (await client.conversations_history(channel="C0GENERAL"))["messages"]
    assert [m["ts"] for m in history] == [root]
    assert history[0]["reply_count"] == 2
    assert history[0]["reply_users"] == ["U0BOT", "U0ANA"]
    assert history[0]["latest_reply"] == second
    under = (await client.conversations_replies(channel="C0GENERAL", ts=root))["messages"]
    assert [m["text"] for m in under] == ["hi", "one", "two"]
    assert under[1]["parent_user_id"] == "U0ANA"
    deeper = client.chat_postMessage(channel="C0GENERAL", text="x", thread_ts=reply["ts"])
    assert await refused(deeper) == "cannot_reply_to_message"


async def test_history_comes_in_pages_newest_first(workspace: Workspace, client: AsyncWebClient):
    for number in range(5):
        await say(workspace, text=str(number))
    seen, cursor = [], None
    while cursor != "":
        answer = await client.conversations_history(channel="C0GENERAL", limit=2, cursor=cursor)
        seen += [m["text"] for m in answer["messages"]]
        cursor = answer.get("response_metadata", {}).get("next_cursor", "")
        assert answer["has_more"] == bool(cursor)
    assert seen == ["4", "3", "2", "1", "0"]


async def test_history_has_bounds(workspace: Workspace, client: AsyncWebClient):
    stamps = [await say(workspace, text=str(number)) for number in range(4)]

    async def between(**more):
        bounds = {"oldest": stamps[1], "latest": stamps[2], **more}
        answer = await client.conversations_history(channel="C0GENERAL", **bounds)
        return [m["text"] for m in answer["messages"]]

    assert await between() == []
    assert await between(inclusive=True) == ["2", "1"]
    assert await between(latest=None) == ["3", "2"]


async def test_metadata_is_given_when_asked_for(client: AsyncWebClient):
    metadata = {"event_type": "outbox", "event_payload": {"key": "k1"}}
    root = await client.chat_postMessage(channel="C0GENERAL", text="t", metadata=metadata)
    at = {"channel": "C0GENERAL", "ts": root["ts"]}
    await client.chat_postMessage(
        channel="C0GENERAL", text="r", thread_ts=root["ts"], metadata=metadata
    )
    plain = (await client.conversations_replies(**at))["messages"]
    assert all("metadata" not in m for m in plain)
    full = (await client.conversations_replies(**at, include_all_metadata=True))["messages"]
    assert [m["metadata"] for m in full] == [metadata, metadata]
    history = await client.conversations_history(channel="C0GENERAL", include_all_metadata=True)
    assert history["messages"][0]["metadata"] == metadata


async def test_a_deleted_root_leaves_a_tombstone(workspace: Workspace, client: AsyncWebClient):
    root = await client.chat_postMessage(channel="C0GENERAL", text="t")
    await say(workspace, thread_ts=root["ts"])
    await client.chat_delete(channel="C0GENERAL", ts=root["ts"])
    left = (await client.conversations_history(channel="C0GENERAL"))["messages"]
    assert left[0]["subtype"] == "tombstone"
    lone = await client.chat_postMessage(channel="C0GENERAL", text="t")
    await client.chat_delete(channel="C0GENERAL", ts=lone["ts"])
    assert len((await client.conversations_history(channel="C0GENERAL"))["messages"]) == 1


async def test_permalinks_lead_to_the_page(workspace: Workspace, client: AsyncWebClient):
    root = await say(workspace)
    reply = await say(workspace, thread_ts=root)
    found = await client.chat_getPermalink(channel="C0GENERAL", message_ts=root)
    assert found["permalink"] == f"{workspace.url}archives/C0GENERAL/p{root.replace('.', '')}"
    inside = await client.chat_getPermalink(channel="C0GENERAL", message_ts=reply)
    assert inside["permalink"].endswith(f"?thread_ts={root}&cid=C0GENERAL")


async def test_timestamps_are_unique_while_the_clock_stands(workspace: Workspace, clock):
    first, second = await say(workspace), await say(workspace)
    assert first == "1772442000.000000"
    assert second > first
    clock.go_on(2)
    assert await say(workspace) == "1772442002.000000"


TYPED = [
    ("a < b & c", "a &lt; b &amp; c"),
    ("@ben see https://x.org/a?b=1&c=2.", "<@U0BEN> see <https://x.org/a?b=1&amp;c=2>."),
    ("(http://x.org/@ana)", "(<http://x.org/@ana>)"),
    ("me@ana.org and @Ana, @anabel", "me@ana.org and <@U0ANA>, @anabel"),
    ("@Readiness.", "<@U0BOT>."),
    ("<!channel> <@U0ANA>", "&lt;!channel&gt; &lt;@U0ANA&gt;"),
]


@pytest.mark.parametrize(("text", "stored"), TYPED)
async def test_typed_text_is_stored_as_slack_stores_it(workspace: Workspace, text, stored):
    assert workspace.message(await say(workspace, text=text)).text == stored


async def test_typed_text_has_a_longest_length(workspace: Workspace):
    assert (await workspace.send("U0ANA", "#general", "x" * 40_001)).error == "msg_too_long"
