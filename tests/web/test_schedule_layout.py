"""What is drawn where: columns, hours, free and taken, on the days when the clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.kernel import Interval
from openhour.records.queries.calendar import Appointment, Colleague, InUse, RoomChoice, SiteHours
from openhour.web.schedule import layout
from openhour.web.schedule.look import Look, look_of, read_day, read_number, site_of
from openhour.web.schedule.reading import read_count, read_start, read_time

CHICAGO = ZoneInfo("America/Chicago")
SITE = SiteHours(1, "Main Street", CHICAGO, time(8), time(20), (RoomChoice(7, "Blue room", True),))
MONDAY = date(2026, 3, 2)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def visit(
    clock: str, minutes: int = 60, *, day: date = MONDAY, state: str = "booked", therapist: int = 1
) -> Appointment:
    start = datetime.combine(day, time.fromisoformat(clock), CHICAGO).astimezone(UTC)
    return Appointment(
        uuid4(),
        start,
        start + timedelta(minutes=minutes),
        state,
        "Ana Almond",
        "P-1",
        therapist,
        "Ben",
        7,
        "Blue",
        1,
        "M",
    )


def frame(*visits: Appointment) -> layout.Frame:
    return layout.frame_of(SITE, [one.interval for one in visits])


@pytest.mark.parametrize(
    ("clock", "minutes", "classes"),
    [
        ("08:00", 60, "t-h0 t-m0 l-h1 l-m0"),
        ("10:15", 45, "t-h2 t-m15 l-h0 l-m45"),
        ("10:07", 52, "t-h2 t-m5 l-h0 l-m55"),
        ("19:00", 5, "t-h11 t-m0 l-h0 l-m15"),
    ],
)
def test_a_visit_stands_at_its_hour_with_its_length(clock, minutes, classes):
    assert frame().classes(visit(clock, minutes).interval) == classes


def test_the_frame_is_the_opening_and_grows_with_what_lies_outside():
    assert (frame().first, frame().last) == (8, 20)
    early = frame(visit("06:30"), visit("20:30", 90))
    assert (early.first, early.last) == (6, 22)
    assert early.hours[:2] == ("6 am", "7 am")
    assert frame(visit("23:30", 60)).last == 24


def test_a_site_that_closes_at_midnight_or_within_the_hour():
    assert layout.frame_of(SiteHours(1, "M", CHICAGO, time(8), time.min), ()).last == 24
    assert layout.frame_of(SiteHours(1, "M", CHICAGO, time(8), time(17, 30)), ()).last == 18


def test_the_mark_of_now_lies_inside_or_nowhere():
    assert frame().mark(datetime(2026, 3, 2, 16, 7, tzinfo=UTC)) == "t-h2 t-m5"
    assert frame().mark(datetime(2026, 3, 2, 4, 0, tzinfo=UTC)) == ""


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (MONDAY, 24)])
def test_a_day_runs_from_midnight_to_midnight_on_the_wall(day, hours):
    window = layout.day_window(day, 1, CHICAGO)
    assert window.end.timestamp() - window.start.timestamp() == hours * 3600


def test_free_hours_stand_between_the_visits_and_after_now():
    now = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # noon
    column = layout.column(1, "Ben", MONDAY, SITE, frame(), [visit("13:00"), visit("15:30")], after=now)
    free = [slot.when.start.astimezone(CHICAGO).hour for slot in column.slots if slot.free]
    assert free == [12, 14, 17, 18, 19]
    assert [one.patient for one in column.visits] == ["Ana Almond"] * 2


def test_slots_come_in_order_of_time_so_that_the_keyboard_does_too():
    column = layout.column(1, "Ben", MONDAY, SITE, frame(), [visit("15:00"), visit("09:00")], after=LONG_AGO)
    starts = [slot.when.start for slot in column.slots]
    assert starts == sorted(starts)
    assert len(starts) == 12


def test_a_cancelled_visit_is_not_in_the_way():
    column = layout.column(1, "Ben", MONDAY, SITE, frame(), [visit("09:00", state="cancelled")], after=LONG_AGO)
    assert column.visits == ()
    assert sum(slot.free for slot in column.slots) == 12


def test_nothing_is_offered_to_who_may_not_book():
    column = layout.column(1, "Ben", MONDAY, SITE, frame(), [], after=LONG_AGO, offers=False)
    assert column.slots == ()


def test_a_therapist_who_left_keeps_a_column_while_there_is_a_visit():
    columns = layout.therapist_columns(
        [Colleague(1, "Ben")], MONDAY, SITE, frame(), [visit("09:00", therapist=9)], after=LONG_AGO
    )
    assert [column.id for column in columns] == [1, 9]


def test_a_room_in_use_is_neither_named_nor_free():
    when = visit("10:00").interval
    (column,) = layout.room_columns(MONDAY, SITE, frame(), [], [InUse(7, when)], after=LONG_AGO)
    (taken,) = [slot for slot in column.slots if not slot.free]
    assert (taken.when, taken.visit) == (when, None)
    assert all(not slot.when.overlaps(when) for slot in column.slots if slot.free)


def test_a_room_that_is_not_private_is_shown_and_not_offered():
    corner = SiteHours(1, "M", CHICAGO, time(8), time(20), (RoomChoice(8, "Corner", False),))
    (column,) = layout.room_columns(MONDAY, corner, frame(), [], [], after=LONG_AGO)
    assert (column.title, column.slots) == ("Corner", ())


@pytest.mark.parametrize(("day", "shown"), [(MONDAY, 5), (date(2026, 3, 7), 6), (date(2026, 3, 8), 6)])
def test_the_weekend_is_shown_where_something_is_booked(day, shown):
    assert len(layout.days_shown(MONDAY, [visit("10:00", day=day)], CHICAGO)) == shown
    assert len(layout.days_shown(MONDAY, [visit("10:00", day=day, state="cancelled")], CHICAGO)) == 5


@given(st.integers(0, 23 * 60), st.integers(1, 12 * 60))
def test_every_visit_of_a_day_is_drawn_inside_the_frame(minute, minutes):
    start = datetime.combine(MONDAY, time(minute // 60, minute % 60), CHICAGO).astimezone(UTC)
    when = Interval(start, start + timedelta(minutes=minutes))
    drawn = layout.frame_of(SITE, [when])
    hour, five, long_hours, long_minutes = (int(part.split("-")[1][1:]) for part in drawn.classes(when).split())
    assert 0 <= hour < drawn.last - drawn.first
    assert five % 5 == 0
    assert long_hours * 60 + long_minutes >= minutes


# --- the address of a view


def test_a_look_and_its_address_are_one():
    look = Look(MONDAY, "room", 1, 7)
    assert look.query == "day=2026-03-02&by=room&site=1&who=7"
    assert look.sorted_by("therapist").query == "day=2026-03-02&by=therapist&site=1"
    assert Look(date(2026, 3, 8), "room", None).monday == MONDAY


def test_an_unknown_whom_is_everybody():
    assert look_of({"who": "8"}, SITE, today=MONDAY, known=[7]).who is None
    assert look_of({"who": "7", "by": "room"}, SITE, today=MONDAY, known=[7]) == Look(MONDAY, "room", 1, 7)
    assert site_of({}, []) is None
    assert site_of({"site": "1"}, [SITE]) == SITE


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_is_nothing(text):
    assert read_day(text) is None or read_day(text).isoformat() == text.strip()
    assert read_number(text) is None or read_number(text) >= 0
    assert read_count(text) >= 0
    assert read_time(text) is None or isinstance(read_time(text), time)


def test_a_start_names_each_part_that_cannot_be_read():
    assert read_start({"day": "2026-03-02", "time": "09:05"}) == (datetime(2026, 3, 2, 9, 5), ())
    start, gaps = read_start({"day": "soon", "time": "25:00"})
    assert start is None
    assert [gap.place for gap in gaps] == ["day", "time"]
