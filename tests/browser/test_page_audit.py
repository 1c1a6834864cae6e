"""Every control has a name, every id is one of a kind, every text stands out: in every view."""

import pytest
from browser_kit import Reviews, everything, shot
from playwright.async_api import Page, expect

from bot.playground.workspace import Workspace

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]

NAMES = """() => {
  const shown = (it) => it.checkVisibility({ visibilityProperty: true });
  const text = (id) => document.getElementById(id)?.textContent.trim();
  const named = (it) =>
    it.getAttribute('aria-label')?.trim() ||
    (it.getAttribute('aria-labelledby') ?? '').split(' ').map(text).join('') ||
    [...(it.labels ?? [])].map((label) => label.textContent.trim()).join('') ||
    (it.matches('button, a, [role=option]') && it.textContent.trim());
  const complaints = [];
  const open = document.querySelector('dialog[open]') ?? document;
  const controls =
    'button, a[href], input, select, textarea, [role=listbox], [role=radiogroup], dialog';
  for (const it of open.querySelectorAll(controls)) {
    if (shown(it) && !named(it)) complaints.push(`no name: ${it.outerHTML.slice(0, 120)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((it) => it.id);
  for (const id of new Set(ids)) {
    if (ids.filter((it) => it === id).length > 1) complaints.push(`twice: #${id}`);
  }
  for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
    for (const it of document.querySelectorAll(`[${name}]`)) {
      for (const id of it.getAttribute(name).split(' ')) {
        if (!document.getElementById(id)) complaints.push(`${name} leads nowhere: ${id}`);
      }
    }
  }
  for (const it of document.querySelectorAll('img:not([alt])')) {
    complaints.push(`no alt: ${it.src}`);
  }
  const small = [...open.querySelectorAll('button, a.tool')].filter((it) => {
    const { width, height } = it.getBoundingClientRect();
    return shown(it) && !it.matches('.link-button') && Math.min(width, height) < 24;
  });
  return [...complaints, ...small.map((it) => `small: ${it.outerHTML.slice(0, 120)}`)];
}"""

CONTRAST = """() => {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const mixed = (part, alpha, under) => (part * alpha + under * (255 - alpha)) / 255;
  const over = (top, under) =>
    top.map((it, at) => (at < 3 ? mixed(it, top[3], under[at]) : 255));
  const ground = (it) => {
    if (!it) return [255, 255, 255, 255];
    const own = rgba(getComputedStyle(it).backgroundColor);
    return own[3] === 255 ? own : over(own, ground(it.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour
      .map((it) => it / 255)
      .map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const complaints = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const it = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim()) continue;
    if (it.closest('.tile, .unseen, [aria-busy=true], noscript, option')) continue;
    if (!it.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const style = getComputedStyle(it);
    const under = ground(it);
    const pair = [light(over(rgba(style.color), under)), light(under)].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) {
      complaints.add(`${ratio.toFixed(2)}: ${it.className} ${it.textContent.slice(0, 30)}`);
    }
  }
  return [...complaints];
}"""
"""Texts whose colour does not stand out by 4.5:1 (3:1 when large) from what is behind them."""


async def sound(page: Page, name: str) -> None:
    """Both audits, and a picture."""
    await shot(page, name)
    assert await page.evaluate(NAMES) == []
    assert await page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_view_can_be_named_and_read(
    page: Page, reviews: Reviews, workspace: Workspace, scheme: str
):
    """The welcome, a full channel and thread, suggestions, menus, a form, home, the workshop."""
    await sound(page, f"first-{scheme}")
    await everything(page, reviews, workspace)
    await sound(page, f"everything-{scheme}")
    await page.get_by_role("combobox", name="Message #search-team").fill("/")
    await sound(page, f"completion-{scheme}")
    await page.get_by_role("button", name="Switch person").click()
    await sound(page, f"people-{scheme}")
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="Readiness home").click()
    await page.get_by_role("button", name="Start a review").click()
    await page.get_by_role("dialog", name="Evidence").get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Note")).to_have_attribute("aria-invalid", "true")
    await sound(page, f"form-{scheme}")
    await page.keyboard.press("Escape")
    await sound(page, f"home-{scheme}")
    await page.get_by_role("button", name="Workshop").click()
    await sound(page, f"workshop-{scheme}")
