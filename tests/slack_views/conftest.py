"""Views are drawn from the same reviews as the dialogue's tests use."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parents[1] / "conversations"))
settings.register_profile(
    "readiness", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("readiness")
