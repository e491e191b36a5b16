"""Book one visit: an hour of the episode's therapist with their patient, in a room.

Refuses a closed episode, a therapist without a licence in force that day in the state of the site or of another
profession than the procedure names, a room that isn't private or no longer used, a site that the procedure doesn't
name, a time that has passed or lies outside the opening hours, and whoever isn't free: therapist, room or patient.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.cadence import on_the_clock
from openhour.guard import policy, trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.workflows.schedule.proposing import (
    episode_to_write,
    keeping_promises,
    legible,
    lock,
    propose,
    visits_of,
)


@transaction.atomic
def book_visit(
    actor: Actor, episode_id: UUID, *, room_id: int | None, starts: datetime, procedure: str = "", at: datetime
) -> UUID:
    """The id of the visit. starts: naive, on the wall of the room's site; procedure: the episode's where empty.

    Raises NotAllowed, or Refused with places `episode`, `room`, `procedure`, `profession`, `site`, `date`, `time`
    and `visits.1`.
    """
    episode = episode_to_write(episode_id)
    policy.require(actor, "schedule.write", episode)
    legible(starts)
    room = lock(episode, room_id)
    kind = procedure or episode.procedure
    proposal = propose(episode, room, kind, [on_the_clock(starts, room.site.tz)], at=at)
    if proposal.findings:
        raise Refused(proposal.findings)
    (visit,) = visits_of(episode, room, kind, proposal.visits, at=at, series_id=None)
    with keeping_promises():
        visit.save(force_insert=True)
    trail.write(actor, "visit.booked", visit, at=at, starts_at=visit.starts_at, room=room.pk)
    return visit.pk
