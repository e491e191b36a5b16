"""Hand the alerts that wait from one therapist to another, who answers them in their place.

Called by `openhour practice hand-over-alerts`, by the owner, where a therapist has left or is away and nobody supervises
them. Answered alerts stay with whoever answered them. Refuses a therapist who can't answer, and the same one twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.models import Alert, Therapist


@transaction.atomic
def hand_over_alerts(actor: Actor, from_email: str, to_email: str, *, at: datetime) -> int:
    """How many were handed over. The new owner hasn't seen them, so each is open again. Raises NotAllowed, or Refused
    with places `from_email` and `to_email`."""
    require(actor, "practice.write")
    giver, taker = _therapist(from_email), _therapist(to_email)
    gaps = tuple(_gaps(giver, taker))
    if gaps or giver is None or taker is None:
        raise Refused(gaps)
    rows = Alert.objects.select_for_update(of=("self",), no_key=True).filter(owner=giver).exclude(state="answered")
    found = list(rows.order_by("pk"))
    for alert in found:
        alert.owner, alert.state, alert.seen_at = taker, "open", None
        alert.save(update_fields=["owner", "state", "seen_at"])
        trail.write(actor, "alert.handed-over", alert, at=at, given_by=giver.pk, given_to=taker.pk)
    return len(found)


def _therapist(email: str) -> Therapist | None:
    return Therapist.objects.select_related("user").filter(user__email=email.strip().lower()).first()


def _gaps(giver: Therapist | None, taker: Therapist | None) -> Iterator[Finding]:
    if giver is None:
        yield Finding("staff.unknown", "No therapist has this e-mail address.", "from_email")
    if taker is None:
        yield Finding("staff.unknown", "No therapist has this e-mail address.", "to_email")
    elif not taker.active or not taker.user.is_active or Role.THERAPIST not in taker.user.roles:
        yield Finding("staff.switched-off", "They were switched off, so they could not answer.", "to_email")
    elif giver is not None and giver.pk == taker.pk:
        yield Finding("staff.same", "They have these alerts already.", "to_email")
