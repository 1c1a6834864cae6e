"""What people write stays dead text, in every message, form and page that the workspace holds."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from bot_kit import ANA, BEN, CHI, Room, text_of
from raw_kit import press

from bot.playground import payloads
from bot.report import scorecard_json

LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>]*>")
HOSTILE = [
    "<!channel> <!here> <!everyone>",
    "<@U0BEN> <@U0DAN|dan> <#C0GENERAL|general> <!subteam^S1|all>",
    "<https://evil.example|click me> <mailto:a@b.example|mail>",
    "&lt;!channel&gt; &amp;lt; &<>&",
    "right\u202eto\u2066left\u200b \u0000\u0007bell",
    "{{7*7}} {% raw %} ${jndi:ldap://x} #{1+1}",
    "'; DROP TABLE answer; -- \" ' ` \\",
    "*bold* _it_ ~no~ `code` ```block``` >quote",
    "line\nbreak\r\nand\u2028more",
    "https://bare.example/?a=<b>&c=d @channel #general",
]


def texts(value: Any) -> Iterator[str]:
    """Every string that Slack reads as mrkdwn, at any depth of a message's blocks."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def spoken(room: Room) -> list[str]:
    """All mrkdwn that the bot has brought into the workspace."""
    world = room.workspace.core.world
    messages = [it for log in world.log.values() for it in log.values() if it.by_bot]
    found = [it.text for it in messages]
    views = [*world.homes.values(), *(it for stack in world.modals.values() for it in stack)]
    for shown in (*(it.blocks for it in messages), *(it.blocks for it in views)):
        found += texts(list(shown))
    return found


def assert_dead(room: Room) -> None:
    for text in spoken(room):
        rest = LINK.sub("", text)
        assert "<" not in rest, text
        assert ">" not in rest, text
        assert re.sub(r"&(?:amp|lt|gt);", "", rest).count("&") == 0, text
        odd = [it for it in text if unicodedata.category(it) in {"Cc", "Cf"} and it != "\n"]
        assert odd == [], text


async def opened(room: Room) -> None:
    await room.start("a & b")
    await room.press(ANA, "Ask everything")


@pytest.mark.parametrize("words", HOSTILE)
async def test_notes_reasons_and_names_of_people_stay_dead(quick: Room, words: str) -> None:
    await opened(quick)
    await quick.press(BEN, "N/A", check="1.1")
    assert (await quick.submit(BEN, reason=words)).ok
    await quick.press(ANA, "Partly", check="1.2")
    await quick.press(ANA, "Add evidence", check="1.2")
    assert (await quick.submit(ANA, note=words, evidence="https://example.com/?a=1&b=<2>")).errors
    assert (await quick.submit(ANA, note=words, evidence="https://example.com/?a=1&b=2")).ok
    await quick.reply(CHI, f"3 no: {words}")
    await quick.reply(CHI, f"note {words}")
    for command in ("status", "gaps", "scorecard a & b", "services", words, f"status {words}",
                    f"assign {words} 3 @ben", f"gaps {words}", f"scorecard {words}"):  # fmt: skip
        await quick.say(CHI, "slash", command)
        await quick.say(CHI, "mention", command)
        await quick.say(CHI, "direct", command)
    await quick.press(BEN, "Change", check="1.2")
    await quick.press(CHI, "Walk me through")
    await quick.workspace.open_home(ANA)
    await quick.settle()
    await quick.press(ANA, "Finish review")
    assert_dead(quick)
    for person in (ANA, BEN, CHI):
        assert "went wrong" not in "".join(quick.told(person))
    assert "went wrong" not in "".join(text_of(it) for it in quick.messages())


async def test_what_was_written_is_kept_to_the_letter_but_for_invisible_signs(
    slack: Room,
) -> None:
    await opened(slack)
    for number, words in enumerate(HOSTILE[:6], 1):
        await slack.press(BEN, "N/A", check=f"1.{number}")
        assert (await slack.submit(BEN, reason=words)).ok
    answers = scorecard_json(slack.bot.checklist, await slack.review())["answers"]
    kept = [it["note"] for it in answers]
    invisible = str.maketrans("", "", "\u202e\u2066\u200b\u0000\u0007")
    assert kept[:6] == [it.translate(invisible) for it in HOSTILE[:6]]


async def test_a_person_s_name_is_no_mention_and_no_mark_up(quick: Room) -> None:
    world = quick.workspace.core.world
    named = replace(world.users[BEN], name="<@U0ANA>", real_name="<!channel>\u202e*b*")
    world.users[BEN] = named
    await opened(quick)
    await quick.press(BEN, "Met", check="1.1")
    await quick.workspace.event(payloads.user_change_event(quick.workspace.core, named))
    await quick.press(BEN, "Met", check="1.2")
    assert_dead(quick)
    assert "&lt;!channel&gt;" in quick.card("Layer 1 of 8")


async def test_an_unknown_action_is_one_private_line_and_stores_nothing(quick: Room) -> None:
    await opened(quick)
    before = await quick.stored()
    message, _ = quick.button("Met", check="1.1")
    for number, value in enumerate(HOSTILE, 1):
        assert (await press(quick, CHI, message, value)).error is None
        assert quick.told(CHI) == [quick.line("refusals.unknown_button")] * number
    assert await quick.stored() == before


async def test_a_tampered_form_is_refused_beside_its_first_field(quick: Room) -> None:
    await opened(quick)
    await quick.press(BEN, "N/A", check="1.1")
    [view] = quick.workspace.views(BEN)
    before = await quick.stored()
    for metadata in ("", "x", "give|1|2|met|0", view.body["private_metadata"] + "|1",
                     view.body["private_metadata"].replace("rollback", "nothing")):  # fmt: skip
        view.body["private_metadata"] = metadata
        outcome = await quick.submit(BEN, reason="no prompts")
        assert list(outcome.errors) == ["reason"], metadata
    assert await quick.stored() == before
