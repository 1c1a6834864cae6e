"""Nudges in Slack: who is reminded of what and when, and what can be done from the message."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from bot_kit import ANA, BEN, CHI, DAN, buttons, text_of
from clock_kit import BEGUN, counted, hours

from bot.playground import webapi
from bot.playground.errors import SlackError
from bot.slack.pace import Pace
from bot.turn import Said
from conversations import checklist as checklists
from conversations import events
from conversations.review import Verdict
from storage import due, people, services

CHECKS = checklists.packaged().checks
CRITICAL = [check.number for check in CHECKS if check.critical]
GAP = "2.1"  # critical, and a gap after `finish`
DUE = datetime(2026, 12, 9, tzinfo=UTC)  # 14 days after Wednesday 25 November
MORNING = timedelta(hours=8)  # 09:00 in Berlin, where Ana is


@pytest.fixture
async def team(tmp_path):
    async with hours(f"sqlite:///{tmp_path / 'readiness.db'}") as it:
        yield it


@pytest.fixture
async def both(database_url):
    """On each kind of database."""
    async with hours(database_url) as it:
        yield it


def reminders(team, person=ANA):
    """The reminders that the person got, oldest first."""
    found = team.workspace.messages(team.workspace.dm(person))
    return [it for it in found if it.by_bot and " for you" in it.text]


def sent_at(team, person=ANA):
    """When they came."""
    return [datetime.fromtimestamp(round(float(it.ts)), UTC) for it in reminders(team, person)]


async def live(team, until):
    """Lets the worker look once an hour until then."""
    while team.clock.at < until:
        await team.pass_(hours=1)


async def to_the_first(team, person=ANA):
    """A review with gaps, and time until the person is reminded of them."""
    await team.finish()
    while not reminders(team, person):
        await team.pass_(hours=1)
        assert team.clock.at < DUE + timedelta(days=20), "nobody was reminded"
    return reminders(team, person)[-1]


def skips(why):
    return counted("readiness_due_total", kind="nudge", outcome="skipped", why=why)


async def use(team, person, message, label, check=GAP):
    """Presses a button of a message."""
    for element, title in buttons(team.workspace.message(message.ts)):
        if element["text"]["text"] == label and (not check or f"*{check}*" in title):
            return await team._done(
                team.workspace.click(person, action_id=element["action_id"], message_ts=message.ts)
            )
    raise AssertionError(f"no {label} of {check}: {text_of(message)}")


def now(team, message):
    """What the message reads like now."""
    return text_of(team.workspace.message(message.ts))


async def decide(team, person=ANA):
    """Decides that the person is reminded now, which leaves with the next look."""
    nudging = team.bot.due.kinds["nudge"]

    def work(conn):
        plan = due.find(conn, "nudge", f"slack:{person}")
        done = nudging.carry_out(conn, plan, None)
        due.plan(conn, done.following)
        assert done.skipped is None

    await team.bot.runner.write(work)


async def verdicts(team):
    answers = (await team.review()).answers
    return {check.number: answers[check.id].verdict for check in CHECKS if check.id in answers}


async def test_what_is_planned_names_the_service_that_it_is_about(team):
    await team.finish("docs-bot")
    with team.bot.database.read() as conn:
        whys = {it.why for it in due.planned(conn) if it.kind == "nudge"}
    assert whys == {"a gap's date, or a review without answers: docs-bot"}


async def test_the_ladder_is_climbed_at_decent_hours_and_under_the_cap(both):
    await both.finish()
    await live(both, datetime(2027, 1, 12, tzinfo=UTC))
    times = sent_at(both)
    assert times[:2] == [
        datetime(2026, 12, 7, 8, tzinfo=UTC),  # 3 days before is a Sunday: Monday
        DUE + MORNING,
    ]
    for at in times:
        assert at.weekday() < 5
        assert at.hour == 8, "09:00 in Berlin"
    for first, third in zip(times, times[2:]):
        assert third - first >= timedelta(days=7), "two in seven days are enough"
    assert len(times) == len(set(times))


async def test_each_step_is_said_once_and_says_how_late_it_is(team):
    message = await to_the_first(team)
    said = text_of(message)
    assert f"*{GAP}* We have an eval dataset" in said
    assert "*critical* · due in 2 days" in said
    assert "🔴 Not ready · 2 %" in said
    assert "weakest: Evaluation" in said
    assert "1.2" not in said, "others are due at Christmas"
    await live(team, DUE + MORNING + timedelta(hours=1))
    assert "due today" in text_of(reminders(team)[-1])
    assert len(reminders(team)) == 2


async def test_everything_of_a_person_comes_in_one_message(team):
    for name in ("search-assistant", "mail-helper"):
        await team.finish(name)
    await live(team, DUE)
    [message] = reminders(team)
    assert message.text == "6 things wait for you: mail-helper, search-assistant"
    assert text_of(message).count("due in 2 days") == 6


async def test_the_owner_of_a_gap_is_reminded_and_the_services_owners_only_when_it_is_late(team):
    await team.finish()
    await team.type(ANA, "/readiness assign search-assistant 2.1 @ben")
    await live(team, DUE + timedelta(days=7, hours=1))
    assert f"*{GAP}*" in text_of(reminders(team, BEN)[0])
    assert "*2.6*" not in text_of(reminders(team, BEN)[0])
    for early in reminders(team):
        assert f"*{GAP}*" not in text_of(early)
    await live(team, DUE + timedelta(days=13))
    assert any(f"*{GAP}*" in text_of(it) for it in reminders(team)), "seven days late"


def overdue(team):
    """The lines that everybody of the channel reads."""
    found = team.workspace.messages(team.channel)
    return [it for it in found if it.by_bot and "overdue" in it.text]


async def test_after_two_weeks_the_channel_hears_of_it_in_one_line_at_a_decent_hour(both):
    """In the channel's own zone, wherever those live who have the gaps."""
    await both.finish()
    await both.type(ANA, "/readiness weekly friday 15:00 America/New_York")
    await both.type(ANA, "/readiness assign search-assistant 2.1 @chitra")
    await live(both, DUE + timedelta(days=21))
    [line] = overdue(both)
    assert line.text == (
        "*search-assistant*: 3 gaps are 14 days overdue (2 with Ana Berger, 1 with Chitra Rao). "
        "Can somebody help? `/readiness gaps search-assistant`"
    )
    at = datetime.fromtimestamp(round(float(line.ts)), UTC)
    assert at == DUE + timedelta(days=14, hours=14), "09:00 in New York"


async def test_the_channel_hears_of_it_whatever_people_have_heard(team):
    await team.finish()
    await team.type(ANA, "/readiness snooze search-assistant 3m")
    before = counted("readiness_due_total", kind="overdue", outcome="skipped", why="night")
    team.clock.at = DUE + timedelta(days=14, hours=3)
    await team.bot.runner.write(
        lambda conn: due.plan(conn, replace(_planned(conn, "overdue"), at=team.clock.at))
    )
    await team.pass_(minutes=1)
    assert not overdue(team)
    assert before + 1 == counted(
        "readiness_due_total", kind="overdue", outcome="skipped", why="night"
    )
    await live(team, DUE + timedelta(days=15))
    assert not reminders(team)
    assert len(overdue(team)) == 1


def _planned(conn, kind):
    return next(it for it in due.planned(conn) if it.kind == kind)


async def test_what_comes_later_is_said_with_what_was_said_before(team):
    await team.finish()
    await live(team, datetime(2027, 1, 8, 12, tzinfo=UTC))
    texts = [it.text for it in overdue(team)]
    assert len(texts) == 2
    assert "49 gaps are 14 to 30 days overdue" in texts[-1]


async def test_a_service_whose_last_owner_left_is_said_to_have_none_and_goes_on(team):
    await team.finish()
    await team.workspace.deactivate(ANA)
    await team.settle()
    [said] = [it.text for it in team.workspace.messages(team.channel) if "has left" in it.text]
    assert said == (
        "Ana Berger has left, and *search-assistant* has no owner any more. "
        "Whoever types `/readiness start search-assistant` owns it from then on."
    )
    await live(team, DUE + timedelta(days=15))
    [line] = overdue(team)
    assert "3 gaps are 14 days overdue, and nobody owns the service." in line.text
    await team.type(BEN, "/readiness start search-assistant")
    owned = await team.bot.runner.read(lambda conn: services.find(conn, "search-assistant"))
    assert owned.owners == (f"slack:{BEN}",)


async def test_a_silent_review_is_said_to_be_so_four_times_at_most(team):
    await team.start()
    await live(team, BEGUN + timedelta(days=60))
    said = [text_of(it) for it in reminders(team)]
    assert len(said) == 4
    assert "Nobody has answered for 2 days; 50 checks are still open" in said[0]
    times = sent_at(team)
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(times))


async def test_an_answer_ends_the_silence(team):
    await team.start()
    await team.press(ANA, "Ask everything")
    await live(team, BEGUN + timedelta(days=1, hours=20))
    await team.press(ANA, "Met", check="1.1")
    await live(team, BEGUN + timedelta(days=3))
    assert not reminders(team)
    await live(team, BEGUN + timedelta(days=6))
    assert len(reminders(team)) == 1


async def test_who_has_a_layer_is_waited_for_instead_of_the_owner(team):
    await team.start()
    await team.type(ANA, "/readiness assign search-assistant 3 @ben")
    await live(team, BEGUN + timedelta(days=3))
    assert len(reminders(team, BEN)) == 1
    assert not reminders(team)


async def test_a_gap_is_settled_from_the_message(both):
    message = await to_the_first(both)
    outcome = await use(both, ANA, message, "Met")
    assert outcome.ok
    assert (await verdicts(both))[GAP] is Verdict.MET
    assert "✓ *2.1* met" in now(both, message)
    assert "due in 2 days" in now(both, message), "the others are still there"
    said = both.workspace.thread(both.workspace.dm(ANA), message.ts)[-1].text
    assert said.startswith("*2.1* is met.")
    assert "🔴 *Not ready* at 4 %, was 2 %" in said
    assert "weakest layer: Observability" in said
    scorecard = text_of(both.workspace.messages(both.channel)[-1])
    assert "Since then: 2.1 met (Ana Berger, 7 Dec)" in scorecard
    assert "47" in both.card("search-assistant:") or "48" in both.card("search-assistant:")
    history = await both.history()
    assert [(it.check, it.by) for it in history][-1] == ("evaluation.dataset", "slack:U0ANA")
    stored = await both.bot.runner.read(
        lambda conn: conn.exec_driver_sql("SELECT count(*) FROM scorecard").scalar()
    )
    assert stored == 1, "the scorecard of the closing stays as it was"


async def test_a_reminder_that_waits_for_its_turn_was_not_refused_and_holds_nobody_up(
    team, monkeypatch
):
    message = await to_the_first(team)
    retried = {"name": "readiness_deliveries_total", "kind": "nudge", "outcome": "retried"}
    waits = retried | {"outcome": "waits"}
    before = counted(**retried), counted(**waits)
    with monkeypatch.context() as scarce:
        pace = Pace(team.clock, a_minute=1)
        assert pace.take("another") == 0
        scarce.setattr(team.bot.platforms["slack"].chat, "pace", pace)
        scarce.setattr(team, "settle", team.bot.delivery.settled)
        await use(team, ANA, message, "Met")
        await team.bot.platforms["slack"].door.settle(20)
        await team.bot.delivery.settled()
        assert "✓ *2.1* met" not in now(team, message)
        said = team.workspace.thread(team.workspace.dm(ANA), message.ts)[-1].text
        assert said.startswith("*2.1* is met."), "at once"
        assert counted(**retried) == before[0]
        assert counted(**waits) > before[1]
    await team.pass_(minutes=5)
    assert "✓ *2.1* met" in now(team, message)


async def test_pressing_twice_and_pressing_together_is_once(both):
    message = await to_the_first(both)
    before = len(await both.history())
    await asyncio.gather(
        use(both, ANA, message, "Met"),
        use(both, ANA, message, "Met"),
        use(both, BEN, message, "Met"),
    )
    assert len(await both.history()) == before + 1


async def test_a_form_answers_a_gap_with_a_note(team):
    message = await to_the_first(team)
    await use(team, ANA, message, "Change")
    outcome = await team.submit(ANA, verdict="not_applicable")
    assert outcome.errors == {"note": "Say in a few words why it does not apply."}
    await team.submit(
        ANA, verdict="partly", note="half of *it* <!channel>", evidence="https://a.example/1"
    )
    answer = (await team.review()).answers["evaluation.dataset"]
    assert (answer.verdict, answer.note) == (Verdict.PARTLY, "half of *it* <!channel>")
    assert answer.evidence == ("https://a.example/1",)
    assert "is partly met" in team.told(ANA)[-1]
    assert f"*{GAP}* We have" in now(team, message), "it is a gap still"


async def test_a_gap_is_handed_over_from_the_message(team):
    message = await to_the_first(team)
    await use(team, ANA, message, "Not mine")
    await team.submit(ANA, owner=BEN)
    assert "→ *2.1* handed to Ben Okafor" in now(team, message)
    assert "Ana Berger handed you check *2.1*" in team.told(BEN)[-1]
    assert "due 9 Dec 2026" in team.told(BEN)[-1]
    await live(team, team.clock.at + timedelta(days=1))
    [his] = reminders(team, BEN)
    assert "*2.1*" in text_of(his)
    await use(team, BEN, his, "Not mine")
    await team.submit(BEN)
    assert "→ *2.1* handed to the service's owners" in now(team, his)
    assert (await team.review()).gaps["evaluation.dataset"].owner is None


async def test_somebody_who_left_cannot_be_handed_anything(team):
    message = await to_the_first(team)
    await team.workspace.deactivate(DAN)
    await use(team, ANA, message, "Not mine")
    outcome = await team.submit(ANA, owner=DAN)
    assert "has left" in outcome.errors["owner"]


async def test_snoozed_services_are_not_heard_of_until_then(both):
    message = await to_the_first(both)
    await use(both, ANA, message, "Snooze", check="")
    await both.submit(ANA, days="30")
    assert "No reminders until *6 Jan*" in now(both, message)
    assert not buttons(both.workspace.message(message.ts))
    await live(both, DUE + timedelta(days=20))
    assert len(reminders(both)) == 1
    await live(both, datetime(2027, 1, 7, 23, tzinfo=UTC))
    assert len(reminders(both)) == 2


async def test_snooze_is_a_command_too(team):
    await team.finish()
    said = await team.ask(ANA, "slash", "snooze search-assistant 2w")
    assert said.startswith("No reminders about *search-assistant* to you until *9 Dec 2026*.")
    await live(team, DUE)
    assert not reminders(team)
    said = await team.ask(ANA, "slash", "snooze search-assistant off")
    assert said == "You are reminded of *search-assistant* again."
    await live(team, DUE + MORNING + timedelta(hours=1))
    assert len(reminders(team)) == 1
    assert "I don't know *nope*" in await team.ask(ANA, "slash", "snooze nope 2w")


async def test_nobody_on_leave_is_written_to(team):
    await team.finish()
    back = datetime(2026, 12, 14, 7, tzinfo=UTC)
    before = skips("away")
    await team.workspace.go_away(ANA, back)
    await live(team, back + timedelta(hours=3))
    assert sent_at(team) == [datetime(2026, 12, 14, 8, tzinfo=UTC)]
    assert skips("away") >= before


async def test_nobody_is_disturbed_who_does_not_want_to_be(team):
    await team.finish()
    until = datetime(2026, 12, 7, 12, 30, tzinfo=UTC)
    team.workspace.be_quiet(ANA, until)
    before = skips("dnd")
    await live(team, datetime(2026, 12, 7, 12, tzinfo=UTC))
    assert not reminders(team)
    assert skips("dnd") == before + 1
    await live(team, until + timedelta(hours=1))
    assert len(reminders(team)) == 1


async def test_people_are_asked_about_together_and_seldom(team):
    await team.finish()
    for number, who in ((2, "ben"), (3, "chitra"), (4, "dan")):
        await team.type(ANA, f"/readiness assign search-assistant {number} @{who}")
    asked = len([it for it in team.workspace.calls if it.method == "users.info"])
    await live(team, DUE)
    assert reminders(team, BEN)
    calls = [it.method for it in team.workspace.calls]
    assert calls.count("users.info") == asked, "they are known"
    assert calls.count("dnd.teamInfo") <= 4


async def test_an_installation_without_the_scope_reminds_all_the_same(team):
    was = webapi.METHODS.pop("dnd.teamInfo")
    try:
        await to_the_first(team)
    finally:
        webapi.METHODS["dnd.teamInfo"] = was


@pytest.mark.parametrize("places", ["DE", "DE-BY,SI", "si,de"])
async def test_on_a_public_holiday_of_their_country_nobody_is_written_to(tmp_path, places):
    at = datetime(2026, 12, 11, 10, tzinfo=UTC)
    async with hours(f"sqlite:///{tmp_path / 'a.db'}", at, holidays=places) as team:
        await team.finish()
        await live(team, datetime(2026, 12, 29, tzinfo=UTC))
        # Critical gaps are due on Friday 25 December; − 3 is Tuesday; 25 and 26 are holidays.
        assert sent_at(team) == [
            datetime(2026, 12, 22, 8, tzinfo=UTC), datetime(2026, 12, 28, 8, tzinfo=UTC),
        ]  # fmt: skip


async def test_the_steps_and_the_cap_are_settings(tmp_path):
    wanted = {"nudge_days": "0,1,2", "nudges_per_week": 1, "gap_due_critical_days": 5}
    async with hours(f"sqlite:///{tmp_path / 'a.db'}", **wanted) as team:
        await team.finish()
        before = skips("cap")
        await live(team, datetime(2026, 12, 8, tzinfo=UTC))
        assert sent_at(team) == [
            datetime(2026, 11, 30, 8, tzinfo=UTC), datetime(2026, 12, 7, 8, tzinfo=UTC),
        ]  # fmt: skip
        assert skips("cap") > before


async def test_gaps_of_somebody_who_left_go_to_the_owners_who_are_told_once(team):
    await team.finish()
    await team.type(ANA, "/readiness assign search-assistant 2.1 @ben")
    await team.type(ANA, "/readiness assign search-assistant 2.6 @ben")
    await team.workspace.deactivate(BEN)
    await team.settle()
    told = [it for it in team.told(ANA) if "has left" in it]
    assert len(told) == 1
    assert "checks 2.1, 2.6 of *search-assistant* are yours now" in told[0]
    gaps = (await team.review()).gaps
    assert {gap.owner for gap in gaps.values()} == {None}
    await live(team, DUE)
    assert "*2.1*" in text_of(reminders(team)[0])
    assert not reminders(team, BEN)


async def test_somebody_who_is_found_to_have_left_is_written_to_no_more(team):
    """Slack's event was lost: it is seen when they are to be reminded."""
    await team.finish()
    await team.type(ANA, "/readiness assign search-assistant 2.1 @chitra")
    users = team.workspace.core.world.users
    users[CHI] = replace(users[CHI], deleted=True)
    person = await team.bot.runner.read(lambda conn: people.get(conn, f"slack:{CHI}"))
    old = replace(person, fetched_at=BEGUN - timedelta(days=31))
    await team.bot.runner.write(lambda conn: people.upsert(conn, old))
    await live(team, DUE)
    assert not reminders(team, CHI)
    assert [it for it in team.told(ANA) if "Chitra Rao has left" in it]


async def test_somebody_who_cannot_be_reached_is_called_in_the_thread(team):
    await team.finish()
    was = webapi.METHODS["conversations.open"]

    def refuse(core, arguments):
        raise SlackError("user_disabled")

    webapi.METHODS["conversations.open"] = refuse
    try:
        await live(team, DUE)
    finally:
        webapi.METHODS["conversations.open"] = was
    lines = [it for it in team.messages() if it.by_bot and "can't write to you directly" in it.text]
    assert len(lines) == 1
    assert f"<@{ANA}>" in text_of(lines[0])
    assert lines[0].thread_ts == team.root


async def test_gaps_are_reminded_of_while_a_newer_review_is_open_until_it_answers_them(team):
    message = await to_the_first(team)
    await team.start()
    assert len(reminders(team)) == 1
    await live(team, DUE + timedelta(hours=12))
    latest = reminders(team)[-1]
    assert f"*{GAP}* We have an eval dataset" in text_of(latest)
    assert "due today · answer it in the open review" in text_of(latest)
    labels = [element["text"]["text"] for element, _ in buttons(latest)]
    assert set(labels) == {"Snooze", "Open thread"}
    await team.reply(ANA, "2.1 yes")
    await live(team, DUE + timedelta(days=9))
    later = text_of(reminders(team)[-1])
    assert "*2.6*" in later
    assert f"*{GAP}* We have" not in later, "it was answered"
    await use(team, ANA, message, "Met")
    assert f"✓ *{GAP}* met" in now(team, message), "a press renews the message"


async def test_what_is_late_and_others_see_to_is_told_apart(team):
    await team.finish()
    await team.type(ANA, "/readiness assign search-assistant 1 @ben")
    await team.type(ANA, "/readiness assign search-assistant 2.1 @ben")
    await live(team, DUE + timedelta(days=8))
    message = reminders(team)[-1]
    assert message.text == "2 things wait for you, 1 more for others: search-assistant"
    said = text_of(message)
    assert "*2 things are waiting for you*, 1 more waits for others." in said
    assert said.index("*2.6*") < said.index("*3.1*") < said.index("*2.1*"), "own ones first"
    assert "days overdue · with Ben Okafor" in said
    mine = [(element["text"]["text"], title[:9]) for element, title in buttons(message)]
    assert [it for it, title in mine if "*2.1*" in title] == ["Met", "Change"]
    assert [it for it, title in mine if "*2.6*" in title] == ["Met", "Change", "Not mine"]


async def test_a_date_alone_moves_from_the_message_and_is_said(team):
    message = await to_the_first(team)
    await use(team, ANA, message, "Change")
    blocks = {it["block_id"]: it for it in team.workspace.view(ANA).blocks if "block_id" in it}
    assert "initial_option" not in blocks["verdict"]["element"], "nobody answered it"
    before = len(await team.history())
    await team.submit(ANA, due="2026-12-18")
    assert (await team.review()).gaps["evaluation.dataset"].due.date().isoformat() == "2026-12-18"
    assert len(await team.history()) == before, "no answer"
    assert team.told(ANA)[-1].startswith("Check *2.1* of")
    assert "is due *18 Dec 2026* now." in team.told(ANA)[-1]
    assert "due in 11 days" in now(team, message)


async def test_the_form_begins_with_what_was_said(team):
    message = await to_the_first(team)
    await use(team, ANA, message, "Change")
    await team.submit(ANA, verdict="partly", note="half")
    await use(team, ANA, message, "Change")
    outcome = await team.submit(ANA, due="2026-12-18")
    assert outcome.ok
    answer = (await team.review()).answers["evaluation.dataset"]
    assert (answer.verdict, answer.note) == (Verdict.PARTLY, "half")


async def test_a_reminder_of_long_ago_still_follows(team):
    message = await to_the_first(team)
    team.clock.move(days=60)
    await use(team, ANA, message, "Met")
    assert f"✓ *{GAP}* met" in now(team, message)


async def test_a_refused_press_on_a_reminder_of_long_ago_shows_why(team):
    message = await to_the_first(team)
    team.clock.move(days=60)
    settled = events.Settled(
        by=f"slack:{BEN}", at=team.clock.at, check="evaluation.dataset", verdict=Verdict.MET
    )
    said = Said("slack:press:elsewhere", f"slack:{BEN}", team.clock.at)
    taken = await team.bot.turns.take(said, (await team.review()).id, lambda _: settled)
    team.bot.delivery.wake(taken.lanes)
    await team.settle()
    assert f"*{GAP}* We have" in now(team, message)
    await use(team, ANA, message, "Met")
    assert f"✓ *{GAP}* met" in now(team, message)


async def test_a_snooze_brings_back_what_is_due_when_it_ends(team):
    await team.finish()
    await live(team, DUE + timedelta(days=45))
    message = reminders(team)[-1]
    heard = len(reminders(team))
    await use(team, ANA, message, "Snooze", check="")
    await team.submit(ANA, days="1")
    until = f"{team.clock.at + timedelta(days=1):%-d %b %Y}"
    assert team.told(ANA)[-1] == (
        f"No reminders about *search-assistant* to you until *{until}*. "
        "`/readiness snooze search-assistant off` ends that."
    )
    await live(team, team.clock.at + timedelta(days=9))
    assert len(reminders(team)) == heard + 1
    assert f"*{GAP}*" in text_of(reminders(team)[-1])


async def test_the_only_owner_has_to_say_who_takes_it(team):
    message = await to_the_first(team)
    await use(team, ANA, message, "Not mine")
    [owner] = [it for it in team.workspace.view(ANA).blocks if it["type"] == "input"]
    assert not owner.get("optional")
    assert "give it back" not in str(owner)


async def test_a_new_review_makes_old_buttons_say_where_to_answer(team):
    message = await to_the_first(team)
    await team.start()
    before = await team.stored()
    await use(team, ANA, message, "Met")
    said = team.workspace.thread(team.workspace.dm(ANA), message.ts)[-1].text
    assert "A newer review of *search-assistant* has begun" in said
    assert await team.stored() == before


async def test_in_a_reopened_review_old_buttons_answer(team):
    message = await to_the_first(team)
    await team.press(ANA, "Reopen review")
    await use(team, ANA, message, "Met")
    assert (await verdicts(team))[GAP] is Verdict.MET


async def test_what_was_settled_meanwhile_is_left_out_and_nothing_is_nothing(team):
    """The message is drawn when it leaves."""
    await team.finish()
    team.clock.at = datetime(2026, 12, 7, 8, tzinfo=UTC)
    await decide(team)
    for check in (it for it in CHECKS if it.critical and it.number != "1.1"):
        settled = events.Settled(
            by=f"slack:{BEN}", at=team.clock.at, check=check.id, verdict=Verdict.MET
        )
        said = Said(f"slack:press:{check.id}", f"slack:{BEN}", team.clock.at)
        review = (await team.review()).id
        await team.bot.turns.take(said, review, lambda _, event=settled: event)
    await team.pass_(minutes=10)
    assert not reminders(team)
    why = await team.bot.runner.read(
        lambda conn: (
            conn.exec_driver_sql("SELECT reason FROM outbox WHERE kind = 'nudge'").scalars().all()
        )
    )
    assert why == ["nothing_due"]


async def test_hostile_names_stay_dead_in_reminders(team):
    await team.finish("`x` *b* & _c_")
    await live(team, DUE)
    said = str(reminders(team)[0].blocks)
    assert "&amp;" in said
    assert "<!channel>" not in said


async def test_an_answer_that_is_lost_doubles_nothing(team):
    await team.finish()
    await live(team, datetime(2026, 12, 7, 7, tzinfo=UTC))
    team.workspace.faults.switch({"methods": {"chat.postMessage": {"drop_after_accept": 1}}})
    team.clock.move(hours=1)
    await team.bot.due.sweep()
    await asyncio.gather(*team.bot.delivery._running.values())  # which waits a second then
    await team.pass_(minutes=1)
    assert len(reminders(team)) == 1
    message = reminders(team)[0]
    await use(team, ANA, message, "Met")
    assert "✓ *2.1* met" in now(team, message), "it is known which message it is"
