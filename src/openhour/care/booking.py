"""Whether one hour may be booked: who holds it, where, and when. Every reason at once.

Called for each visit of a booking, a series or a move, with the definition in force on its own day. Who is free at
that time is asked of `care.slots.clashes`, for all visits together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openhour.care.cadence import on_the_clock
from openhour.care.credentials import Licence, licence_gaps, personnel_gaps
from openhour.care.slots import Opening, room_gaps
from openhour.care.wording import moment_in_words, time_in_words
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Interval


@dataclass(frozen=True, slots=True)
class Holder:
    """Who would hold the hour. active: still works here."""

    profession: str
    taxonomy: str
    licences: tuple[Licence, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A room with its site. state: two letters; openings: hours on the wall of the site, as `care.slots.Opening`."""

    site: str
    state: str
    place_of_service: str
    zone: ZoneInfo
    openings: tuple[Opening, ...]
    private: bool
    room_active: bool = True
    site_active: bool = True


def every_day(opens: time, closes: time) -> tuple[Opening, ...]:
    """The same hours on all seven days; none where it closes before it opens."""
    if closes != time.min and closes <= opens:
        return ()
    return tuple(Opening(weekday, opens, closes) for weekday in range(7))


def standing_gaps(procedure: Procedure, holder: Holder, place: Place, *, episode_open: bool) -> tuple[Finding, ...]:
    """What keeps any visit of this kind from being booked, whatever its date. Codes `episode.closed`,
    `therapist.left`, `room.closed`, `site.closed`, and those of `personnel_gaps` and `room_gaps`."""
    gaps = []
    if not episode_open:
        gaps.append(Finding("episode.closed", "This treatment has ended; open a new episode first.", "episode"))
    if not holder.active:
        gaps.append(Finding("therapist.left", "This therapist no longer holds hours here.", "episode"))
    if not place.site_active:
        gaps.append(Finding("site.closed", f"{place.site} is no longer in use; choose a room elsewhere.", "room"))
    if not place.room_active:
        gaps.append(Finding("room.closed", "This room is no longer in use; choose another one.", "room"))
    gaps += personnel_gaps(procedure, holder.profession, holder.taxonomy)
    gaps += room_gaps(procedure, private=place.private, place_of_service=place.place_of_service)
    return tuple(gaps)


def date_gaps(visit: Interval, holder: Holder, place: Place, *, at: datetime, number: int = 1) -> tuple[Finding, ...]:
    """What speaks against this one date: it has begun, nobody has unlocked the door, the licence isn't in force.

    Codes `slot.past`, `slot.outside-hours`, `licence.none-in-force`; place `visits.2` for the second visit.
    """
    where = f"visits.{number}"
    start = visit.start.astimezone(place.zone)
    gaps = []
    if visit.start < at:
        gaps.append(Finding("slot.past", f"{moment_in_words(start)}: that time has passed.", where))
    if not _within_hours(visit, place):
        sentence = f"{moment_in_words(start)}: {_hours_in_words(place, start.date())}"
        gaps.append(Finding("slot.outside-hours", sentence, where))
    for gap in licence_gaps(holder.licences, state=place.state, on=start.date()):
        gaps.append(Finding(gap.code, gap.sentence, where))
    return tuple(gaps)


def _openings_on(place: Place, day: date) -> Iterable[Opening]:
    return [opening for opening in place.openings if opening.weekday == day.weekday()]


def _within_hours(visit: Interval, place: Place) -> bool:
    day = visit.start.astimezone(place.zone).date()
    for opening in _openings_on(place, day):
        until = day + timedelta(days=1) if opening.closes == time.min else day
        opens = on_the_clock(datetime.combine(day, opening.opens), place.zone)
        closes = on_the_clock(datetime.combine(until, opening.closes), place.zone)
        # Two times of one zone compare by the wall; as timestamps they compare as moments.
        if opens.timestamp() <= visit.start.timestamp() and visit.end.timestamp() <= closes.timestamp():
            return True
    return False


def _hours_in_words(place: Place, day: date) -> str:
    hours = [
        f"from {time_in_words(datetime.combine(day, one.opens))} to {time_in_words(datetime.combine(day, one.closes))}"
        for one in _openings_on(place, day)
    ]
    return f"{place.site} is open {' and '.join(hours)}." if hours else f"{place.site} is closed that day."
