"""Switch a member of staff off, when they leave: their sign-ins end at once, and they can't be booked. Nothing is deleted.

Called by `openhour practice switch-off-staff`. Refuses the last owner, and a therapist who leaves open alerts or
episodes behind: nobody but their supervisor would see those. Where the sign-in must end now whatever stands open, the
owner says so (`even_so`). The answer says what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Alert, Episode, Therapist, Visit
from openhour.workflows.practice.staff import is_last_owner, staff_by


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """booked: visits of theirs that are still to come. alerts, episodes: of theirs, not answered and not closed."""

    user: User
    booked: int
    alerts: int
    episodes: int


@transaction.atomic
def switch_off_staff(actor: Actor, email: str, *, at: datetime, even_so: bool = False) -> SwitchedOff:
    """even_so: whatever they leave open. Raises Refused with every reason, NotAllowed."""
    require(actor, "practice.write")
    user = staff_by(email)
    alerts = Alert.objects.filter(owner__user=user).exclude(state="answered").count()
    episodes = Episode.objects.filter(therapist__user=user, state="open").count()
    if gaps := tuple(_gaps(user, 0 if even_so else alerts, 0 if even_so else episodes)):
        raise Refused(gaps)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.sign_ins.all().delete()
    Therapist.objects.filter(user=user).update(active=False)
    booked = Visit.objects.filter(therapist__user=user, starts_at__gte=at, state="booked").count()
    trail.write(actor, "practice.staff-switched-off", user, at=at, booked=booked, alerts=alerts, episodes=episodes)
    return SwitchedOff(user, booked, alerts, episodes)


def _gaps(user: User, alerts: int, episodes: int) -> Iterator[Finding]:
    if is_last_owner(user):
        yield Finding("staff.last-owner", "They are the last owner; give that role to another first.", "email")
    if alerts:
        sentence = (
            f"{_counted(alerts, 'alert')} of theirs {_verb(alerts)} not answered; answer first, or say --even-so."
        )
        yield Finding("staff.open-alerts", sentence, "email")
    if episodes:
        sentence = (
            f"{_counted(episodes, 'patient')} {_verb(episodes)} in their care; end that first, or say --even-so."
        )
        yield Finding("staff.open-episodes", sentence, "email")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _verb(count: int) -> str:
    return "is" if count == 1 else "are"
