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
OWED = Gauge("readiness_outbox_owed", "Posts that have not left yet.", registry=REGISTRY)
OLDEST = Gauge(
    "readiness_outbox_oldest_seconds", "Age of the oldest post that has not left.",
    registry=REGISTRY,
)  # fmt: skip
