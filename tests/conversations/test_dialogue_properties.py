"""What holds in every review, whatever happens in it, in whatever order."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from happenings import stories
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewing import (
    CHECKLIST,
    FACTS,
    IDS,
    PEOPLE,
    at,
    gave,
    review,
    scene,
    scoped_review,
    tried,
)

from conversations import events as happened
from conversations import views
from conversations.effects import Announce, Record, Refresh, Refused, Show, Step
from conversations.following import standing
from conversations.replies import SkipReply
from conversations.review import (
    Answer,
    Review,
    State,
    Verdict,
    current_check,
    leftovers,
    reached,
    scoped,
)


def told(
    story: list[happened.Event], start: Review | None = None
) -> Iterator[tuple[Review, happened.Event, Step | Refused]]:
    """Each event with the review before it and what became of it."""
    now = start or review()
    for event in story:
        result = tried(now, event)
        yield now, event, result
        now = result.review if isinstance(result, Step) else now


def ended(story: list[happened.Event], start: Review | None = None) -> Review:
    """The review after the story."""
    now = start or review()
    for _, _, result in told(story, now):
        now = result.review if isinstance(result, Step) else now
    return now


@given(stories())
def test_step_is_total(story):
    """A step or a refusal, never anything else."""
    assert all(isinstance(result, Step | Refused) for _, _, result in told(story))


@given(stories())
def test_no_answer_is_lost(story):
    """Who gave a verdict is in the history with it, or had just said the same."""
    for before, event, result in told(story):
        if not isinstance(event, happened.Answered) or isinstance(result, Refused):
            continue
        recorded = {record.check: record for record in result.records}
        for check in event.checks:
            if check in recorded:
                said = recorded[check]
                assert (said.by, said.answer.by, said.answer.verdict) == (
                    event.by, event.by, event.verdict,
                )  # fmt: skip
            else:
                known = before.answers[check]
                assert (known.by, known.verdict) == (event.by, event.verdict)


@given(stories())
def test_the_answers_that_count_are_the_newest_of_the_history(story):
    """Whoever reads the history alone comes to the same answers."""
    counted: dict[str, Answer] = {}
    records: list[Record] = []
    for _, _, result in told(story):
        records += result.records if isinstance(result, Step) else ()
    for record in records:
        known, said = counted.get(record.check), record.answer
        if said is None:
            del counted[record.check]
        elif known is None or known.proposed or said.at >= known.at:
            counted[record.check] = said
    assert counted == ended(story).answers


@given(stories())
def test_every_closing_is_announced_once(story):
    announced = [
        effect.closing
        for _, _, result in told(story)
        if isinstance(result, Step)
        for effect in result.effects
        if isinstance(effect, Announce)
    ]
    assert announced == list(range(1, ended(story).closings + 1))


@given(stories())
def test_the_same_event_twice_is_one(story):
    """It is refused, or changes nothing and shows nothing.

    Not so a typed "skip", which reads as a second one; and what came late is not remembered as
    such: the turn's key knows both.
    """
    shows_only = happened.Started | happened.Moved | happened.WalkAsked
    for before, event, first in told(story):
        if isinstance(first, Refused) or isinstance(event, shows_only):
            continue
        if isinstance(event, happened.Replied) and isinstance(event.reply, SkipReply):
            continue
        again = tried(first.review, event)
        came_late = first.review == before
        if isinstance(again, Step):
            assert (again.review, again.effects) == (first.review, ())
            assert again.records == () or came_late or is_older(event, first.review)


def is_older(event: happened.Event, after: Review) -> bool:
    """Whether some answer that stands was said after the event."""
    return any(event.at < answer.at for answer in after.answers.values())


@given(
    st.lists(st.tuples(st.sampled_from(Verdict), st.sampled_from(PEOPLE)), min_size=1, max_size=5),
    st.data(),
)
def test_the_order_of_arrival_does_not_change_which_answer_counts(said, data):
    """The one said last counts, also where scoping proposes something in between."""
    check = next(check for check in CHECKLIST.checks if check.applies_if == ("rag",))
    story = [
        gave(check.id, verdict, by, minute, note="because")
        for minute, (verdict, by) in enumerate(said, 1)
    ]
    middle = data.draw(st.integers(0, len(said))) + 0.5
    scoping = happened.Scoped(by=PEOPLE[0], at=at(middle), facts=dict.fromkeys(FACTS, False))
    arriving = data.draw(st.permutations([*story, scoping]))
    counts = ended(arriving).answers[check.id]
    assert (counts.verdict, counts.by, counts.at) == (*said[-1], at(len(said)))


@given(stories())
def test_a_finished_review_takes_no_answers(story):
    closed = ended([*story, happened.Finished(by=PEOPLE[0], at=at(100))])
    assert closed.state is State.FINISHED
    for event in (
        gave(IDS[0], Verdict.MET, minutes=101),
        happened.Scoped(by=PEOPLE[0], at=at(101), facts={FACTS[0]: True}),
        happened.AskedEverything(by=PEOPLE[0], at=at(101)),
        happened.Skipped(by=PEOPLE[0], at=at(101), checks=(IDS[0],)),
        happened.Replied(by=PEOPLE[0], at=at(101), reply=SkipReply(layer=True)),
    ):
        refused = tried(closed, event)
        assert isinstance(refused, Refused)
        assert refused.words == "finished"


@given(stories())
def test_a_review_can_be_reopened_and_finished_again_with_all_its_answers(story):
    finishing = happened.Finished(by=PEOPLE[1], at=at(100))
    closed = ended([*story, finishing])
    opened = ended([happened.Reopened(by=PEOPLE[2], at=at(101))], closed)
    assert (opened.open, opened.answers, opened.finished_at) == (True, closed.answers, None)
    again = ended([replace(finishing, at=at(102))], opened)
    assert (again.open, again.closings) == (False, closed.closings + 1)


@given(stories())
def test_the_check_that_is_asked_follows_from_the_answers_alone(story):
    """The first that is neither answered nor put off, else the first put off: no other state."""
    now = ended(story)
    waiting = [key for key in IDS if key not in now.answers]
    fresh = [key for key in waiting if key not in now.skipped]
    asked = current_check(CHECKLIST, now)
    assert (asked.id if asked else None) == next(iter(fresh or waiting), None)
    ready = scoped(CHECKLIST, now) and not fresh
    assert [check.id for check in leftovers(CHECKLIST, now)] == (waiting if ready else [])
    assert not now.skipped & now.answers.keys()


@given(stories())
def test_a_review_is_closed_by_its_last_answer(story):
    """An open review with nothing unanswered is one that was reopened."""
    for before, _, result in told(story):
        if isinstance(result, Step) and before.answers.keys() != set(IDS):
            assert result.review.open is False or result.review.answers.keys() != set(IDS)


@settings(max_examples=30)
@given(stories())
def test_what_stands_in_the_thread_is_complete_and_up_to_date(story):
    """A card that was posted reads as if drawn now, and every card that should stand does."""
    posted: dict[str, Review] = {}
    for _, _, result in told(story):
        for effect in result.effects if isinstance(result, Step) else ():
            if isinstance(effect, Show) or (
                isinstance(effect, Refresh) and effect.slot in posted
            ):  # fmt: skip
                posted[effect.slot] = result.review
    now = ended(story)
    for slot, then in posted.items():
        assert views.card(scene(then), slot) == views.card(scene(now), slot), slot
    if now.open:
        assert {effect.slot for effect in standing(CHECKLIST, now)} <= posted.keys()


@settings(max_examples=30)
@given(stories(most=6))
def test_every_effect_can_be_drawn(story):
    for _, _, result in told(story):
        for effect in result.effects if isinstance(result, Step) else ():
            if isinstance(effect, Show | Refresh):
                assert views.card(scene(result.review), effect.slot).summary
            elif isinstance(effect, Announce):
                assert views.card(scene(result.review), f"scorecard:{effect.closing}").elements


@given(st.lists(st.sampled_from(CHECKLIST.layers), unique=True))
def test_layers_are_asked_in_order_and_their_cards_follow_each_other(done):
    """A layer's card is posted when every layer before it is answered or put off."""
    now = scoped_review(
        answers={
            check.id: Answer(Verdict.MET, PEOPLE[0], at(1)) for it in done for check in it.checks
        }
    )
    numbers = [layer.number for layer in reached(CHECKLIST, now)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(second - first == 1 for first, second in pairwise(numbers))
