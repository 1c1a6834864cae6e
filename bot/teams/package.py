"""The Teams app package: what an administrator uploads, a manifest and two icons in a zip.

Source: learn.microsoft.com, "App manifest reference", version 1.29.
"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.config import BadSettings, is_web_address
from bot.teams import icons
from conversations.checklist import packaged
from conversations.orders import Here, usages

Json = dict[str, Any]
SCHEMA = "1.29"
SCOPES = {
    "team": Here(),
    "personal": Here(alone=True, threads=False),
    "groupChat": Here(threads=False),
}
# What the app may read without being mentioned, once an owner of the team or chat consents.
READS = ("ChannelMessage.Read.Group", "ChatMessage.Read.Chat")
GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def manifest(
    app_id: str | None,
    *,
    website: str | None = None,
    privacy: str | None = None,
    terms: str | None = None,
) -> Json:
    """The manifest of the bot `app_id`.

    Teams shows three addresses beside the app: `website`, who is behind it, by default the
    checklist's authors; what becomes of data, and the terms, both `website` unless given. Where the
    bot is served stands in its registration in Azure, not here. Raises BadSettings for an address
    or id that Teams refuses.
    """
    if app_id is None:
        raise BadSettings(
            "MICROSOFT_APP_ID is missing: set it to the application (client) id of the bot that "
            "the package is for"
        )
    if not GUID.fullmatch(app_id):
        raise BadSettings(
            "MICROSOFT_APP_ID must be the bot's application (client) id, such as "
            "00000000-0000-0000-0000-000000000000"
        )
    home = _address("--website", packaged().url if website is None else website)
    return {
        "$schema": "https://developer.microsoft.com/json-schemas/teams/"
        f"v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": version("readiness-bot"),
        "id": app_id,
        "developer": {
            "name": "readiness-bot",
            "websiteUrl": home,
            "privacyUrl": _address("--privacy", home if privacy is None else privacy),
            "termsOfUseUrl": _address("--terms", home if terms is None else terms),
        },
        "name": {"short": "Readiness", "full": "Readiness: LLMOps production-readiness reviews"},
        "description": {
            "short": "LLMOps production-readiness reviews where your team already talks.",
            "full": "Walks a team through a production-readiness checklist for systems built on "
            "large language models: in a channel's thread, one layer at a time. It keeps "
            "answers, evidence, owners and gaps, and posts the scorecard to the channel.",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": icons.ACCENT,
        "bots": [
            {
                "botId": app_id,
                "scopes": [*SCOPES],
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [
                    {"scopes": [scope], "commands": _commands(here)}
                    for scope, here in SCOPES.items()
                ],
            }
        ],
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        # Consent to the permissions below is tied to this; the resource is only a name.
        "webApplicationInfo": {"id": app_id, "resource": f"api://botid-{app_id}"},
        "authorization": {
            "permissions": {
                "resourceSpecific": [{"name": name, "type": "Application"} for name in READS]
            }
        },
    }


def write(path: Path, of: Json) -> None:
    """Writes the package, whole or not at all; the same manifest makes the same bytes.

    Raises BadSettings where no file can be written.
    """
    files = {
        "manifest.json": json.dumps(of, ensure_ascii=False, indent=2).encode() + b"\n",
        "color.png": icons.colour(),
        "outline.png": icons.outline(),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as package:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # of 1980: the same content makes the same zip
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, data)
    try:
        _replace(path, whole.getvalue())
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadSettings(f"{path} cannot be written ({why}): choose another FILE") from None


def _replace(path: Path, data: bytes) -> None:
    path = path.resolve()
    if path.exists() and not path.is_file():  # /dev/stdout is written to, not replaced
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _commands(here: Here) -> list[Json]:
    """What can be typed there, for the list that opens when the bot is mentioned."""
    return [
        {"title": it.usage.partition(" ")[0], "description": f"{it.usage}: {it.effect}"}
        for it in usages(here, home=True)
    ]


def _address(name: str, url: str) -> str:
    if not is_web_address(url) or urlsplit(url).scheme != "https":
        raise BadSettings(f"{name} must be an address such as https://readiness.example.com")
    return url
