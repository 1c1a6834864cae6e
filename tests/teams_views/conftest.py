"""Properties are checked without deadlines: a busy machine is no fault of the code."""

from collections.abc import AsyncIterator

import pytest_asyncio
from drawing import ARGUMENTS, browser_path
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, async_playwright

settings.register_profile(
    "readiness", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("readiness")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's browser, one for all tests."""
    async with async_playwright() as playwright:
        path = browser_path()
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS.split())
        yield browser
        await browser.close()
