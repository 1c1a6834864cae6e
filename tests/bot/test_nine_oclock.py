"""Monday, nine o'clock: everybody has something due, and one workspace takes only so much.

`python -m bench.nine` does the same with 10,000 people.
"""

from nine_kit import STEPS, invite, nine
from trouble_kit import trouble

from bot.delivery import AT_ONCE

PEOPLE = 150


async def test_limits_are_kept_and_the_rest_waits_in_order_of_urgency(tmp_path):
    async with trouble(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        late = invite(it, PEOPLE)
        found = await nine(it, step=5)
    assert sorted(found.order) == sorted(late), "each was told once"
    assert found.most_a_minute["chat.postMessage"] <= 300
    assert found.most_a_minute["conversations.open"] <= 50
    assert found.refused.total() <= AT_ONCE, "those in flight when it was too much, and no more"
    assert found.refused["conversations.open"] <= 20, "nobody asks once it is said"
    days = [late[person] for person in found.order]
    share = PEOPLE // len(STEPS)
    # So many conversations are opened at once that neighbours may swap places.
    assert min(days[:share]) >= 7
    assert max(days[-share:]) <= 0
    assert found.deepest > PEOPLE // 2
    assert found.oldest > 60
