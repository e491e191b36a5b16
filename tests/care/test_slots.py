"""Free slots, clashes, and rooms that will do."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.slots import Opening, Taken, clashes, free_slots, room_gaps, slot_of
from openhour.kernel import Interval

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 1, 5)
OFFICE = Opening(0, time(9), time(12))


def at(hour, minute=0, day=MONDAY):
    return datetime.combine(day, time(hour, minute), CHICAGO)


def starts(slots):
    return [slot.start.astimezone(CHICAGO).strftime("%H:%M") for slot in slots]


def test_an_empty_morning_has_a_slot_each_hour():
    assert starts(free_slots(MONDAY, CHICAGO, [OFFICE], [])) == ["09:00", "10:00", "11:00"]


def test_a_taken_hour_is_not_offered_and_its_neighbours_are():
    taken = [slot_of(at(10), 60)]
    assert starts(free_slots(MONDAY, CHICAGO, [OFFICE], taken)) == ["09:00", "11:00"]


def test_half_hour_steps_offer_every_start_that_fits():
    taken = [slot_of(at(10), 60)]
    assert starts(free_slots(MONDAY, CHICAGO, [OFFICE], taken, step=30)) == ["09:00", "11:00"]
    assert starts(free_slots(MONDAY, CHICAGO, [OFFICE], [], step=30)) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_another_weekday_is_closed():
    assert free_slots(MONDAY + timedelta(1), CHICAGO, [OFFICE], []) == ()


def test_openings_that_overlap_offer_a_slot_once():
    assert starts(free_slots(MONDAY, CHICAGO, [OFFICE, OFFICE], [])) == ["09:00", "10:00", "11:00"]


def test_an_opening_may_last_until_midnight():
    late = Opening(0, time(22), time(0))
    assert starts(free_slots(MONDAY, CHICAGO, [late], [])) == ["22:00", "23:00"]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 5), 24)])
def test_a_day_on_which_the_clocks_change_has_one_hour_less_or_more(day, hours):
    around_the_clock = [Opening(6, time(0), time(0))]
    slots = free_slots(day, CHICAGO, around_the_clock, [])
    assert len(slots) == hours
    assert all(slot.minutes == 60 for slot in slots)


@given(
    st.lists(st.tuples(st.integers(0, 23 * 60), st.integers(1, 180)), max_size=8),
    st.integers(15, 120),
    st.integers(5, 60),
)
def test_what_is_offered_is_free_and_inside_the_opening_hours(taken, minutes, step):
    midnight = datetime.combine(MONDAY, time(0), UTC)
    busy = [slot_of(midnight + timedelta(minutes=begins), length) for begins, length in taken]
    opening = Opening(0, time(8), time(18))
    for slot in free_slots(MONDAY, ZoneInfo("UTC"), [opening], busy, minutes=minutes, step=step):
        assert slot.minutes == minutes
        assert not any(slot.overlaps(one) for one in busy)
        assert midnight + timedelta(hours=8) <= slot.start
        assert slot.end <= midnight + timedelta(hours=18)
        assert clashes([slot], [Taken("room", one) for one in busy], zone=CHICAGO) == ()


@pytest.mark.parametrize(("minutes", "step"), [(0, 10), (60, 0), (-5, None)])
def test_a_slot_of_no_length_is_refused(minutes, step):
    with pytest.raises(ValueError, match="minute"):
        free_slots(MONDAY, CHICAGO, [OFFICE], [], minutes=minutes, step=step)


@pytest.mark.parametrize(("weekday", "opens", "closes"), [(7, 9, 12), (-1, 9, 12), (0, 12, 9), (0, 9, 9)])
def test_an_opening_that_is_none_cannot_be_made(weekday, opens, closes):
    with pytest.raises(ValueError, match=r"weekdays|closes"):
        Opening(weekday, time(opens), time(closes))


def test_a_slot_lasts_as_long_as_it_says_even_when_the_clocks_change():
    slot = slot_of(datetime(2026, 3, 8, 1, 30, tzinfo=CHICAGO), 60)
    assert slot.minutes == 60
    assert slot.end.astimezone(CHICAGO).strftime("%H:%M") == "03:30"


def test_a_slot_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        slot_of(datetime(2026, 1, 5, 9), 60)


@pytest.mark.parametrize("who", ["therapist", "room", "patient"])
def test_each_of_the_three_must_be_free(who):
    (clash,) = clashes([slot_of(at(10, 30), 60)], [Taken(who, slot_of(at(10), 60))], zone=CHICAGO)
    assert (clash.code, clash.place) == (f"slot.{who}-taken", "visits.1")
    assert "Monday, January 5, 2026, 10:30 AM" in clash.sentence
    assert "from 10:00 AM to 11:00 AM" in clash.sentence


def test_all_clashes_of_a_series_are_told_at_once_each_at_its_visit():
    week = timedelta(weeks=1)
    proposed = [slot_of(at(10) + week * n, 60) for n in range(3)]
    taken = [
        Taken("therapist", slot_of(at(10) + week, 60)),
        Taken("therapist", slot_of(at(10, 30) + week, 60)),
        Taken("room", slot_of(at(10) + 2 * week, 60)),
    ]
    found = clashes(proposed, taken, zone=CHICAGO)
    assert [(one.code, one.place) for one in found] == [
        ("slot.therapist-taken", "visits.2"),
        ("slot.room-taken", "visits.3"),
    ]


def test_visits_that_touch_do_not_clash():
    assert clashes([slot_of(at(11), 60)], [Taken("room", slot_of(at(10), 60))], zone=CHICAGO) == ()


def test_a_series_may_not_overlap_itself():
    (clash,) = clashes([slot_of(at(10), 60), slot_of(at(10, 30), 60)], [], zone=CHICAGO)
    assert (clash.code, clash.place) == ("slot.overlaps-itself", "visits.2")


def test_an_overlap_inside_the_hour_that_comes_twice_is_seen():
    # On the wall both read 1:30; they are an hour apart, and only the first is taken.
    first = datetime(2026, 11, 1, 1, 0, tzinfo=CHICAGO)
    second = first.replace(fold=1)
    taken = [Taken("room", slot_of(first, 60))]
    assert clashes([slot_of(second, 60)], taken, zone=CHICAGO) == ()
    assert len(clashes([slot_of(first.replace(minute=30), 60)], taken, zone=CHICAGO)) == 1
    assert len(clashes([Interval(first, first.replace(minute=45))], taken, zone=CHICAGO)) == 1


def test_only_a_private_room_will_do(hour):
    (gap,) = room_gaps(hour, private=False)
    assert (gap.code, gap.place) == ("room.not-private", "room")
    assert room_gaps(hour, private=True) == ()


def test_a_procedure_that_needs_no_privacy_takes_any_room(hour):
    open_hour = replace(hour, room=replace(hour.room, private=False))
    assert room_gaps(open_hour, private=False) == ()


@pytest.mark.parametrize(("place", "codes"), [("11", []), ("53", []), ("22", []), ("20", ["setting.not-offered"])])
def test_the_hour_takes_place_in_outpatient_settings(hour, place, codes):
    assert [gap.code for gap in room_gaps(hour, private=True, place_of_service=place)] == codes
