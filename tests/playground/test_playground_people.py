"""People and channels: who is where, who may be written to."""

from datetime import timedelta

from playground_kit import refused
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.seed import acme
from bot.playground.values import Stamps, system_clock
from bot.playground.workspace import Workspace
from bot.playground.world import User

DIVIDER = {"type": "divider"}


def test_the_world_begins_as_described():
    world = acme(Stamps(system_clock))
    assert [world.users[u].tz for u in ("U0ANA", "U0BEN", "U0CHI", "U0DAN")] == [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "America/Los_Angeles",
    ]
    bot_in = [c.name for c in world.channels.values() if "U0BOT" in c.members and not c.is_dm]
    assert bot_in == ["search-team", "general", "llm-platform"]
    assert sorted(c.id for c in world.channels.values() if c.is_dm) == [
        "D0ANA",
        "D0BEN",
        "D0CHI",
        "D0DAN",
    ]


async def test_posting_to_a_person_opens_the_conversation(
    workspace: Workspace, client: AsyncWebClient
):
    workspace.add_user(User("U0EVE", "eve", "Eve Ng", "Asia/Singapore"))
    posted = await client.chat_postMessage(channel="U0EVE", text="hello")
    assert posted["channel"] == "D0EVE"
    opened = await client.conversations_open(users=["U0EVE"], return_im=True)
    assert (opened["channel"]["id"], opened["already_open"]) == ("D0EVE", True)
    assert opened["channel"]["user"] == "U0EVE"
    await workspace.deactivate("U0EVE")
    assert await refused(client.conversations_open(users=["U0EVE"])) == "user_disabled"


async def test_archived_channels_take_no_messages(workspace: Workspace, client: AsyncWebClient):
    posted = await client.chat_postMessage(channel="C0GENERAL", text="one")
    await workspace.archive("#general")
    assert await refused(client.chat_postMessage(channel="C0GENERAL", text="x")) == "is_archived"
    at = {"channel": "C0GENERAL", "ts": posted["ts"]}
    assert await refused(client.chat_update(**at, text="x")) == "is_archived"
    ephemeral = client.chat_postEphemeral(channel="C0GENERAL", user="U0ANA", text="x")
    assert await refused(ephemeral) == "is_archived"
    assert (await workspace.send("U0ANA", "#general", "x")).error == "is_archived"
    assert (await client.conversations_info(channel="C0GENERAL"))["channel"]["is_archived"]
    assert workspace.events[-1]["event"]["type"] == "channel_archive"
    await workspace.archive("#general", archived=False)
    assert (await client.chat_postMessage(channel="C0GENERAL", text="x"))["ok"]
    assert await refused(client.conversations_join(channel="C0NONE")) == "channel_not_found"


async def test_the_bot_joins_and_is_removed(workspace: Workspace, client: AsyncWebClient):
    assert (await client.conversations_join(channel="C0RANDOM"))["channel"]["is_member"]
    assert (await client.chat_postMessage(channel="#random", text="x"))["ok"]
    again = await client.conversations_join(channel="C0RANDOM")
    assert again["warning"] == "already_in_channel"
    await workspace.remove_bot("#random")
    assert await refused(client.chat_postMessage(channel="#random", text="x")) == "not_in_channel"
    members = (await client.conversations_members(channel="C0RANDOM"))["members"]
    assert members == ["U0ANA", "U0BEN", "U0CHI", "U0DAN"]
    kinds = [e["event"]["type"] for e in workspace.events]
    assert kinds == ["member_joined_channel", "message", "channel_left"]


async def test_people_have_time_zones_and_homes(workspace: Workspace, client: AsyncWebClient):
    ana = (await client.users_info(user="U0ANA"))["user"]
    assert (ana["tz"], ana["tz_offset"], ana["real_name"]) == ("Europe/Berlin", 3600, "Ana Berger")
    eve = User("U0EVE", "eve", "Eve Ext", "UTC", team="T0OTHER")
    workspace.add_user(eve, channels=("#general",))
    stranger = (await client.users_info(user="U0EVE"))["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0OTHER")
    await workspace.send("U0EVE", "#general", "hello")
    event = workspace.events[-1]
    assert (event["event"]["user_team"], event["is_ext_shared_channel"]) == ("T0OTHER", True)
    await workspace.deactivate("U0BEN")
    changed = workspace.events[-1]["event"]
    assert (changed["type"], changed["user"]["deleted"]) == ("user_change", True)
    assert len((await client.users_list())["members"]) == 6
    assert (await workspace.send("U0BEN", "#general", "x")).error == "user_deactivated"


async def test_who_is_on_leave_or_quiet_says_so(workspace: Workspace, client: AsyncWebClient):
    until = workspace.core.clock() + timedelta(days=3)
    await workspace.go_away("U0ANA", until)
    changed = workspace.events[-1]["event"]["user"]["profile"]
    assert changed["status_emoji"] == ":palm_tree:"
    assert changed["status_expiration"] == int(until.timestamp())
    workspace.be_quiet("U0BEN", until)
    answer = await client.dnd_teamInfo(users="U0ANA,U0BEN,U0NOBODY")
    assert set(answer["users"]) == {"U0ANA", "U0BEN"}
    ben = answer["users"]["U0BEN"]
    assert (ben["dnd_enabled"], ben["next_dnd_end_ts"]) == (True, int(until.timestamp()))
    assert not answer["users"]["U0ANA"]["dnd_enabled"]
    await workspace.go_away("U0ANA", None)
    back = (await client.users_info(user="U0ANA"))["user"]["profile"]
    assert (back["status_emoji"], back["status_expiration"]) == ("", 0)
    many = ",".join(f"U{number}" for number in range(51))
    assert await refused(client.dnd_teamInfo(users=many)) == "too_many_users"


async def test_channels_are_listed(client: AsyncWebClient):
    listed = (await client.conversations_list())["channels"]
    assert [c["name"] for c in listed] == ["search-team", "general", "llm-platform", "random"]
    assert [c["is_member"] for c in listed] == [True, True, True, False]
    assert len((await client.conversations_list(types="im"))["channels"]) == 4
