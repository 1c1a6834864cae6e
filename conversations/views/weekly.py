"""The weekly scorecard of a channel: one message that leadership reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import accumulate

from conversations import labels
from conversations.cards import Card, Divider, Element, Faint, Heading, Text
from conversations.checklist import Checklist
from conversations.views.scene import paragraphs
from conversations.week import ORDER, Standing, Week
from conversations.wording import Safe, Wording

TOP, BOTTOM = 15, 5  # lines shown where there are more services than fit
LINES_MOST = 7000  # characters of all lines of services


def card(week: Week, checklist: Checklist, words: Wording, links: Mapping[str, str]) -> Card:
    """The table, what moved, what is missed most. `links` to reviews, by their ids."""
    day = date.fromisoformat(week.day)
    if not week.standings:
        text = words.say("weekly.nothing")
        return Card(text, (Text(text),))
    counts = Counter(it.readiness for it in week.standings)
    facts = {
        "labels": labels,
        "services": len(week.standings),
        "counts": [(readiness, counts[readiness]) for readiness in ORDER if counts[readiness]],
        "overdue": sum(it.overdue for it in week.standings),
        "day": day,
    }
    return Card(
        words.say("weekly.summary", **facts),
        (
            Heading(f"Weekly scorecard · {day:%-d %b %Y}"),
            Text(words.say("weekly.headline", **facts)),
            *_table(week, checklist, words, links),
            *_movers(week, words),
            *_missed(week, checklist, words),
        ),
    )


def shown(week: Week) -> tuple[Standing, ...]:
    """The services that may have a line: the first ones, and of many only the best beside them."""
    if len(week.standings) <= TOP + BOTTOM:
        return week.standings
    return (*week.standings[:TOP], *week.standings[-BOTTOM:])


def _table(
    week: Week, checklist: Checklist, words: Wording, links: Mapping[str, str]
) -> tuple[Element, ...]:
    """A line a service, the least ready first; of many the first ones, and the best."""
    lines = [_line(it, checklist, words, links.get(it.review, "")) for it in shown(week)]
    top, bottom = _fitting(lines)
    rest = len(week.standings) - len(top) - len(bottom)
    if not rest:
        return paragraphs([*top, *bottom])
    left_out = Faint(words.say("weekly.left_out", count=rest))
    return (*paragraphs(top), left_out, *paragraphs(bottom))


def _fitting(lines: list[Safe]) -> tuple[list[Safe], list[Safe]]:
    """As many from the top and the bottom as a message takes."""
    all_of_them = len(lines) < TOP + BOTTOM  # of just so many there may be more in between
    if all_of_them and sum(map(len, lines)) <= LINES_MOST:
        return lines, []
    bottom = lines[-BOTTOM:]
    room = LINES_MOST - sum(map(len, bottom))
    ends = accumulate(len(line) for line in lines[:TOP])
    return [line for line, end in zip(lines, ends) if end <= room], bottom


def _line(it: Standing, checklist: Checklist, words: Wording, link: str) -> Safe:
    weakest = checklist.layers_by_id[it.weakest].title if it.weakest else None
    total = len(checklist.checks)
    return words.say(
        "weekly.service", labels=labels, it=it, weakest=weakest, link=link, total=total
    )


def _movers(week: Week, words: Wording) -> tuple[Element, ...]:
    lines = [words.say("weekly.mover", labels=labels, it=it) for it in week.movers]
    if not lines:
        compared = any(it.readiness_before for it in week.standings)
        return (Faint(words.say("weekly.still")),) if compared else ()
    return (Divider(), *paragraphs([words.say("weekly.moved"), *lines]))


def _missed(week: Week, checklist: Checklist, words: Wording) -> tuple[Element, ...]:
    known = [it for it in week.missed if it.check in checklist.by_id]
    if not known:
        return ()
    lines = [
        words.say("weekly.missed", check=checklist.by_id[it.check], services=it.services)
        for it in known
    ]
    return (Divider(), *paragraphs([words.say("weekly.most_missed"), *lines]))
