"""Let patients see, behind their link, how their own scores went, or not.

Called by `openhour progress show-patients`. The owner's. Refuses before there is a practice. Twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Practice


@transaction.atomic
def show_course(actor: Actor, shown: bool, *, at: datetime) -> None:
    """Raises NotAllowed, or Refused."""
    require(actor, "practice.write")
    practice = Practice.objects.select_for_update().first()
    if practice is None:
        raise Refused(Finding("practice.missing", "There is no practice yet; begin with `practice init`."))
    if practice.shows_course == shown:
        return
    practice.shows_course = shown
    practice.save(update_fields=["shows_course"])
    trail.write(actor, "practice.changed", None, at=at, fields=["shows_course"])
