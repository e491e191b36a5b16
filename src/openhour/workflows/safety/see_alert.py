"""Say that an alert was seen, by the therapist it is addressed to.

Refuses everybody else: a supervisor who has looked at it is no sign that the therapist has. Opening the page says
nothing; only this does. Seen isn't answered: it stays among the open ones. Twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.workflows.safety.alerts import alert_to_answer


@transaction.atomic
def see_alert(actor: Actor, alert_id: UUID, *, at: datetime) -> None:
    """Sets `seen`, once. Raises NotAllowed, or Refused."""
    alert = alert_to_answer(actor, alert_id)
    if actor.user_id != alert.owner.user_id:
        raise Refused(
            Finding("alert.not-addressed", "Only the therapist it is addressed to can say that they saw it.")
        )
    if alert.state != "open":
        return
    alert.state, alert.seen_at = "seen", at
    alert.save(update_fields=["state", "seen_at"])
    trail.write(actor, "alert.seen", alert, at=at)
