"""Reviews whose every text is as long as it may be, and swells most when it is escaped."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from reviewing import CHECKLIST, EVERYTHING, FACTS, IDS, START, review, scene
from slack_kit import SLACK

from conversations.review import Answer, Review, State, Verdict
from conversations.text import (
    EVIDENCE_MOST,
    NAME_LONGEST,
    NOTE_LONGEST,
    REASON_LONGEST,
    URL_LONGEST,
    evidence_url,
)
from conversations.views import Scene
from conversations.views.scene import SHORT_NOTE

SWELLING = "&"  # becomes `&amp;`, five times as long
PEOPLE = tuple(f"slack:U{number:010}" for number in range(12))
NAMES = dict.fromkeys(PEOPLE, SWELLING * 80)  # 80 characters are Slack's own limit
SERVICE = "R" + SWELLING * (NAME_LONGEST - 1)
THREAD = "https://" + "acme.example/archives/" + "C" * 40 + "/p1740000000000000?" + "a=b&" * 40


def links(of: str) -> tuple[str, ...]:
    """As many links as an answer holds, each as long as a link may be."""
    long = [f"https://{number}.example/{of}" for number in range(EVIDENCE_MOST)]
    return tuple(evidence_url((link + of * URL_LONGEST)[:URL_LONGEST]) for link in long)


NOTES = [
    "",
    SWELLING * SHORT_NOTE,
    SWELLING * NOTE_LONGEST,
    "\n".join("*" * 9 for _ in range(14)),
    "why " * (NOTE_LONGEST // 4),
]
REASONS = [SWELLING * SHORT_NOTE, SWELLING * REASON_LONGEST, "no retrieval"]
LINKS = [(), links(SWELLING), links("x"), links(SWELLING)[:1], ("https://wiki.example/a",)]
HOST = ("https://" + "a" * 63 + ".example/",)


def answers_of(verdict: Verdict) -> st.SearchStrategy[Answer]:
    """Any longest answer with this verdict."""
    excused = verdict is Verdict.NOT_APPLICABLE
    return st.builds(
        Answer,
        st.just(verdict),
        st.sampled_from(PEOPLE),
        st.just(START),
        st.sampled_from(REASONS if excused else NOTES),
        st.sampled_from([*LINKS, HOST]),
        proposed=st.booleans() if excused else st.just(False),
    )


ANSWERS = st.one_of(*map(answers_of, Verdict))
MAYBE = st.none() | ANSWERS


@st.composite
def reviews(draw: st.DrawFn) -> Review:
    """Any state of a review: half answered, put off, handed over, finished for the 5,000th time."""
    same = draw(st.none() | ANSWERS)  # all alike is the worst of many cases
    given = {key: same or draw(MAYBE) for key in IDS}
    answers = {key: answer for key, answer in given.items() if answer}
    left = [key for key in IDS if key not in answers]
    layers = [layer.id for layer in CHECKLIST.layers]
    profile = draw(st.sampled_from([EVERYTHING, {}, dict.fromkeys(FACTS[:2], False)]))
    now = review(
        service=SERVICE,
        service_key=SERVICE.lower(),
        started_by=PEOPLE[0],
        answers=answers,
        profile=profile,
        ask_everything=draw(st.booleans()),
        skipped=frozenset(draw(st.sampled_from([[], left, left[::2]]))),
        assignees=draw(st.sampled_from([{}, dict.fromkeys(layers, PEOPLE[1])])),
        closings=5000,
    )
    if draw(st.booleans()):
        return now
    return finished(now)


def finished(now: Review) -> Review:
    """The review after somebody finished it."""
    ended = START + timedelta(days=400)
    return replace(now, state=State.FINISHED, finished_by=PEOPLE[2], finished_at=ended)


def long_scene(of: Review) -> Scene:
    """The review on Slack, with the longest names."""
    return scene(of, SLACK, NAMES, THREAD)
