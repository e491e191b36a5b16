"""Switch a member of staff on again, with a one-time password.

Called by `openhour practice switch-on-staff`. Refuses someone who is switched on.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Therapist
from openhour.workflows.practice.passwords import give_one_time_password
from openhour.workflows.practice.staff import staff_by


@transaction.atomic
def switch_on_staff(actor: Actor, email: str, *, at: datetime) -> str:
    """The one-time password, to be shown once. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    user = staff_by(email)
    if user.is_active:
        raise Refused(Finding("staff.on", "They are switched on already.", "email"))
    user.is_active = True
    password = give_one_time_password(user, at=at)
    Therapist.objects.filter(user=user).update(active=True)
    trail.write(actor, "practice.staff-switched-on", user, at=at)
    return password
