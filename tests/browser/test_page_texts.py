"""Texts and blocks as they are drawn: markup, hostile texts, links, what is not known."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browser_kit import (
    EVERYTHING,
    Reviews,
    actions,
    button,
    context,
    mrkdwn,
    plain,
    section,
    shot,
)
from playwright.async_api import Browser, Page, expect

from bot.playground.workspace import Workspace, serve_workspace

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.asyncio(loop_scope="session")]

HOSTILE = (
    "<script>window.hacked = 1</script> <!channel> <@U0BEN> <#C0GENERAL|x> "
    "<javascript:alert(1)|click> <https://example.com/?a=1&amp;b=2|safe> \u202edesrever &lt;b&gt;"
)
DRAW = """async ([text, verbatim]) => {
  const { mrkdwn } = await import('/static/mrkdwn.js');
  const people = { U0ANA: 'Ana Berger', U0BEN: 'Ben Okafor' };
  const store = {
    me: 'U0ANA',
    user: (id) => people[id] && { real_name: people[id] },
    channel: (id) => (id === 'C0GENERAL' ? { name: 'general' } : undefined),
  };
  const host = document.createElement('div');
  host.append(mrkdwn(text, { store, tiles: true }, { verbatim }));
  for (const it of host.querySelectorAll('a')) {
    it.removeAttribute('target');
    it.removeAttribute('rel');
  }
  return host.innerHTML.replaceAll('<bdi>', '').replaceAll('</bdi>', '');
}"""
UNKNOWN = """async (given) => {
  const { renderBlock } = await import('/static/blocks.js');
  const env = { store: { state: { users: [], channels: [] } }, act() {}, heading: 'h3' };
  return renderBlock(given, env).querySelector('[role=alert]')?.textContent;
}"""

WRAP = """async (text) => {
  const { mrkdwn } = await import('/static/mrkdwn.js');
  const host = document.createElement('div');
  host.className = 'text';
  host.style.width = '150px';
  host.append(mrkdwn(text, { store: {}, tiles: true }));
  document.body.append(host);
  const starts = [...host.querySelectorAll('.hanging')].map((line) => {
    const range = document.createRange();
    range.selectNodeContents(line.lastChild);
    const [first, ...more] = [...range.getClientRects()];
    return more.filter((it) => it.y > first.y + 9).map((it) => Math.round(it.x - first.x));
  });
  const seen = { starts, text: host.innerText };
  host.remove();
  return seen;
}"""
RECTS = """async (text) => {
  const { mrkdwn } = await import('/static/mrkdwn.js');
  const host = document.createElement('div');
  host.className = 'text';
  host.style.width = '300px';
  host.append(mrkdwn(text, { store: {} }));
  document.body.append(host);
  const found = [...host.querySelectorAll('code')].map((it) => it.getClientRects().length);
  host.remove();
  return found;
}"""

MARKUP = [
    (
        "*bold* _it_ ~no~ `x*y`",
        '<strong>bold</strong> <em>it</em> <s>no</s> <code class="is-short">x*y</code>',
    ),
    ("*bold _and_ more*", "<strong>bold <em>and</em> more</strong>"),
    ("(*1.1*)", "(<strong>1.1</strong>)"),
    ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
    ("* not bold * and *", "* not bold * and *"),
    ("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;"),
    ("`&lt;!channel&gt;`", '<code class="is-short">&lt;!channel&gt;</code>'),
    ("one\ntwo", "one<br>two"),
    ("&gt; said\n> more\nplain", "<blockquote>said<br>more</blockquote>plain"),
    ("```a\n *b*```c", "<pre><code>a\n *b*</code></pre>c"),
    ("<https://x.org/a?b=1&amp;c=2|go>", '<a href="https://x.org/a?b=1&amp;c=2">go</a>'),
    ("<https://x.org>", '<a href="https://x.org/">https://x.org</a>'),
    ("<javascript:alert(1)|go>", "<span>go</span>"),
    ("<data:text/html,x>", "<span>data:text/html,x</span>"),
    ("<script>|x", "&lt;script&gt;|x"),
    ("<mailto:a@x.org>", "<span>a@x.org</span>"),
    ("<@U0BEN> <@U9|zoe>", '<span class="chip">@Ben Okafor</span> <span class="chip">@zoe</span>'),
    ("<@U0ANA>", '<span class="chip is-me">@Ana Berger</span>'),
    ("<#C0GENERAL>", '<a class="chip" href="#C0GENERAL">#general</a>'),
    ("<#C9|old>", '<span class="chip">#old</span>'),
    (
        "<!channel> <!here>",
        '<span class="chip is-loud">@channel</span> <span class="chip is-loud">@here</span>',
    ),
    ("<!date^1^{date}|2 March>", '<span class="chip">2 March</span>'),
    ("<unclosed", "&lt;unclosed"),
    ("see https://x.org/a.", 'see <a href="https://x.org/a">https://x.org/a</a>.'),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def drawing(chromium: Browser) -> AsyncIterator[Page]:
    """A page whose modules are called directly."""
    runner = await serve_workspace(empty := Workspace())
    opened = await chromium.new_page()
    await opened.goto(empty.url)
    yield opened
    await opened.close()
    await runner.cleanup()


@pytest.mark.parametrize(("text", "html"), MARKUP, ids=[text for text, _ in MARKUP])
async def test_markup(drawing: Page, text: str, html: str):
    """Slack's markup, and nothing else, comes alive."""
    assert await drawing.evaluate(DRAW, [text, False]) == html


async def test_verbatim_leaves_addresses_alone(drawing: Page):
    assert await drawing.evaluate(DRAW, ["see https://x.org", True]) == "see https://x.org"


async def test_squares_are_tiles_with_a_tally(drawing: Page):
    """Squares have one width, are read as a tally, and stay characters for copying."""
    html = await drawing.evaluate(DRAW, ["🟩🟩➖  *1*\n🟥 1.2\n🟩 met", True])
    assert 'role="img" aria-label="2 met, 1 n/a"' in html
    assert 'role="img" aria-label="not yet"' in html
    assert html.endswith(
        '<span class="tiles" aria-hidden="true"><span class="tile tile-met">🟩</span></span>'
        " met</span>"
    )


async def test_a_line_of_squares_wraps_under_its_words(drawing: Page):
    """And its text, for copying, is what was written."""
    told = "Head\n🟩🟩  one two three four five six\n🟥 seven eight nine ten eleven\nend"
    shown = await drawing.evaluate(WRAP, told)
    for blanks, offsets in zip((2, 1), shown["starts"], strict=True):
        assert offsets  # of the wrapped parts, from the blanks before the first word
        assert all(abs(it - 4.2 * blanks) < 2 for it in offsets), shown
    assert shown["text"] == told


async def test_a_legend_of_squares_is_an_ordinary_line(drawing: Page):
    assert "hanging" not in await drawing.evaluate(DRAW, ["🟩 met  🟥 not yet", True])


async def test_short_code_stays_whole(drawing: Page):
    """`/readiness start` does not break after the slash; what is longer than a phone may."""
    words = "one two three four five six `/readiness start foo` and `" + "long " * 12 + "`"
    short, long = await drawing.evaluate(RECTS, words)
    assert (short, long > 1) == (1, True)


async def test_squares_line_up(page: Page, reviews: Reviews):
    await reviews.client.chat_postMessage(channel="C0SEARCH", text="all", blocks=EVERYTHING)
    lines = page.locator(".sheet .text").first
    await lines.wait_for()
    place = "all => all.map((it) => it.getBoundingClientRect().x)"
    first, second = await lines.locator("strong").evaluate_all(place)
    assert first == second
    upper = await lines.locator(".tiles").nth(0).locator(".tile").evaluate_all(place)
    lower = await lines.locator(".tiles").nth(1).locator(".tile").evaluate_all(place)
    assert (len(upper), lower) == (6, upper[:2])


async def test_hostile_texts_stay_texts(page: Page, reviews: Reviews, workspace: Workspace):
    """Whatever people or the bot write: no script runs, no link lies, nothing leaks out."""
    blocks = [
        {"type": "header", "text": plain(HOSTILE[:150])},
        section(HOSTILE),
        actions(button("<b>\u202egnp", "x", url="javascript:alert(1)")),
        {"type": "section", "fields": [mrkdwn(HOSTILE)]},
        context(HOSTILE),
    ]
    await reviews.client.chat_postMessage(channel="C0SEARCH", text=HOSTILE, blocks=blocks)
    await reviews.client.chat_postMessage(channel="C0SEARCH", text=HOSTILE)
    await workspace.send("U0BEN", "C0SEARCH", f"{HOSTILE} <img src=x onerror=alert(1)>")
    main = page.get_by_role("main")
    await expect(main.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    await expect(main.get_by_text("<script>window.hacked = 1</script>")).to_have_count(6)
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("main script, main img, main b:not(.replies b)").count() == 0
    hrefs = await main.locator("a").evaluate_all("all => all.map((it) => it.getAttribute('href'))")
    assert [it for it in hrefs if it.startswith(("javascript", "data"))] == []
    outside = main.locator('a[href^="http"]')
    for link in await outside.all():
        assert await link.get_attribute("target") == "_blank"
        assert "noopener" in await link.get_attribute("rel")
    await expect(main.locator(".chip.is-loud").first).to_have_text("@channel")
    await shot(page, "hostile")


async def test_an_unknown_block_is_an_error(page: Page, reviews: Reviews):
    """What the page cannot draw is said, and the rest of the message is shown."""
    blocks = [
        section("before"),
        {"type": "rich_text", "elements": [{"type": "x"}]},
        section("after"),
    ]
    await reviews.client.chat_postMessage(channel="C0SEARCH", text="x", blocks=blocks)
    await expect(page.get_by_role("alert")).to_have_text("Unknown block: rich_text")
    await expect(page.get_by_text("after")).to_be_visible()
    await shot(page, "unknown-block")


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "video"}, "Unknown block: video"),
        ({"type": "constructor"}, "Unknown block: constructor"),
        (actions({"type": "workflow_button"}), "Unknown element: workflow_button"),
        (section("x", accessory={"type": "feedback"}), "Unknown element: feedback"),
        ({"type": "context", "elements": [{"type": "icon"}]}, "Unknown element: icon"),
        (
            {"type": "input", "label": plain("x"), "element": {"type": "file"}},
            "Unknown element: file",
        ),
        ({"type": "section", "text": {"type": "html", "text": "x"}}, "Unknown text: html"),
    ],
)
async def test_an_unknown_element_is_an_error(drawing: Page, block: dict, said: str):
    assert await drawing.evaluate(UNKNOWN, block) == said


async def test_permalinks_open_in_place(page: Page, reviews: Reviews, workspace: Workspace):
    """A link to this workspace's own message opens its thread, from text, button or address."""
    root = await reviews.client.chat_postMessage(channel="C0GENERAL", text="the root")
    reply = await reviews.client.chat_postMessage(
        channel="C0GENERAL", text="a reply", thread_ts=root["ts"]
    )
    link = f"{workspace.url}archives/C0GENERAL/p{root['ts'].replace('.', '')}"
    card = [section(f"<{link}|svc>"), actions(button("Open thread", "open", url=link))]
    await reviews.client.chat_postMessage(channel="C0SEARCH", text="x", blocks=card)
    thread = page.get_by_role("complementary", name="Thread")
    for name in ("svc", "Open thread"):
        await page.get_by_role("main").get_by_role("link", name=name).click()
        await expect(thread.get_by_text("a reply")).to_be_visible()
        await page.get_by_role("link", name="search-team").click()
        await expect(thread).not_to_be_visible()
    await page.goto(link)
    await expect(thread.get_by_text("a reply")).to_be_visible()
    await expect(page.get_by_role("heading", level=1, name="#general")).to_be_visible()
    assert reviews.pressed == ["open"]
    answer = await reviews.client.chat_getPermalink(channel="C0GENERAL", message_ts=reply["ts"])
    await page.goto(answer["permalink"])
    await expect(thread.locator(".is-meant")).to_contain_text("a reply")
