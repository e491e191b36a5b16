"""Keep an answer that a person must see though the patient's link no longer opens anything, and raise its alert.

Called by the door of the patients' pages for a form that was open while its link ended: the day was over, the visit was
cancelled, or a newer link was issued. The address was ours and was given to this patient, so what they marked is theirs
to say. Nothing but such an answer is kept, in the history alone, and nothing is ever shown. Refuses an address that
ended longer ago than a link ever works, and another patient's form.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.measures import flags_of
from openhour.records.models import Answer, Response
from openhour.records.queries.link import ended_link
from openhour.records.shelf import shelf
from openhour.workflows.safety.raising import raise_alerts

LATE_FOR = timedelta(days=7)
"""How long after its end an address is still listened to. [local policy] As long as a link works at most."""


@transaction.atomic
def record_late_answer(actor: Actor, response_id: UUID, item: str, value: int, *, at: datetime) -> bool:
    """True where the answer raises an alert and was kept; every other answer is not kept. Raises NotAllowed."""
    link = ended_link(actor, at=at - LATE_FOR)
    if link is None:
        raise NotAllowed("link.use")
    rows = Response.objects.select_for_update(of=("self",), no_key=True).select_related("episode__therapist", "visit")
    form = rows.filter(pk=response_id, visit_id=link.visit_id, patient_id=link.patient_id).first()
    if form is None:
        raise NotAllowed("link.use")
    instrument = shelf().instrument_pinned(form.instrument_key)
    known = any(one.id == item and any(choice.score == value for choice in one.choices) for one in instrument.items)
    if not known or not flags_of(instrument, item, value):
        return False
    last = Answer.objects.filter(response=form, item=item).order_by("-made_at", "-id").first()
    Answer.objects.create(response=form, item=item, value=value, by=actor.label, made_at=at)
    news = last is None or last.value != value
    raised = raise_alerts(actor, form, instrument, item, value, news=news, at=at)
    trail.write(actor, "answer.recorded", form, at=at, item=item, late=True)
    return bool(raised)
