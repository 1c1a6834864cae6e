"""The refusals a caller of the Web API sees."""

from collections.abc import Iterable

from bot.playground.values import Json


class SlackError(Exception):
    """A request refused with one of Slack's error codes."""

    def __init__(self, code: str, messages: Iterable[str] = (), **extra: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.extra = extra

    def as_json(self) -> Json:
        """The body Slack answers with; problems are listed twice, as Slack lists them."""
        body: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


def missing(field_name: str) -> SlackError:
    """The refusal of a call that lacks a required argument."""
    return invalid(f"missing required field: {field_name}")


def invalid(problem: str, pointer: str = "") -> SlackError:
    """`invalid_arguments`, saying what is wrong at which JSON pointer."""
    return SlackError("invalid_arguments", [f"[ERROR] {problem} [json-pointer:{pointer}]"])
