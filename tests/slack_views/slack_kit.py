"""Cards and forms as Slack gets them, and what Slack would say to them."""

from itertools import count
from typing import Any

from longest import Longest

from bot.playground import blocks as strict
from bot.playground.values import Ids, system_clock
from bot.slack import blocks
from bot.slack.dialect import Mrkdwn
from conversations.cards import Card, Form
from conversations.wording import Wording

SLACK = Wording(Mrkdwn())
IDS = Ids(system_clock, count(1))
PEOPLE = tuple(f"slack:U{number:010}" for number in range(12))
LONGEST = Longest(SLACK, "&", PEOPLE)  # `&` becomes `&amp;`, five times as long


def accepted(card: Card) -> list[dict[str, Any]]:
    """The blocks of a message that Slack takes. Raises SlackError with what it dislikes."""
    message = blocks.message(card)
    assert 0 < len(message["text"]) <= 3000
    return strict.message_blocks(message["blocks"], IDS)


def accepted_home(card: Card) -> dict[str, Any]:
    """A person's page that Slack takes."""
    return strict.view(blocks.home(card), "home", IDS)


def accepted_form(form: Form) -> dict[str, Any]:
    """A modal that Slack takes."""
    return strict.view(blocks.modal(form), "modal", IDS)
