"""Load a signal that somebody is about to deal with.

Shared by `answer_signal`, `return_signal` and `pass_to_supervisor`. Refuses whoever may not answer it as if it weren't
there, and one that waits for nobody any more.
"""

from __future__ import annotations

from uuid import UUID

from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Refused
from openhour.records.models import Signal

WAITING = ("open", "passed-to-supervisor")
"""States in which somebody has to answer."""

_OVER = {
    "answered": "This was answered meanwhile. Look at what stands there now.",
    "looked-again": "This was answered, and has been looked at again since.",
    "cleared": "This has cleared by itself: two scores in a row were on track again.",
}


def signal_to_answer(actor: Actor, signal_id: UUID, action: str = "signal.answer") -> Signal:
    """The signal, locked. Raises NotAllowed, or Refused with `signal.answered`, `.looked-again`, `.cleared`."""
    rows = Signal.objects.select_for_update(of=("self",), no_key=True)
    signal = rows.select_related("owner", "episode").filter(pk=signal_id).first()
    if signal is None:
        raise NotAllowed(action)
    require(actor, action, signal)
    if signal.state in _OVER:
        raise Refused(Finding(f"signal.{signal.state}", _OVER[signal.state]))
    return signal
