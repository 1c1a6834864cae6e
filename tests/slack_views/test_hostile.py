"""What people write stays dead text on Slack: no mention, no link, no mark-up of ours comes alive.

Each text goes the way it would go for real: cleaned or refused at the door, then into every view.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from everything import every_form, slots
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewing import CHECKLIST, EVERYTHING, IDS, PEOPLE, THREAD, at, review, scene, service_table
from slack_kit import SLACK
from strangers import reviews_with, taken

from bot.slack import blocks
from bot.slack.payloads import text as typed
from conversations import views
from conversations.cards import Card
from conversations.commands import Help, parse_command
from conversations.effects import Refused
from conversations.orders import COMMANDS
from conversations.replies import parse_reply
from conversations.review import Answer, Verdict
from conversations.text import evidence_url, note, service_name
from conversations.views import home, private

HOSTILE = [
    "<!channel>", "<!here|here>", "<!subteam^S1|team>", "<@U1>", "<@U1|ana>", "<#C1|general>",
    "<https://evil.example|click>", "<mailto:a@b.example|x>", "https://evil.example", "@channel",
    "&lt;!channel&gt;", "&amp;<>", "<", ">", "{{7*7}}", "{% raw %}{{ at }}", "a\x00b",
    "\u202e<!channel>", "<\u200b!channel>", "'\"“”`", "*_~`>", "*<!channel>*", "`<@U1>`", "|",
    "x|y>", "]]>", "\n> quoted\n<!channel>", "@{slack:UANA}", "@{slack:U1><!channel}",
]  # fmt: skip
EVIDENCE = "https://wiki.example/?a=1&b=2#<!channel>"
OUR_LINK = re.compile(r"<(https?://[^<>|\s]+)\|([^<>|]*)>")
COMMAND_WORDS = ["strat", "start", "assign a", "weekly monday 09:00", "status", "what"]


def shown(text: str) -> Iterator[dict[str, Any]]:
    """Everything that can be shown of these reviews, to people of that name, as Slack gets it."""
    names = dict.fromkeys(PEOPLE, taken(note, text, "Ana"))
    for now in reviews_with(text):
        at_ = scene(now, SLACK, names)
        yield from (blocks.message(views.card(at_, slot)) for slot in slots())
        for card in (private.status(at_), private.gap_list(at_), private.already_open(at_)):
            yield blocks.message(card)
        yield blocks.message(service_table([at_], SLACK, at(99)))
        yield blocks.home(home.card([at_], PEOPLE[1], [now.service_key], SLACK))
        yield from (blocks.modal(form) for form in every_form(at_))
    yield from (blocks.message(card) for card in answers_to(text))


def answers_to(text: str) -> Iterator[Card]:
    """What somebody is told who types the text behind some word."""
    for words in COMMAND_WORDS:
        try:
            command = parse_command(typed(f"{words} {text}"))
        except Refused as refused:
            words_ = f"refusals.{refused.words}"
            yield private.one_line(SLACK.say(words_, **refused.facts))
        else:
            if isinstance(command, Help):
                yield private.help_card(
                    SLACK, unknown=command.unknown, suggestion=command.suggestion
                )
    name = taken(service_name, text, "search")
    for words in ("no_review", "finished"):
        yield private.one_line(SLACK.say(f"refusals.{words}", service=name))
    known = SLACK.say("refusals.unknown_service", service=name, known=[name, name])
    yield private.one_line(known)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object, however deep."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for entry in value:
            yield from objects(entry)


def is_dead(text: str) -> bool:
    """Whether nothing in Slack's mark-up is alive but links of ours to checked addresses."""
    links = OUR_LINK.findall(text)
    rest = OUR_LINK.sub("", text)
    known = {THREAD, CHECKLIST.url}
    return not set(rest) & set("<>") and all(
        url in known or evidence_url(url.replace("&amp;", "&")) for url, _ in links
    )


def check_shown(text: str) -> None:
    for payload in shown(text):
        top = payload.get("text", "")
        assert is_dead(top), top
        for found in objects(payload):
            if found.get("type") == "mrkdwn":
                assert is_dead(found["text"]), found["text"]
                assert found["verbatim"] is True  # bare addresses and #names stay dead
            for value in found.values():
                assert not (isinstance(value, str) and "\x00" in value)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_dead_in_every_view(text):
    check_shown(text)


@settings(max_examples=10)
@given(st.lists(st.sampled_from([*HOSTILE, " ", "x", "&", "!channel"]), max_size=6).map("".join))
def test_any_mixture_of_it_stays_dead_too(text):
    check_shown(text)


@pytest.mark.parametrize("text", ["{{7*7}}", "{% raw %}{{ at }}", "{{ labels.SAVE }}", "{# x #}"])
def test_nothing_that_people_write_is_a_template(text):
    answer = Answer(Verdict.UNMET, PEOPLE[0], at(1), note(text))
    card = views.card(scene(review(profile=EVERYTHING, answers={IDS[0]: answer}), SLACK), "layer:1")
    assert any(text in block["text"]["text"] for block in blocks.blocks(card.elements)
               if block["type"] == "section")  # fmt: skip


def test_a_person_named_in_a_note_is_named_and_not_notified():
    reply = parse_reply(typed("no because <@UANA> left"))
    answer = Answer(Verdict.UNMET, PEOPLE[1], at(1), reply.note)
    of = scene(review(profile=EVERYTHING, answers={IDS[0]: answer}), SLACK)
    assert "Not yet*, @Ana left · Ben" in views.card(of, "layer:1").elements[2].text


def test_a_link_of_evidence_leads_where_it_says():
    url = evidence_url("https://wiki.example/?a=1&b=2|x".partition("|")[0])
    answer = Answer(Verdict.MET, PEOPLE[1], at(1), "", (url,))
    of = scene(review(profile=EVERYTHING, answers={IDS[0]: answer}), SLACK)
    line = views.card(of, "layer:1").elements[2].text
    assert "<https://wiki.example/?a=1&amp;b=2|wiki.example>" in line
    with pytest.raises(Refused):
        evidence_url(EVIDENCE)


def test_the_help_has_no_live_text_of_its_own():
    for line in COMMANDS:
        assert "<" not in line.usage + line.effect
