"""End every sign-in of one's own but the one in use: a forgotten browser, a stolen cookie.

Called by the page "Where you are signed in". Refuses nothing: whoever is signed in may end their own sign-ins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import SignInSession, User
from openhour.guard.policy import NotAllowed


@dataclass(frozen=True, slots=True)
class SignIn:
    """last_seen: when it was last used, UTC; here: it is the one that asks."""

    last_seen: datetime | None
    here: bool


def sign_ins_of(actor: Actor, session_key: str, *, at: datetime) -> tuple[SignIn, ...]:
    """The actor's sign-ins that still stand, the one that asks first, then the last used first."""
    if actor.user_id is None:
        return ()
    rows = SignInSession.objects.filter(user_id=actor.user_id, expire_date__gt=at).order_by("-last_seen")
    found = (SignIn(row.last_seen, row.session_key == session_key) for row in rows)
    return tuple(sorted(found, key=lambda one: not one.here))


@transaction.atomic
def end_other_sign_ins(actor: Actor, session_key: str, *, at: datetime) -> int:
    """How many were ended. Raises NotAllowed for an actor who is no member of staff."""
    if actor.user_id is None:
        raise NotAllowed("user.end-sign-ins")
    user = User.objects.select_for_update().get(pk=actor.user_id)
    ended, _ = SignInSession.objects.filter(user=user).exclude(session_key=session_key).delete()
    trail.write(actor, "user.other-sign-ins-ended", user, at=at, ended=ended)
    return ended
