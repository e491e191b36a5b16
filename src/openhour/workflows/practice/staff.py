"""Find a member of staff by e-mail address, locked for a change. Used by the verbs of this chapter."""

from __future__ import annotations

from openhour.guard.models import User
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused


def staff_by(email: str) -> User:
    """The row, locked. Raises Refused where there is none."""
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is None:
        raise Refused(Finding("staff.unknown", "Nobody here has this e-mail address.", "email"))
    return user


def is_last_owner(user: User) -> bool:
    """True where nobody else who is switched on holds the role owner."""
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    return user.actor().holds(Role.OWNER) and not any(other.actor().holds(Role.OWNER) for other in others)
