"""Where and when an hour fits: free slots of a day, clashes with what is booked, and rooms that will do.

Called by the calendar and by booking. The database refuses double bookings too; this module says so in words first.
All arithmetic is done in UTC: two Python times of the same zone compare by the wall, which is wrong
in the hour when the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from openhour.care.cadence import on_the_clock
from openhour.care.wording import list_in_words, moment_in_words, time_in_words
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Interval

Who = Literal["therapist", "room", "patient"]

_TAKEN_WORDS: dict[str, str] = {
    "therapist": "the therapist already has a visit",
    "room": "the room is already taken",
    "patient": "the patient already has a visit",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch that is booked, and for whom of the three it is asked."""

    who: Who
    interval: Interval


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours on the wall of the site on one weekday (Monday is 0). closes 00:00 = the end of that day.

    Raises ValueError where it closes before it opens or the weekday is none.
    """

    weekday: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("weekdays go from 0, Monday, to 6, Sunday")
        if self.closes != time.min and self.closes <= self.opens:
            raise ValueError("an opening closes after it opens")


def slot_of(start: datetime, minutes: int) -> Interval:
    """The slot of so many minutes that pass from an aware start on; its ends are in UTC. Raises ValueError."""
    if start.tzinfo is None:
        raise ValueError("a slot needs a start that knows its zone")
    begins = start.astimezone(UTC)
    return Interval(begins, begins + timedelta(minutes=minutes))


def clashes(proposed: Sequence[Interval], taken: Iterable[Taken], *, zone: ZoneInfo) -> tuple[Finding, ...]:
    """One finding for each proposed visit and each of therapist, room and patient who isn't free then, and for
    proposed visits that overlap one another. Code `slot.therapist-taken` (room, patient, `slot.overlaps-itself`);
    place `visits.2` for the second; times in `zone`."""
    booked = tuple(taken)
    visits = [_in_utc(visit) for visit in proposed]
    found: dict[tuple[str, str], Finding] = {}
    for number, visit in enumerate(visits, start=1):
        place = f"visits.{number}"
        when = moment_in_words(visit.start.astimezone(zone))
        for one in booked:
            if one.interval.overlaps(visit):
                sentence = f"{when}: {_TAKEN_WORDS[one.who]} {_span(one.interval, zone)}."
                found.setdefault((place, one.who), Finding(f"slot.{one.who}-taken", sentence, place))
        if any(visit.overlaps(earlier) for earlier in visits[: number - 1]):
            sentence = f"{when}: overlaps an earlier visit of the same series."
            found[(place, "itself")] = Finding("slot.overlaps-itself", sentence, place)
    return tuple(found.values())


def free_slots(
    day: date,
    zone: ZoneInfo,
    openings: Iterable[Opening],
    taken: Iterable[Interval],
    *,
    minutes: int = 60,
    step: int | None = None,
) -> tuple[Interval, ...]:
    """The slots of `minutes` that fit the opening hours of the day and overlap nothing taken, in order.

    step: minutes between the starts that are offered, counted from each opening; the slot length where not given.
    The default length is the planned time of the procedure for which this project is made; pass
    `procedure.time.planned_minutes` for any other. Raises ValueError for a length or step under one minute.
    """
    pace = minutes if step is None else step
    if minutes < 1 or pace < 1:
        raise ValueError("slots and steps last at least one minute")
    busy = [_in_utc(interval) for interval in taken]
    offered = {
        slot.start: slot
        for opening in openings
        if opening.weekday == day.weekday()
        for slot in _grid(day, zone, opening, minutes, pace)
        if not any(slot.overlaps(interval) for interval in busy)
    }
    return tuple(offered[start] for start in sorted(offered))


def room_gaps(procedure: Procedure, *, private: bool, place_of_service: str = "") -> tuple[Finding, ...]:
    """What a room or its site lacks for this procedure (headings `Procedure Description` and `Setting`).

    place_of_service: the CMS code of the site, or empty where it isn't asked.
    """
    gaps = []
    if procedure.room.private and not private:
        gaps.append(Finding("room.not-private", "This hour needs a private room; choose another one.", "room"))
    places = procedure.setting.place_of_service
    if place_of_service and place_of_service not in places:
        sentence = f"This hour takes place at sites of kind {list_in_words(places)}, not {place_of_service}."
        gaps.append(Finding("setting.not-offered", sentence, "site"))
    return tuple(gaps)


def _grid(day: date, zone: ZoneInfo, opening: Opening, minutes: int, pace: int) -> Iterator[Interval]:
    until = day + timedelta(days=1) if opening.closes == time.min else day
    start = on_the_clock(datetime.combine(day, opening.opens), zone).astimezone(UTC)
    closes = on_the_clock(datetime.combine(until, opening.closes), zone).astimezone(UTC)
    length = timedelta(minutes=minutes)
    while start + length <= closes:
        yield Interval(start, start + length)
        start += timedelta(minutes=pace)


def _in_utc(interval: Interval) -> Interval:
    return Interval(interval.start.astimezone(UTC), interval.end.astimezone(UTC))


def _span(interval: Interval, zone: ZoneInfo) -> str:
    start, end = (time_in_words(at.astimezone(zone)) for at in (interval.start, interval.end))
    return f"from {start} to {end}"
