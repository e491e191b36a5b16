"""Take a check-in back that was pressed for the wrong patient: the visit is booked as before.

The forms that were laid down stay, so that no answer that was given meanwhile is lost; the next check-in asks nothing
twice. Refuses once the hour has begun. A second press changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.workflows.schedule.changing import change_gaps, visit_to_write


@transaction.atomic
def undo_check_in(actor: Actor, visit_id: UUID, *, at: datetime) -> None:
    """Sets `booked` and forgets the time of arrival, which stays in the trail. Raises NotAllowed, or Refused."""
    visit = visit_to_write(actor, visit_id)
    if visit.state == "booked":
        return
    if gaps := tuple(change_gaps("undo-check-in", visit, at=at)):
        raise Refused(gaps)
    arrived_at, visit.state, visit.arrived_at = visit.arrived_at, "booked", None
    visit.revision += 1
    visit.save(update_fields=["state", "arrived_at", "revision"])
    trail.write(actor, "visit.arrival-undone", visit, at=at, arrived_at=arrived_at)
