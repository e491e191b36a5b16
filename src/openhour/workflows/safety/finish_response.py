"""Finish a form: what was answered is sent as it is, scored where that is possible.

Called by the patients' pages and by the page on which a therapist enters answers from paper. A form with open questions
may be finished: it has no score then, and says why. A short form that is positive leads on to the longer one. What the
score makes one think about is raised as a signal (`progress`). Refuses a form without any answer. Twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.sitting import facts_of
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.measures import score
from openhour.records.shelf import shelf
from openhour.workflows.progress.take_stock import take_stock
from openhour.workflows.safety.answering import form_to_answer
from openhour.workflows.safety.lead_on import lead_on
from openhour.workflows.safety.record_answer import lay_down

EMPTY = Finding("response.empty", "No question is answered yet.", "form")


@transaction.atomic
def finish_response(actor: Actor, response_id: UUID, *, at: datetime) -> UUID | None:
    """The id of the longer form that it leads to, if any. Raises NotAllowed, or Refused with place `form`."""
    form = form_to_answer(actor, response_id, at=at)
    if form.state == "complete":
        return None
    if all(value is None for value in form.answers.values()):
        raise Refused(EMPTY)
    instrument = shelf().instrument_pinned(form.instrument_key)
    result = score(instrument, form.answers, facts_of(form.patient.sex))
    lay_down(form, result)
    form.state, form.completed_at = "complete", at
    form.revision += 1
    form.save(update_fields=["total", "band", "gap", "state", "completed_at", "revision"])
    trail.write(actor, "response.finished", form, at=at, scored=result.total is not None, missing=len(result.missing))
    longer = lead_on(actor, form, instrument, result, at=at)
    take_stock(actor, form.episode_id, at=at)
    return longer.pk if longer else None
