"""Cancel a visit, with the reason; on request the later ones of its series too. They stay, marked; their hours are free.

Refuses a visit that was held or whose hour has begun, one that is cancelled already, a page older than the visit,
and a reason that isn't on the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.visits import CANCEL_REASONS, reason_gaps
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.records.models import Visit
from openhour.workflows.schedule.changing import change_gaps, record_change, remark_gaps, visit_to_write


@transaction.atomic
def cancel_visit(
    actor: Actor,
    visit_id: UUID,
    *,
    reason: str,
    remark: str = "",
    following: bool = False,
    revision: int,
    at: datetime,
) -> int:
    """How many visits were cancelled. reason: a slug of `CANCEL_REASONS`; following: also the visits of its series
    that begin later and are still booked; revision: of the page. Raises NotAllowed, or Refused."""
    visit = visit_to_write(actor, visit_id)
    gaps = [*change_gaps("cancel", visit, at=at, revision=revision), *reason_gaps(reason, CANCEL_REASONS)]
    gaps += remark_gaps(remark)
    if gaps:
        raise Refused(gaps)
    visits = [visit, *(_following(visit) if following else ())]
    for one in visits:
        _cancel(actor, one, reason, remark, at=at)
    return len(visits)


def _following(visit: Visit) -> Iterable[Visit]:
    if visit.series_id is None:
        return ()
    rows = Visit.objects.select_for_update(of=("self",), no_key=True).select_related("therapist", "site")
    later = rows.filter(series_id=visit.series_id, state="booked", starts_at__gt=visit.starts_at)
    # An hour that has begun belongs to the session room, whatever the calendar says.
    return later.exclude(session__started_at__isnull=False).order_by("starts_at")


def _cancel(actor: Actor, visit: Visit, reason: str, remark: str, *, at: datetime) -> None:
    record_change(actor, visit, "cancelled", reason, remark, at=at)
    visit.state, visit.cancel_reason = "cancelled", reason
    visit.revision += 1
    visit.save(update_fields=["state", "cancel_reason", "revision"])
    trail.write(actor, "visit.cancelled", visit, at=at, reason=reason)
