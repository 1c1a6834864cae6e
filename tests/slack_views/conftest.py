"""Properties are checked without deadlines: a busy machine is no fault of the code."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "readiness", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("readiness")
