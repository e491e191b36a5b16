"""Switch a member of staff off, when they leave: their sign-ins end at once, and they can't be booked. Nothing is deleted.

Called by `openhour practice switch-off-staff`. Refuses the last owner. The answer says how many booked hours they leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Therapist, Visit
from openhour.workflows.practice.staff import is_last_owner, staff_by


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """booked: visits of theirs that are still to come."""

    user: User
    booked: int


@transaction.atomic
def switch_off_staff(actor: Actor, email: str, *, at: datetime) -> SwitchedOff:
    """Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    user = staff_by(email)
    if is_last_owner(user):
        raise Refused(
            Finding("staff.last-owner", "They are the last owner; give that role to another first.", "email")
        )
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.sign_ins.all().delete()
    Therapist.objects.filter(user=user).update(active=False)
    booked = Visit.objects.filter(therapist__user=user, starts_at__gte=at, state="booked").count()
    trail.write(actor, "practice.staff-switched-off", user, at=at, booked=booked)
    return SwitchedOff(user, booked)
