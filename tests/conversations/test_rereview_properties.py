"""What holds in every re-review, whatever happens in it, in whatever order."""

from collections.abc import Iterator
from dataclasses import replace

from again import first_pass, unopened
from happenings import stories
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewing import CHECKLIST, EVERYTHING, FACTS, IDS, PEOPLE, START, at, scene, tried

from conversations import events as happened
from conversations import views
from conversations.effects import Refresh, Refused, Show, Step
from conversations.following import standing
from conversations.rereview import asked
from conversations.review import (
    Answer,
    Review,
    Verdict,
    current_check,
    last_answered,
    leftovers,
    scoped,
    to_attest,
    unanswered,
)

ANSWERS = st.builds(
    Answer,
    st.sampled_from(Verdict),
    st.sampled_from(PEOPLE),
    st.just(at(-60)),
    st.just("because"),
    st.sampled_from([(), ("https://wiki.example/1",)]),
)


@st.composite
def lasts(draw: st.DrawFn) -> Review:
    """A finished review, most of it met."""
    but = draw(st.dictionaries(st.sampled_from(IDS), ANSWERS, max_size=8))
    gone = draw(st.sets(st.sampled_from(IDS), max_size=8))
    facts = draw(st.sampled_from([EVERYTHING, dict.fromkeys(FACTS, False), {}]))
    last = first_pass(but, profile=facts)
    return replace(last, answers={key: it for key, it in last.answers.items() if key not in gone})


PASSES = st.tuples(lasts(), st.integers(0, 400), stories())


def told(
    last: Review, days: int, story: list[happened.Event]
) -> Iterator[tuple[Review, happened.Event, Step | Refused]]:
    """Each event of the re-review with the review before it and what became of it."""
    now = unopened(last, days)
    began = now.started_at
    for event in story:
        said = replace(event, at=began + (event.at - START))
        result = tried(now, said)
        yield now, said, result
        now = result.review if isinstance(result, Step) else now


def ended(last: Review, days: int, story: list[happened.Event]) -> Review:
    """The review after the story."""
    now = unopened(last, days)
    for _, _, result in told(last, days, story):
        now = result.review if isinstance(result, Step) else now
    return now


@given(PASSES)
def test_step_is_total(pass_):
    assert all(isinstance(result, Step | Refused) for _, _, result in told(*pass_))


@given(PASSES)
def test_the_answers_that_count_are_the_newest_of_the_history(pass_):
    """Whoever reads the history alone comes to the same answers."""
    counted: dict[str, Answer] = {}
    records = [
        record
        for _, _, result in told(*pass_)
        if isinstance(result, Step)
        for record in result.records
    ]
    for record in records:
        known, said = counted.get(record.check), record.answer
        if said is None:
            del counted[record.check]
        elif known is None or known.proposed or known.carried or said.at >= known.at:
            counted[record.check] = said
    assert counted == ended(*pass_).answers


@given(PASSES)
def test_the_same_event_twice_is_one(pass_):
    shows_only = happened.Started | happened.Moved | happened.WalkAsked
    for before, event, first in told(*pass_):
        if isinstance(first, Refused) or isinstance(event, shows_only):
            continue
        if isinstance(event, happened.Replied) and "SkipReply" in type(event.reply).__name__:
            continue  # it reads as a second one: the turn's key tells them apart
        again = tried(first.review, event)
        if isinstance(again, Step):
            assert (again.review, again.effects) == (first.review, ())
            older = any(event.at < answer.at for answer in first.review.answers.values())
            assert again.records == () or first.review == before or older


@given(PASSES)
def test_what_is_put_off_is_what_nobody_answered(pass_):
    now = ended(*pass_)
    assert all(key not in now.answers or now.answers[key].carried for key in now.skipped)


@given(PASSES)
def test_the_check_that_is_asked_follows_from_the_answers_alone(pass_):
    now = ended(*pass_)
    asked_now, fresh, put_off = current_check(CHECKLIST, now), [], []
    for layer in CHECKLIST.layers:
        left = [it.id for it in unanswered(now, layer)]
        fresh += [key for key in left if key not in now.skipped] or [
            None for _ in to_attest(now, layer)
        ]
        put_off += left
    expected = fresh[0] if fresh else next(iter(put_off), None)
    assert (asked_now.id if asked_now else None) == expected
    ready = scoped(CHECKLIST, now) and not fresh
    assert [it.id for it in leftovers(CHECKLIST, now)] == (put_off if ready else [])


@given(PASSES)
def test_a_review_is_closed_when_nothing_waits_and_not_before(pass_):
    """Whatever made the last answer or attestation come closes it; nothing else but `Finish`."""
    for before, event, result in told(*pass_):
        if not isinstance(result, Step) or not before.open:
            continue
        was, now = (
            any(unanswered(of, it) or to_attest(of, it) for it in CHECKLIST.layers)
            for of in (before, result.review)
        )
        if was and not now:
            assert not result.review.open or isinstance(event, happened.Started)
        elif not isinstance(event, happened.Finished):
            assert result.review.open


@given(PASSES)
def test_what_is_carried_is_as_it_was_and_nobodys(pass_):
    last, *_ = pass_
    now = ended(*pass_)
    for key, answer in now.answers.items():
        if answer.carried:
            assert answer == replace(last.answers[key], carried=True)
    newest = last_answered(CHECKLIST, now)
    assert newest is None or not now.answers[newest.id].carried


@given(PASSES)
def test_what_is_asked_does_not_change_while_it_is_answered(pass_):
    last, days, _ = pass_
    facts_changed = ended(*pass_).profile != last.profile or ended(*pass_).ask_everything
    if not facts_changed:
        assert asked(CHECKLIST, ended(*pass_)) == asked(CHECKLIST, unopened(last, days))


@settings(max_examples=30)
@given(PASSES)
def test_what_stands_in_the_thread_is_complete_and_up_to_date(pass_):
    """A card that was posted reads as if drawn now, and every card that should stand does."""
    posted: dict[str, Review] = {}
    for _, _, result in told(*pass_):
        for effect in result.effects if isinstance(result, Step) else ():
            if isinstance(effect, Show) or (
                isinstance(effect, Refresh) and effect.slot in posted
            ):  # fmt: skip
                posted[effect.slot] = result.review
    now = ended(*pass_)
    for slot, then in posted.items():
        assert views.card(scene(then), slot) == views.card(scene(now), slot), slot
    if now.open:
        assert {effect.slot for effect in standing(CHECKLIST, now)} <= posted.keys()
