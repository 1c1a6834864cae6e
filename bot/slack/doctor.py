"""What could keep Slack and the bot apart: tokens, scopes, the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.doctor import Finding
from bot.slack.manifest import SCOPES

TIMEOUT = 10  # seconds a call may take
SKEW = 60  # seconds; Slack's signatures are refused from 300 on
BOT, APP, CLOCK, SCOPE = "Slack bot token", "Slack app token", "clock", "Slack scopes"
FIXES = {
    "account_inactive": "install the app again, then set SLACK_BOT_TOKEN",
    "token_revoked": "install the app again, then set SLACK_BOT_TOKEN",
    "ratelimited": "try again in a minute",
}
COPY_BOT = "copy SLACK_BOT_TOKEN from the app's page “Install App”"
COPY_APP = "make an app-level token with connections:write, and set SLACK_APP_TOKEN"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack said. `error` is its own word; None: the call was accepted."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]
    error: str | None


async def examine(settings: Settings, now: Callable[[], datetime]) -> list[Finding]:
    """Asks Slack about the tokens that are set."""
    findings = []
    if settings.slack_bot_token:
        findings += await _bot(settings, settings.slack_bot_token, now)
    else:
        findings.append(Finding(BOT, "skipped", "SLACK_BOT_TOKEN is not set"))
    if settings.slack_app_token:
        findings.append(await _app(settings, settings.slack_app_token))
    else:
        findings.append(Finding(APP, "skipped", "SLACK_APP_TOKEN is not set: no Socket Mode"))
    return findings


async def _bot(settings: Settings, token: SecretStr, now: Callable[[], datetime]) -> list[Finding]:
    answer = await _ask(_client(settings, token).auth_test)
    if isinstance(answer, str):
        return [_unreachable(BOT, settings, answer)]
    clock = _clock(answer.headers.get("Date"), now())
    if answer.error:
        fix = FIXES.get(answer.error, COPY_BOT)
        return [Finding(BOT, "fault", f"Slack answers {answer.error}", fix), clock]
    if not answer.data.get("bot_id"):
        return [Finding(BOT, "fault", "this token is a person's, not a bot's", COPY_BOT), clock]
    who = f"{answer.data.get('user')} in {answer.data.get('team')}"
    return [Finding(BOT, "ok", who), _scopes(answer.headers.get("x-oauth-scopes")), clock]


async def _app(settings: Settings, token: SecretStr) -> Finding:
    client = _client(settings, token)
    answer = await _ask(lambda: client.apps_connections_open(app_token=token.get_secret_value()))
    if isinstance(answer, str):
        return _unreachable(APP, settings, answer)
    if answer.error:
        fix = FIXES["ratelimited"] if answer.error == "ratelimited" else COPY_APP
        return Finding(APP, "fault", f"Slack answers {answer.error}", fix)
    return Finding(APP, "ok", "Socket Mode may connect")


def _scopes(granted: str | None) -> Finding:
    if granted is None:
        return Finding(SCOPE, "skipped", "Slack does not say which were granted")
    missing = sorted(set(SCOPES) - {it.strip() for it in granted.split(",")})
    if missing:
        fix = "give the app the manifest of `readiness manifest`, then install it again"
        return Finding(SCOPE, "fault", f"missing: {', '.join(missing)}", fix)
    return Finding(SCOPE, "ok", "all granted")


def _clock(date: str | None, now: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(date or "")
        off = (now - theirs).total_seconds()
    except (TypeError, ValueError):
        return Finding(CLOCK, "skipped", "Slack's answer has no date")
    if abs(off) > SKEW:
        found = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} Slack's"
        return Finding(CLOCK, "fault", found, "let the system set its clock (NTP)")
    return Finding(CLOCK, "ok", f"within {SKEW} s of Slack's")


def _client(settings: Settings, token: SecretStr) -> AsyncWebClient:
    return AsyncWebClient(
        token=token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        retry_handlers=[],
    )


async def _ask(call: Callable[[], Awaitable[Any]]) -> Answer | str:
    """Slack's answer; a text where there was none, which says why."""
    try:
        answer = await call()
    except SlackApiError as error:
        return _refusal(error.response)
    except TimeoutError:
        return "no answer"
    except (aiohttp.ClientError, OSError) as error:
        return type(error).__name__
    except AttributeError:  # slack_sdk, where the answer is plain text
        return "what answers there is not Slack"
    return Answer(answer.data, answer.headers, None)


def _refusal(response: Any) -> Answer | str:
    data = getattr(response, "data", None)
    if getattr(response, "status_code", 0) == 429:  # noqa: PLR2004 - HTTP
        return Answer({}, response.headers, "ratelimited")
    if not isinstance(data, dict) or not isinstance(data.get("error"), str):
        return f"what answers there is not Slack (HTTP {getattr(response, 'status_code', '?')})"
    return Answer(data, response.headers, data["error"])


def _unreachable(subject: str, settings: Settings, why: str) -> Finding:
    found = f"{settings.slack_api_url} cannot be reached: {why}"
    return Finding(subject, "fault", found, "check the network, a proxy, or SLACK_API_URL")
