"""Who is not answered: strangers in shared channels, other workspaces, people who left."""

from typing import Any

import pytest
from bot_kit import ANA, BEN, CHANNEL, CHI, Room
from raw_kit import post_command, post_json, post_payload, press, press_payload

from bot.playground import payloads
from bot.playground.world import User
from bot.slack.manifest import SHORTCUT
from storage import people, reviews, services

EVE = User("U0EVE", "eve", "Eve Extern", "UTC", team="T0OTHER")


async def begun(room: Room) -> None:
    room.workspace.add_user(EVE, channels=("search-team", "general"))
    await room.start()
    await room.press(ANA, "Ask everything")


def elsewhere(room: Room, payload: dict[str, Any]) -> dict[str, Any]:
    """The same payload from another workspace that has the app as well."""
    payload = {**payload, "team_id": "T0OTHER"}
    if "team" in payload:
        payload["team"] = {"id": "T0OTHER", "domain": "other"}
        payload["user"] = {**payload["user"], "team_id": "T0OTHER"}
    return payload


@pytest.mark.parametrize("way", ["mention", "thread"])
async def test_a_stranger_who_asks_gets_one_private_line(quick: Room, way: str) -> None:
    await begun(quick)
    before = await quick.stored()
    answer = await quick.ask(EVE.id, way, "start ticket-router")
    assert answer == quick.line("refusals.stranger")
    assert await quick.stored() == before
    assert len(await quick.bot.runner.read(services.all_of)) == 1


async def test_a_stranger_s_answers_are_not_stored(slack: Room) -> None:
    await begun(slack)
    before = await slack.stored()
    await slack.reply(EVE.id, "yes")
    await press(slack, EVE.id, *slack.button("Met", check="1.1"))
    await press(slack, EVE.id, *slack.button("N/A", check="1.1"))
    assert slack.told(EVE.id) == [slack.line("refusals.stranger")] * 3
    assert await slack.stored() == before
    assert slack.workspace.views(EVE.id) == []
    await slack.reply(EVE.id, "so what do you think?")
    assert len(slack.told(EVE.id)) == 3, "a stranger who talks is left alone"


async def test_a_stranger_s_shortcut_command_and_home_show_nothing_of_ours(quick: Room) -> None:
    await begun(quick)
    message = await quick.type(BEN, "is it ready?")
    await quick._done(quick.workspace.shortcut(EVE.id, SHORTCUT, str(message.ts)))
    assert quick.workspace.views(EVE.id) == []
    await quick.type(EVE.id, "/readiness status search-assistant")
    assert len(quick.told(EVE.id)) == 2
    assert all("search-assistant" not in line for line in quick.told(EVE.id))


async def test_nobody_can_hand_a_layer_to_a_stranger_a_bot_or_nobody(quick: Room) -> None:
    await begun(quick)
    for named in ("@eve", "<@U0NOBODY>", "@{slack:U0NOBODY}", "@{teams:U0ANA}", "<@USLACKBOT>"):
        text = f"assign search-assistant 3 {named}"
        if named.startswith("<"):
            fields = payloads.command(
                quick.workspace.core, quick.workspace.core.world.users[ANA],
                quick.workspace.core.world.channels["C0SEARCH"], "/readiness", text,
            )  # fmt: skip
            answer = (await post_command(quick, fields)).text
        else:
            answer = await quick.ask(ANA, "slash", text)
        assert quick.line("refusals.unknown_person") in answer, named
    assert (await quick.review()).assignees == {}


async def test_another_workspace_s_command_is_refused_in_one_line(quick: Room) -> None:
    core = quick.workspace.core
    fields = payloads.command(
        core, core.world.users[ANA], core.world.channels["C0SEARCH"], "/readiness", "start x"
    )
    answer = await post_command(quick, elsewhere(quick, fields))
    assert answer.status == 200
    assert quick.line("refusals.other_workspace") in answer.text
    assert await quick.bot.runner.read(services.all_of) == []


async def test_another_workspace_s_gestures_change_nothing(slack: Room) -> None:
    """Events, presses and forms from a workspace that is not ours, even with our ids in them."""
    await begun(slack)
    await slack.press(BEN, "N/A", check="1.2")
    view = payloads.view_submission(
        slack.workspace.core, slack.workspace.core.world.users[BEN], slack.workspace.view(BEN)
    )
    view["view"]["state"] = {"values": {"reason": {"value": {"value": "not ours"}}}}
    await slack.reply(CHI, "hm")
    event = slack.workspace.events[-1]
    event = {**event, "event": {**event["event"], "text": "<@U0BOT> yes"}}
    before = await slack.stored()
    told = {who: slack.told(who) for who in (ANA, BEN, CHI)}
    sent = [
        await post_json(slack, elsewhere(slack, event)),
        await post_payload(
            slack, elsewhere(slack, press_payload(slack, CHI, *slack.button("Met", check="1.1")))
        ),
        await post_payload(slack, elsewhere(slack, view)),
    ]
    assert [it.status for it in sent] == [200, 200, 200]
    refusal = slack.line("refusals.other_workspace")
    assert refusal in sent[2].text
    await slack.settle()
    assert await slack.stored() == before
    assert {who: slack.told(who) for who in (ANA, BEN)} == {who: told[who] for who in (ANA, BEN)}
    assert slack.told(CHI) == [*told[CHI], refusal], "at the address that came with the press"


@pytest.mark.parametrize(
    "kind", ["channel_archive", "channel_left", "tokens_revoked", "user_change"]
)
async def test_what_happens_in_another_workspace_does_not_concern_us(
    quick: Room, kind: str
) -> None:
    await begun(quick)
    core = quick.workspace.core
    gone = payloads.user_json(core.world.users[ANA], core.clock()) | {"deleted": True}
    envelope = payloads.plain_event(core, kind, channel="C0SEARCH", user=gone)
    assert (await post_json(quick, elsewhere(quick, envelope))).status == 200
    await quick.press(BEN, "Met", check="1.1")
    assert "1 of 50" in quick.workspace.messages(CHANNEL)[0].text
    ana = await quick.bot.runner.read(lambda conn: people.get(conn, "slack:U0ANA"))
    assert ana is not None
    assert not ana.deleted
    assert quick.told(ANA) == []


async def test_a_person_who_left_loses_the_layers_and_the_owner_is_told_once(
    slack: Room,
) -> None:
    await begun(slack)
    await slack.ask(ANA, "slash", "assign search-assistant 1 @ben")
    await slack.ask(ANA, "slash", "assign search-assistant 3 @ben")
    told = len(slack.told(ANA))
    for _ in range(2):
        await slack.workspace.deactivate(BEN)
        await slack.settle()
    facts = {"name": "Ben Okafor", "service": "search-assistant"}
    assert sorted(slack.told(ANA)[told:]) == [
        slack.line("tells.left", **facts, number=1, title="Prompt management"),
        slack.line("tells.left", **facts, number=3, title="Observability"),
    ]
    assert (await slack.review()).assignees == {}
    assert "Ben Okafor" not in slack.card("Readiness review")
    assert "Ben Okafor" not in slack.card("Layer 1 of 8")


async def test_a_layer_is_not_handed_to_a_person_who_left(quick: Room) -> None:
    await begun(quick)
    await quick.press(BEN, "Met", check="1.1")
    await quick.workspace.deactivate(BEN)
    await quick.workspace.deactivate("U0DAN")  # whom the bot has never met
    for named, name in (("ben", "Ben Okafor"), ("dan", "Dan Wu")):
        answer = await quick.ask(ANA, "slash", f"assign search-assistant 2 @{named}")
        assert answer == quick.line("refusals.person_left", person=name)
    assert (await quick.review()).assignees == {}
    assert "*Met* · Ben Okafor" in quick.card("Layer 1 of 8"), "what Ben said stays Ben's"


async def test_the_owner_of_a_channel_that_went_who_left_too_is_not_written_to(
    quick: Room,
) -> None:
    await begun(quick)
    await quick.workspace.deactivate(ANA)
    await quick.workspace.archive(CHANNEL)
    await quick.settle()
    assert quick.told(BEN) == []
    found = await quick.bot.runner.read(reviews.latest_of_all)
    assert len(found) == 1
