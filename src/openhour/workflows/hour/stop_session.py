"""Stop the clock of an hour: one press, at which the face-to-face minutes end.

An hour that was held may be the one after which the system looks again at a signal. A second press changes nothing.
Refuses a clock that was never started, and a stop in the very moment of the start.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Session
from openhour.workflows.hour.opening import open_hour
from openhour.workflows.progress.take_stock import take_stock


@transaction.atomic
def stop_session(actor: Actor, visit_id: UUID, *, at: datetime) -> Session:
    """The session, stopped at `at` or, where it was already, unchanged. Raises Refused, NotAllowed."""
    session = open_hour(actor, visit_id, at=at).session
    if session.stopped_at is not None:
        return session
    if session.started_at is None:
        raise Refused(Finding("session.not-started", "The clock hasn't been started yet.", "times"))
    if at <= session.started_at:
        raise Refused(Finding("session.no-time", "The clock was started this very moment.", "times"))
    session.stopped_at = at
    session.save(update_fields=["stopped_at"])
    trail.write(actor, "session.stopped", session, at=at, stopped_at=at, minutes=session.minutes)
    take_stock(actor, session.episode_id, at=at)
    return session
