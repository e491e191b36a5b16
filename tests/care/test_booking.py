"""Whether an hour may be booked: every reason, each with its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.booking import Holder, Place, date_gaps, every_day, standing_gaps
from openhour.care.credentials import Licence
from openhour.care.slots import slot_of
from openhour.catalog import shipped_shelf

CHICAGO = ZoneInfo("America/Chicago")
AT = datetime(2026, 3, 2, 16, tzinfo=UTC)
HOUR = shipped_shelf().procedure("psychotherapy-60", on=date(2026, 3, 2))
BEN = Holder("psychologist", "103TC0700X", (Licence("IL", "1", date(2024, 1, 1), date(2026, 6, 30)),))
BLUE = Place("Main Street", "IL", "11", CHICAGO, every_day(time(8), time(20)), private=True)


def hour(month: int, day: int, clock: str):
    return slot_of(datetime.combine(date(2026, month, day), time.fromisoformat(clock), CHICAGO), 60)


def codes(findings):
    return [finding.code for finding in findings]


def test_an_hour_that_fits_has_no_gap():
    assert standing_gaps(HOUR, BEN, BLUE, episode_open=True) == ()
    assert date_gaps(hour(3, 3, "10:00"), BEN, BLUE, at=AT) == ()


@pytest.mark.parametrize(
    ("holder", "place", "is_open", "code"),
    [
        (BEN, BLUE, False, "episode.closed"),
        (replace(BEN, active=False), BLUE, True, "therapist.left"),
        (replace(BEN, profession="astrologer"), BLUE, True, "personnel.profession"),
        (replace(BEN, taxonomy="1041C0700X"), BLUE, True, "personnel.taxonomy"),
        (BEN, replace(BLUE, private=False), True, "room.not-private"),
        (BEN, replace(BLUE, room_active=False), True, "room.closed"),
        (BEN, replace(BLUE, site_active=False), True, "site.closed"),
        (BEN, replace(BLUE, place_of_service="18"), True, "setting.not-offered"),
    ],
)
def test_what_speaks_against_every_date_is_named(holder, place, is_open, code):
    assert codes(standing_gaps(HOUR, holder, place, episode_open=is_open)) == [code]


def test_all_standing_reasons_come_at_once():
    nowhere = replace(BLUE, private=False, room_active=False, site_active=False, place_of_service="18")
    found = codes(standing_gaps(HOUR, replace(BEN, active=False), nowhere, episode_open=False))
    assert len(found) == len(set(found)) == 6


@pytest.mark.parametrize("clock", ["08:00", "19:00", "12:15"])
def test_an_hour_may_begin_at_opening_and_end_at_closing(clock):
    assert date_gaps(hour(3, 3, clock), BEN, BLUE, at=AT) == ()


@pytest.mark.parametrize("clock", ["07:55", "19:05", "00:00", "23:30"])
def test_an_hour_outside_the_opening_is_refused_in_words_that_name_the_hours(clock):
    (gap,) = date_gaps(hour(3, 3, clock), BEN, BLUE, at=AT, number=3)
    assert (gap.code, gap.place) == ("slot.outside-hours", "visits.3")
    assert gap.sentence.endswith("Main Street is open from 8:00 AM to 8:00 PM.")
    assert gap.sentence.startswith("Tuesday, March 3, 2026, ")


def test_a_site_that_closes_at_midnight_is_open_to_the_end_of_the_day():
    late = replace(BLUE, openings=every_day(time(8), time.min))
    assert date_gaps(hour(3, 3, "23:00"), BEN, late, at=AT) == ()
    assert codes(date_gaps(hour(3, 3, "23:15"), BEN, late, at=AT)) == ["slot.outside-hours"]


def test_a_site_without_hours_is_closed():
    (gap,) = date_gaps(hour(3, 3, "10:00"), BEN, replace(BLUE, openings=every_day(time(20), time(8))), at=AT)
    assert gap.sentence.endswith("Main Street is closed that day.")


def test_opening_hours_are_those_on_the_wall_after_the_clocks_changed():
    assert date_gaps(hour(3, 8, "08:00"), BEN, BLUE, at=AT) == ()  # summer time began at two that night
    assert codes(date_gaps(hour(3, 8, "07:45"), BEN, BLUE, at=AT)) == ["slot.outside-hours"]


def test_a_time_that_has_passed_is_refused_and_the_present_one_is_not():
    assert codes(date_gaps(hour(3, 2, "09:45"), BEN, BLUE, at=AT)) == ["slot.past"]
    assert date_gaps(hour(3, 2, "10:00"), BEN, BLUE, at=AT) == ()


def test_the_licence_is_asked_for_the_day_on_the_wall_in_the_state_of_the_site():
    late = replace(BLUE, openings=every_day(time(8), time.min))
    assert date_gaps(hour(6, 30, "22:00"), BEN, late, at=AT) == ()  # already July in UTC
    (gap,) = date_gaps(hour(7, 1, "10:00"), BEN, BLUE, at=AT, number=9)
    assert (gap.code, gap.place) == ("licence.none-in-force", "visits.9")
    assert "July 1, 2026" in gap.sentence
    assert codes(date_gaps(hour(3, 3, "10:00"), BEN, replace(BLUE, state="WI"), at=AT)) == ["licence.none-in-force"]


@given(st.integers(0, 1439))
def test_every_start_is_inside_exactly_when_its_hour_fits_between_opening_and_closing(minute):
    visit = slot_of(datetime.combine(date(2026, 5, 5), time(minute // 60, minute % 60), CHICAGO), 60)
    outside = "slot.outside-hours" in codes(date_gaps(visit, BEN, BLUE, at=AT))
    assert outside == (not 8 * 60 <= minute <= 19 * 60)
