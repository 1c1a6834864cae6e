"""The gaps after a review: owners and dates, proposed, accepted, changed, handed over."""

import asyncio
from datetime import UTC, datetime

import pytest
from bot_kit import ANA, BEN, CHANNEL, buttons, text_of
from clock_kit import BEGUN, hours

from bot.report import scorecard_json
from conversations import checklist as checklists
from conversations.review import Gap, Verdict
from storage import people, reviews

CHECKLIST = checklists.packaged()
GAP = "evaluation.dataset"  # 2.1


@pytest.fixture
async def team(tmp_path):
    async with hours(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        yield it


@pytest.fixture
async def both(database_url):
    async with hours(database_url) as it:
        yield it


def card(team):
    """The card of the gaps, the thread's last message of that kind."""
    return next(it for it in reversed(team.messages()) if "with owner and date" in it.text)


async def change(team, layer, person=ANA, **values):
    """Opens the form of a layer's gaps and sends it."""
    message = card(team)
    for element, title in buttons(message):
        if element["text"]["text"] == "Change" and f"*{layer} " in title:
            await team._done(
                team.workspace.click(person, action_id=element["action_id"], message_ts=message.ts)
            )
    return await team.submit(person, **values)


async def test_a_review_that_ends_with_gaps_asks_who_sees_to_them(team):
    await team.finish()
    said = text_of(card(team))
    assert said.startswith("*49 gaps are left* in *search-assistant*.")
    assert "*2 Evaluation* · Ana Berger · due 25 Dec 2026" in said, "what most of them have"
    assert "2.1 We have an eval dataset that reflects real traffic · *critical* · due 9 Dec" in said
    assert "2.2 We measure accuracy or task success, not just vibes\n" in said
    assert card(team).thread_ts == team.root
    assert (await team.review()).gaps == {}, "nothing is stored until somebody says so"


async def test_a_review_without_gaps_asks_nothing(team):
    await team.start()
    await team.press(ANA, "Ask everything")
    for check in CHECKLIST.checks:
        await team.press(ANA, "Met", check=check.number)
    assert not [it for it in team.messages() if "with owner and date" in it.text]


async def test_one_tap_accepts_all_and_a_second_one_changes_nothing(both):
    await both.finish()
    await asyncio.gather(both.press(BEN, "Accept all"), both.press(ANA, "Accept all"))
    gaps = (await both.review()).gaps
    assert len(gaps) == 49
    assert gaps[GAP] == Gap(None, datetime(2026, 12, 9, 10, 0, 0, gaps[GAP].due.microsecond, UTC))
    said = text_of(card(both))
    assert said.startswith("*49 gaps* of *search-assistant*, with owner and date")
    assert "*2 Evaluation* · 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7 · Ana Berger · due 9 Dec" in said
    assert "Accept all" not in said
    taken = await both.bot.runner.read(
        lambda conn: conn.exec_driver_sql("SELECT count(*) FROM gap").scalar()
    )
    assert taken == 49


async def test_a_form_changes_owner_and_date(both):
    await both.finish()
    outcome = await change(both, 2, check=GAP, owner=BEN, due="2027-01-15")
    assert outcome.ok, outcome
    gap = (await both.review()).gaps[GAP]
    assert gap == Gap("slack:U0BEN", datetime(2027, 1, 15, 12, tzinfo=UTC))
    assert "· due 15 Jan 2027 · Ben Okafor" in text_of(card(both))
    assert "handed you check *2.1* of *search-assistant*, due 15 Jan 2027" in both.told(BEN)[-1]


async def test_all_gaps_of_a_layer_are_changed_at_once(team):
    await team.finish()
    await change(team, 3, check="*", owner=BEN)
    gaps = (await team.review()).gaps
    assert {CHECKLIST.by_id[it].number[0] for it in gaps} == {"3"}
    assert {gap.owner for gap in gaps.values()} == {"slack:U0BEN"}
    assert gaps["observability.logging"].due.date().isoformat() == "2026-12-09", "left as it was"
    assert "*3 Observability* · Ben Okafor" in text_of(card(team))
    assert len(team.told(BEN)) == 1


@pytest.mark.parametrize(
    ("values", "field", "line"),
    [
        ({"due": "2026-11-24"}, "due", "That date has passed. Choose today or a later one."),
        ({"due": "2030-01-01"}, "due", "Choose a date within the next three years."),
        ({}, "owner", "Choose a person, a date, or a verdict."),
        ({"owner": "U0BOT"}, "owner", "I don't know that person."),
        ({"owner": BEN, "verdict": "met"}, "verdict", "Answer one gap, or change who sees"),
        ({"verdict": "not_applicable"}, "note", "Say in a few words why it does not apply."),
        ({"verdict": "partly", "evidence": "x"}, "evidence", "Evidence has to be a link"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(team, values, field, line):
    await team.finish()
    before = await team.stored()
    outcome = await change(team, 2, check=GAP, **values)
    assert outcome.errors[field].startswith(line)
    assert await team.stored() == before


async def test_today_is_the_persons_today(team):
    """In the evening west of Greenwich the UTC date is tomorrow's."""
    await team.finish()
    west = people.Person(
        f"slack:{BEN}", "slack", "Ben Okafor", "America/Los_Angeles",
        deleted=False, fetched_at=team.clock.at,
    )  # fmt: skip
    await team.bot.runner.write(lambda conn: people.upsert(conn, west))
    team.clock.at = datetime(2026, 11, 27, 3, tzinfo=UTC)  # the 26th, 19:00 there
    outcome = await change(team, 2, BEN, check=GAP, due="2026-11-25")
    assert "That date has passed" in outcome.errors["due"]
    outcome = await change(team, 2, BEN, check=GAP, due="2026-11-26")
    assert outcome.ok
    assert (await team.review()).gaps[GAP].due.date().isoformat() == "2026-11-26"


async def test_today_is_no_past_date(team):
    await team.finish()
    await change(team, 2, check=GAP, due=f"{BEGUN:%Y-%m-%d}")
    assert (await team.review()).gaps[GAP].due.date() == BEGUN.date()


async def test_the_list_of_gaps_can_be_changed_where_the_review_is(team):
    await team.finish()
    await team.type(ANA, "/readiness gaps search-assistant")
    [listed] = [it for it in team.workspace.ephemerals(ANA) if "49 gaps" in it.text]
    assert [it["text"]["text"] for it, _ in buttons(listed)].count("Change") == 8
    await team.type(ANA, "/readiness gaps search-assistant", channel="general")
    elsewhere = team.workspace.ephemerals(ANA, "general")[-1]
    assert not [it for it, _ in buttons(elsewhere) if it["text"]["text"] == "Change"]


async def test_a_gap_is_answered_from_the_same_form(both):
    await both.finish()
    await both.press(ANA, "Accept all")
    both.clock.move(hours=1)
    await change(both, 2, BEN, check=GAP, verdict="met", note="since Monday")
    review = await both.review()
    assert (review.answers[GAP].verdict, review.answers[GAP].by) == (Verdict.MET, "slack:U0BEN")
    assert GAP not in review.gaps
    assert "2.1" not in text_of(card(both))
    assert "*2.1* is met." in both.told(BEN)[-1]
    assert "Since then: 2.1 met (Ben Okafor" in text_of(both.workspace.messages(CHANNEL)[-1])


async def test_a_single_gap_is_handed_over_by_command(team):
    await team.finish()
    said = await team.ask(ANA, "slash", "assign search-assistant 2.1 @ben")
    assert said == "Check 2.1 of *search-assistant* is handed to Ben Okafor."
    assert (await team.review()).gaps[GAP].owner == "slack:U0BEN"
    assert "There is no check 9.9" in await team.ask(
        ANA, "slash", "assign search-assistant 9.9 @ben"
    )
    said = await team.ask(ANA, "slash", "assign search-assistant 1.1 @ben")
    assert "Check 1.1 of *search-assistant* is no gap any more" in said


async def test_while_a_review_is_open_its_gaps_are_nobodys_yet(team):
    await team.start()
    said = await team.ask(ANA, "slash", "assign search-assistant 2.1 @ben")
    assert "is open: its gaps get owner and date once it is finished" in said


async def test_a_layer_handed_over_afterwards_shows_in_the_card(team):
    await team.finish()
    await team.type(ANA, "/readiness assign search-assistant 2 @ben")
    assert "*2 Evaluation* · Ben Okafor" in text_of(card(team))


async def test_what_was_said_of_gaps_is_kept_for_the_next_review_until_they_are_closed(team):
    await team.finish()
    await change(team, 2, check="*", owner=BEN, due="2027-01-15")
    await team.press(ANA, "Reopen review")
    assert (await team.review()).gaps == {}
    assert "The review was reopened" in team.card("The review was reopened: its gaps")
    await team.reply(ANA, "2.1 yes")
    await team.press(ANA, "Finish review")
    gaps = (await team.review()).gaps
    assert GAP not in gaps
    assert gaps["evaluation.release-gate"].owner == "slack:U0BEN"


async def test_a_typed_answer_in_a_finished_thread_is_still_refused(team):
    await team.finish()
    before = await team.stored()
    await team.reply(ANA, "2.1 yes")
    assert "is finished" in team.told(ANA)[-1]
    assert await team.stored() == before


async def test_the_scorecard_as_json_names_owner_and_date(team):
    await team.finish()
    await change(team, 2, check=GAP, owner=BEN, due="2027-01-15")
    review = await team.bot.runner.read(lambda conn: reviews.latest_of(conn, "search-assistant"))
    found = {it["number"]: it for it in scorecard_json(team.bot.checklist, review)["gaps"]}
    assert found["2.1"] == {"number": "2.1", "owner": "slack:U0BEN", "due": "2027-01-15T12:00:00Z"}
    assert found["2.2"]["owner"] is None


async def test_how_long_gaps_have_is_a_setting(tmp_path):
    wanted = {"gap_due_critical_days": 3, "gap_due_days": 5}
    async with hours(f"sqlite:///{tmp_path / 'a.db'}", **wanted) as team:
        await team.finish()
        said = text_of(card(team))
        assert "*critical* · due 28 Nov 2026" in said
        assert "*2 Evaluation* · Ana Berger · due 30 Nov 2026" in said
        assert len(team.workspace.messages(CHANNEL)) == 2
