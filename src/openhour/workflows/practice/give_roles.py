"""Give a member of staff other roles than they have. It takes effect with their next click.

Called by `openhour practice give-roles`. Refuses unknown roles, the role therapist for someone who was not added as one,
and taking the role owner from the last owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.policy import require
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.models import Therapist
from openhour.workflows.practice import checks
from openhour.workflows.practice.staff import is_last_owner, staff_by


@transaction.atomic
def give_roles(actor: Actor, email: str, roles: Iterable[str], *, at: datetime) -> User:
    """roles: all they shall have from now on. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    user, wanted = staff_by(email), tuple(roles)
    gaps = [one for word in wanted for one in checks.one_of(word, (r.value for r in Role), "roles", "A role is")]
    if not wanted:
        gaps.append(Finding("roles.missing", "Give at least one role, or switch them off.", "roles"))
    if Role.THERAPIST in wanted and not Therapist.objects.filter(user=user).exists():
        gaps.append(
            Finding("roles.therapist", "They have no NPI and no profession here, so they hold no hours.", "roles")
        )
    if Role.OWNER not in wanted and is_last_owner(user):
        gaps.append(Finding("staff.last-owner", "They are the last owner; give that role to another first.", "roles"))
    if gaps:
        raise Refused(gaps)
    before, user.roles = sorted(user.roles), [role.value for role in Role if role in wanted]
    user.save(update_fields=["roles"])
    trail.write(actor, "practice.roles-given", user, at=at, before=before, now=user.roles)
    return user
