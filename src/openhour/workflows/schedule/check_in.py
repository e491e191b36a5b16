"""Check a patient in: they are here, and the measures that are due are asked.

Refuses a visit of another day, one that was held or cancelled, and one whose hour has begun. A second check-in
changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.workflows.safety.request_measures import request_measures
from openhour.workflows.schedule.changing import change_gaps, visit_to_write


@transaction.atomic
def check_in(actor: Actor, visit_id: UUID, *, at: datetime) -> None:
    """Sets `arrived` and the time of it, once. Raises NotAllowed, or Refused."""
    visit = visit_to_write(actor, visit_id)
    if visit.state == "arrived":
        return
    if gaps := tuple(change_gaps("check-in", visit, at=at)):
        raise Refused(gaps)
    visit.state, visit.arrived_at = "arrived", at
    visit.revision += 1
    visit.save(update_fields=["state", "arrived_at", "revision"])
    trail.write(actor, "visit.arrived", visit, at=at)
    request_measures(actor, visit.pk, at=at)
