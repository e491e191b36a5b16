"""The session store: one query brings the session and its user."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from openhour.guard.models import SignInSession, User


class SessionStore(DatabaseStore):
    """Django's database store over `SignInSession`. `user` is the joined row, None where nobody is signed in."""

    user: User | None = None
    last_seen: Any = None

    @classmethod
    def get_model_class(cls) -> type[SignInSession]:
        """The table behind the store."""
        return SignInSession

    def _get_session_from_db(self) -> SignInSession | None:
        try:
            row = self.model.objects.select_related("user").get(
                session_key=self.session_key, expire_date__gt=timezone.now()
            )
        except self.model.DoesNotExist:
            self._session_key = None
            return None
        self.user, self.last_seen = row.user, row.last_seen
        return row

    def create_model_instance(self, data: dict[str, Any]) -> SignInSession:
        """The row to save, with its user beside the sealed data."""
        row = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.last_seen = self.last_seen or timezone.now()
        return row
