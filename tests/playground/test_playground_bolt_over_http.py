"""The workspace as a Bolt app over signed HTTP meets it."""

import pytest
from slack_bolt.async_app import AsyncApp

from bot.playground.workspace import Workspace

CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Ready?*"}},
    {
        "type": "actions",
        "block_id": "verdict",
        "elements": [
            {
                "type": "button",
                "action_id": "yes",
                "value": "check-1",
                "text": {"type": "plain_text", "text": "Yes"},
            }
        ],
    },
]
FORM = {
    "type": "modal",
    "callback_id": "note",
    "private_metadata": "check-1",
    "title": {"type": "plain_text", "text": "Note"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "note",
            "label": {"type": "plain_text", "text": "Note"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def test_a_command_is_answered_in_private(workspace: Workspace, over_http: AsyncApp):
    @over_http.command("/readiness")
    async def start(ack, command):
        await ack(f"{command['text']} by {command['user_id']} in {command['channel_name']}")

    outcome = await workspace.send("U0ANA", "#search-team", "/readiness start <b>")
    assert outcome.ok
    assert [m.text for m in workspace.ephemerals("U0ANA")] == [
        "start &lt;b&gt; by U0ANA in search-team"
    ]
    assert workspace.ephemerals("U0ANA")[0].ts == outcome.answer
    assert workspace.ephemerals("U0BEN") == []
    assert workspace.messages("#search-team") == []


async def test_a_card_a_click_and_a_form(workspace: Workspace, over_http: AsyncApp):
    """Post, click, modal, submission, update: the whole way round."""
    seen = {}

    @over_http.command("/readiness")
    async def start(ack, client, command):
        await ack()
        await client.chat_postMessage(channel=command["channel_id"], text="Ready?", blocks=CARD)

    @over_http.action("yes")
    async def yes(ack, body, client):
        await ack()
        seen["click"] = body
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @over_http.view("note")
    async def note(ack, body, client):
        await ack()
        seen["form"] = body
        card = seen["click"]["container"]
        await client.chat_update(channel=card["channel_id"], ts=card["message_ts"], text="Done")

    await workspace.send("U0ANA", "#search-team", "/readiness start")
    card = workspace.messages("#search-team")[0]
    assert (await workspace.click("U0BEN", message_ts=card.ts, action_id="yes")).ok
    click = seen["click"]
    assert click["actions"][0]["value"] == "check-1"
    assert click["message"]["blocks"][1]["block_id"] == "verdict"
    assert click["user"]["id"] == "U0BEN"
    assert (await workspace.submit_view("U0BEN", values={"note": "it is"})).ok
    assert seen["form"]["view"]["private_metadata"] == "check-1"
    assert seen["form"]["view"]["state"]["values"] == {
        "note": {"text": {"type": "plain_text_input", "value": "it is"}}
    }
    assert workspace.views("U0BEN") == []
    changed = workspace.messages("#search-team")[0]
    assert (changed.text, changed.blocks) == ("Done", ())


async def test_a_mention_comes_as_message_and_as_mention(workspace: Workspace, over_http: AsyncApp):
    events = []

    @over_http.event("message")
    async def message(event):
        events.append(event)

    @over_http.event("app_mention")
    async def mention(event, client):
        events.append(event)
        await client.chat_postMessage(channel=event["channel"], text="Hello", thread_ts=event["ts"])

    said = await workspace.send("U0ANA", "#search-team", "@Readiness hi @Ben & @nobody")
    await workspace.idle()
    assert [e["type"] for e in events] == ["message", "app_mention"]
    assert {e["ts"] for e in events} == {said.ts}
    assert events[0]["text"] == "<@U0BOT> hi <@U0BEN> &amp; @nobody"
    assert events[0]["client_msg_id"] == events[1]["client_msg_id"]
    assert events[0]["channel_type"] == "channel"
    assert [m.text for m in workspace.thread("#search-team", said.ts)][1:] == ["Hello"]
    own = workspace.events[-1]["event"]
    assert (own["bot_id"], own["thread_ts"], own.get("subtype")) == ("B0BOT", said.ts, None)


@pytest.mark.parametrize("channel", ["#search-team", "D0ANA"])
async def test_replies_carry_their_thread(workspace, over_http: AsyncApp, channel):
    events = []

    @over_http.event("message")
    async def message(event):
        events.append(event)

    root = await workspace.send("U0ANA", channel, "root")
    await workspace.send("U0ANA", channel, "reply", thread_ts=root.ts)
    assert events[1]["thread_ts"] == root.ts
    assert events[1]["parent_user_id"] == "U0ANA"
    assert events[1]["channel_type"] == ("im" if channel.startswith("D") else "channel")
