"""Book a weekly or biweekly series of visits, at the same hour on the wall of the site whatever the clocks do.

All or nothing, unless the one who books says that dates which don't fit are left out. Refuses what `book_visit`
refuses, for each date, all at once, each named with its date; and a series of which no date would be left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from openhour.care.cadence import Cadence, cadence_gaps, series
from openhour.guard import policy, trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Episode, Room, Series, Visit
from openhour.records.shelf import shelf
from openhour.workflows.schedule.proposing import (
    Proposal,
    episode_to_write,
    keeping_promises,
    legible,
    lock,
    propose,
    visits_of,
)


@dataclass(frozen=True, slots=True)
class BookedSeries:
    """visit_ids in order of time. left_out: what spoke against the dates that were skipped; remarks: what the clocks
    did to any date."""

    series_id: UUID
    visit_ids: tuple[UUID, ...]
    left_out: tuple[Finding, ...]
    remarks: tuple[Finding, ...]


@transaction.atomic
def book_series(
    actor: Actor,
    episode_id: UUID,
    *,
    room_id: int | None,
    starts: datetime,
    cadence: str,
    count: int,
    procedure: str = "",
    skip: bool = False,
    at: datetime,
) -> BookedSeries:
    """starts: the first visit, naive, on the wall of the room's site; cadence: `weekly` or `biweekly`; skip: leave
    out dates that don't fit. Raises NotAllowed, or Refused with the places of `book_visit` and `cadence`, `count`."""
    episode = episode_to_write(episode_id)
    policy.require(actor, "schedule.write", episode)
    legible(starts)
    room = lock(episode, room_id)
    kind = procedure or episode.procedure
    _refuse_cadence(kind, starts, cadence, count)
    planned = series(starts, room.site.tz, cast(Cadence, cadence), count)
    proposal = propose(episode, room, kind, planned.starts, at=at)
    if proposal.standing or (proposal.dated and not skip) or not proposal.fitting:
        raise Refused(proposal.findings)
    row, visits = _write(episode, room, kind, cadence, proposal, at)
    ids = tuple(visit.pk for visit in visits)
    trail.write(actor, "series.booked", episode, at=at, series=row.pk, visits=ids, left_out=count - len(ids))
    return BookedSeries(row.pk, ids, proposal.dated, planned.remarks)


def _refuse_cadence(kind: str, starts: datetime, cadence: str, count: int) -> None:
    try:
        procedure = shelf().procedure(kind, on=starts.date())
    except LookupError:
        sentence = "The shelf holds no such kind of hour for that day; choose another one."
        raise Refused(Finding("procedure.unknown", sentence, "procedure")) from None
    if gaps := cadence_gaps(procedure, cadence, count):
        raise Refused(gaps)


def _write(
    episode: Episode, room: Room, kind: str, cadence: str, proposal: Proposal, at: datetime
) -> tuple[Series, list[Visit]]:
    fitting = proposal.fitting
    row = Series.objects.create(episode_id=episode.pk, cadence=cadence, count=len(fitting), made_at=at)
    visits = visits_of(episode, room, kind, fitting, at=at, series_id=row.pk)
    with keeping_promises():
        Visit.objects.bulk_create(visits)
    return row, visits
