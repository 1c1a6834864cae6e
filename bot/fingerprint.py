"""Whether a card reads as it was last sent."""

from __future__ import annotations

import hashlib

from conversations.cards import Card


def digest(card: Card) -> str:
    """A fingerprint of a card: an edit that would change nothing is not sent."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:32]
