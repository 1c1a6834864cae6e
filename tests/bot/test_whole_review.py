from bot_kit import ANA, BEN, CHANNEL, Room, text_of

from conversations import checklist as checklists
from conversations.review import State

CHECKS = checklists.packaged().checks


async def test_a_whole_review_from_start_to_the_scorecard_in_the_channel(slack: Room) -> None:
    await slack.start()
    await slack.press(ANA, "Ask everything")
    for number, check in enumerate(CHECKS):
        await slack.press((ANA, BEN)[number % 2], "Met", check=check.number)
    review = await slack.review()
    assert review.state is State.FINISHED
    assert {answer.by for answer in review.answers.values()} == {"slack:U0ANA", "slack:U0BEN"}
    scorecard = text_of(slack.workspace.messages(CHANNEL)[-1])
    assert "Scorecard: search-assistant" in scorecard
    assert "*Ready* · 100 %" in scorecard
    assert "50 of 50 apply" in scorecard
    assert len(slack.workspace.messages(CHANNEL)) == 2, "the root and the scorecard"
