"""The bot in the vendor's own client for Teams, Microsoft 365 Agents Playground, and a browser."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from teams_client import ALONE, GENERAL, PATIENCE, Demo, button, demo_in_teams, hinted, opened

from bot.teams.fields import FILL_IN
from conversations import checklist as checklists

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(300),  # the first one waits for npm as well
]

LAYER = checklists.packaged().layers[0]
VERDICTS = ("Met", "N/A", "Partly", "Not yet", "Don't know", "Met")
STORED = ["met", "not_applicable", "partly", "unmet", "unknown", "met"]
WHY_NOT = "Prompts are generated, nobody edits them"


@pytest.fixture(autouse=True)
def _patience():
    """A loaded machine takes its time."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path):
    async with demo_in_teams(tmp_path / "kept.db") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def client(chromium: Browser, demo: Demo):
    async with opened(chromium, demo) as page:
        yield page


async def test_alone_with_the_bot(client, demo: Demo) -> None:
    """Home and help are shown; a review is begun there, tapped, and answered by typing."""
    await expect(client.card("Waiting for me")).to_contain_text("Nothing.")
    await client.say("help")
    await expect(client.card("walks a team through 50 checks")).to_contain_text("start SERVICE")
    await client.shot("alone-help")
    await client.say("start search-assistant")
    await expect(client.card("Readiness review: search-assistant")).to_contain_text("Ana Berger")
    await button(client.card("First, what is it like?"), "Ask everything").click()
    layer = client.card("Layer 1 of 8")
    await expect(layer).to_contain_text("0 of 6 answered")
    await hinted(layer, "Met: 1.1").click()
    await expect(layer).to_contain_text("1 of 6 answered")
    await client.say("no - planned for May")
    await expect(layer).to_contain_text("2 of 6 answered")
    await expect(layer).to_contain_text("Not yet, planned for May")
    await client.shot("alone-review")
    found = await demo.scorecard()
    assert [(it["verdict"], it["note"]) for it in found["answers"][:3]] == [
        ("met", ""),
        ("unmet", "planned for May"),
        (None, ""),
    ]
    assert {it["by"] for it in found["answers"][:2]} == {"teams:29:ana"}


async def test_a_review_in_a_channel(client, demo: Demo) -> None:
    """Scoping, a whole layer by buttons, a form, a typed reply, the scorecard."""
    await client.go(GENERAL)
    await client.post("start search-assistant")
    scope = client.card("First, what is it like?")
    for question, answer in (
        ("Does it use retrieval (RAG)?", "No"),
        ("Does it call tools or act as an agent?", "Yes"),
        ("Does it handle personal data?", "Yes"),
    ):
        await hinted(scope, f"{question} {answer}").click()
        await expect(button(scope, f"✓ {answer}").first).to_be_visible()
    await client.shot("channel-scoping")
    await button(scope, "Customers").click()
    await expect(client.card("Scope · retrieval: no")).to_contain_text("6 checks are proposed")

    layer = client.card("Layer 1 of 8")
    await expect(layer).to_contain_text("0 of 6 answered")
    for done, (check, verdict) in enumerate(zip(LAYER.checks, VERDICTS, strict=True), 1):
        await hinted(layer, f"{verdict}: {check.number} ").click()
        if verdict == "N/A":
            form = client.card(f"{check.number}: N/A, why?")
            await button(form, "Save").click()
            await expect(form).to_contain_text(FILL_IN)
            await form.scroll_into_view_if_needed()
            await client.shot("channel-form")
            await form.get_by_role("textbox", name="Why does it not apply?").fill(WHY_NOT)
            await button(form, "Save").click()
        if done < len(LAYER.checks):
            await expect(layer).to_contain_text(f"{done} of 6 answered")
        if done == 4:
            await expect(layer).to_contain_text(WHY_NOT)
            await client.shot("channel-layer", layer)
    evaluation = client.card("Layer 2 of 8")
    await expect(evaluation).to_contain_text("0 of 7 answered")
    stored = (await demo.scorecard())["answers"][:6]
    assert [it["verdict"] for it in stored] == STORED
    assert stored[1]["note"] == WHY_NOT

    await client.reply("3 partly - the judge is not calibrated yet", thread=0)
    await expect(evaluation).to_contain_text("the judge is not calibrated yet")
    root = client.card("Readiness review: search-assistant")
    await expect(root).to_contain_text("1 Prompt management · 6 of 6")
    await expect(root).to_contain_text("2 Evaluation · 1 of 7")
    await root.scroll_into_view_if_needed()
    await client.shot("channel-review")

    await button(root, "Finish review").click()
    await expect(root).to_contain_text("37 checks are unanswered")
    await client.shot("channel-confirm")
    await button(root, "Finish").click()
    scorecard = client.card("Scorecard: search-assistant")
    await expect(scorecard).to_contain_text("Not ready")
    await expect(scorecard).to_contain_text("43 of 50 apply")
    await client.shot("channel-scorecard")
    found = await demo.scorecard()
    assert found["review"]["state"] == "finished"
    assert found["readiness"] == "not_ready"
    assert found["answers"][8]["verdict"] == "partly"
    assert found["overall"]["applicable"] == 43

    await client.post("scorecard search-assistant")
    await client.go(ALONE)
    await expect(client.card("Scorecard: search-assistant")).to_contain_text("43 of 50 apply")
    await client.shot("alone-scorecard")


async def test_a_kept_review_is_posted_anew_when_its_channel_is_opened(
    chromium: Browser, tmp_path: Path
) -> None:
    """The client forgets everything when it ends; the bot does not."""
    file = tmp_path / "kept.db"
    async with demo_in_teams(file) as demo, opened(chromium, demo) as client:
        await client.go(GENERAL)
        await client.post("start search-assistant")
        await button(client.card("First, what is it like?"), "Ask everything").click()
        await hinted(client.card("Layer 1 of 8"), "Met: 1.1").click()
        await expect(client.card("Layer 1 of 8")).to_contain_text("1 of 6 answered")
    async with demo_in_teams(file) as demo, opened(chromium, demo) as client:
        await expect(client.card("Services I own")).to_contain_text("search-assistant")
        await client.go(GENERAL)
        layer = client.card("Layer 1 of 8")
        await expect(layer).to_contain_text("1 of 6 answered")
        await hinted(layer, "Partly: 1.2").click()
        await expect(layer).to_contain_text("2 of 6 answered")
        root = client.card("Readiness review: search-assistant")
        await expect(root).to_contain_text("1 Prompt management · 2 of 6")
        found = await demo.scorecard()
    assert [it["verdict"] for it in found["answers"][:3]] == ["met", "partly", None]


async def test_only_this_machine_reaches_it(demo: Demo) -> None:
    """The client by itself would listen on every interface, and so on this address as well."""
    _, writer = await asyncio.open_connection("127.0.0.1", demo.port)
    writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.2", demo.port)


async def test_the_client_ends_with_a_bot_that_was_killed(demo: Demo) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", demo.port)
    demo.process.kill()
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", demo.port)
