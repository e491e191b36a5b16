"""Mark a visit as missed: the hour came and the patient didn't.

Refuses before the visit begins, and a visit to which the patient came, which was held or cancelled. A second mark
changes nothing.
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
def mark_missed(actor: Actor, visit_id: UUID, *, at: datetime) -> None:
    """Sets `missed`, once. Raises NotAllowed, or Refused."""
    visit = visit_to_write(actor, visit_id)
    if visit.state == "missed":
        return
    if gaps := tuple(change_gaps("miss", visit, at=at)):
        raise Refused(gaps)
    visit.state = "missed"
    visit.revision += 1
    visit.save(update_fields=["state", "revision"])
    trail.write(actor, "visit.missed", visit, at=at)
