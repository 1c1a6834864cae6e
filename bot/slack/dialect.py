"""Slack's mrkdwn. Source: docs.slack.dev, "Formatting message text"."""

from __future__ import annotations


class Mrkdwn:
    """What people typed is escaped so that mentions, broadcasts and links stay dead text."""

    name = "slack"
    types_home = False

    def escape(self, text: str) -> str:
        """The three characters that Slack treats as control characters, as entities."""
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def bold(self, text: str) -> str:
        """Bold; a text with asterisks of its own, which would end it early, stays plain."""
        return text if "*" in text else f"*{text}*"

    def italic(self, text: str) -> str:
        """Italics; a text with underscores of its own stays plain."""
        return text if "_" in text else f"_{text}_"

    def code(self, text: str) -> str:
        """Something to type; a text with backticks of its own stays plain."""
        return text if "`" in text else f"`{text}`"

    def link(self, url: str, text: str) -> str:
        """A link. `|` and `>` would end the address and never pass the check of evidence URLs."""
        return f"<{self.escape(url)}|{text.replace('|', '¦')}>"

    def mention(self, person: str) -> str:
        """A mention, which notifies."""
        return f"<@{person.partition(':')[2]}>"

    def command(self, words: str) -> str:
        """The slash command."""
        return f"/readiness {words}"

    def invitation(self) -> str:
        """The command that invites."""
        return self.code("/invite @Readiness")
