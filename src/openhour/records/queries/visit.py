"""One visit with everything its page shows: who, when, where, its state, and what was changed about it.

Called by the visit page and by the forms that move and cancel. A visit that isn't the actor's to see is refused
like one that doesn't exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, may
from openhour.kernel import Interval
from openhour.records.models import Visit, VisitChange
from openhour.records.queries.scoping import within


@dataclass(frozen=True, slots=True)
class Change:
    """A move or a cancellation. kind: `moved` or `cancelled`; by: who did it, empty for the command line."""

    kind: str
    made_at: datetime
    was: Interval
    was_room: str
    reason: str
    remark: str
    by: str


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another visit of the same series."""

    id: UUID
    starts_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class VisitDetail:
    """Times in UTC; `zone` is the site's. begun: the session's clock was started. may_write: the actor may change
    the visit, as far as its state allows. cadence: empty for a single visit."""

    id: UUID
    patient_id: UUID
    patient: str
    number: str
    phone: str
    episode_id: UUID
    therapist_id: int
    therapist: str
    site: str
    zone: ZoneInfo
    room_id: int | None
    room: str
    procedure: str
    interval: Interval
    state: str
    arrived_at: datetime | None
    made_at: datetime
    revision: int
    begun: bool
    may_write: bool
    cadence: str
    series: tuple[Sibling, ...]
    changes: tuple[Change, ...]

    @property
    def day(self) -> date:
        """The date of the visit on the wall of the site."""
        return self.interval.start.astimezone(self.zone).date()

    @property
    def place_in_series(self) -> int:
        """1 for the first visit of the series; 0 for a single visit."""
        return next((number for number, one in enumerate(self.series, start=1) if one.id == self.id), 0)


@transaction.atomic
def visit_of(actor: Actor, visit_id: UUID, *, at: datetime) -> VisitDetail:
    """The visit, with one trail entry. Raises NotAllowed where it isn't there or isn't theirs to see."""
    rows = within(actor, "schedule.read", Visit.objects.filter(pk=visit_id))
    row = rows.select_related("patient", "therapist", "site", "room", "series", "session").first()
    if row is None:
        raise NotAllowed("schedule.read")
    trail.write(actor, "schedule.read", row, at=at)
    return _detail(row, may_write=may(actor, "schedule.write", row))


def _detail(row: Visit, *, may_write: bool) -> VisitDetail:
    session = getattr(row, "session", None)
    return VisitDetail(
        id=row.id,
        patient_id=row.patient_id,
        patient=row.patient.full_name,
        number=row.patient.number,
        phone=row.patient.phone,
        episode_id=row.episode_id,
        therapist_id=row.therapist_id,
        therapist=row.therapist.name,
        site=row.site.name,
        zone=row.site.tz,
        room_id=row.room_id,
        room=row.room.name if row.room else "",
        procedure=row.procedure,
        interval=row.interval,
        state=row.state,
        arrived_at=row.arrived_at,
        made_at=row.made_at,
        revision=row.revision,
        begun=session is not None and session.started_at is not None,
        may_write=may_write,
        cadence=row.series.cadence if row.series else "",
        series=_series(row),
        changes=_changes(row.id),
    )


def _series(row: Visit) -> tuple[Sibling, ...]:
    if row.series_id is None:
        return ()
    rows = Visit.objects.filter(series_id=row.series_id).order_by("starts_at", "id")
    return tuple(Sibling(*values) for values in rows.values_list("id", "starts_at", "state"))


def _changes(visit_id: UUID) -> tuple[Change, ...]:
    rows = VisitChange.objects.filter(visit_id=visit_id).select_related("was_room", "by").order_by("-made_at", "-id")
    return tuple(
        Change(
            kind=row.kind,
            made_at=row.made_at,
            was=Interval(row.was_starts_at, row.was_ends_at),
            was_room=row.was_room.name if row.was_room else "",
            reason=row.reason,
            remark=row.remark,
            by=row.by.name if row.by else "",
        )
        for row in rows
    )
