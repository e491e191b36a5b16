"""From visits to what is drawn: columns, and in each the visits, the free hours and the hours that are taken.

Called by the calendar's pages. Knows classes of the stylesheet and nothing of the database; which hours are free is
asked of `care.slots`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openhour.care.booking import every_day
from openhour.care.cadence import on_the_clock
from openhour.care.slots import free_slots
from openhour.kernel import Interval
from openhour.records.queries.calendar import Appointment, Colleague, InUse, SiteHours

STEP = 5
"""Minutes between two lines on which a visit may be drawn; a visit is never drawn shorter than a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The hours that are drawn, on the wall of the site: from first (0..23) up to last (1..24)."""

    first: int
    last: int
    zone: ZoneInfo

    @property
    def hours(self) -> tuple[str, ...]:
        """A label for each hour: `8 am`."""
        return tuple(_short(hour, 0) for hour in range(self.first, self.last))

    def clock(self, at: datetime) -> str:
        """`9 am`, `9:30 am`: short, for narrow places."""
        wall = at.astimezone(self.zone)
        return _short(wall.hour, wall.minute)

    def classes(self, when: Interval) -> str:
        """Where it begins and how long it is, as classes `t-h1 t-m15 l-h1 l-m0`."""
        begins = _wall_minutes(when.start, self.zone) - self.first * 60
        length = max(15, -(-when.minutes // STEP) * STEP)
        begins -= begins % STEP
        return f"t-h{begins // 60} t-m{begins % 60} l-h{length // 60} l-m{length % 60}"

    def mark(self, at: datetime) -> str:
        """The classes of a moment, empty where it lies outside."""
        minutes = _wall_minutes(at, self.zone)
        if not self.first * 60 <= minutes < self.last * 60:
            return ""
        minutes -= self.first * 60
        return f"t-h{minutes // 60} t-m{minutes % 60 - minutes % STEP}"


def _short(hour: int, minute: int) -> str:
    minutes = f":{minute:02d}" if minute else ""
    return f"{hour % 12 or 12}{minutes} {'am' if hour < 12 else 'pm'}"


def _wall_minutes(at: datetime, zone: ZoneInfo) -> int:
    wall = at.astimezone(zone)
    return wall.hour * 60 + wall.minute


def frame_of(site: SiteHours, visits: Iterable[Interval]) -> Frame:
    """The site's hours, and further where a visit lies outside them."""
    closes = 24 if site.closes == time.min else site.closes.hour + bool(site.closes.minute)
    first, last = site.opens.hour, max(closes, site.opens.hour + 1)
    for visit in visits:
        begins = _wall_minutes(visit.start, site.zone)
        first = min(first, begins // 60)
        last = max(last, min(24, -(-(begins + visit.minutes) // 60)))
    return Frame(first, last, site.zone)


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing in a column. visit: None where the hour is free or taken by what the actor may not see;
    number: of the therapist or the room that is free."""

    when: Interval
    classes: str
    visit: Appointment | None = None
    free: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A therapist, a room or a day, with its slots in order of time. id: of the therapist or the room; day: which."""

    id: int | None
    title: str
    day: date
    slots: tuple[Slot, ...]

    @property
    def visits(self) -> tuple[Appointment, ...]:
        """Only the visits."""
        return tuple(slot.visit for slot in self.slots if slot.visit is not None)


def day_window(first: date, days: int, zone: ZoneInfo) -> Interval:
    """From midnight to midnight on the wall, as moments; 23 or 25 hours where the clocks change."""
    begin, end = (
        on_the_clock(datetime.combine(day, time.min), zone) for day in (first, first + timedelta(days=days))
    )
    return Interval(begin, end)


def column(
    who: int | None,
    title: str,
    day: date,
    site: SiteHours,
    frame: Frame,
    visits: Sequence[Appointment],
    *,
    after: datetime,
    taken: Sequence[Interval] = (),
    offers: bool = True,
) -> Column:
    """One column of the grid. after: free hours are offered from then on; offers: whether any are."""
    standing = [visit for visit in visits if visit.state != "cancelled"]
    slots = [Slot(visit.interval, frame.classes(visit.interval), visit) for visit in standing]
    slots += [Slot(when, frame.classes(when)) for when in taken]
    if offers:
        busy = [*(visit.interval for visit in standing), *taken]
        free = free_slots(day, site.zone, every_day(site.opens, site.closes), busy)
        slots += [Slot(when, frame.classes(when), free=True) for when in free if when.start >= after]
    return Column(who, title, day, tuple(sorted(slots, key=lambda slot: slot.when.start.timestamp())))


def therapist_columns(
    colleagues: Iterable[Colleague], day: date, site: SiteHours, frame: Frame, visits: Sequence[Appointment],
    *, after: datetime, offers: bool = True,
) -> tuple[Column, ...]:  # fmt: skip
    """One column for each therapist, also for one who has left and still has a visit that day."""
    named = {one.id: one.name for one in colleagues} | {visit.therapist_id: visit.therapist for visit in visits}
    return tuple(
        column(
            who, name, day, site, frame, [visit for visit in visits if visit.therapist_id == who],
            after=after, offers=offers,
        )
        for who, name in named.items()
    )  # fmt: skip


def room_columns(
    day: date, site: SiteHours, frame: Frame, visits: Sequence[Appointment], in_use: Iterable[InUse],
    *, after: datetime, only: int | None = None, offers: bool = True,
) -> tuple[Column, ...]:  # fmt: skip
    """One column for each room of the site, also for one no longer in use that still has a visit that day.
    Only private rooms are offered."""
    here = [visit for visit in visits if visit.site_id == site.id and visit.room_id is not None]
    named = {room.id: room.name for room in site.rooms} | {visit.room_id: visit.room for visit in here}
    offered = {room.id for room in site.rooms if room.private and offers}
    taken = tuple(in_use)
    return tuple(
        column(
            who, name, day, site, frame, [visit for visit in here if visit.room_id == who],
            after=after, taken=[one.interval for one in taken if one.room_id == who], offers=who in offered,
        )
        for who, name in named.items()
        if only is None or who == only
    )  # fmt: skip


def on_day(visits: Iterable[Appointment], day: date, zone: ZoneInfo) -> list[Appointment]:
    """Those that begin on the day, on the wall."""
    return [visit for visit in visits if visit.starts_at.astimezone(zone).date() == day]


def days_shown(monday: date, visits: Iterable[Appointment], zone: ZoneInfo) -> tuple[date, ...]:
    """Monday to Friday; the weekend where something is booked on it."""
    busy = {visit.starts_at.astimezone(zone).date() for visit in visits if visit.state != "cancelled"}
    week = [monday + timedelta(days=number) for number in range(7)]
    return tuple(day for day in week if day.weekday() < 5 or day in busy)
