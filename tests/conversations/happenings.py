"""Anything that can happen in a review, in any order, said by several people."""

from dataclasses import replace

from hypothesis import strategies as st
from reviewing import ANA, CHECKLIST, FACTS, IDS, PEOPLE, START, at

from conversations import events as happened
from conversations.replies import EvidenceUrls, NoteText, SkipReply, StillTrue, Verdicts
from conversations.review import Verdict

LAYERS = [layer.id for layer in CHECKLIST.layers]
GROUPS = [tuple(check.id for check in layer.checks) for layer in CHECKLIST.layers]
URL = "https://wiki.example/run/7"

_checks = st.one_of(
    st.sampled_from(IDS).map(lambda one: (one,)),
    st.sampled_from(GROUPS),
    st.just(IDS),
    st.lists(st.sampled_from(IDS), min_size=1, max_size=12, unique=True).map(tuple),
    st.just(("no.such-check",)),
)
_notes = st.sampled_from([None, "", "planned", "no retrieval"])
_links = st.sampled_from([None, (), (URL,)])
_verdicts = st.sampled_from(Verdict)
_replies = st.one_of(
    st.builds(
        Verdicts,
        _verdicts,
        st.sampled_from([(), (), (3,), (1, 2, 3, 4), (99,)]),
        st.just(()),
        st.sampled_from(["", "planned"]),
        st.sampled_from([(), (URL,)]),
    ),
    st.builds(Verdicts, _verdicts, numbers=st.sampled_from([((2, 6),), ((9, 1),), ((1, 9),)])),
    st.just(NoteText("more on it")),
    st.just(EvidenceUrls((URL,))),
    st.builds(SkipReply, st.booleans()),
    st.just(StillTrue()),
)
_every_fact = st.fixed_dictionaries(dict.fromkeys(FACTS, st.booleans()))
_who = {"by": st.sampled_from(PEOPLE), "at": st.just(START)}
ANSWERED = st.builds(
    happened.Answered,
    checks=_checks,
    verdict=_verdicts,
    note=_notes,
    evidence=_links,
    walking=st.booleans(),
    **_who,
)
EVENTS = st.one_of(
    ANSWERED,
    st.builds(happened.Replied, reply=_replies, **_who),
    st.builds(
        happened.Amended,
        check=st.sampled_from([*IDS, "no.such-check"]),
        note=_notes,
        evidence=_links,
        **_who,
    ),
    st.builds(
        happened.Scoped, facts=st.dictionaries(st.sampled_from(FACTS), st.booleans()), **_who
    ),
    st.builds(happened.Scoped, facts=_every_fact, **_who),
    st.builds(happened.AskedEverything, **_who),
    st.builds(
        happened.Attested,
        layer=st.sampled_from([*LAYERS, "nowhere"]),
        walking=st.booleans(),
        **_who,
    ),
    st.builds(happened.FullPassAsked, **_who),
    st.builds(happened.Skipped, checks=_checks, walking=st.booleans(), **_who),
    st.builds(happened.WalkAsked, layer=st.sampled_from([*LAYERS, "nowhere"]), **_who),
    st.builds(
        happened.Assigned,
        layer=st.sampled_from([*LAYERS, "nowhere"]),
        to=st.sampled_from(PEOPLE),
        **_who,
    ),
    st.builds(happened.Finished, **_who),
    st.builds(happened.Reopened, **_who),
    st.just(happened.Moved(by=ANA, at=START)),
)  # fmt: skip


@st.composite
def stories(draw: st.DrawFn, most: int = 12) -> list[happened.Event]:
    """Events a minute apart, which need not arrive in the order in which they were said."""
    events = draw(st.lists(EVENTS, max_size=most))
    minutes = draw(st.permutations(range(1, len(events) + 1)))
    said = [replace(event, at=at(minute)) for event, minute in zip(events, minutes)]
    return [happened.Started(by=ANA, at=START), *said]
