"""Record a therapist's licence: state, number, from and to. Both days are inside it.

Called by `openhour practice record-licence`. Refuses an unknown therapist, an end before the beginning, and a licence
that is recorded already. Booking and signing look here.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Licence, Therapist
from openhour.workflows.practice import checks


@transaction.atomic
def record_licence(
    actor: Actor, email: str, *, state: str, number: str, valid_from: date, valid_to: date, at: datetime
) -> Licence:
    """The new licence. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    therapist = Therapist.objects.select_related("user").filter(user__email=email.strip().lower()).first()
    gaps = [*checks.text(number, "number", "the number of the licence", 40)]
    if therapist is None:
        gaps.append(Finding("staff.unknown", "No therapist has this e-mail address.", "email"))
    gaps += [one for one in checks.address("-", "-", state, "00000") if one.place == "state"]
    if valid_to < valid_from:
        gaps.append(Finding("licence.days", "A licence ends on or after the day it begins.", "valid_to"))
    same = Licence.objects.filter(therapist=therapist, state=state, number=number.strip(), valid_from=valid_from)
    if therapist is not None and same.exists():
        gaps.append(Finding("licence.exists", "This licence is recorded already.", "number"))
    if gaps or therapist is None:
        raise Refused(gaps)
    licence = Licence.objects.create(
        therapist=therapist, state=state, number=number.strip(), valid_from=valid_from, valid_to=valid_to
    )
    trail.write(actor, "practice.licence-recorded", therapist.user, at=at, licence=licence.pk, state=state)
    return licence
