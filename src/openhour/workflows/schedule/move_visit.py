"""Move a visit to another time or room, and keep where it was.

Refuses a visit that was held, cancelled or missed or whose hour has begun, a page older than the visit, a move
without a reason or to where it already stands, and everything for which `book_visit` would refuse the new time.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.cadence import on_the_clock
from openhour.care.visits import MOVE_REASONS, reason_gaps
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Interval, Refused
from openhour.records.models import Room, Visit
from openhour.workflows.schedule.changing import change_gaps, record_change, remark_gaps, visit_to_write
from openhour.workflows.schedule.proposing import episode_to_write, keeping_promises, legible, lock, propose


@transaction.atomic
def move_visit(
    actor: Actor,
    visit_id: UUID,
    *,
    room_id: int | None,
    starts: datetime,
    reason: str,
    remark: str = "",
    revision: int,
    at: datetime,
) -> None:
    """starts: naive, on the wall of the room's site; reason: a slug of `MOVE_REASONS`; revision: of the page.

    An arrived patient stays arrived on the same day. Raises NotAllowed, or Refused.
    """
    visit = visit_to_write(actor, visit_id)
    legible(starts)
    episode = episode_to_write(visit.episode_id)
    gaps = [*change_gaps("move", visit, at=at, revision=revision), *reason_gaps(reason, MOVE_REASONS)]
    gaps += remark_gaps(remark)
    room = lock(episode, room_id, found=gaps)
    start = on_the_clock(starts, room.site.tz)
    proposal = propose(episode, room, visit.procedure, [start], at=at, moving=visit.pk)
    gaps += _unless_only_the_room_changes(proposal.findings, visit, start)
    if start == visit.starts_at and room.pk == visit.room_id:
        gaps.append(Finding("visit.unmoved", "Choose another time or another room.", "time"))
    if gaps:
        raise Refused(gaps)
    record_change(actor, visit, "moved", reason, remark, at=at)
    _move(visit, room, proposal.visits[0])
    trail.write(actor, "visit.moved", visit, at=at, starts_at=visit.starts_at, room=room.pk, reason=reason)


def _unless_only_the_room_changes(findings: tuple[Finding, ...], visit: Visit, start: datetime) -> list[Finding]:
    """Another room is found for a patient who already sits in the waiting room, though the hour has struck."""
    return [finding for finding in findings if finding.code != "slot.past" or start != visit.starts_at]


def _move(visit: Visit, room: Room, to: Interval) -> None:
    zone = room.site.tz
    if to.start.astimezone(zone).date() != visit.starts_at.astimezone(zone).date() and visit.state == "arrived":
        visit.state, visit.arrived_at = "booked", None
    visit.site, visit.room = room.site, room
    visit.starts_at, visit.ends_at = to.start, to.end
    visit.revision += 1
    with keeping_promises():
        visit.save()
