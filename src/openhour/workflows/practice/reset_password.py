"""Give a member of staff a one-time password, for whoever forgot theirs or lost their second factor.

Called by `openhour practice reset-password`. Refuses someone who is switched off. With `second_factor` the app, keys and
recovery codes are taken away too, so that a lost phone does not lock a person out for good. Their sign-ins end.
"""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.workflows.practice.passwords import give_one_time_password
from openhour.workflows.practice.staff import staff_by


@transaction.atomic
def reset_password(actor: Actor, email: str, *, second_factor: bool = False, at: datetime) -> str:
    """The one-time password, to be shown once. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    user = staff_by(email)
    if not user.is_active:
        raise Refused(Finding("staff.off", "They are switched off; switch them on first.", "email"))
    taken = Authenticator.objects.filter(user=user).delete()[0] if second_factor else 0
    password = give_one_time_password(user, at=at)
    trail.write(actor, "user.password-reset", user, at=at, factors_taken=taken)
    return password
