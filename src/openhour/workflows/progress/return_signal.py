"""Give a signal back to its therapist, with a comment, and with time to answer it.

The supervisor's, where nobody answered in time and the answer should still be the therapist's own. Refuses without a
comment, one that wasn't passed to them, and the therapist themselves.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.records.models import SignalAnswer
from openhour.workflows.progress.signals import signal_to_answer
from openhour.workflows.progress.words import ANSWER_WITHIN, WORDS_AT_MOST


@transaction.atomic
def return_signal(actor: Actor, signal_id: UUID, *, words: str, at: datetime) -> None:
    """Open again, due after `ANSWER_WITHIN`. Raises NotAllowed, or Refused with place `comment`."""
    signal = signal_to_answer(actor, signal_id)
    comment = tidied(words)
    gaps = list(writable_gaps(comment, "comment", WORDS_AT_MOST, asked="Say what they should think about."))
    if actor.user_id == signal.owner.user_id:
        gaps.append(Finding("signal.own", "This is yours to answer; only a supervisor gives it back."))
    elif signal.state == "open":
        gaps.append(Finding("signal.not-passed", "This waits for the therapist already."))
    if gaps:
        raise Refused(gaps)
    SignalAnswer.objects.create(
        signal=signal, kind="return", by_id=actor.staff_id, as_supervisor=True, words=comment, made_at=at
    )
    signal.state, signal.due_at, signal.passed_at = "open", at + ANSWER_WITHIN, None
    signal.save(update_fields=["state", "due_at", "passed_at"])
    trail.write(actor, "signal.returned", signal, at=at, due_at=signal.due_at)
