"""The proof: what was promised, what the database holds and what was sent, held together.

Everything must be quiet. What is wrong is a line each; what was sent twice though nobody could
know better stands apart, as a known duplicate.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fake_teams import Shown
from siege_kit import Promise, Siege
from sqlalchemy import Connection, Row, select
from trouble_kit import CHECKLIST, everything, expected, faults_shown, keys, told

from bot.fingerprint import digest
from bot.scenes import Scenes
from bot.teams import adaptive
from bot.teams.chat import TeamsChat
from bot.teams.holds import Holds
from bot.teams.known import Known
from conversations import views
from storage import references, reviews
from storage.tables import ANSWER, CARD, DUE, HISTORY, LANE, OUTBOX, TURN

STRANGER = "stranger"  # what people of other workspaces and tenants write contains it
# Why a row may end without having been sent; each is in docs/architecture.md.
NAMED = {"unconfirmed", "too old", "no thread"}
GONE = ("refused: ", "place ")
JUST = 3.0  # seconds in which a bot stores what was answered, however busy the machine


@dataclass
class Proof:
    """What was found."""

    wrong: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    answers: int = 0
    posts: int = 0


def prove(siege: Siege) -> Proof:
    """Everything that must hold once all is quiet."""
    proof = Proof(answers=len(siege.promises))
    with siege.database.read() as conn:
        proof.wrong += promises_kept(siege, conn)
        proof.wrong += newest_counts(conn)
        proof.wrong += everything_left(conn)
        proof.wrong += nothing_leased(conn)
        proof.wrong += strangers(siege, conn)
        proof.wrong += teams_shown(siege, conn)
        stops = list(siege.stopped)
        for shown in teams_twice(siege, conn):
            line = f"Teams {shown.id}: {shown.activity.get('summary')}"
            if unknowable(shown, stops):
                proof.duplicates.append(line)
            else:
                proof.wrong.append(f"posted twice: {line}")
    proof.wrong += faults_shown(siege.workspace, siege.database)
    proof.wrong += posted_twice(siege)
    proof.wrong += whispered_twice(siege)
    proof.wrong += told_elsewhere(siege)
    proof.wrong += [f"a bug: {it}" for it in siege.lines("delivery_bug")]
    proof.posts = sum(keys(siege.workspace).values()) + len(siege.teams.shown)
    return proof


# Answers


def promises_kept(siege: Siege, conn: Connection) -> Iterator[str]:
    """Every answer that was acknowledged is in the history exactly once, as it was said."""
    by_key: dict[str, list[Row]] = defaultdict(list)
    by_check: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in conn.execute(select(HISTORY).order_by(HISTORY.c.id)):
        by_key[row.turn_key].append(row)
        by_check[row.review_id, row.check_id].append(row)
    turns = set(conn.execute(select(TURN.c.key)).scalars())
    known = {it.key for it in siege.promises}
    bugs = [it for it in siege.lines("turn") if it["outcome"] == "bug" and it["kind"] == "press"]
    told = Counter(it["by"] for it in bugs)
    for it in siege.promises:
        rows = by_key[it.key]
        if len(rows) > 1:
            yield f"{it} is in the history {len(rows)} times"
        elif rows and not _same(rows[0], it):
            yield f"{it} is in the history as {rows[0]}"
        elif not rows and it.kept and not it.refusable:
            if not it.mark and it.key not in turns and told[it.by]:  # "This went wrong" was said
                told[it.by] -= 1
            elif not any(_said_already(row, it) for row in by_check[it.review, it.check]):
                turn = "" if it.key in turns else "nor is there a turn"
                yield f"{it} is not in the history {turn}"
    for key in by_key.keys() - known:
        if not key.startswith("due:"):
            yield f"nobody said {key}"


def _same(row: Row, it: Promise) -> bool:
    fits = (row.review_id, row.check_id, row.by, row.verdict) == (
        it.review, it.check, it.by, it.verdict,
    )  # fmt: skip
    return fits and (not it.mark or row.note == it.mark)


def _said_already(row: Row, it: Promise) -> bool:
    """A double click: the same person has just pressed the same."""
    return not it.mark and (row.by, row.verdict) == (it.by, it.verdict)


def newest_counts(conn: Connection) -> Iterator[str]:
    """Of what was said of a check, the answer that counts is what was said last."""
    newest: dict[tuple[str, str], Row] = {}
    for row in conn.execute(select(HISTORY).order_by(HISTORY.c.said_at, HISTORY.c.id)):
        newest[row.review_id, row.check_id] = row
    for row in conn.execute(select(ANSWER).where(~ANSWER.c.proposed, ~ANSWER.c.carried)):
        last = newest[row.review_id, row.check_id]
        if (row.verdict, row.note, row.at) != (last.verdict, last.note, last.said_at):
            yield f"{row.check_id} is {row.verdict}, but {last.verdict} was said last"


# What was owed


def everything_left(conn: Connection) -> Iterator[str]:
    """Whatever was owed has left, or says why not."""
    for row in conn.execute(select(OUTBOX).where(OUTBOX.c.state != "done")):
        reason = str(row.reason)
        if row.state == "owed" or not (reason in NAMED or reason.startswith(GONE)):
            yield f"{row.key} is {row.state}: {reason}"


def nothing_leased(conn: Connection) -> Iterator[str]:
    """Nobody holds anything any more."""
    for table in (LANE, DUE):
        for row in conn.execute(select(table).where(table.c.token.is_not(None))):
            yield f"{table.name} {row.id} is leased until {row.leased_until}"


def posted_twice(siege: Siege) -> Iterator[str]:
    """No key was posted twice, whether the message still stands or not."""
    posted = Counter(
        call.arguments["channel"] + " " + str(_key(call.arguments.get("metadata")))
        for call in siege.workspace.calls
        if call.method == "chat.postMessage" and call.result["ok"]
    )
    for key, times in posted.items():
        if times > 1:
            yield f"{key} was posted {times} times"


def _key(metadata: object) -> str:
    found = json.loads(metadata) if isinstance(metadata, str) else metadata
    return found["event_payload"]["key"] if isinstance(found, dict) else ""


def whispered_twice(siege: Siege) -> Iterator[str]:
    """A private line is said once at most."""
    for person, mark in siege.whispered:
        if (times := told(siege.workspace, person, mark)) > 1:
            yield f"{person} was told {mark} {times} times"


# Who sees what


def strangers(siege: Siege, conn: Connection) -> Iterator[str]:
    """Nothing that other workspaces or tenants sent has got anywhere, or moved anything."""
    for table in (TURN, HISTORY, OUTBOX):
        for row in conn.execute(select(table)):
            if STRANGER in str(row):
                yield f"in {table.name}: {row}"
    shown = [*(str(it) for it in everything(siege.workspace)), *map(str, siege.teams.shown)]
    yield from (f"was shown: {it}" for it in shown if STRANGER in it)


def told_elsewhere(siege: Siege) -> Iterator[str]:
    """What was written in one channel is read in no other, and on no other platform."""
    homes = {it.id: (it.place.platform, it.place.channel) for it in siege.all_reviews()}
    written = {it.mark: homes[it.review] for it in siege.promises if it.mark}
    seen = [(("slack", it.channel), str(it.blocks)) for it in everything(siege.workspace)]
    seen += [(("teams", it.conversation), str(it.activity)) for it in siege.teams.shown]
    for where, text in seen:
        if where[0] == "slack" and where[1].startswith("D"):
            continue  # a person's own conversation: what they wrote elsewhere may be quoted
        for mark in {it for it in text.replace("'", " ").split() if it.startswith("mark")}:
            if mark in written and written[mark] != where:
                yield f"{mark} of {written[mark]} is read in {where}"


# Teams


def teams_shown(siege: Siege, conn: Connection) -> Iterator[str]:
    """Every card stands in Teams as the stored state gives it."""
    known = Known(None, lambda: datetime.now(UTC))  # type: ignore[arg-type] - it reads nothing
    known.groups = references.groups(conn, "teams")
    chat = TeamsChat(None, known, Holds(None, known.now))  # type: ignore[arg-type] - nor this
    scenes = Scenes(CHECKLIST, {"teams": chat})
    messages = {it.id: it for it in siege.teams.shown}
    for review in reviews.latest_of_all(conn):
        if review.place.platform != "teams":
            continue
        scene = scenes.of(conn, review, chat.words)
        rows = conn.execute(select(CARD).where(CARD.c.review_id == review.id)).all()
        stands = {row.slot: row for row in rows}
        yield from (f"{slot} is missing" for slot in expected(review) if slot not in stands)
        for slot, row in stands.items():
            card, message = views.card(scene, slot), messages[row.message.rpartition("/")[2]]
            drawn = adaptive.message(card)
            shown = {key: it for key, it in message.activity.items() if key in drawn}
            if row.digest != digest(card):
                yield f"{slot} is remembered as another one"
            if shown != drawn:
                yield f"{slot} is out of date in Teams: {message.activity['summary']}"


def teams_twice(siege: Siege, conn: Connection) -> Iterator[Shown]:
    """Messages in channels that are no card: posted again, since a bot cannot look there."""
    cards = set(conn.execute(select(CARD.c.message).where(CARD.c.platform == "teams")).scalars())
    numbers = {it.rpartition("/")[2] for it in cards}
    for it in siege.teams.shown:
        if it.thread is not None and it.id not in numbers:
            yield it


def unknowable(shown: Shown, stops: list[float]) -> bool:
    """Whether no bot could keep that it stands: its answer was lost, or its bot was just stopped.

    A stop explains one post, since a lane has one under way, and is taken out of `stops`.
    """
    just = next((it for it in stops if 0 <= it - shown.at <= JUST), None)
    if just is not None:
        stops.remove(just)
    return shown.unanswered or just is not None
