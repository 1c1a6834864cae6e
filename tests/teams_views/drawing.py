"""Cards in the renderer that Teams' own clients are built on, in a headless browser."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

ROOT = Path(__file__).parents[2]
RENDERER = ROOT / "tests/node/node_modules/adaptivecards/dist/adaptivecards.min.js"
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
# Sizes and colours as Teams shows them. Source: microsoft/AdaptiveCards, samples of host configs.
INK, FAINT, LINE = "#242424", "#616161", "#e0e0e0"


def _ground(colour: str) -> dict[str, Any]:
    return {
        "backgroundColor": colour,
        "foregroundColors": {
            "default": {"default": INK, "subtle": FAINT},
            "accent": {"default": "#5b5fc7", "subtle": "#5b5fc7"},
            "attention": {"default": "#c4314b", "subtle": "#c4314b"},
            "good": {"default": "#237b4b", "subtle": "#237b4b"},
            "warning": {"default": "#835c00", "subtle": "#835c00"},
        },
    }


HOST = {
    "supportsInteractivity": True,
    "fontFamily": "'Segoe UI', 'Liberation Sans', sans-serif",
    "spacing": {
        "small": 8, "default": 12, "medium": 16, "large": 20, "extraLarge": 24, "padding": 16,
    },
    "separator": {"lineThickness": 1, "lineColor": LINE},
    "fontSizes": {"small": 12, "default": 14, "medium": 14, "large": 18, "extraLarge": 24},
    "fontWeights": {"lighter": 200, "default": 400, "bolder": 600},
    "containerStyles": {
        "default": _ground("#ffffff"), "emphasis": _ground("#f5f5f5"),
        "accent": _ground("#e8ebfa"), "attention": _ground("#fcf4f6"),
        "good": _ground("#e7f2da"), "warning": _ground("#fbf6d9"),
    },
    "actions": {
        "maxActions": 6, "spacing": "Default", "buttonSpacing": 8,
        "showCard": {"actionMode": "Inline", "inlineTopMargin": 16, "style": "emphasis"},
        "actionsOrientation": "Horizontal", "actionAlignment": "Left",
    },
    "inputs": {
        "label": {
            "requiredInputs": {"weight": "Default", "suffix": " *", "suffixColor": "Attention"},
            "optionalInputs": {"weight": "Default"},
            "inputSpacing": "Small",
        },
        "errorMessage": {"weight": "Default", "spacing": "Small"},
    },
    "adaptiveCard": {"allowCustomStyle": False},
}  # fmt: skip
STYLE = """
body { margin: 0; background: #f5f5f5; font: 14px 'Segoe UI', 'Liberation Sans', sans-serif }
#card { background: #fff; border: 1px solid #e0e0e0; border-radius: 6px; margin: 8px;
  overflow: hidden }
.ac-pushButton { background: #fff; border: 1px solid #d1d1d1; border-radius: 4px;
  padding: 5px 12px; font: 600 14px 'Segoe UI', 'Liberation Sans', sans-serif;
  white-space: nowrap }
.ac-pushButton.style-positive { background: #5b5fc7; color: #fff; border-color: #5b5fc7 }
.ac-pushButton.style-destructive { background: #c4314b; color: #fff; border-color: #c4314b }
.ac-actionSet { flex-wrap: wrap !important; gap: 6px 0 }
a { color: #4f52b2 }
.ac-input { font: 14px 'Segoe UI', 'Liberation Sans', sans-serif }
input[type=text], textarea, select { padding: 6px; border: 1px solid #d1d1d1;
  border-bottom-color: #616161; border-radius: 4px; width: 100%; box-sizing: border-box }
textarea { min-height: 64px }
"""
DRAW = """(card) => {
  const said = [], kinds = AdaptiveCards.ValidationEvent;
  const name = kind => Object.keys(kinds).find(key => kinds[key] === kind);
  const note = it => said.push(name(it.event) + ': ' + it.message);
  const version = AdaptiveCards.Versions.v1_5;
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = text => said.push('Markdown: ' + text);
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(window.host);
  const context = new AdaptiveCards.SerializationContext(version);
  drawn.parse(card, context);
  for (let at = 0; at < context.eventCount; at++) note(context.getEventAt(at));
  drawn.validateProperties().validationEvents.forEach(note);
  window.pressed = [];
  drawn.onExecuteAction = it =>
    window.pressed.push({type: it.getJsonTypeName(), verb: it.verb, data: it.data, url: it.url});
  document.getElementById('card').replaceChildren(drawn.render());
  return said;
}"""


def renderer() -> Path:
    """The renderer's file. Fails the test where `make test` has not installed it."""
    if not RENDERER.exists():
        pytest.fail("no renderer of cards: `make test` installs it, which needs Node.js with npm")
    return RENDERER


def browser_path() -> str:
    """The system's Chromium. Fails the test where there is none."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no Chromium here: `make browser` installs it or says how")
    return found


async def canvas(browser: Browser, width: int) -> Page:
    """A page on which cards are drawn, as wide as a card's surroundings in the client."""
    page = await browser.new_page(viewport={"width": width, "height": 400})
    await page.set_content(f"<style>{STYLE}</style><div id=card></div>")
    await page.add_script_tag(path=renderer())
    await page.evaluate("host => { window.host = host }", HOST)
    return page


async def draw(page: Page, card: dict[str, Any]) -> list[str]:
    """Draws the card; what the renderer dislikes about it, and what it parses as Markdown.

    It parses titles of choices, too, which are our own words, and mentions, of which nothing but
    letters is left.
    """
    said: list[str] = await page.evaluate(DRAW, card)
    titles = re.findall(r'"choices": (\[.*?\])', json.dumps(card, ensure_ascii=False))
    ours = {f"Markdown: {it['title']}" for found in titles for it in json.loads(found)}
    return [it for it in said if it not in ours and not it.startswith("Markdown: For <at>")]
