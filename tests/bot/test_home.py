"""A person's own page: what is theirs, what they own, what is open, each with its thread."""

import re

from bot_kit import ANA, BEN, CHI, Room, text_of

from bot.playground.world import View
from storage import reviews


async def page(room: Room, person: str) -> str:
    await room.workspace.open_home(person)
    await room.settle()
    return text_of(home(room, person))


def home(room: Room, person: str) -> View:
    found = room.workspace.home(person)
    assert found is not None
    return found


def links(room: Room, person: str) -> list[str]:
    blocks = home(room, person).blocks
    return [it["accessory"]["url"] for it in blocks if it.get("accessory", {}).get("url")]


async def test_an_empty_home_says_how_to_start(quick: Room) -> None:
    shown = await page(quick, ANA)
    assert "/readiness start search-assistant" in shown
    assert shown.count("None") == 2
    assert "Nothing." in shown
    assert links(quick, ANA) == []


async def test_home_shows_my_layers_my_services_and_what_is_open_with_their_threads(
    slack: Room,
) -> None:
    await slack.start()
    await slack.type(BEN, "/readiness start ticket-router", channel="general")
    other = slack.workspace.messages("general")[-1].ts
    await slack.ask(ANA, "slash", "assign search-assistant 2 @chitra")
    await slack.press(ANA, "Ask everything")
    await slack.reply(ANA, "2.1 yes")
    here = f"{slack.workspace.url}archives/C0SEARCH/p{slack.root.replace('.', '')}"
    there = f"{slack.workspace.url}archives/C0GENERAL/p{other.replace('.', '')}"

    chi = (await page(slack, CHI)).splitlines()
    assert "*search-assistant* · layer 2, Evaluation · 6 checks open" in chi
    assert links(slack, CHI) == [here, here, there]

    ana = await page(slack, ANA)
    assert "Not ready so far" in ana
    assert "*search-assistant* · 1 of 50 answered · started by Ana Berger" in ana
    assert links(slack, ANA) == [here, here, there]

    await page(slack, BEN)
    assert links(slack, BEN) == [there, here, there]


async def test_home_is_drawn_anew_each_time_it_is_opened(quick: Room) -> None:
    await quick.start()
    assert "0 of 50" in await page(quick, ANA)
    await quick.press(ANA, "Ask everything")
    await quick.press(ANA, "Met", check="1.1")
    assert "1 of 50" in await page(quick, ANA)
    await quick.press(ANA, "Finish review")
    shown = await page(quick, ANA)
    assert "of 50 answered" not in shown, "a finished review is no open one"
    assert "*search-assistant* · Not ready" in shown


async def test_a_layer_of_mine_leaves_the_page_when_it_is_answered(quick: Room) -> None:
    await quick.start()
    await quick.ask(ANA, "slash", "assign search-assistant 1 @chitra")
    await quick.press(ANA, "Ask everything")
    assert "layer 1" in await page(quick, CHI)
    await quick.reply(CHI, "1-6 yes")
    assert "layer 1" not in await page(quick, CHI)


async def test_a_review_is_started_from_the_page(quick: Room) -> None:
    await page(quick, ANA)
    [action_id] = [e["action_id"] for b in home(quick, ANA).blocks for e in b.get("elements", [])
                   if e["type"] == "button"]  # fmt: skip
    view_id = home(quick, ANA).id
    await quick._done(quick.workspace.click(ANA, action_id=action_id, view_id=view_id))
    outcome = await quick.submit(ANA, service="x" * 81, channel="C0GENERAL")
    assert list(outcome.errors) == ["service"]
    assert (await quick.submit(ANA, service="search-assistant", channel="C0GENERAL")).ok
    assert "search-assistant" in quick.workspace.messages("general")[-1].text


async def test_a_review_started_from_the_page_needs_a_channel(quick: Room) -> None:
    await page(quick, ANA)
    [action_id] = [e["action_id"] for b in home(quick, ANA).blocks for e in b.get("elements", [])
                   if e["type"] == "button"]  # fmt: skip
    view_id = home(quick, ANA).id
    await quick._done(quick.workspace.click(ANA, action_id=action_id, view_id=view_id))
    outcome = await quick.submit(ANA, service="search-assistant")
    assert list(outcome.errors) == ["channel"]
    assert await quick.bot.runner.read(reviews.latest_of_all) == []


async def test_forty_services_still_fit_on_the_page(quick: Room) -> None:
    """Slack refuses a view of more than 100 blocks: the rest is counted."""
    for number in range(40):
        await quick.workspace.send(ANA, "search-team", f"/readiness start service-{number}")
    await quick.settle()
    shown = await page(quick, ANA)
    assert "and 25 more" in shown
    assert len(home(quick, ANA).blocks) < 100


async def test_my_gaps_stay_on_my_home_when_the_review_is_finished(quick: Room) -> None:
    await quick.start()
    await quick.type(ANA, "/readiness assign search-assistant 2 @chitra")
    await quick.press(ANA, "Ask everything")
    await quick.reply(ANA, "2.1 yes")
    await quick.press(ANA, "Finish review")
    assert re.search(r"\*search-assistant\* · 6 gaps, first due \d+ \w+", await page(quick, CHI))
    ana = await page(quick, ANA)
    assert re.search(r"\*search-assistant\* · 43 gaps, first due", ana), "as the service's owner"
    assert "50 of 50 apply · 49 gaps" in ana
    await quick.type(ANA, "/readiness assign search-assistant 1.2 @ben")
    assert "*search-assistant* · 1 gap, due" in await page(quick, BEN)
    assert "*search-assistant* · 42 gaps, first due" in await page(quick, ANA)


async def test_a_review_held_alone_with_the_bot_is_on_nobody_elses_home(quick: Room) -> None:
    await quick.workspace.send(BEN, quick.workspace.dm(BEN), "start private-try")
    await quick.settle()
    assert "private-try" in await page(quick, BEN)
    assert "private-try" not in await page(quick, ANA)
