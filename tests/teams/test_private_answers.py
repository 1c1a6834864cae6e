"""What is for one person: in the chat with the bot, else in the thread it was asked in."""

import pytest
from fake_teams import ANA, BEN, BOT, CHANNEL, CHAT, OTHER, alone, inputs, text_of
from teams_room import Room

from conversations.review import Verdict


async def install(room: Room, person: str) -> None:
    """The person adds the app: both activities that Teams sends then."""
    chat = alone(person)
    await room.send(room.activity(person, "installationUpdate", to=chat) | {"action": "add"})
    joined = [{"id": BOT}, {"id": person}]
    await room.send(room.activity(person, "conversationUpdate", to=chat) | {"membersAdded": joined})


@pytest.mark.parametrize("words", ["status", "gaps", "services", "help", "stat", "nonsense"])
async def test_a_question_in_a_channel_is_answered_in_the_persons_own_chat(
    quick: Room, words: str
) -> None:
    await quick.start()
    before = len(quick.messages())
    await quick.say(BEN, words)
    assert len(quick.told(BEN)) == 1
    assert len(quick.messages()) == before
    assert quick.told(ANA) == []


async def test_where_the_person_has_no_chat_with_the_bot_it_is_answered_in_the_thread(
    quick: Room,
) -> None:
    await quick.start()
    quick.teams.closed.add(BEN)
    await quick.say(BEN, "status", thread=quick.root)
    assert quick.told(BEN) == []
    answer = quick.messages()[-1]
    assert answer.thread == quick.root
    assert "0 of 50" in answer.text


async def test_a_refused_reply_is_told_in_private(quick: Room) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    await quick.reply(BEN, "9.9 yes")
    [line] = quick.told(BEN)
    assert line == quick.line("refusals.no_such_check", number="9.9")


async def test_the_first_contact_shows_the_home_card_once(quick: Room) -> None:
    await install(quick, ANA)
    [home] = quick.messages(alone(ANA))
    assert home.activity["summary"] == quick.line("home.summary")


@pytest.mark.parametrize(("words", "cards"), [("home", 1), ("Home!", 1), ("help", 2), ("", 1)])
async def test_the_home_card_comes_when_asked_for(quick: Room, words: str, cards: int) -> None:
    await quick.start()
    await quick.type(ANA, words, to=alone(ANA))
    found = quick.messages(alone(ANA))
    assert len(found) == cards
    assert found[-1].activity["summary"] == quick.line("home.summary")
    assert "search-assistant" in found[-1].text


async def test_help_says_how_to_type_where_it_was_asked(quick: Room) -> None:
    """Alone with the bot the words do, and `home` is one of them; elsewhere it is mentioned."""
    await quick.type(ANA, "nonsense", to=alone(ANA))
    [own] = quick.told(ANA)
    assert "\nhome  what is yours" in own
    assert "@Readiness" not in own
    assert "channel" not in own
    await quick.say(BEN, "help")
    assert (
        "@Readiness start SERVICE  opens a review in a new thread of this channel"
        in (quick.told(BEN)[0])
    )
    quick.channel = CHAT
    await quick.say(BEN, "help")
    group = quick.told(BEN)[1]
    assert "@Readiness start SERVICE  opens a review in this chat" in group
    assert "this chat's weekly scorecard" in group
    assert "\n@Readiness home" not in group


async def test_stopping_is_answered_where_it_is_asked(quick: Room) -> None:
    await quick.start()
    await quick.say(BEN, "stop", thread=quick.root)
    assert quick.told(BEN) == [quick.line("help.stop", alone=False)]
    await quick.type(ANA, "pause", to=alone(ANA))
    assert quick.told(ANA) == [quick.line("help.stop", alone=True)]


async def test_a_review_is_started_from_the_home_card_where_it_stands(quick: Room) -> None:
    """No client lets choose a channel there: it is held in the person's own chat."""
    await install(quick, ANA)
    [home] = quick.messages(alone(ANA))
    opened = await quick.execute(ANA, home, "start|")
    assert [*inputs(opened.card)] == ["service"]
    assert "Nobody else can take part in this chat" in text_of(opened.card)
    refused = await quick.execute(ANA, home, "form:start|", {"service": "???"})
    assert [*inputs(refused.card)] == ["service"]
    sent = await quick.execute(ANA, home, f"form:start|{CHANNEL}", {"service": "search"})
    assert "Readiness" in str(sent.card)
    await quick.settle()
    assert (await quick.review()).place.channel == f"personal/{alone(ANA)}"
    assert quick.messages(CHANNEL) == []
    assert "Answer below; anybody here can" in str([it.card for it in quick.messages(alone(ANA))])


async def test_in_the_persons_own_chat_commands_need_no_mention(quick: Room) -> None:
    """Somebody alone with the bot may review alone; there are no threads to type in."""
    await install(quick, ANA)
    quick.channel = alone(ANA)
    await quick.type(ANA, "start search-assistant")
    await quick.press(ANA, "Ask everything")
    await quick.type(ANA, "yes")
    await quick.press(ANA, "Partly", check="1.2")
    said = [it.verdict for it in (await quick.review()).answers.values()]
    assert said == [Verdict.MET, Verdict.PARTLY]
    assert all(it.thread is None for it in quick.messages())
    assert "2 of 50" in quick.card("Readiness review").text or quick.card("Readiness review").edits


async def test_a_review_in_a_group_chat(quick: Room) -> None:
    """Answers that mention the bot count; other talk is people's own."""
    quick.channel = CHAT
    await quick.say(ANA, "start search-assistant")
    await quick.press(ANA, "Ask everything")
    await quick.say(BEN, "yes")
    await quick.say(BEN, "status")
    assert [it.by for it in (await quick.review()).answers.values()] == ["teams:29:1ben"]
    assert len(quick.told(BEN)) == 1
    assert "1 of 50" in quick.told(BEN)[0]


async def assign(room: Room, words: str, *mentioned: tuple[str, str]) -> None:
    """Ana hands layer 6 to somebody; `mentioned`: id and name of each mention beside the bot's."""
    mentions = [
        {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": it, "name": name}}
        for it, name in ((BOT, "Readiness"), *mentioned)
    ]
    text = f"<at>Readiness</at> assign search-assistant 6 {words}"
    await room.type(ANA, text, entities=mentions)


async def test_a_layer_is_handed_to_whoever_is_mentioned(quick: Room) -> None:
    await quick.start()
    await assign(quick, "<at>Ben</at>", (BEN, "Ben"))
    assert list((await quick.review()).assignees.values()) == ["teams:29:1ben"]
    assert "Ben" in quick.told(ANA)[0]
    assert "handed you layer 6" in quick.told(BEN)[0]
    assert "Ben" in quick.card("Readiness review").text


@pytest.mark.parametrize("mentioned", ["28:other-bot", CHANNEL, "someone", "48:tag"])
async def test_only_people_are_handed_something(quick: Room, mentioned: str) -> None:
    """Not other bots, nor channels, which can be mentioned just the same."""
    await quick.start()
    await assign(quick, "<at>Other</at>", (mentioned, "Other"))
    assert (await quick.review()).assignees == {}
    assert quick.told(ANA) == [quick.line("refusals.assign_usage")]


@pytest.mark.parametrize(
    "words", ["@{teams:29:zoe}", "@<at>{teams:29:zoe}</at>", "@</at>{teams:29:zoe}"]
)
async def test_who_is_not_mentioned_but_typed_as_if_is_handed_nothing(
    quick: Room, words: str
) -> None:
    await quick.start()
    await assign(quick, words)
    assert (await quick.review()).assignees == {}
    assert quick.told(ANA) == [quick.line("refusals.mention_needed")]


async def test_two_people_of_one_name_are_told_apart_by_their_place_in_the_text(
    quick: Room,
) -> None:
    await quick.start()
    await assign(quick, "<at>Ben</at>", (BEN, "Ben"), ("29:another", "Ben"))
    assert list((await quick.review()).assignees.values()) == ["teams:29:1ben"]


async def test_a_button_of_another_channels_review_is_refused(quick: Room) -> None:
    await quick.start()
    shown, button = quick.button("Ask everything")
    body = quick.invoke(BEN, shown, button["verb"])
    body["conversation"]["id"] = f"{OTHER};messageid=1"
    answer = await quick.send(body)
    assert answer.line == quick.line("refusals.elsewhere")
    assert not (await quick.review()).ask_everything
