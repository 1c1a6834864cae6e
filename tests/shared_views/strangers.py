"""Reviews that hold some text wherever a person can put one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reviewing import CHECKLIST, CRITICAL, EVERYTHING, FACTS, IDS, PEOPLE, at, review

from conversations.effects import Refused
from conversations.review import Answer, Review, State, Verdict
from conversations.text import evidence_url, note, reason, service_name


def taken(read: Any, text: str, otherwise: str) -> str:
    """The text as it would be stored, or something harmless where it is refused."""
    try:
        return str(read(text)) or otherwise
    except Refused:
        return otherwise


def reviews_with(text: str) -> Iterator[Review]:
    """Reviews that hold the text wherever a person can put one, open and finished."""
    links = (taken(evidence_url, f"https://wiki.example/{text}", "https://wiki.example/a&b"),)
    verdicts = [Verdict.PARTLY, Verdict.UNMET, Verdict.MET]
    given_ = {
        key: Answer(verdicts[number % 3], PEOPLE[number % 3], at(1), taken(note, text, ""), links)
        for number, key in enumerate(IDS[:-3])
    }
    excused = Answer(Verdict.NOT_APPLICABLE, PEOPLE[0], at(1), taken(reason, text, "none"))
    layers = dict.fromkeys((layer.id for layer in CHECKLIST.layers), PEOPLE[1])
    for profile in (EVERYTHING, {FACTS[0]: False}):
        now = review(
            service=taken(service_name, text, "search"),
            answers={**given_, CRITICAL[0]: excused},
            profile=profile,
            assignees=layers,
        )
        yield now
        yield replace(now, state=State.FINISHED, finished_by=PEOPLE[2], finished_at=at(9))
