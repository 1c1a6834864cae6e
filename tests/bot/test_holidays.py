"""Public holidays by place, as ISO 3166 writes it."""

from datetime import date

import pytest

from bot.holidays import Holidays, public_holidays
from conversations.calendar import is_working_day

ALL_SAINTS = date(2027, 11, 1)  # a Monday; a holiday in Bavaria, not in Berlin


@pytest.mark.parametrize(
    ("place", "day", "off"),
    [
        ("DE", "2026-10-03", True),
        ("DE", "2026-04-06", True),
        ("DE", "2026-04-07", False),
        ("DE", "2027-11-01", False),
        ("DE-BY", "2027-11-01", True),
        (" de-by ", "2027-11-01", True),
        ("DE-BE", "2027-11-01", False),
        ("US", "2026-11-26", True),  # Thanksgiving
        ("US", "2021-12-31", True),  # New Year's Day of 2022, a Saturday, kept on the Friday
        ("GB-SCT", "2026-01-02", True),
        ("GB-ENG", "2026-01-02", False),
        ("IN", "2026-01-26", True),
        ("CL", "2026-09-18", True),
    ],
)
def test_a_place_has_its_holidays_off(place, day, off):
    assert (date.fromisoformat(day) in public_holidays(place)) is off


def test_a_holiday_is_no_working_day():
    assert is_working_day(ALL_SAINTS, public_holidays("DE-BE"))
    assert not is_working_day(ALL_SAINTS, public_holidays("DE-BY"))


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        ("", "DE or DE-BY"),
        ("Germany", "DE or DE-BY"),
        ("DEU", "DE or DE-BY"),
        ("XX", "DE or DE-BY"),
        ("DE-XX", "use DE, or one like DE-"),
        ("DE-BAYERN", "use DE, or one like DE-"),
        ("DE-BY-A", "use DE, or one like DE-BY"),
        ("IS-1", "use IS$"),
    ],
)
def test_a_place_that_is_not_known_is_refused_in_one_line(place, hint):
    with pytest.raises(ValueError, match=hint) as refusal:
        public_holidays(place)
    assert "\n" not in str(refusal.value)


def test_one_place_is_one_value():
    assert public_holidays("de") == public_holidays("DE")
    assert "2026-10-03" not in public_holidays("DE")


@pytest.mark.parametrize(
    ("places", "zone", "off"),
    [
        ("DE-BY", "Europe/Berlin", True),
        ("DE-BE", "Europe/Berlin", False),
        ("US,DE-BY", "Europe/Busingen", True),
        ("DE-BY", "America/New_York", False),  # another country's are none of theirs
        ("DE-BY", "UTC", True),  # not known where: the only place there is
        ("DE-BY,US", "UTC", False),
        ("", "Europe/Berlin", False),
    ],
)
def test_whose_holidays_count_depends_on_where_somebody_lives(places, zone, off):
    known = Holidays(tuple(public_holidays(it) for it in places.split(",") if it))
    assert (ALL_SAINTS in known.of(zone)) is off
