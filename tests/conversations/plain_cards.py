"""Cards and forms as plain lines, the way a person would read them aloud."""

from collections.abc import Iterator

from conversations.cards import (
    Button,
    Buttons,
    Card,
    Choose,
    ChooseChannel,
    Divider,
    Element,
    Faint,
    Form,
    Heading,
    Mention,
    Text,
    Write,
)


def lines(card: Card) -> Iterator[str]:
    """The card's lines; a button reads `[label]`."""
    for element in card.elements:
        yield from _element(element)


def _element(element: Element) -> Iterator[str]:
    match element:
        case Heading(text):
            yield f"# {text}"
        case Text(text, button):
            *above, last = text.split("\n")
            yield from above
            yield f"{last}  {_button(button)}" if button else last
        case Faint(text):
            yield f"~ {text}"
        case Mention(lead, people):
            yield f"{lead} {', '.join(f'@{name}' for _, name in people)}"
        case Buttons(buttons):
            yield " ".join(map(_button, buttons))
        case Divider():
            yield "---"


def _button(button: Button) -> str:
    return f"[{button.label}, asks first]" if button.confirm else f"[{button.label}]"


def form_lines(form: Form) -> Iterator[str]:
    """The form's lines; what is filled in already stands behind the field's name."""
    yield f"# {form.title}"
    for element in form.intro:
        yield from _element(element)
    for field in form.fields:
        match field:
            case Choose():
                options = " / ".join(
                    f"({it.label})" if it.value == field.chosen else it.label
                    for it in field.options
                )
                yield f"{field.label}: {options}"
            case Write():
                yield f"{field.label}{'' if field.optional else ' *'}: {field.value!r}"
                if field.hint:
                    yield f"~ {field.hint}"
            case ChooseChannel():
                yield f"{field.label}: a channel"
    yield f"[{form.submit}]"
