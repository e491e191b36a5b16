"""Cancel a visit, with the reason. The visit stays, marked; its hour is free again at once.

Refuses a visit that was held or whose hour has begun, one that is cancelled already, a page older than the visit,
and a reason that isn't on the list.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.visits import CANCEL_REASONS, reason_gaps
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.workflows.schedule.changing import change_gaps, record_change, remark_gaps, visit_to_write


@transaction.atomic
def cancel_visit(actor: Actor, visit_id: UUID, *, reason: str, remark: str = "", revision: int, at: datetime) -> None:
    """reason: a slug of `CANCEL_REASONS`; revision: of the page. Raises NotAllowed, or Refused."""
    visit = visit_to_write(actor, visit_id)
    gaps = [*change_gaps("cancel", visit, at=at, revision=revision), *reason_gaps(reason, CANCEL_REASONS)]
    gaps += remark_gaps(remark)
    if gaps:
        raise Refused(gaps)
    record_change(actor, visit, "cancelled", reason, remark, at=at)
    visit.state, visit.cancel_reason = "cancelled", reason
    visit.revision += 1
    visit.save(update_fields=["state", "cancel_reason", "revision"])
    trail.write(actor, "visit.cancelled", visit, at=at, reason=reason)
