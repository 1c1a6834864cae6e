"""Cards and forms as Teams gets them, and what every one of them has to keep to."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from longest import Longest

from bot.teams import adaptive, fields
from bot.teams.dialect import Runs
from bot.teams.wire import encoded
from conversations.actions import unpack
from conversations.cards import Card, Form
from conversations.wording import Wording

Json = dict[str, Any]
TEAMS = Wording(Runs())
PEOPLE = tuple(f"teams:29:1{'x' * 80}{number}" for number in range(12))
CHANNEL = f"19:{'c' * 44}@thread.tacv2"
GUID = "7a1b0000-0000-4000-8000-00000000c0de"
THREAD = (
    f"https://teams.microsoft.com/l/message/{quote(CHANNEL, safe='')}/1795562459963"
    f"?tenantId={GUID}&groupId={GUID}&parentMessageId=1795562459963&createdTime=1795562459963"
)
# Four bytes a character in UTF-8; the others swell in JSON, or get a joiner between them.
LONGEST = Longest(TEAMS, "🧨", PEOPLE, THREAD, wider=('"', "\\", "{"))
MENTIONS = re.compile(r"For <at>[\w .'-]+</at>(?:, <at>[\w .'-]+</at>)*")
MOST = 28 * 1024  # bytes of a message that every client takes
BUTTONS_MOST = 6  # that a client shows in a row

# The elements that are used, and what is set on them: all of it Adaptive Cards 1.5, and nothing
# that fetches something (Image, Media) or parses text (TextBlock, FactSet), but for mentions, which
# only a TextBlock can hold: of names their letters are left there.
SHAPES = {
    "AdaptiveCard": {"version", "fallbackText", "speak", "msteams", "body", "actions"},
    "Container": {"style", "bleed", "items", "spacing", "separator"},
    "ColumnSet": {"columns", "spacing", "separator"},
    "Column": {"width", "spacing", "items", "verticalContentAlignment"},
    "TextBlock": {"text", "wrap", "spacing"},
    "mention": {"text", "mentioned"},
    "RichTextBlock": {"inlines", "spacing", "separator"},
    "TextRun": {
        "text", "size", "weight", "color", "isSubtle", "italic", "fontType", "selectAction",
    },
    "ActionSet": {"actions", "spacing", "separator"},
    "Action.Execute": {"title", "tooltip", "style", "verb", "associatedInputs", "fallback"},
    "Action.Submit": {"title", "data"},
    "Action.OpenUrl": {"title", "tooltip", "style", "url"},
    "Action.ShowCard": {"title", "tooltip", "style", "card"},
    "Input.Text": {
        "id", "label", "spacing", "value", "placeholder", "maxLength", "isMultiline",
        "isRequired", "errorMessage",
    },
    "Input.Date": {"id", "label", "spacing", "value", "isRequired", "errorMessage"},
    "Input.ChoiceSet": {
        "id", "label", "spacing", "value", "choices", "style", "wrap", "isRequired",
        "errorMessage",
    },
}  # fmt: skip


def shown(card: Card) -> Json:
    """The card as Teams gets it. Fails where a client would not take it."""
    message = adaptive.message(card)
    assert set(message) == {"type", "summary", "attachments"}  # no `text`: it hides the card
    assert message["summary"].strip()
    [attachment] = message["attachments"]
    check(attachment["content"])
    assert len(encoded(message)) <= MOST, len(encoded(message))
    return attachment["content"]


def shown_form(form: Form, **entered: Any) -> Json:
    """The form as Teams gets it; `values` and `errors` as `fields.form` takes them."""
    card = fields.form(form, **entered)
    check(card)
    assert len(encoded(card)) <= MOST, len(encoded(card))
    return card


def check(card: Json) -> None:
    """Fails for an element, a property or a payload that is not ours."""
    ids = [found["id"] for found in objects(card) if "id" in found]
    assert len(ids) == len(set(ids))
    for found in objects(card):
        kind = found.get("type", "")
        if not kind:
            assert set(found) in (
                {"title", "value"}, {"width"}, {"width", "entities"}, {"id", "name"}, {"do"},
            )  # fmt: skip
            continue
        assert set(found) - {"type"} <= SHAPES[kind], (kind, set(found))
        if kind == "ActionSet":
            assert 0 < len(found["actions"]) <= BUTTONS_MOST
        if kind == "RichTextBlock":
            assert found["inlines"]
        if kind == "TextBlock":
            assert MENTIONS.fullmatch(found["text"]), found["text"]
            called = {it["text"] for it in card["msteams"]["entities"]}
            assert set(re.findall("<at>.*?</at>", found["text"])) == called
        if kind.startswith("Action.") and set(found) != {"type", "url"}:  # a link in a text
            assert found["title"].strip()
        if kind == "Action.Execute":
            verb = found["verb"].removeprefix(fields.FORM).removeprefix(fields.BACK)
            unpack(verb)
            of_form = found["verb"].startswith((fields.FORM, fields.BACK))
            assert ("fallback" in found) is not of_form
            if not of_form:
                assert found["fallback"]["data"] == {"do": found["verb"]}
                assert found["fallback"]["title"] == found["title"]
            assert (found.get("associatedInputs") == "none") is not found["verb"].startswith(
                fields.FORM
            )


def objects(value: Any) -> Iterator[Json]:
    """Every JSON object, however deep."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for entry in value:
            yield from objects(entry)


def texts(card: Json) -> list[str]:
    """What a person reads, a paragraph each."""
    return [
        "".join(it if isinstance(it, str) else it["text"] for it in found["inlines"])
        for found in objects(card)
        if found.get("type") == "RichTextBlock"
    ]
