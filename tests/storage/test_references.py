from dataclasses import replace

from storage_kit import HERE, later, stored

from conversations.review import Place
from storage import cards, references
from storage.database import Database
from storage.references import Reference

GENERAL = Place("teams", "tenant", "19:general@thread.tacv2")
LIVE = Reference(
    GENERAL,
    "https://smba.trafficmanager.net/emea/",
    "28:app",
    "channel",
    later(0),
    team="19:general@thread.tacv2",
    aad_group="group",
)
OTHER = replace(LIVE, place=replace(GENERAL, channel="19:other@thread.tacv2"), seen_at=later(1))
ALONE = Reference(
    replace(GENERAL, channel="personal/a:1"), LIVE.service_url, "28:app", "personal", later(2),
    person="teams:29:ana",
)  # fmt: skip
ELSEWHERE = replace(ALONE, place=Place("teams", "another", "personal/a:2"), seen_at=later(3),
                    person="teams:29:ben")  # fmt: skip


def test_what_was_put_is_found_and_a_second_time_replaces(database: Database) -> None:
    moved = replace(LIVE, service_url="https://smba.trafficmanager.net/amer/", seen_at=later(9))
    with database.write() as conn:
        assert references.find(conn, GENERAL) is None
        references.put(conn, LIVE)
        assert references.find(conn, GENERAL) == LIVE
        references.put(conn, moved)
        assert references.find(conn, GENERAL) == moved


def test_a_team_is_all_of_its_channels_that_were_seen(database: Database) -> None:
    with database.write() as conn:
        for one in (LIVE, OTHER, ALONE, ELSEWHERE):
            references.put(conn, one)
        assert references.of_team(conn, "teams", "tenant", str(LIVE.team)) == [OTHER, LIVE]
        assert references.of_team(conn, "teams", "another", str(LIVE.team)) == []
        assert references.of_team(conn, "teams", "tenant", "no team") == []


def test_the_newest_is_known_of_a_workspace_and_of_all(database: Database) -> None:
    with database.write() as conn:
        assert references.latest(conn, "teams") is None
        for one in (ELSEWHERE, OTHER, LIVE, ALONE):
            references.put(conn, one)
        assert references.latest(conn, "teams") == ELSEWHERE
        assert references.latest(conn, "teams", "tenant") == ALONE
        assert references.latest(conn, "slack") is None


def test_who_is_alone_with_the_bot_is_found_by_name(database: Database) -> None:
    with database.write() as conn:
        for one in (LIVE, ALONE, ELSEWHERE):
            references.put(conn, one)
        assert references.alone_with(conn, "teams", "teams:29:ana") == ALONE
        assert references.alone_with(conn, "teams", "teams:29:chi") is None


def test_a_card_is_found_by_its_message(database: Database) -> None:
    review = stored(database)
    with database.write() as conn:
        cards.put(conn, review.id, "layer:1", HERE, "1.2", "digest", later(0))
        assert cards.slot_of(conn, HERE, "1.2") == (review.id, "layer:1")
        assert cards.slot_of(conn, HERE, "1.3") is None
        assert cards.slot_of(conn, replace(HERE, channel="C9"), "1.2") is None
