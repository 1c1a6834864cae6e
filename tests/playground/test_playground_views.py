"""Triggers, modals and App Home."""

from playground_kit import form, plain, refused, trigger
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import Workspace

HOME = {
    "type": "home",
    "blocks": [
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}],
        }
    ],
}


async def test_a_trigger_works_once(workspace: Workspace, client: AsyncWebClient):
    once = trigger(workspace)
    opened = await client.views_open(trigger_id=once, view=form())
    assert opened["view"]["id"] == opened["view"]["root_view_id"] == workspace.views("U0ANA")[0].id
    assert await refused(client.views_open(trigger_id=once, view=form())) == "exchanged_trigger_id"


async def test_a_trigger_lives_for_three_seconds(
    workspace: Workspace, client: AsyncWebClient, clock
):
    early, late = trigger(workspace), trigger(workspace)
    clock.go_on(3)
    await client.views_open(trigger_id=early, view=form())
    clock.go_on(0.1)
    assert await refused(client.views_open(trigger_id=late, view=form())) == "expired_trigger_id"


async def test_an_invalid_view_leaves_the_trigger_alive(
    workspace: Workspace, client: AsyncWebClient
):
    kept = trigger(workspace)
    broken = form(title=plain("x" * 25))
    assert await refused(client.views_open(trigger_id=kept, view=broken)) == "invalid_arguments"
    await client.views_open(trigger_id=kept, view=form())


async def test_three_modals_lie_on_each_other(workspace: Workspace, client: AsyncWebClient):
    first = await client.views_open(trigger_id=trigger(workspace), view=form())
    for _ in range(2):
        pushed = await client.views_push(trigger_id=trigger(workspace), view=form())
        assert pushed["view"]["root_view_id"] == first["view"]["id"]
    more = client.views_push(trigger_id=trigger(workspace), view=form())
    assert await refused(more) == "push_limit_reached"
    await workspace.close_view("U0ANA")
    assert len(workspace.views("U0ANA")) == 2


async def test_nothing_can_be_pushed_onto_nothing(workspace: Workspace, client: AsyncWebClient):
    alone = client.views_push(trigger_id=trigger(workspace), view=form())
    assert await refused(alone) == "not_found"


async def test_a_view_is_updated_by_hash(workspace: Workspace, client: AsyncWebClient):
    opened = (await client.views_open(trigger_id=trigger(workspace), view=form()))["view"]
    at = {"view_id": opened["id"], "hash": opened["hash"]}
    changed = (await client.views_update(**at, view=form(title=plain("New"))))["view"]
    assert changed["title"]["text"] == "New"
    assert await refused(client.views_update(**at, view=form())) == "hash_conflict"


async def test_a_view_is_found_by_its_external_id(workspace: Workspace, client: AsyncWebClient):
    named = form(external_id="review-1")
    await client.views_open(trigger_id=trigger(workspace), view=named)
    changed = await client.views_update(external_id="review-1", view=named)
    assert changed["view"]["external_id"] == "review-1"
    twice = client.views_push(trigger_id=trigger(workspace), view=named)
    assert await refused(twice) == "duplicate_external_id"


async def test_home_is_published_and_used(
    workspace: Workspace, over_http: AsyncApp, client: AsyncWebClient
):
    seen = []

    @over_http.event("app_home_opened")
    async def opened(event, client):
        seen.append(event)
        await client.views_publish(user_id=event["user"], view=HOME)

    @over_http.action("go")
    async def go(ack, body):
        await ack()
        seen.append(body)

    assert (await workspace.open_home("U0ANA")).ok
    home = workspace.home("U0ANA")
    assert (await workspace.click("U0ANA", action_id="go")).ok
    await workspace.open_home("U0ANA")
    assert seen[0]["tab"] == "home"
    assert "view" not in seen[0]
    assert seen[1]["container"] == {"type": "view", "view_id": home.id}
    assert seen[1]["view"]["type"] == "home"
    assert "response_url" not in seen[1]
    assert seen[2]["view"]["id"] == home.id
    stale = client.views_publish(user_id="U0ANA", view=HOME, hash=home.hash)
    assert await refused(stale) == "hash_conflict"
