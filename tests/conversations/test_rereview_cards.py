"""What a re-review's cards say and offer. All of them, word by word, are among the snapshots."""

from collections.abc import Iterator
from dataclasses import replace

from again import attested, first_pass, gave, later, opened
from plain_cards import lines
from reviewing import ANA, BEN, CHECKLIST, CRITICAL, IDS, after, at, scene

from conversations import actions as act
from conversations import events as happened
from conversations import intents, labels, views
from conversations.cards import Button, Buttons, Mention, Text
from conversations.review import Answer, Review, Verdict
from conversations.views import forms

LAYER = CHECKLIST.layers[0]
EXCUSED = Answer(
    Verdict.NOT_APPLICABLE, ANA, at(1), "no prompts of our own", ("https://a.example",)
)


def drawn(of: Review, slot: str) -> str:
    return "\n".join(lines(views.card(scene(of), slot)))


def buttons(of: Review, slot: str) -> Iterator[Button]:
    for element in views.card(scene(of), slot).elements:
        if isinstance(element, Buttons):
            yield from element.buttons
        elif isinstance(element, Text) and element.button:
            yield element.button


def offers(of: Review, slot: str, label: str) -> bool:
    return label in [button.label for button in buttons(of, slot)]


NOW = opened(first_pass(), 30)


def test_a_layer_with_nothing_to_ask_is_one_short_card():
    reached = NOW
    for layer in CHECKLIST.layers[:6]:
        reached = after(
            reached,
            happened.Skipped(by=BEN, at=later(NOW, 1), checks=tuple(it.id for it in layer.checks)),
        )
    card = views.card(scene(reached), "layer:7")
    assert len(card.elements) <= 7
    assert [it.label for it in buttons(reached, "layer:7")] == [
        "Still true", "Change", "Skip layer",
    ]  # fmt: skip
    assert "All 6 stand from last time" in drawn(reached, "layer:7")


def test_each_answer_that_stands_has_its_own_line_with_author_and_date():
    shown = drawn(NOW, "layer:1")
    for check in LAYER.checks[1:]:
        assert f"🟩 {check.number} {check.text} · Met · Ana, 2 Mar 2026" in shown


def test_still_true_is_one_button_that_names_its_layer():
    [button] = [it for it in buttons(NOW, "layer:1") if it.label == labels.STILL_TRUE]
    assert button.action == act.Attest(NOW.id, LAYER.id)
    assert button.hint == "Still true: layer 1, Prompt management"
    done = after(NOW, attested(NOW, LAYER.id))
    assert not offers(done, "layer:1", labels.STILL_TRUE)


def test_a_layer_that_was_put_off_says_who_said_so_when_and_asks_no_more():
    ids = tuple(check.id for check in LAYER.checks)
    put_off = after(NOW, happened.Skipped(by=BEN, at=later(NOW, 1), checks=ids))
    assert not offers(put_off, "layer:1", labels.STILL_TRUE)
    assert "Met · Ana, 2 Mar 2026" in drawn(put_off, "layer:1")


def test_the_walk_ends_with_what_stands_and_goes_on_in_the_next_layer():
    answered = after(NOW, gave(NOW, IDS[0], Verdict.MET, walking=True))
    [button] = buttons(answered, "walk:1")
    assert button.action == act.Attest(NOW.id, LAYER.id, walking=True)
    event = intents.pressed(CHECKLIST, answered, button.action, BEN, later(NOW, 2))
    on = after(answered, event)
    assert "2.1" in drawn(on, "walk:2")


def test_finishing_counts_only_what_is_unanswered():
    [button] = [it for it in buttons(NOW, "root") if it.label == labels.FINISH]
    assert button.confirm
    assert button.confirm.text.startswith("4 checks are unanswered")
    answered = after(NOW, *(gave(NOW, key, Verdict.MET) for key in CRITICAL))
    [button] = [it for it in buttons(answered, "root") if it.label == labels.FINISH]
    assert button.confirm is None


def test_everything_can_be_asked_while_something_stands():
    assert offers(NOW, "root", labels.ASK_EVERYTHING)
    full = after(NOW, happened.FullPassAsked(by=BEN, at=later(NOW, 1)))
    assert not offers(full, "root", labels.ASK_EVERYTHING)
    assert "It asks all 50 checks" in drawn(full, "root")


def test_the_root_says_what_it_asks_until_somebody_answers():
    assert "It asks 4 of 50 checks: 4 critical; the other 46 stand" in drawn(NOW, "root")
    answered = after(NOW, gave(NOW, IDS[0], Verdict.MET))
    assert "Readiness so far" in drawn(answered, "root")
    assert "46 stand from last time" in drawn(answered, "root")


def test_only_one_that_opens_by_itself_mentions_anybody():
    def mentioned(of: Review) -> list[Mention]:
        elements = views.card(scene(of), "root").elements
        return [it for it in elements if isinstance(it, Mention)]

    assert mentioned(NOW) == []
    [mention] = mentioned(replace(NOW, scheduled=True))
    assert mention.people[0] == (ANA, "Ana")


def test_owners_on_another_platform_are_not_mentioned_on_this_one():
    by_itself = replace(NOW, scheduled=True, place=replace(NOW.place, platform="teams"))
    assert not any(isinstance(it, Mention) for it in views.card(scene(by_itself), "root").elements)


def test_the_form_for_n_a_knows_the_reason_of_last_time():
    now = opened(first_pass({CRITICAL[0]: EXCUSED}), 30)
    form = forms.of(scene(now), act.Edit(now.id, CRITICAL[0], "reason"))
    assert form.fields[0].value == EXCUSED.note


def test_a_form_that_is_sent_makes_a_carried_answer_the_persons():
    values = {"verdict": "met", "note": "", "evidence": ""}
    for action in (act.Edit(NOW.id, IDS[1]), act.EditLayer(NOW.id, LAYER.id)):
        event = intents.submitted(
            CHECKLIST,
            NOW,
            action,
            values | {"check": IDS[1]},
            BEN,
            later(NOW, 1),
            later(NOW, 1).date(),
        )
        assert after(NOW, event).answers[IDS[1]].by == BEN
        assert not after(NOW, event).answers[IDS[1]].carried
