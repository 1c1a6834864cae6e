"""What people write stays dead text on Teams: no mark-up, mention, date or link comes alive."""

import re
from collections.abc import Iterator

import pytest
from drawing import canvas, draw
from everything import every_form, slots
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewing import CHECKLIST, EVERYTHING, IDS, PEOPLE, THREAD, at, review, scene, service_table
from strangers import reviews_with, taken
from teams_views_kit import TEAMS, Json, objects, shown, shown_form, texts

from bot.teams import adaptive
from bot.teams.dialect import JOINER, Runs, plain, runs
from conversations import labels, views
from conversations.cards import Card, Text
from conversations.commands import Help, parse_command
from conversations.effects import Refused
from conversations.review import Answer, Verdict
from conversations.text import clean, evidence_url, note, service_name
from conversations.views import forms, private

HOSTILE = [
    "*bold*", "**bold**", "_i_", "~~s~~", "`code`", "# h", "1. x", "- x", "> q", "|a|b|", "---",
    "[x](https://evil.example)", "![x](https://evil.example/p.png)", "[x]: https://evil.example",
    "<at>Ana</at>", '<at id="29:1">Ana</at>', "<b>b</b>", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<a href='https://evil.example'>x</a>", "&lt;b&gt;", "&#42;",
    "{{DATE(2024-01-01T00:00:00Z, SHORT)}}", "{{TIME(2024-01-01T00:00:00Z)}}",
    "{{{DATE(2024-01-01T00:00:00Z)}}}", "{ {DATE(2024-01-01T00:00:00Z)} }", "${name}", "$x$",
    "https://evil.example", "www.evil.example", "mailto:a@evil.example", "javascript:alert(1)",
    "\\*", "\\", "\\[x\\](https://evil.example)", "\x01bx\x02", "\x01lhttps://evil.example\x03x\x02",
    "\x02\x02", "a\x00b", "\u202e<at>Ana</at>", "{\u2060{DATE(2024-01-01T00:00:00Z)}}", ":smile:",
    "@everyone", "@{teams:29:1}", '"', "'", "]](", "\n> quoted\n<at>Ana</at>",
]  # fmt: skip
COMMAND_WORDS = ["strat", "start", "assign a", "weekly monday 09:00", "status", "what"]
CHOICES = {*labels.VERDICTS.values(), *(check.text for check in CHECKLIST.checks)}
CHOICES |= {title for fact in CHECKLIST.facts for title in (fact.yes, fact.no)}
CHOICES |= {*forms.SNOOZES.values()}
NAME = re.compile(r"(?:[^\W_]|[ '-]|\.(?!\S))+")  # letters: nothing that Markdown knows
PEOPLES_OWN = {"value", "url", "verb"}  # properties that no client reads as text with marks


def everything(text: str) -> Iterator[Json]:
    """All that can be shown of reviews that hold the text, to people of that name."""
    names = dict.fromkeys(PEOPLE, taken(note, text, "Ana"))
    for now in reviews_with(text):
        at_ = scene(now, TEAMS, names)
        yield from (shown(views.card(at_, slot)) for slot in slots())
        for card in (private.status(at_), private.gap_list(at_), private.already_open(at_)):
            yield shown(card)
        yield shown(service_table([at_], TEAMS, at(99)))
        for form in every_form(at_):
            yield shown_form(form, errors={field.id: text for field in form.fields})
    yield from (shown(card) for card in answers_to(text))


def answers_to(text: str) -> Iterator[Card]:
    """What somebody is told who types the text behind some word."""
    for words in COMMAND_WORDS:
        try:
            command = parse_command(f"{words} {text}")
        except Refused as refused:
            yield private.one_line(TEAMS.say(f"refusals.{refused.words}", **refused.facts))
        else:
            if isinstance(command, Help):
                yield private.help_card(
                    TEAMS, unknown=command.unknown, suggestion=command.suggestion
                )
    name = taken(service_name, text, "search")
    yield private.one_line(TEAMS.say("refusals.no_review", service=name))


def is_ours(url: str) -> bool:
    """Whether a link leads where we, or checked evidence, said it would."""
    return url in {THREAD, CHECKLIST.url} or evidence_url(url) == url


def check_dead(card: Json) -> None:
    for found in objects(card):
        assert "selectAction" not in found or is_ours(found["selectAction"]["url"])
        for key, value in found.items():
            if isinstance(value, str) and key not in PEOPLES_OWN:
                assert "{{" not in value, value
                assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", value), value
        if "inlines" in found:
            assert not any("{{" in it for it in found["inlines"] if isinstance(it, str))
    assert "](" not in card["fallbackText"]
    assert not set(card["speak"]) & set("<>&")
    for choice in (it for it in objects(card) if set(it) == {"title", "value"}):
        title = choice["title"]  # some clients read these as Markdown
        ours = title in CHOICES or re.match(r"\d\.\d \(|All \d+ gaps of layer \d$", title)
        assert ours or NAME.fullmatch(title), title


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_dead_in_every_view(text):
    for card in everything(text):
        check_dead(card)


@settings(max_examples=5)
@given(st.lists(st.sampled_from([*HOSTILE, " ", "x", "{", "}"]), max_size=6).map("".join))
def test_any_mixture_of_it_stays_dead_too(text):
    for card in everything(text):
        check_dead(card)


@given(st.lists(st.sampled_from([*HOSTILE, "{", "\x01", "\x02", "\x03", "x"]), max_size=8))
def test_what_is_escaped_is_shown_as_it_is(pieces):
    """But for control characters, which nobody sees, and a joiner between braces, unseen too."""
    dialect, raw = Runs(), "".join(pieces).replace("\n", " ")
    text = dialect.escape(raw)
    [paragraph] = texts({"body": adaptive.paragraph(text)})
    seen = paragraph.replace(JOINER, "").replace("\xa0", " ")
    assert seen == re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", raw).replace(JOINER, "")
    for marked in (dialect.bold(text), dialect.code(dialect.italic(text))):
        assert "".join(map(as_text, runs(marked))) == "".join(map(as_text, runs(text)))
        assert plain(marked) == plain(text)


def as_text(run) -> str:
    return run if isinstance(run, str) else run["text"]


def test_marks_may_hold_each_other_and_need_not_be_closed():
    dialect = Runs()
    link = dialect.link("https://a.example", dialect.bold("b"))
    open_ = {"selectAction": {"type": "Action.OpenUrl", "url": "https://a.example"}}
    assert runs(f"x {link} y") == [
        "x ",
        {"type": "TextRun", "text": "b", **open_, "weight": "Bolder"},
        " y",
    ]
    assert runs("\x01bx") == [{"type": "TextRun", "text": "x", "weight": "Bolder"}]
    assert runs("x\x02") == ["x"]
    assert runs("") == [""]


def test_a_note_is_shown_whole_and_by_nobody_parsed():
    written = "*half* [x](https://evil.example) <at>Ben</at> {{DATE(2024-01-01T00:00:00Z)}}"
    answer = Answer(Verdict.UNMET, PEOPLE[0], at(1), note(written))
    of = scene(review(profile=EVERYTHING, answers={IDS[0]: answer}), TEAMS)
    lines = texts(shown(views.card(of, "layer:1")))
    assert any(written in line.replace(JOINER, "") for line in lines)


@pytest.mark.xdist_group("teams-chromium")
@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_drawn_is_what_was_written(chromium):
    """In the renderer that Teams' clients are built on: the same letters, and no link but ours."""
    page, dialogs = await canvas(chromium, 700), []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    dialect = Runs()
    known = [clean(text).replace("\n", " ") for text in HOSTILE]
    for number, seen in enumerate(filter(None, known)):
        text = TEAMS.plain(seen)
        wrapped = [text, dialect.bold(text), dialect.code(text), dialect.italic(text)][number % 4]
        linked = dialect.link("https://ok.example/", text)
        card = Card(text, (Text(TEAMS.plain("a ") + wrapped + " z"), Text(linked)))
        assert await draw(page, adaptive.adaptive(card)) == []
        drawn = await page.evaluate(
            "[...document.querySelectorAll('#card .ac-richTextBlock')].map(it => it.textContent)"
        )
        assert [it.replace(JOINER, "") for it in drawn] == [f"a {seen} z", seen]
        links = await page.evaluate(
            "[...document.querySelectorAll('#card a, #card [role=link]')].map(it => it.textContent)"
        )
        assert [it.replace(JOINER, "") for it in links] == [seen]
    assert dialogs == []
    await page.close()


@pytest.mark.xdist_group("teams-chromium")
@pytest.mark.asyncio(loop_scope="session")
async def test_without_the_joiner_a_date_would_come_alive(chromium):
    """What these tests rely on: the renderer does what a client does."""
    page = await canvas(chromium, 700)
    block = {"type": "RichTextBlock", "inlines": ["{{DATE(2024-01-01T00:00:00Z, SHORT)}}"]}
    await draw(page, adaptive.whole("x", [block]))
    assert "{{" not in await page.locator("#card").inner_text()
    await page.close()
