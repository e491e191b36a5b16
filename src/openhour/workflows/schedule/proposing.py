"""Propose visits: lock those concerned, gather what the library asks about them, and write what fits.

Shared by the verbs that book and move. The rows of therapist, room and patient are locked in this order, so that two
requests for one hour stand in line instead of in each other's way; the database's own promises have the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from openhour.care import booking
from openhour.care.credentials import Licence
from openhour.care.slots import Taken, clashes, slot_of
from openhour.catalog import NotOnShelf, Procedure
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Interval, Refused
from openhour.records.models import Episode, Patient, Room, Site, Therapist, Visit
from openhour.records.shelf import shelf

_LOST_RACE = {
    "visit_therapist_is_free": (
        "slot.therapist-taken",
        "The therapist was booked a moment ago; look at the day again.",
    ),
    "visit_room_is_free": ("slot.room-taken", "The room was taken a moment ago; choose another one."),
    "visit_patient_is_free": ("slot.patient-taken", "The patient was booked a moment ago; look at the day again."),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Visits that are asked for. standing: what speaks against all of them; dated: against one (`visits.2`)."""

    visits: tuple[Interval, ...]
    standing: tuple[Finding, ...]
    dated: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything at once."""
        return self.standing + self.dated

    @property
    def fitting(self) -> tuple[Interval, ...]:
        """The visits against which nothing of their own speaks."""
        unfit = {finding.place for finding in self.dated}
        return tuple(visit for number, visit in enumerate(self.visits, start=1) if f"visits.{number}" not in unfit)


def episode_to_write(episode_id: UUID) -> Episode:
    """The episode, locked with its therapist and patient. Raises NotAllowed where there is none."""
    rows = Episode.objects.select_for_update(of=("self",), no_key=True).select_related("therapist")
    episode = rows.filter(pk=episode_id).first()
    if episode is None:
        raise NotAllowed("schedule.write")
    return episode


def lock(episode: Episode, room_id: int | None, *, found: Iterable[Finding] = ()) -> Room:
    """Stand in line for therapist, room and patient. Raises Refused, with what was found before, where there is no
    such room."""
    _wait_for(Therapist.objects.filter(pk=episode.therapist_id))
    rooms = Room.objects.select_for_update(of=("self",), no_key=True).select_related("site")
    room = rooms.filter(pk=room_id).first() if room_id is not None else None
    if room is None:
        raise Refused((*found, Finding("room.missing", "Choose a room.", "room")))
    _wait_for(Patient.objects.filter(pk=episode.patient_id))
    return room


def _wait_for(rows: object) -> None:
    list(rows.select_for_update(no_key=True).values_list("pk"))  # type: ignore[attr-defined]


def propose(
    episode: Episode,
    room: Room,
    procedure: str,
    starts: Sequence[datetime],
    *,
    at: datetime,
    moving: UUID | None = None,
) -> Proposal:
    """Ask the library about every visit. starts: aware; moving: a visit that makes room for itself."""
    kinds = [_procedure(procedure, start, room.site) for start in starts]
    visits = tuple(slot_of(start, kind.time.planned_minutes) for start, kind in zip(starts, kinds, strict=True))
    holder, place = holder_of(episode.therapist), place_of(room)
    standing = [
        gap
        for kind in dict.fromkeys(kinds)
        for gap in booking.standing_gaps(kind, holder, place, episode_open=episode.state == "open")
    ]
    dated = [
        gap
        for number, visit in enumerate(visits, start=1)
        for gap in booking.date_gaps(visit, holder, place, at=at, number=number)
    ]
    dated += clashes(visits, _taken(episode, room, visits, moving), zone=room.site.tz)
    return Proposal(visits, tuple(dict.fromkeys(standing)), tuple(sorted(dated, key=_by_number)))


def _by_number(finding: Finding) -> int:
    return int(finding.place.partition(".")[2])


def _procedure(slug: str, start: datetime, site: Site) -> Procedure:
    try:
        return shelf().procedure(slug, on=start.astimezone(site.tz).date())
    except NotOnShelf:
        sentence = "The shelf holds no such kind of hour for that day; choose another one."
        raise Refused(Finding("procedure.unknown", sentence, "procedure")) from None


def holder_of(therapist: Therapist) -> booking.Holder:
    """The therapist as the library knows them."""
    licences = tuple(Licence(row.state, row.number, row.valid_from, row.valid_to) for row in therapist.licences.all())
    return booking.Holder(therapist.profession, therapist.taxonomy, licences, therapist.active)


def place_of(room: Room) -> booking.Place:
    """The room and its site as the library knows them."""
    site = room.site
    return booking.Place(
        site=site.name,
        state=site.state,
        place_of_service=site.place_of_service,
        zone=site.tz,
        openings=booking.every_day(site.opens_at, site.closes_at),
        private=room.private,
        room_active=room.active,
        site_active=site.active,
    )


def _taken(episode: Episode, room: Room, visits: Sequence[Interval], moving: UUID | None) -> Iterator[Taken]:
    first, last = min(visit.start for visit in visits), max(visit.end for visit in visits)
    whose = Q(therapist_id=episode.therapist_id) | Q(room_id=room.pk) | Q(patient_id=episode.patient_id)
    rows = Visit.objects.filter(whose, starts_at__lt=last, ends_at__gt=first).exclude(state="cancelled")
    if moving is not None:
        rows = rows.exclude(pk=moving)
    columns = ("therapist_id", "room_id", "patient_id", "starts_at", "ends_at")
    for therapist, other_room, patient, start, end in rows.order_by("starts_at").values_list(*columns):
        when = Interval(start, end)
        if therapist == episode.therapist_id:
            yield Taken("therapist", when)
        if other_room == room.pk:
            yield Taken("room", when)
        if patient == episode.patient_id:
            yield Taken("patient", when)


def visits_of(
    episode: Episode, room: Room, procedure: str, times: Iterable[Interval], *, at: datetime, series_id: UUID | None
) -> list[Visit]:
    """Rows to be written, not yet written."""
    return [
        Visit(
            episode_id=episode.pk,
            patient_id=episode.patient_id,
            therapist=episode.therapist,
            site_id=room.site_id,
            room_id=room.pk,
            series_id=series_id,
            procedure=procedure,
            starts_at=when.start,
            ends_at=when.end,
            made_at=at,
        )
        for when in times
    ]


@contextmanager
def keeping_promises() -> Iterator[None]:
    """Write inside this: what the database refuses comes back as a finding. Raises Refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for name, (code, sentence) in _LOST_RACE.items():
            if name in str(error):
                raise Refused(Finding(code, sentence, "room" if "room" in name else "time")) from None
        raise


def legible(starts: datetime) -> None:
    """A time on the wall in a year that people plan in; what is far outside can't be told in another zone.

    Raises Refused.
    """
    if starts.tzinfo is not None:
        raise ValueError("visits are booked at a time on the wall of the site")
    if not 1900 <= starts.year < 2200:
        raise Refused(Finding("slot.date", "That year can’t be right.", "date"))
