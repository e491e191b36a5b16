"""What the front desk's calendar shows: the practice's rooms and therapists, and the visits of some days.

Called by the pages of the schedule. Names of patients come only to those who may read the schedule of their
therapist; whoever may not sees that a room is in use, and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import Relation, scope
from openhour.kernel import Interval
from openhour.records.models import Site, Therapist, Visit
from openhour.records.queries.scoping import within


@dataclass(frozen=True, slots=True)
class RoomChoice:
    """A room as it is offered for booking."""

    id: int
    name: str
    private: bool


@dataclass(frozen=True, slots=True)
class SiteHours:
    """A site in use with its rooms in use. opens, closes: on its own wall; closes 00:00 = the end of the day."""

    id: int
    name: str
    zone: ZoneInfo
    opens: time
    closes: time
    rooms: tuple[RoomChoice, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Colleague:
    """A therapist whose schedule the actor may read."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit as the calendar shows it; times in UTC."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    patient: str
    number: str
    therapist_id: int
    therapist: str
    room_id: int | None
    room: str
    site_id: int
    site: str

    @property
    def interval(self) -> Interval:
        """From start to end."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class InUse:
    """A room that somebody has; who and why is not told."""

    room_id: int
    interval: Interval


def sites() -> tuple[SiteHours, ...]:
    """Every site in use with its rooms in use, the first that was set up first; one query, nothing about patients."""
    columns = ("id", "name", "zone", "opens_at", "closes_at")
    found: dict[int, tuple[tuple[object, ...], list[RoomChoice]]] = {}
    rows = Site.objects.filter(active=True).order_by("id", "rooms__name")
    for *own, room_id, name, private, active in rows.values_list(
        *columns, "rooms__id", "rooms__name", "rooms__private", "rooms__active"
    ):
        _, rooms = found.setdefault(own[0], (tuple(own), []))
        if room_id is not None and active:
            rooms.append(RoomChoice(room_id, name, private))
    return tuple(_site(own, rooms) for own, rooms in found.values())


def _site(own: Iterable[object], rooms: Iterable[RoomChoice]) -> SiteHours:
    row_id, name, zone, opens, closes = own
    return SiteHours(row_id, name, ZoneInfo(str(zone)), opens, closes, tuple(rooms))  # type: ignore[arg-type]


def colleagues(actor: Actor) -> tuple[Colleague, ...]:
    """The therapists whose schedule the actor may read, by family name."""
    relations = scope(actor, "schedule.read")
    theirs = Q(pk__in=[])
    if Relation.CARE in relations:
        theirs |= Q(user_id=actor.user_id)
    if Relation.SUPERVISED in relations:
        theirs |= Q(supervisor_id=actor.user_id)
    rows = Therapist.objects.filter(active=True).order_by("last_name", "first_name")
    if Relation.ANY not in relations:
        rows = rows.filter(theirs)
    return tuple(Colleague(row_id, name) for row_id, name in rows.values_list("id", "name"))


@transaction.atomic
def appointments(
    actor: Actor,
    window: Interval,
    *,
    therapist_id: int | None = None,
    room_id: int | None = None,
    at: datetime,
) -> tuple[Appointment, ...]:
    """The visits that start in the window and that the actor may see, in order; one trail entry names the patients.

    Cancelled visits are among them, so that an hour that fell free is seen as one.
    """
    rows = within(actor, "schedule.read", Visit.objects.all())
    rows = rows.filter(starts_at__gte=window.start, starts_at__lt=window.end)
    if therapist_id is not None:
        rows = rows.filter(therapist_id=therapist_id)
    if room_id is not None:
        rows = rows.filter(room_id=room_id)
    found = tuple(rows.select_related("patient", "therapist", "room", "site").order_by("starts_at", "id"))
    patients = sorted({str(row.patient_id) for row in found})
    trail.write(actor, "schedule.read", at=at, day=window.start.isoformat(), patients=patients)
    return tuple(_appointment(row) for row in found)


def rooms_in_use(actor: Actor, site_id: int, window: Interval) -> tuple[InUse, ...]:
    """When rooms of the site are taken by visits that the actor may not see: no name, no therapist, no reason.

    Nothing for whoever may read every schedule: they see the visits themselves.
    """
    if Relation.ANY in scope(actor, "schedule.read"):
        return ()
    rows = Visit.objects.filter(site_id=site_id, room__isnull=False, starts_at__gte=window.start)
    rows = rows.filter(starts_at__lt=window.end).exclude(state="cancelled")
    rows = rows.exclude(pk__in=within(actor, "schedule.read", Visit.objects.all()).values("pk"))
    taken = rows.order_by("starts_at").values_list("room_id", "starts_at", "ends_at")
    return tuple(InUse(room, Interval(start, end)) for room, start, end in taken if room is not None)


def _appointment(row: Visit) -> Appointment:
    return Appointment(
        id=row.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state,
        patient=row.patient.full_name,
        number=row.patient.number,
        therapist_id=row.therapist_id,
        therapist=row.therapist.name,
        room_id=row.room_id,
        room=row.room.name if row.room else "",
        site_id=row.site_id,
        site=row.site.name,
    )
