"""Trouble on demand."""

import time

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.faults import Faults
from bot.playground.workspace import Workspace


async def failed(call):
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response


def post(client: AsyncWebClient, channel: str = "C0GENERAL"):
    return client.chat_postMessage(channel=channel, text="t")


async def test_the_next_calls_are_limited(workspace: Workspace, client: AsyncWebClient):
    faults = workspace.faults.method("chat.postMessage")
    faults.rate_limited, faults.retry_after = 2, 7
    for _ in range(2):
        response = await failed(post(client))
        assert (response.status_code, response["error"]) == (429, "ratelimited")
        assert response.headers["Retry-After"] == "7"
    await client.auth_test()
    await post(client)
    assert len(workspace.messages("#general")) == 1
    assert [c.result["ok"] for c in workspace.calls] == [False, False, True, True]


@pytest.mark.parametrize(
    ("status", "code"), [(500, "internal_error"), (503, "service_unavailable")]
)
async def test_every_method_breaks(workspace: Workspace, client: AsyncWebClient, status, code):
    faults = workspace.faults.method()
    faults.server_error, faults.server_status = 1, status
    response = await failed(client.auth_test())
    assert (response.status_code, response["error"]) == (status, code)
    await client.auth_test()


async def test_an_accepted_call_goes_unanswered(workspace: Workspace, client: AsyncWebClient):
    workspace.faults.method("chat.postMessage").drop_after_accept = 1
    client.retry_handlers.clear()
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert len(workspace.messages("#general")) == 1
    assert workspace.calls[-1].answered is False


async def test_slacks_sdk_repeats_an_unanswered_call_by_itself(
    workspace: Workspace, client: AsyncWebClient
):
    """Its default retry handler posts twice: a client that must not has to be built without."""
    workspace.faults.method("chat.postMessage").drop_after_accept = 1
    await post(client)
    assert len(workspace.messages("#general")) == 2


async def test_calls_are_delayed(workspace: Workspace, client: AsyncWebClient):
    workspace.faults.method("auth.test").delay = 0.1
    start = time.monotonic()
    await client.auth_test()
    assert time.monotonic() - start >= 0.1
    workspace.faults.clear()
    assert workspace.faults == Faults()


async def test_posts_are_limited_to_one_a_second(workspace, client: AsyncWebClient, clock):
    for _ in range(10):
        await post(client)
    workspace.faults.real_limits = True
    for _ in range(4):
        await post(client)
    response = await failed(post(client))
    assert (response["error"], response.headers["Retry-After"]) == ("ratelimited", "1")
    await post(client, "C0SEARCH")
    clock.go_on(1)
    await post(client)
    await failed(post(client))


TIERS = [
    ("users.list", {}, 20),
    ("conversations.history", {"channel": "C0GENERAL"}, 50),
    ("users.info", {"user": "U0ANA"}, 100),
]


@pytest.mark.parametrize("tier", TIERS, ids=[str(most) for _, _, most in TIERS])
async def test_tiers_count_calls_a_minute(workspace, client: AsyncWebClient, clock, tier):
    method, arguments, most = tier
    workspace.faults.real_limits = True
    for _ in range(most):
        await client.api_call(method, json=arguments)
    clock.go_on(20)
    response = await failed(client.api_call(method, json=arguments))
    assert response.headers["Retry-After"] == "40"
    clock.go_on(40)
    await client.api_call(method, json=arguments)


@pytest.mark.parametrize(
    "wanted",
    [
        {"unheard_of": 1},
        {"rate_limited": -1},
        {"rate_limited": "1"},
        {"rate_limited": 1.5},
        {"rate_limited": True},
        {"real_limits": 1},
    ],
)
def test_nonsense_is_refused(wanted):
    with pytest.raises(ValueError):
        Faults().switch(wanted)


def test_switches_and_what_is_shown_agree():
    faults = Faults()
    faults.switch({"rate_limited": 2, "delay": 1, "real_limits": True})
    faults.switch({"method": "chat.update", "server_error": 1})
    other = Faults()
    other.switch(faults.as_json())
    assert other == faults
    assert faults.as_json()["rate_limited"] == 2
    assert faults.as_json()["methods"]["chat.update"]["server_error"] == 1
    assert faults.methods["*"].delay == 1.0
