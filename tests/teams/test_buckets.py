"""No more calls than Teams allows, counted before they are made."""

import pytest

from bot.teams import buckets
from bot.teams.buckets import APP, THREAD, Buckets


def take(counter, name):
    """The seconds until a call may be made; 0: it is made."""
    seconds = counter.left(name)
    if not seconds:
        counter.count(name)
    return seconds


def made(counter, clock, seconds, step=0.01):
    """When calls were made by somebody who makes as many as may be made, for so long."""
    times, end = [], clock.now + seconds
    while clock.now < end:
        wait = take(counter, "c")
        if not wait:
            times.append(clock.now)
        clock.now += wait or step
    return times


def test_seven_at_once_then_a_second_later(clock):
    counter = Buckets(clock)
    assert [take(counter, "c") for _ in range(7)] == [0.0] * 7
    assert take(counter, "c") == pytest.approx(1.0)
    clock.now += 1.0
    assert take(counter, "c") == 0.0
    assert take(counter, "c") == pytest.approx(1.0)  # eight within two seconds


@pytest.mark.parametrize(("most", "window"), THREAD)
def test_no_window_holds_more_than_it_may(clock, most, window):
    times = made(Buckets(clock), clock, window * 2 + 10, step=0.05)
    assert all(later - first >= window - 1e-6 for first, later in zip(times, times[most:]))
    assert len(times) > most


def test_a_refused_call_is_not_counted(clock):
    counter = Buckets(clock)
    for _ in range(100):
        take(counter, "c")
    clock.now += 1.0
    assert take(counter, "c") == 0.0


def test_conversations_are_counted_apart(clock):
    counter = Buckets(clock)
    for _ in range(7):
        take(counter, "c")
    assert take(counter, "c") > 0
    assert take(counter, "c;messageid=1") == 0.0


def test_the_whole_app_makes_fifty_a_second(clock):
    counter = Buckets(clock, APP)
    assert [take(counter, "c") for _ in range(50)] == [0.0] * 50
    assert take(counter, "c") == pytest.approx(1.0)


def test_what_teams_asks_for_is_waited_for(clock):
    counter = Buckets(clock)
    counter.hold("c", 20.0)
    counter.hold("c", 5.0)  # the longer one holds
    assert take(counter, "c") == pytest.approx(20.0)
    assert take(counter, "d") == 0.0
    clock.now += 20.0
    assert take(counter, "c") == 0.0


def test_silent_conversations_are_forgotten(clock, monkeypatch):
    monkeypatch.setattr(buckets, "KEPT", 10)
    counter = Buckets(clock)
    for number in range(10):
        take(counter, f"old {number}")
    counter.hold("old 1", 1.0)
    clock.now += 3600.0
    counter.hold("new", 60.0)
    for number in range(3):
        take(counter, f"young {number}")
    assert set(counter._calls) == {"young 0", "young 1", "young 2"}
    assert set(counter._held) == {"new"}
