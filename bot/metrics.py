"""What Prometheus is told. Names follow its conventions: unit and `_total` at the end."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
TURNS = Counter(
    "readiness_turns_total", "Inbound gestures, by platform, kind and outcome.",
    ["platform", "kind", "outcome"], registry=REGISTRY,
)  # fmt: skip
TURN_SECONDS = Histogram(
    "readiness_turn_seconds", "From the arrival of a request to its answer.",
    ["platform"], registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3),
)  # fmt: skip
DELIVERIES = Counter(
    "readiness_deliveries_total", "Attempts to post, by kind of post and outcome.",
    ["kind", "outcome"], registry=REGISTRY,
)  # fmt: skip
DUE = Counter(
    "readiness_due_total",
    "Things that happen by themselves, by kind, outcome and why one was skipped.",
    ["kind", "outcome", "why"], registry=REGISTRY,
)  # fmt: skip
DUE_LAG = Histogram(
    "readiness_due_lag_seconds", "From the moment something was due until it was done.",
    registry=REGISTRY, buckets=(1, 5, 10, 30, 60, 300, 900, 3600, 86_400),
)  # fmt: skip
DUE_WAITING = Gauge(
    "readiness_due_waiting", "Things that are due and not done yet.", registry=REGISTRY
)
DUE_OLDEST = Gauge(
    "readiness_due_oldest_seconds", "How long the oldest of them has been due.", registry=REGISTRY
)
OWED = Gauge("readiness_outbox_owed", "Posts that have not left yet.", registry=REGISTRY)
OLDEST = Gauge(
    "readiness_outbox_oldest_seconds", "Age of the oldest post that has not left.",
    registry=REGISTRY,
)  # fmt: skip
