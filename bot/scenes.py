"""Reviews as scenes: with the names of the people in them and the link to their thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.chat import Chat
from conversations.checklist import Checklist
from conversations.effects import ROOT
from conversations.orders import Here
from conversations.review import Place, Review
from conversations.scoring import Thresholds
from conversations.standing import Yardstick
from conversations.text import PERSON
from conversations.views import Scene
from conversations.wording import Wording
from storage import cards, people, services


@dataclass(frozen=True, slots=True)
class Scenes:
    """Builds scenes. `chats` by platform: a review's link is its own platform's."""

    checklist: Checklist
    chats: Mapping[str, Chat]
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def yardstick(self) -> Yardstick:
        """What the reviews are measured by."""
        return Yardstick(self.checklist, self.thresholds)

    def of(self, conn: Connection, review: Review, words: Wording) -> Scene:
        """The scene of one review."""
        return self.of_all(conn, [review], words)[0]

    def of_all(self, conn: Connection, reviews: Sequence[Review], words: Wording) -> list[Scene]:
        """The scenes of several reviews, in three queries."""
        # An open review that a person opened names no owners, and is drawn most often.
        wanted = [it.service_key for it in reviews if it.scheduled or not it.open]
        owners = services.owners_of(conn, wanted)
        known = {person for it in reviews for person in involved(it)}
        names = people.names(conn, known.union(*owners.values()))
        roots = cards.messages(conn, [it.id for it in reviews], ROOT)
        return [
            Scene(
                self.checklist,
                it,
                words,
                names,
                self._link(it, roots.get(it.id)),
                self.thresholds,
                owners=tuple(owners.get(it.service_key, ())),
                threaded=self._has_threads(it),
            )
            for it in reviews
        ]

    def links(self, conn: Connection, review_ids: Sequence[str]) -> dict[str, str]:
        """Where the threads of reviews can be opened, by review id; of those that can."""
        found = {}
        for review_id, (place, message) in cards.roots(conn, review_ids).items():
            chat = self.chats.get(place.platform)
            if link := chat.link(place, message) if chat else "":
                found[review_id] = link
        return found

    def is_direct(self, place: Place) -> bool:
        """Whether one person and the bot are alone there."""
        chat = self.chats.get(place.platform)
        return chat is not None and chat.is_direct(place)

    def here(self, place: Place | None) -> Here:
        """What matters there to people who type; a channel where the place is not known."""
        chat = self.chats.get(place.platform) if place else None
        if chat is None or place is None:
            return Here()
        return Here(alone=chat.is_direct(place), threads=chat.has_threads(place))

    def _has_threads(self, review: Review) -> bool:
        chat = self.chats.get(review.place.platform)
        return chat is None or chat.has_threads(review.place)

    def _link(self, review: Review, message: str | None) -> str:
        chat = self.chats.get(review.place.platform)
        return chat.link(review.place, message) if chat and message else ""


def involved(review: Review) -> Iterable[str]:
    """Everybody whose name a card of the review may show."""
    yield review.started_by
    if review.finished_by:
        yield review.finished_by
    for answer in review.answers.values():
        yield answer.by
        yield from PERSON.findall(answer.note) if "@{" in answer.note else ()
    if review.open:
        yield from (answer.by for answer in review.before.values())
    yield from review.assignees.values()
    yield from (gap.owner for gap in review.gaps.values() if gap.owner)
