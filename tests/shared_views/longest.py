"""Reviews whose every text is as long as it may be, and swells most when it is written down."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from hypothesis import strategies as st
from reviewing import CHECKLIST, EVERYTHING, FACTS, IDS, START, review, scene

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
from conversations.week import ORDER, Missed, Standing, Week
from conversations.wording import Wording

THREAD = "https://" + "acme.example/archives/" + "C" * 40 + "/p1740000000000000?" + "a=b&" * 40
HOST = ("https://" + "a" * 63 + ".example/",)


def links(of: str) -> tuple[str, ...]:
    """As many links as an answer holds, each as long as a link may be."""
    long = [f"https://{number}.example/{of}" for number in range(EVIDENCE_MOST)]
    return tuple(evidence_url((link + of * URL_LONGEST)[:URL_LONGEST]) for link in long)


def finished(now: Review) -> Review:
    """The review after somebody finished it."""
    ended = START + timedelta(days=400)
    return replace(now, state=State.FINISHED, finished_by=now.started_by, finished_at=ended)


def busy_week(name: str, services: int) -> Week:
    """A week in which everything that can be said of a service is said of each."""
    standings = (
        Standing(
            f"s{number}", name, f"r{number}", open=False, readiness=ORDER[number % 3], percent=50,
            weakest="prompt-management", applicable=50, critical_open=4, overdue=50, days=999,
            again=True, change=-99, readiness_before=ORDER[2], overdue_change=40,
        )
        for number in range(services)
    )  # fmt: skip
    return Week("2026-11-30", tuple(standings), tuple(Missed(it, services) for it in IDS[:3]))


@dataclass(frozen=True)
class Longest:
    """The longest reviews on a platform, in texts of the character that swells most there."""

    words: Wording
    swelling: str
    people: tuple[str, ...]
    thread: str = THREAD
    wider: tuple[str, ...] = field(default=())  # more characters to try in notes

    @property
    def names(self) -> dict[str, str]:
        """The longest name for everybody: 80 characters are kept of one."""
        return dict.fromkeys(self.people, self.swelling * NAME_LONGEST)

    @property
    def service(self) -> str:
        """The longest name of a service."""
        return "R" + self.swelling * (NAME_LONGEST - 1)

    @cached_property
    def notes(self) -> list[str]:
        """Notes: none, those that stand on a line, those that don't."""
        return [
            "",
            "\n".join("*" * 9 for _ in range(14)),
            "why " * (NOTE_LONGEST // 4),
            *(sign * most for sign in (self.swelling, *self.wider)
              for most in (SHORT_NOTE, NOTE_LONGEST)),
        ]  # fmt: skip

    @cached_property
    def reasons(self) -> list[str]:
        """Reasons for N/A."""
        return [self.swelling * SHORT_NOTE, self.swelling * REASON_LONGEST, "no retrieval"]

    @cached_property
    def evidence(self) -> list[tuple[str, ...]]:
        """Links: none, some, as many and as long as may be."""
        swelling = links(self.swelling)
        return [(), swelling, links("x"), swelling[:1], ("https://wiki.example/a",), HOST]

    def answers_of(self, verdict: Verdict) -> st.SearchStrategy[Answer]:
        """Any longest answer with this verdict."""
        excused = verdict is Verdict.NOT_APPLICABLE
        return st.builds(
            Answer,
            st.just(verdict),
            st.sampled_from(self.people),
            st.just(START),
            st.sampled_from(self.reasons if excused else self.notes),
            st.sampled_from(self.evidence),
            proposed=st.booleans() if excused else st.just(False),
        )

    @cached_property
    def answers(self) -> st.SearchStrategy[Answer]:
        """Any longest answer."""
        return st.one_of(*map(self.answers_of, Verdict))

    def reviews(self) -> st.SearchStrategy[Review]:
        """Any state of a review: half answered, put off, handed over, closed 5,000 times."""
        return _reviews(self)

    def alike(self, answer: Answer | None, **changes: object) -> Review:
        """A review in which every check has this answer."""
        known = {
            "service": self.service,
            "started_by": self.people[0],
            "profile": EVERYTHING,
            "answers": dict.fromkeys(IDS, answer) if answer else {},
            "assignees": dict.fromkeys((one.id for one in CHECKLIST.layers), self.people[1]),
            "closings": 5000,
        }
        return review(**(known | changes))

    def scene(self, of: Review) -> Scene:
        """The review on its platform, with the longest names."""
        return scene(of, self.words, self.names, self.thread)


@st.composite
def _reviews(draw: st.DrawFn, longest: Longest) -> Review:
    same = draw(st.none() | longest.answers)  # all alike is the worst of many cases
    maybe = st.none() | longest.answers
    given = {key: same or draw(maybe) for key in IDS}
    answers = {key: answer for key, answer in given.items() if answer}
    left = [key for key in IDS if key not in answers]
    carried = draw(st.sampled_from([[], IDS, IDS[::2]]))  # of a re-review, which has one before
    before = dict.fromkeys(IDS, draw(longest.answers))
    answers = {
        key: replace(it, carried=key in carried and not it.proposed) for key, it in answers.items()
    }
    again = {"previous": "r0", "before": before, "texts": dict.fromkeys(IDS, "new"),
             "texts_before": dict.fromkeys(IDS[::2], "old"), "scheduled": True}  # fmt: skip
    layers = [layer.id for layer in CHECKLIST.layers]
    now = review(
        service=longest.service,
        service_key=longest.service.lower(),
        started_by=longest.people[0],
        answers=answers,
        profile=draw(st.sampled_from([EVERYTHING, {}, dict.fromkeys(FACTS[:2], False)])),
        ask_everything=draw(st.booleans()),
        skipped=frozenset(draw(st.sampled_from([[], left, left[::2]]))),
        **(again if carried or draw(st.booleans()) else {}),
        assignees=draw(st.sampled_from([{}, dict.fromkeys(layers, longest.people[1])])),
        closings=5000,
    )
    return now if draw(st.booleans()) else finished(now)
