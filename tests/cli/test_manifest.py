"""manifest.json against what the code registers, calls and needs."""

import json
import re
from dataclasses import fields

import pytest
from cli_kit import ROOT
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import BadSettings
from bot.gestures import Gestures
from bot.slack.door import SlackDoor
from bot.slack.forms import Forms
from bot.slack.happenings import Happenings
from bot.slack.listeners import Listeners
from bot.slack.manifest import manifest
from bot.slack.presses import Presses

URL = "https://readiness.example.org"

# The scopes an event needs, any one of a group; from the events' pages on docs.slack.dev.
EVENT_SCOPES = {
    "app_home_opened": [],
    "app_mention": ["app_mentions:read"],
    "app_uninstalled": [],
    "channel_archive": ["channels:read"],
    "channel_left": ["channels:read"],
    "channel_unarchive": ["channels:read"],
    "group_archive": ["groups:read"],
    "group_left": ["groups:read"],
    "group_unarchive": ["groups:read"],
    "member_joined_channel": ["channels:read", "groups:read"],
    "message.channels": ["channels:history"],
    "message.groups": ["groups:history"],
    "message.im": ["im:history"],
    "tokens_revoked": [],
    "user_change": ["users:read"],
}
# The scopes a Web API method needs, in the places where the bot works: channels, private
# channels, direct messages; from the methods' pages on docs.slack.dev.
HISTORY = ["channels:history", "groups:history", "im:history"]
METHOD_SCOPES = {
    "apps.connections.open": [],  # an app-level token's
    "auth.test": [],
    "chat.postEphemeral": ["chat:write"],
    "chat.postMessage": ["chat:write"],
    "chat.update": ["chat:write"],
    "conversations.history": HISTORY,
    "conversations.open": ["im:write"],
    "conversations.replies": HISTORY,
    "dnd.teamInfo": ["dnd:read"],
    "users.info": ["users:read"],
    "views.open": [],
    "views.publish": [],
}
FEATURE_SCOPES = ["commands"]  # slash commands and shortcuts


class Recorder:
    """Takes registrations as Bolt's app does."""

    def __init__(self):
        self.commands, self.events, self.shortcuts, self.views, self.actions = [], [], [], [], []

    def _into(self, names):
        def register(name):
            return lambda listener: names.append(name) or listener

        return register

    def __getattr__(self, kind):
        return self._into(self.__dict__[f"{kind}s"])


@pytest.fixture(scope="module")
def registered() -> Recorder:
    nobody = [None] * len([it for it in fields(SlackDoor) if it.init and it.name != "_tasks"])
    door = SlackDoor(*nobody)
    gestures = Gestures(door)
    forms = Forms(door, gestures)
    recorder = Recorder()
    happenings = Happenings(*[None] * len(fields(Happenings)))
    presses = Presses(door, gestures, forms)
    Listeners(door, gestures, happenings, presses, forms).register(recorder)
    return recorder


def called() -> set[str]:
    """The Web API methods named in the code under bot/slack."""
    code = "".join(path.read_text() for path in (ROOT / "bot" / "slack").glob("*.py"))
    names = set(re.findall(r"\bclient(?:\([^)]*\))?\.([a-z]+_\w+)", code))
    return {it.replace("_", ".") for it in names if callable(getattr(AsyncWebClient, it, None))}


def test_the_file_is_the_manifest_for_socket_mode():
    """Written by `readiness manifest > manifest.json`: it needs no public address."""
    text = json.dumps(manifest(None), indent=2) + "\n"
    assert (ROOT / "manifest.json").read_text("utf-8") == text


def test_it_hears_exactly_what_is_listened_to(registered):
    declared = manifest(None)["settings"]["event_subscriptions"]["bot_events"]
    assert len(declared) == len(set(declared))
    assert {it.partition(".")[0] for it in declared} == set(registered.events)
    assert {it for it in declared if it.startswith("message.")} == {
        "message.channels",
        "message.groups",
        "message.im",
    }


def test_commands_and_shortcuts_are_those_registered(registered):
    features = manifest(None)["features"]
    assert [it["command"] for it in features["slash_commands"]] == registered.commands
    assert [it["callback_id"] for it in features["shortcuts"]] == registered.shortcuts


def test_buttons_and_forms_are_switched_on(registered):
    assert registered.actions
    assert registered.views
    assert manifest(None)["settings"]["interactivity"]["is_enabled"]


def test_every_event_is_one_that_slack_knows():
    assert set(manifest(None)["settings"]["event_subscriptions"]["bot_events"]) <= set(EVENT_SCOPES)


def test_every_method_called_is_known():
    assert called() == set(METHOD_SCOPES)


def test_scopes_are_those_needed_and_no_others():
    events = manifest(None)["settings"]["event_subscriptions"]["bot_events"]
    needed = [*FEATURE_SCOPES]
    for each in events:
        needed += EVENT_SCOPES[each]
    for each in called():
        needed += METHOD_SCOPES[each]
    scopes = manifest(None)["oauth_config"]["scopes"]
    assert scopes == {"bot": sorted(set(needed))}


def test_without_an_address_it_is_for_socket_mode():
    text = json.dumps(manifest(None))
    assert manifest(None)["settings"]["socket_mode_enabled"] is True
    assert "url" not in text


def test_with_an_address_everything_goes_there():
    it = manifest(f"{URL}/")
    assert it["settings"]["socket_mode_enabled"] is False
    assert [
        it["features"]["slash_commands"][0]["url"],
        it["settings"]["event_subscriptions"]["request_url"],
        it["settings"]["interactivity"]["request_url"],
    ] == [f"{URL}/slack/events"] * 3


def test_the_two_differ_in_nothing_else():
    def without(it):
        it["features"]["slash_commands"][0].pop("url", None)
        for part in ("event_subscriptions", "interactivity"):
            it["settings"][part].pop("request_url", None)
        it["settings"].pop("socket_mode_enabled")
        return it

    assert without(manifest(URL)) == without(manifest(None))


@pytest.mark.parametrize("url", ["http://127.0.0.1:3000", "http://localhost", "http://[::1]:80/"])
def test_a_local_address_may_be_plain_http(url):
    assert manifest(url)["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize(
    "url",
    [
        "http://readiness.example.org",
        "ftp://readiness.example.org",
        "readiness.example.org",
        "",
        "https://",
        "https://a b.example",
        "https://x.example/?a=1",
        "https://x.example/#a",
        "https://user:pass@x.example",
        "https://x.example\\@127.0.0.1",
        "https://x.example:99999",
        "https://[x",
    ],
)
def test_an_address_that_slack_cannot_call_is_refused(url):
    with pytest.raises(BadSettings, match=r"^--url must"):
        manifest(url)


def test_it_fits_where_slack_shows_it():
    """Slack's own limits that its schema leaves out or that would be cut."""
    it = manifest(None)
    assert re.fullmatch("#[0-9a-f]{6}", it["display_information"]["background_color"])
    assert len(it["features"]["shortcuts"][0]["name"]) <= 24
    assert len(it["display_information"]["description"]) <= 140
