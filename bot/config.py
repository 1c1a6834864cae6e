"""The settings: every one in one place, read from the environment or a `.env` file."""

from __future__ import annotations

import ipaddress
import re
import sys
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.holidays import Holidays, public_holidays
from conversations.commands import zone
from conversations.effects import Refused
from conversations.ladder import DueDays, Step
from conversations.nudging import steps_of

SLACK_API = "https://slack.com/api/"
SLACK_NEEDS = (
    "SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (Slack over HTTP), "
    "or SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode)"
)

TEAMS_NEEDS = "MICROSOFT_APP_ID, MICROSOFT_APP_PASSWORD and MICROSOFT_APP_TENANT_ID (Teams)"
HOST_NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class BadSettings(Exception):
    """A setting is missing or wrong; the message is one line that says what to do."""


class Settings(BaseSettings):
    """What can be set. A name in capitals is the variable; an empty one counts as not set.

    The docstring below each field is its meaning in the README's table.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    database_url: str = Field(default="sqlite:///readiness.db", repr=False)
    """SQLite file, `sqlite:///FILE`, or `postgresql://USER:PASSWORD@HOST/NAME`"""
    host: str = "127.0.0.1"
    """where `serve` listens: a name or address of this machine; `0.0.0.0` is every one"""
    port: int = Field(default=3000, ge=0, le=65535)
    """where `serve` listens; 0 takes any free port"""
    slack_bot_token: SecretStr | None = None
    """Slack: the app's bot token, `xoxb-…`"""
    slack_signing_secret: SecretStr | None = None
    """Slack over HTTP: the app's signing secret"""
    slack_app_token: SecretStr | None = None
    """Slack by Socket Mode: an app-level token, `xapp-…`"""
    slack_api_url: str = SLACK_API
    """base URL of Slack's Web API, ending in `/api/` (local workspaces, proxies)"""
    slack_edits_per_minute: int = Field(default=50, ge=1, le=100_000)
    """Slack: edits a minute of one process: 50 divided by all processes, web and worker"""
    microsoft_app_id: str | None = None
    """Teams: the bot's application (client) id"""
    microsoft_app_password: SecretStr | None = None
    """Teams: the bot's client secret"""
    microsoft_app_certificate: Path | None = None
    """Teams: instead of a secret, a PEM file with the certificate and its private key"""
    microsoft_app_tenant_id: str | None = None
    """Teams: the tenant it serves; requests of others are refused"""
    microsoft_app_type: Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"] = "SingleTenant"
    """Teams: `SingleTenant`, `MultiTenant`, or `UserAssignedMSI`: a managed identity"""
    microsoft_cloud: Literal["Public", "Government"] = "Public"
    """Teams: `Public`, GCC too; `Government` for GCC High and DoD"""
    teams_service_hosts: str | None = None
    """Teams: further hosts, separated by commas, that the bot may call with its token"""
    teams_anonymous: bool = False
    """accept unauthenticated activities, for a local playground; only where HOST is loopback"""
    timezone: str = "UTC"
    """IANA zone used where neither the person's nor the channel's is known"""
    tick_seconds: float = Field(default=5, gt=0, le=3600, allow_inf_nan=False)
    """how often the worker looks for due work"""
    ready_overall: int = Field(default=80, ge=0, le=100)
    """from which percent over all applicable checks a service is ready"""
    ready_layer: int = Field(default=50, ge=0, le=100)
    """from which percent every single layer is ready"""
    gap_due_critical_days: int = Field(default=14, ge=1, le=1000)
    """days from the end of a review until a critical gap is due, unless people say otherwise"""
    gap_due_days: int = Field(default=30, ge=1, le=1000)
    """the same for every other gap"""
    nudge_days: str = "-3,0,3,7,14"
    """days after a gap's date, negative before it, on which people are reminded"""
    nudge_silent_days: int = Field(default=2, ge=1, le=365)
    """days without an answer until those who are waited for in an open review are reminded"""
    nudges_per_week: int = Field(default=2, ge=1, le=7)
    """how many reminders a person gets in seven days at most"""
    holidays: str | None = None
    """public holidays that count: countries or parts of them, by commas, `DE-BY,SI`"""
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """where `work` serves health and metrics on HOST; not at all unless it is set"""
    log_format: Literal["text", "json"] = Field(
        default_factory=lambda: "text" if sys.stderr.isatty() else "json"
    )
    """`text` or `json`; by default text on a terminal, else json"""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """`DEBUG`, `INFO`, `WARNING` or `ERROR`"""

    @model_validator(mode="before")
    @classmethod
    def _blank_is_not_set(cls, given: dict[str, Any]) -> dict[str, Any]:
        stripped = {key: it.strip() if isinstance(it, str) else it for key, it in given.items()}
        return {key: it for key, it in stripped.items() if it != ""}

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _fits_a_header(cls, token: SecretStr | None) -> SecretStr | None:
        value = token.get_secret_value() if token else ""
        if not (value.isascii() and value.isprintable() and " " not in value):
            raise ValueError("must be one word, copied as Slack shows it")
        return token

    @field_validator("slack_api_url")
    @classmethod
    def _is_base_of_methods(cls, url: str) -> str:
        if not is_web_address(url) or not urlsplit(url).path.endswith("/api/"):
            raise ValueError(f"must be an http(s) address that ends in /api/, such as {SLACK_API}")
        return url

    @field_validator("teams_service_hosts")
    @classmethod
    def _are_hosts(cls, hosts: str | None) -> str | None:
        if not all(HOST_NAME.fullmatch(it) for it in _listed(hosts)):
            raise ValueError("must be host names separated by commas, such as teams.example.com")
        return hosts

    @field_validator("nudge_days")
    @classmethod
    def _are_days(cls, days: str) -> str:
        if not re.fullmatch(r"\s*-?\d{1,3}\s*(,\s*-?\d{1,3}\s*){0,19}", days):
            raise ValueError("must be whole numbers separated by commas, such as -3,0,3,7,14")
        return days

    @field_validator("holidays")
    @classmethod
    def _are_places(cls, places: str | None) -> str | None:
        try:
            for place in _listed(places):
                public_holidays(place)
        except ValueError:
            raise ValueError("must be codes such as DE or DE-BY, separated by commas") from None
        return places

    @field_validator("timezone")
    @classmethod
    def _is_known_zone(cls, name: str) -> str:
        try:
            return zone(name)
        except Refused as refusal:
            near = refusal.facts.get("suggestion") or "Europe/Berlin"
            raise ValueError(f"must be an IANA time zone, such as {near}") from None

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, level: Any) -> Any:
        return level.upper() if isinstance(level, str) else level

    @property
    def service_hosts(self) -> tuple[str, ...]:
        """The hosts of `teams_service_hosts`, in lower case."""
        return _listed(self.teams_service_hosts)

    @property
    def ladder(self) -> tuple[Step, ...]:
        """The steps of `nudge_days`."""
        return steps_of(int(it) for it in self.nudge_days.split(","))

    @property
    def due_days(self) -> DueDays:
        """Until when gaps are due."""
        return DueDays(self.gap_due_critical_days, self.gap_due_days)

    @property
    def public_holidays(self) -> Holidays:
        """Those of `holidays`."""
        return Holidays(tuple(public_holidays(it) for it in _listed(self.holidays)))

    @model_validator(mode="after")
    def _strangers_stay_out(self) -> Settings:
        if self.teams_anonymous and not is_loopback(self.host):
            raise ValueError("TEAMS_ANONYMOUS must be off unless HOST is loopback (127.0.0.1)")
        return self


class Local(Settings):
    """Settings of a bot that somebody starts by code: no environment, no `.env`."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the code gives."""
        return (init_settings,)


def load() -> Settings:
    """The settings of this process. Raises BadSettings, which names variables and no values."""
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise BadSettings("; ".join(_line(it["loc"], it["msg"]) for it in faults)) from None
    except (OSError, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise BadSettings(f".env cannot be read ({why}): mend it or remove it") from None


def require_platform(settings: Settings) -> None:
    """Raises BadSettings unless a platform is configured, and none by half."""
    _whole_slack(settings)
    _whole_teams(settings)
    if settings.slack_bot_token is None and not teams_is_set_up(settings):
        raise BadSettings(f"no platform is set up: set {SLACK_NEEDS}, or {TEAMS_NEEDS}")


def is_whole(settings: Settings) -> bool:
    """Whether a platform is configured, and none by half."""
    try:
        require_platform(settings)
    except BadSettings:
        return False
    return True


def teams_is_set_up(settings: Settings) -> bool:
    """Whether Teams is served: with the app's credentials, or a playground without any."""
    return settings.teams_anonymous or settings.microsoft_app_id is not None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_web_address(url: str) -> bool:
    """Whether it is an http(s) address of scheme, host, port and path, and nothing beyond."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return whole and url.isprintable() and not set(url) & set(" \\@?#<>\"'")


def _whole_slack(settings: Settings) -> None:
    doors = [
        name
        for name, value in (
            ("SLACK_SIGNING_SECRET", settings.slack_signing_secret),
            ("SLACK_APP_TOKEN", settings.slack_app_token),
        )
        if value
    ]
    if settings.slack_bot_token and not doors:
        raise BadSettings(
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is missing beside SLACK_BOT_TOKEN: set the "
            "first for Slack over HTTP, the second for Socket Mode"
        )
    if doors and not settings.slack_bot_token:
        raise BadSettings(
            f"SLACK_BOT_TOKEN is missing beside {' and '.join(doors)}: "
            "copy it from the app's page “Install App”"
        )


def _whole_teams(settings: Settings) -> None:
    if settings.teams_anonymous:
        return  # nobody is asked who they are, and nothing is asked of Microsoft
    secret, certificate = settings.microsoft_app_password, settings.microsoft_app_certificate
    if secret and certificate:
        raise BadSettings(
            "MICROSOFT_APP_PASSWORD and MICROSOFT_APP_CERTIFICATE are both set: keep one of them"
        )
    given = {
        "MICROSOFT_APP_ID": settings.microsoft_app_id,
        "MICROSOFT_APP_PASSWORD": secret or certificate,
        "MICROSOFT_APP_TENANT_ID": settings.microsoft_app_tenant_id,
    }
    needed = set(given)
    if settings.microsoft_app_type == "UserAssignedMSI":
        needed.discard("MICROSOFT_APP_PASSWORD")
    present = [name for name, value in given.items() if value]
    missing = [name for name, value in given.items() if not value and name in needed]
    if present and missing:
        raise BadSettings(
            f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing beside "
            f"{' and '.join(present)}: set all of Teams' settings, or none (a certificate or a "
            "managed identity takes the password's place)"
        )
    if certificate and not certificate.is_file():
        raise BadSettings(
            "MICROSOFT_APP_CERTIFICATE names no file: set the path of a PEM file with the "
            "certificate and its private key"
        )


def _listed(hosts: str | None) -> tuple[str, ...]:
    return tuple(it.strip().lower() for it in (hosts or "").split(",") if it.strip())


def _line(where: tuple[int | str, ...], message: str) -> str:
    """`PORT must be …`. Messages never contain what was given: it may be a secret."""
    says = message.removeprefix("Value error, ").partition(", unable to")[0]
    for theirs, ours in _OUR_WORDS.items():
        says = says.replace(theirs, ours)
    return f"{str(where[0]).upper()} {says}" if where else says


_OUR_WORDS = {
    "Input should": "must",
    "a valid integer": "a whole number",
    "a valid number": "a number",
    "a valid boolean": "true or false",
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
}
