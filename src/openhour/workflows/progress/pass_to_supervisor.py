"""Pass a signal to the supervisor of its therapist.

Called by the daily look for those that nobody answered in time, and by the therapist who wants it now. Refuses where
the therapist has no supervisor: then it stays with them, overdue. Twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.workflows.progress.signals import signal_to_answer


@transaction.atomic
def pass_to_supervisor(actor: Actor, signal_id: UUID, *, at: datetime) -> None:
    """Raises NotAllowed, or Refused with `signal.no-supervisor` or where it waits for nobody any more."""
    signal = signal_to_answer(actor, signal_id, "signal.pass")
    if signal.state == "passed-to-supervisor":
        return
    if signal.owner.supervisor_id is None:
        raise Refused(Finding("signal.no-supervisor", "No supervisor is recorded for this therapist."))
    signal.state, signal.passed_at = "passed-to-supervisor", at
    signal.save(update_fields=["state", "passed_at"])
    trail.write(actor, "signal.passed", signal, at=at, overdue=signal.due_at <= at)
