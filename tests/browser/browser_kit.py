"""Cards, forms and a small app for the page's tests, and what they look at it with."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from playwright.async_api import Locator, Page
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.clockwork import Coming, MovableClock
from bot.playground.workspace import Workspace

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
VERDICTS = ("Met", "Partly", "Not yet", "N/A", "Don't know")
CHECKS = 7


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text, **more):
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text, action_id, **more):
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def context(text):
    return {"type": "context", "elements": [mrkdwn(text)]}


def option(value, **more):
    return {"text": plain(value.title()), "value": value, **more}


def field_of(block_id, element, label=None, **more):
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label or block_id.title()),
        "element": {"action_id": "value", **element},
        **more,
    }


def radio(**more):
    return {"type": "radio_buttons", "options": [option("yes"), option("no")], **more}


def select(**more):
    return {"type": "static_select", "options": [option("one"), option("two")], **more}


def boxes(**more):
    return {"type": "checkboxes", "options": [option("red"), option("blue")], **more}


def text_input(**more):
    return {"type": "plain_text_input", **more}


OVERFLOW = {"type": "overflow", "action_id": "more", "options": [option("hide"), option("copy")]}
CHANNEL = {"type": "conversations_select", "default_to_current_conversation": True}
MENU = {"placeholder": plain("Pick a person"), "type": "users_select", "action_id": "who"}

EVERYTHING = [
    {"type": "header", "text": plain("Everything")},
    section("🟩🟨🟥🟪➖⬜  *1 Prompts* · 4 of 6\n🟩🟩  *2 Evaluation* · 2 of 2"),
    section("With a button", accessory=button("Change", "change")),
    section("With a menu", accessory=OVERFLOW),
    section("With a select", accessory=select(action_id="pick", placeholder=plain("Pick one"))),
    {"type": "section", "fields": [mrkdwn("*Left*"), mrkdwn("right")]},
    {"type": "divider"},
    actions(
        button("Go", "go", style="primary"),
        button("Stop", "stop", style="danger", accessibility_label="Stop everything"),
        button("Docs", "docs", url="https://example.com/docs"),
        MENU,
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-02"},
    ),
    actions(radio(action_id="radio"), boxes(action_id="boxes")),
    {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "A chart"},
    context("🟩 met  🟥 not yet · by `the bot`"),
]

FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Evidence"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "notify_on_close": True,
    "blocks": [
        section("*2.1* We have an eval dataset"),
        field_of("note", text_input(multiline=True, placeholder=plain("Say why"), max_length=300)),
        field_of("link", {"type": "url_text_input"}, optional=True, hint=plain("Where it is")),
        field_of("verdict", radio(initial_option=option("yes"))),
        field_of("check", select()),
        field_of("colours", boxes(), optional=True),
        field_of(
            "channel", {"type": "conversations_select", "default_to_current_conversation": True}
        ),
        field_of("owner", {"type": "users_select", "initial_user": "U0BEN"}),
        field_of("due", {"type": "datepicker"}, optional=True),
    ],
}


def verdict_row(number):
    return actions(
        *(
            button(verdict, f"{verdict}|{number}", accessibility_label=f"{verdict}: 1.{number}")
            for verdict in VERDICTS
        )
    )


def layer_card(answers, title="Layer 1"):
    """A long card as the bot's: an answered check shrinks to one line."""
    blocks = [section(f"*{title}* · {len(answers)} of {CHECKS} answered"), {"type": "divider"}]
    for number in range(1, CHECKS + 1):
        if number in answers:
            line = f"🟩 *1.{number}* A check · *{answers[number]}*"
            blocks.append(section(line, accessory=button("Change", f"change|{number}")))
        else:
            blocks += [section(f"*1.{number}* A check that is asked"), verdict_row(number)]
    if len(answers) == CHECKS:
        return [section(f"🟩🟩🟩🟩🟩🟩🟩  *{title}*", accessory=button("Change", "layer"))]
    return [*blocks, {"type": "divider"}, actions(button("Skip layer", "skip")), context("Tap.")]


@dataclass
class Reviews:
    """A small app: reviews with layer cards, a form, a page of its own."""

    bolt: AsyncApp
    client: AsyncWebClient
    answers: dict[str, dict[int, str]] = field(default_factory=dict)
    pressed: list[str] = field(default_factory=list)
    forms: list[dict] = field(default_factory=list)
    closed: int = 0
    pause: float = 0.0

    def listen(self):
        self.bolt.command("/readiness")(self.on_command)
        self.bolt.action(re.compile(r"^(Met|Partly|Not yet)\|"))(self.on_verdict)
        self.bolt.action("open form")(self.on_open)
        self.bolt.action(re.compile(""))(self.on_other)
        self.bolt.view("form")(self.on_form)
        self.bolt.view_closed("form")(self.on_closed)
        self.bolt.shortcut("start_here")(self.on_open)
        self.bolt.event("app_home_opened")(self.on_home)
        self.bolt.event("message")(self.on_message)
        self.bolt.event(re.compile(""))(self.on_message)

    async def on_command(self, ack, body):
        word, _, rest = body["text"].partition(" ")
        await asyncio.sleep(self.pause)
        if word != "start":
            await ack(text=f"You said `{body['text']}`")
            return
        await ack()
        root = await self.client.chat_postMessage(
            channel=body["channel_id"],
            text=f"Review of {rest}",
            blocks=[{"type": "header", "text": plain(f"Review: {rest}")}, section("⬜⬜⬜  *1*")],
        )
        await self.post_layer(body["channel_id"], root["ts"], "Layer 1")

    async def post_layer(self, channel, root, title):
        card = layer_card({}, title)
        posted = await self.client.chat_postMessage(
            channel=channel, thread_ts=root, text=f"{title}: 0 of 7", blocks=card
        )
        self.answers[posted["ts"]] = {}
        return posted["ts"]

    async def on_verdict(self, ack, body, action):
        self.pressed.append(action["action_id"])
        await asyncio.sleep(self.pause)
        await ack()
        ts, channel = body["container"]["message_ts"], body["channel"]["id"]
        verdict, _, number = action["action_id"].partition("|")
        self.answers[ts][int(number)] = verdict
        card = layer_card(self.answers[ts])
        await self.client.chat_update(channel=channel, ts=ts, text="Layer 1", blocks=card)
        if len(self.answers[ts]) == CHECKS:
            await self.post_layer(channel, body["container"]["thread_ts"], "Layer 2")

    async def on_other(self, ack, action):
        self.pressed.append(action["action_id"])
        await asyncio.sleep(self.pause)
        await ack()

    async def on_open(self, ack, body):
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def on_form(self, ack, body):
        values = body["view"]["state"]["values"]
        self.forms.append(values)
        await asyncio.sleep(self.pause)
        if values["note"]["value"]["value"] == "bad":
            await ack(response_action="errors", errors={"note": "Say more than that."})
        else:
            await ack()

    async def on_closed(self, ack):
        await ack()
        self.closed += 1

    async def on_home(self, event):
        blocks = [
            {"type": "header", "text": plain("Readiness")},
            section("Nothing here yet."),
            actions(button("Start a review", "open form", style="primary")),
        ]
        view = {"type": "home", "blocks": blocks}
        await self.client.views_publish(user_id=event["user"], view=view)

    async def on_message(self, ack):
        await ack()


@dataclass
class Diary:
    """What happens by itself: words and a deed for each moment."""

    clock: MovableClock
    plans: dict[datetime, tuple[str, Callable[[], Awaitable[None]]]] = field(default_factory=dict)

    async def next_at(self) -> datetime | None:
        coming = await self.coming()
        return coming and coming.at

    async def coming(self) -> Coming | None:
        later = [at for at in self.plans if at > self.clock()]
        return Coming(min(later), self.plans[min(later)][0]) if later else None

    async def happen(self) -> None:
        for at in sorted(self.plans):
            if at <= self.clock():
                await self.plans.pop(at)[1]()


async def until(condition: Callable[[], bool]) -> None:
    """Returns once it holds; fails after 5 seconds."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def shot(page: Page, name: str) -> None:
    """Keeps a picture for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def focused(page: Page) -> str:
    """The accessible name of what has the keyboard, as far as attributes and text tell."""
    script = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
    return str(await page.evaluate(script))


async def top_in_view(page: Page, element: Locator) -> bool:
    """Whether the upper edge of the element is inside its scroller."""
    script = """(it) => {
      const box = it.closest('.scroller').getBoundingClientRect();
      const { top } = it.getBoundingClientRect();
      return top >= box.top - 1 && top < box.bottom - 40;
    }"""
    return bool(await element.evaluate(script))


async def everything(page: Page, reviews: Reviews, workspace: Workspace) -> None:
    """A channel with all there is, its thread open, a private message in both."""
    client = reviews.client
    root = await client.chat_postMessage(channel="C0SEARCH", text="all", blocks=EVERYTHING)
    await client.chat_postMessage(channel="C0SEARCH", text="more", thread_ts=root["ts"])
    await reviews.post_layer("C0SEARCH", root["ts"], "Layer 1")
    for thread in ({}, {"thread_ts": root["ts"]}):
        await client.chat_postEphemeral(channel="C0SEARCH", user="U0ANA", text="psst", **thread)
    await workspace.send("U0BEN", "C0SEARCH", "hello @ana, see https://example.com")
    await page.get_by_role("link", name="replies").click()
    await page.get_by_role("complementary", name="Thread").get_by_text("psst").wait_for()
