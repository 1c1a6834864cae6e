"""The words on buttons and in choices: public, since people and programs look for them."""

from __future__ import annotations

from conversations.review import Verdict
from conversations.scoring import Readiness

VERDICTS = {
    Verdict.MET: "Met",
    Verdict.PARTLY: "Partly",
    Verdict.UNMET: "Not yet",
    Verdict.NOT_APPLICABLE: "N/A",
    Verdict.UNKNOWN: "Don't know",
}
# One square a check in the progress lines. Shape and legend carry the meaning beside colour.
SQUARES: dict[Verdict | None, str] = {
    Verdict.MET: "🟩",
    Verdict.PARTLY: "🟨",
    Verdict.UNMET: "🟥",
    Verdict.NOT_APPLICABLE: "➖",
    Verdict.UNKNOWN: "🟪",
    None: "⬜",
}
READINESS = {
    Readiness.READY: "Ready",
    Readiness.CONDITIONAL: "Conditional",
    Readiness.NOT_READY: "Not ready",
}
LIGHTS = {Readiness.READY: "🟢", Readiness.CONDITIONAL: "🟡", Readiness.NOT_READY: "🔴"}

ADD_EVIDENCE = "Add evidence"
CHANGE = "Change"
SKIP_LAYER = "Skip layer"
SKIP_CHECK = "Skip for now"
STILL_TRUE = "Still true"
FINISH = "Finish review"
REOPEN = "Reopen review"
WALK = "Walk me through"
ASK_EVERYTHING = "Ask everything"
OPEN_THREAD = "Open thread"
START = "Start a review"
SAVE = "Save"
ACCEPT_ALL = "Accept all"
NOT_MINE = "Not mine"
SNOOZE = "Snooze"
