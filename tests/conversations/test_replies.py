"""Plain replies in a review's thread: what is an answer, and what is people talking."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.effects import Refused
from conversations.replies import (
    EvidenceUrls,
    NoteText,
    Reply,
    SkipReply,
    Verdicts,
    parse_reply,
)
from conversations.review import Verdict

MET, PARTLY, UNMET, NA, UNKNOWN = Verdict
URL = "https://wiki.example/evals?run=7"
MOST_TYPED = 40_000  # characters that Slack lets through in one message


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("yes", MET), ("met", MET), ("done", MET), ("Yes!", MET), ("yes.", MET), ("YES", MET),
        ("**done**", MET), ("_met_", MET), ("`yes`", MET), ("“yes”", MET), ("(yes)", MET),
        ("  yes  ", MET), ("yes 👍", MET), ("✅ yes", MET), ("yes :tada:", MET), ("yes :)", MET),
        (":white_check_mark: done", MET),
        ("partly", PARTLY), ("Partly.", PARTLY),
        ("no", UNMET), ("No.", UNMET), ("not yet", UNMET), ("Not  yet!", UNMET),
        ("n/a", NA), ("N/A.", NA), ("na", NA), ("n / a", NA),
        ("don't know", UNKNOWN), ("don’t know", UNKNOWN), ("don‘t know", UNKNOWN),
        ("donʼt know", UNKNOWN), ("don`t know", UNKNOWN), ("don´t know", UNKNOWN),
        ("don′t know", UNKNOWN), ("dont know", UNKNOWN), ("I don’t know.", UNKNOWN),
        ("DON'T KNOW", UNKNOWN),
    ],
)  # fmt: skip
def test_a_verdict_alone_answers_whatever_stands_around_it(typed, verdict):
    assert parse_reply(typed) == Verdicts(verdict)


@pytest.mark.parametrize(
    ("typed", "positions"),
    [
        ("3 yes", (3,)), ("3. yes", (3,)), ("3) yes", (3,)), ("(3) yes", (3,)), ("3: yes", (3,)),
        ("3 - yes", (3,)), ("3 **yes**", (3,)), ("1-4 yes", (1, 2, 3, 4)),
        ("1–4 yes", (1, 2, 3, 4)), ("1 - 4 yes", (1, 2, 3, 4)), ("4-1 yes", (4, 3, 2, 1)),
        ("1, 3 yes", (1, 3)), ("1 3 yes", (1, 3)), ("1,3-5 yes", (1, 3, 4, 5)),
        ("2,2 yes", (2,)), ("0 yes", (0,)),
    ],
)  # fmt: skip
def test_positions_name_checks_of_the_current_layer(typed, positions):
    assert parse_reply(typed) == Verdicts(MET, positions)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("2.6 no", ((2, 6),)), ("2.6: no", ((2, 6),)), ("2.1, 2.3 no", ((2, 1), (2, 3))),
        ("2.1-2.3 no", ((2, 1), (2, 2), (2, 3))), ("2.1–3 no", ((2, 1), (2, 2), (2, 3))),
    ],
)  # fmt: skip
def test_numbers_name_checks_of_any_layer(typed, numbers):
    assert parse_reply(typed) == Verdicts(UNMET, numbers=numbers)


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("n/a because no retrieval", Verdicts(NA, note="no retrieval")),
        ("N/A, because no retrieval.", Verdicts(NA, note="no retrieval.")),
        ("n/a - because no retrieval", Verdicts(NA, note="no retrieval")),
        ("n/a: no retrieval", Verdicts(NA, note="no retrieval")),
        ("no because of the budget", Verdicts(UNMET, note="because of the budget")),
        ("no - planned for June", Verdicts(UNMET, note="planned for June")),
        ("no — planned for June", Verdicts(UNMET, note="planned for June")),
        ("partly: don’t ask (yet)", Verdicts(PARTLY, note="don’t ask (yet)")),
        ("no because: ratio 3:1", Verdicts(UNMET, note="ratio 3:1")),
        (f"3 yes {URL}", Verdicts(MET, (3,), evidence=(URL,))),
        (f"yes {URL}", Verdicts(MET, evidence=(URL,))),
        (f"yes, {URL}.", Verdicts(MET, evidence=(URL,))),
        (f"yes ({URL})", Verdicts(MET, evidence=(URL,))),
        (f"yes\n{URL}\n{URL}", Verdicts(MET, evidence=(URL,))),
        (f"yes <{URL}|the run>", Verdicts(MET, evidence=(URL,))),
        (f"no {URL} because of Q3", Verdicts(UNMET, note="because of Q3", evidence=(URL,))),
        (f"partly - see {URL} for more", Verdicts(PARTLY, note="see for more", evidence=(URL,))),
        ("2.6 no because <mailto:a@b.example|a@b.example> left",
         Verdicts(UNMET, numbers=((2, 6),), note="a@b.example left")),
    ],
)  # fmt: skip
def test_a_verdict_takes_links_and_after_because_colon_or_dash_a_note(typed, reply):
    assert parse_reply(typed) == reply


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("note we do it by hand", NoteText("we do it by hand")),
        ("Note: don’t\nask", NoteText("don’t\nask")),
        (f"note see <{URL}|the run>", NoteText(f"see {URL}")),
        (URL, EvidenceUrls((URL,))),
        (f"<{URL}>", EvidenceUrls((URL,))),
        (f"<{URL}|two words>", EvidenceUrls((URL,))),
        (f"({URL}),", EvidenceUrls((URL,))),
        (f"{URL} https://b.example/(1)", EvidenceUrls((URL, "https://b.example/(1)"))),
        ("skip", SkipReply(layer=False)),
        ("Skip this.", SkipReply(layer=False)),
        ("*skip*", SkipReply(layer=False)),
        ("skip layer", SkipReply(layer=True)),
        ("Skip the layer!", SkipReply(layer=True)),
    ],
)
def test_notes_links_and_skips_are_replies_of_their_own(typed, reply):
    assert parse_reply(typed) == reply


@pytest.mark.parametrize(
    "typed",
    [
        "no problem, thanks", "yes but who owns that?", "I think 3 of us are met with customers",
        "done for today, see you", "unknown error in prod, anyone?", "no idea",
        "skip to the end of the doc", "na na na", "no, I think Ben knows", "yes, I agree",
        "yes; lunch?", "nope, sorry", "no worries", "no-one knows", "no–one knows", "done-ish",
        "met Ben yesterday", "yesterday", "nobody", "not sure if that is right", "na-na",
        "don't know why", "don’t know, ask Ben", "yes yes", "yes/no", "y", "no -1", "yeſ",
        "3 of us", "3 people said yes", "10 people", "3", "2.6", "3yes", "100% yes", "1st yes",
        "2024-11-03 done", "24/7 yes", "3, 2.6 yes", "2.6-3.1 yes", "1 yes, 2 no", "+1 yes",
        "> yes", "#3 yes", "@{slack:U1} yes", "n/a for us", "partly done", "noted!", "note",
        "notes from the meeting", "skipper", "skip it all", "thanks!", "👍", "...", "", "  ",
        f"see {URL}", f"{URL} is down", "ftp://x.example", "what about 2.6?", "is it done",
        "<!channel> yes", "yes <!here>",
    ],
)  # fmt: skip
def test_people_talking_is_no_answer(typed):
    assert parse_reply(typed) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("yes ftp://x.example/a", "evidence_url"),
        ("yes javascript:alert(1)", "evidence_url"),
        ("yes data:text/html,x", "evidence_url"),
        ("yes file:///etc/passwd", "evidence_url"),
        ("yes https://user@x.example", "evidence_url"),
        ("yes https://x.example/" + "x" * 500, "evidence_url"),
        ("https://x.example:99999", "evidence_url"),
        ("n/a because " + "x" * 301, "reason_too_long"),
        ("no because " + "x" * 2001, "note_too_long"),
        ("note " + "x" * 2001, "note_too_long"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_refused_with_the_reason(typed, words):
    with pytest.raises(Refused) as refused:
        parse_reply(typed)
    assert refused.value.words == words


PIECES = st.sampled_from([
    "yes", "no", "n/a", "partly", "don’t", "know", "met", "because", "note", "skip", "layer", "3",
    "1-4", "2.6", ".", ",", ":", ";", "-", "—", "(", ")", "*", "`", URL, f"<{URL}|y>", ":tada:",
    "javascript:x", "🙂", "ſ", "²", "٣", "\x00", "\u202e",
])  # fmt: skip


@given(st.text() | st.lists(PIECES).map(" ".join) | st.lists(PIECES).map("".join))
def test_any_text_is_a_reply_talk_or_refused(text):
    with suppress(Refused):
        assert isinstance(parse_reply(text), Reply | None)


@given(
    st.sampled_from(["yes", "partly", "not yet", "don't know"]),
    st.text(" .,!*_()\"'“”~`", max_size=6),
    st.text(" .,!*_()\"'“”~`", max_size=6),
    st.booleans(),
)
def test_case_and_surrounding_punctuation_do_not_matter(word, before, behind, upper):
    typed = before + (word.upper() if upper else word) + behind
    assert parse_reply(typed) == parse_reply(word)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("start", ["", "1", "yes", "yes ", "yes because", "note", "skip", "no -"])
def test_the_longest_text_is_read_without_delay(start):
    """No expression takes the square of a text's length: the time-out says which one does."""
    for piece in (
        "1", "1 ", "1-", "1-999,", "2.1-99,", " ", "-", " - ", ":", ":a", ":a:", "(", "*", " ,",
        "<http://a|", "http:", "https://a.b ", "<mailto:a|", "a+.-", "because ", "\u0301\u0316",
    ):  # fmt: skip
        with suppress(Refused):
            parse_reply(start + piece * (MOST_TYPED // len(piece)) + "x")
