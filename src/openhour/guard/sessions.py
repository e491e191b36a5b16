"""The session store: one query brings the session, its user, and whether they have a second factor.

A session lives on the server: on log-out its row is deleted, and a copied cookie opens nothing. Used by Django's
session middleware; the guard's own middleware reads `user` and `last_seen`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from openhour.guard.models import SignInSession, User
from openhour.guard.prepared import Prepared


def _in_force(key: str, now: datetime) -> QuerySet[SignInSession]:
    from allauth.mfa.models import Authenticator

    factors = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=["totp", "webauthn"])
    rows = SignInSession.objects.select_related("user").annotate(second_factor=Exists(factors))
    return rows.filter(session_key=key, expire_date__gt=now)


_IN_FORCE = Prepared(_in_force, key=str, now=datetime)  # every request of a person who is signed in asks it


class SessionStore(DatabaseStore):
    """Django's database store over `SignInSession`. user: the joined row, None where nobody is signed in;
    second_factor: they have enrolled one; last_seen: when the session was last used, UTC."""

    user: User | None = None
    second_factor: bool = False
    last_seen: Any = None

    @classmethod
    def get_model_class(cls) -> type[SignInSession]:
        """The table behind the store."""
        return SignInSession

    def _get_session_from_db(self) -> SignInSession | None:
        found = _IN_FORCE.rows(key=self.session_key, now=timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return None
        row = found[0]
        self.user, self.last_seen, self.second_factor = row.user, row.last_seen, row.second_factor
        return row

    def create_model_instance(self, data: dict[str, Any]) -> SignInSession:
        """The row to save, with its user beside the sealed data."""
        row = cast(SignInSession, super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.last_seen = self.last_seen or timezone.now()
        return row
