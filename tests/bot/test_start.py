"""`start SERVICE`: one open review a service, whoever asks, wherever, by whatever spelling."""

import asyncio

import pytest
from bot_kit import ANA, BEN, CHANNEL, Room, buttons, text_of

from conversations.review import State
from storage import reviews, services


async def all_services(room: Room) -> list[services.Service]:
    return await room.bot.runner.read(services.all_of)


@pytest.mark.parametrize("way", ["slash", "mention", "direct"])
async def test_start_opens_a_review_where_it_was_typed(quick: Room, way: str) -> None:
    """In a direct message too: somebody alone with the bot may review alone."""
    await quick.say(ANA, way, "start search-assistant")
    channel = quick.workspace.dm(ANA) if way == "direct" else CHANNEL
    roots = [it for it in quick.workspace.messages(channel) if it.by_bot]
    assert len(roots) == 1
    assert "Readiness review: search-assistant" in text_of(roots[0])
    assert (await quick.review()).place.channel == quick.workspace.channel(channel).id
    [service] = await all_services(quick)
    assert (service.owners, service.home) == (("slack:U0ANA",), (await quick.review()).place)


async def test_a_start_in_a_thread_opens_a_thread_of_its_own(quick: Room) -> None:
    await quick.start()
    await quick.say(BEN, "thread", "start ticket-router")
    roots = [it.text for it in quick.workspace.messages(CHANNEL)]
    assert [it.split(":")[0] for it in roots] == [
        "Readiness review of search-assistant",
        "Readiness review of ticket-router",
    ]


@pytest.mark.parametrize(
    "spelling", ["Search Assistant", "search_assistant", "SEARCH--ASSISTANT", '"search-assistant"']
)
async def test_another_spelling_is_the_same_service(quick: Room, spelling: str) -> None:
    await quick.start("search-assistant")
    await quick.type(BEN, f"/readiness start {spelling}", channel="general")
    [answer] = quick.workspace.ephemerals(BEN)
    assert "is open already" in text_of(answer)
    [(link, _)] = buttons(answer)
    assert link["url"].endswith(f"/archives/C0SEARCH/p{quick.root.replace('.', '')}")
    assert quick.workspace.messages("general") == []
    assert len(await all_services(quick)) == 1


async def test_ten_starts_at_once_open_one_review(slack: Room) -> None:
    people = (ANA, BEN)
    await asyncio.gather(
        *(slack.workspace.send(people[at % 2], CHANNEL, "/readiness start search-assistant")
          for at in range(10))
    )  # fmt: skip
    await slack.settle()
    assert len(slack.workspace.messages(CHANNEL)) == 1
    told = [*slack.told(ANA), *slack.told(BEN)]
    assert len(told) == 9
    assert all("is open already" in line for line in told)
    assert len(await all_services(slack)) == 1


async def test_a_finished_service_is_reviewed_anew_by_the_next_start(quick: Room) -> None:
    first = await quick.start()
    await quick.press(ANA, "Finish review")
    await quick.type(BEN, "/readiness start search-assistant")
    second = await quick.review()
    assert second.id != first
    assert second.state is State.OPEN
    [service] = await all_services(quick)
    assert service.owners == ("slack:U0ANA",), "the owner stays"


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("x" * 80, True),
        ("x" * 81, False),
        ("ü" * 80, True),
        ("🙂", False),
        ("-_-", False),
        ("<!channel>", False),
        ("<@U0BEN>", False),
        ("@ben", False),
        ("#general", False),
        ("a|b", False),
        ("{{7*7}}", False),
        ("a & b", True),
        ("*bold* _it_ `code`", True),
        ('O\'Neill "x" y', True),
        ("../../etc/passwd", True),
        ("'; DROP TABLE review; --", True),
        ("=cmd()", True),
        ("search\u202etnatsissa", True),
        ("se\u0000arch", True),
    ],
)
async def test_a_name_is_taken_or_refused_in_one_line(
    quick: Room, name: str, *, taken: bool
) -> None:
    await quick.type(ANA, f"/readiness start {name}")
    if taken:
        clean = name.replace("\u202e", "").replace("\u0000", "").strip('"')
        assert (await quick.review()).service == clean
        assert len(quick.workspace.messages(CHANNEL)) == 1
        assert quick.told(ANA) == []
        return
    [line] = quick.told(ANA)
    assert line in {
        quick.line("refusals.service_name", longest=80),
        quick.line("refusals.service_name_signs"),
    }
    assert await all_services(quick) == []


async def test_start_where_the_bot_is_not_says_so_and_waits_for_the_invitation(
    slack: Room,
) -> None:
    """#random is without the bot: one private line there, then the review opens by itself."""
    await slack.type(ANA, "/readiness start search-assistant", channel="random")
    [line] = slack.told(ANA)
    assert line == slack.line("tells.not_in_channel", service="search-assistant")
    assert slack.workspace.messages("random") == []
    await slack.type(ANA, "/invite @Readiness", channel="random")
    assert len(slack.workspace.messages("random")) == 1
    await slack.type(BEN, "/readiness start search-assistant", channel="random")
    assert "is open already" in slack.told(BEN)[-1]
    assert len(await slack.bot.runner.read(reviews.latest_of_all)) == 1


async def test_a_review_that_could_not_open_there_opens_elsewhere(quick: Room) -> None:
    await quick.type(ANA, "/readiness start search-assistant", channel="random")
    await quick.type(BEN, "/readiness start search-assistant")
    assert "Readiness review" in quick.workspace.messages(CHANNEL)[0].text
    assert (await quick.review()).place.channel == "C0SEARCH"
    assert quick.told(BEN) == []


async def test_a_review_held_alone_moves_to_the_channel_that_starts_it(quick: Room) -> None:
    """Nobody else could open a link into Ana's direct messages. Her answers come along."""
    await quick.say(ANA, "direct", "start search-assistant")
    dm = quick.workspace.dm(ANA)
    quick.channel, quick.root = dm, quick.workspace.messages(dm)[-1].ts
    await quick.press(ANA, "Ask everything")
    await quick.press(ANA, "Met", check="1.1")
    await quick.type(BEN, "/readiness start search-assistant", channel=CHANNEL)
    review = await quick.review()
    assert review.place.channel == "C0SEARCH"
    assert list(review.answers) == ["prompt-management.rollback"]
    assert "1 of 50" in quick.workspace.messages(CHANNEL)[0].text
