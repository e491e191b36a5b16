"""Take back homework that was given by mistake, as long as the note of its hour isn't signed.

Withdrawn, not deleted; a second press changes nothing. Refuses homework that the patient has begun or sent: their words
stay where both can read them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.records.models import Assignment
from openhour.workflows.hour.opening import open_hour


@transaction.atomic
def withdraw_homework(actor: Actor, visit_id: UUID, assignment_id: UUID, *, at: datetime) -> Assignment:
    """The assignment, withdrawn. Raises Refused, NotAllowed for what wasn't given in this hour."""
    hour = open_hour(actor, visit_id, at=at)
    rows = Assignment.objects.select_for_update(of=("self",), no_key=True)  # the patient may be writing right now
    given = rows.filter(pk=assignment_id, session=hour.session).first()
    if given is None:
        raise NotAllowed("session.run")
    if given.state == "withdrawn":
        return given
    if given.state != "given":
        raise Refused(Finding("homework.returned", "The patient has already filled this in; it stays.", "homework"))
    if any(given.answers):
        raise Refused(Finding("homework.begun", "The patient has begun to write here; it stays.", "homework"))
    given.state = "withdrawn"
    given.save(update_fields=["state"])
    trail.write(actor, "homework.withdrawn", hour.session, at=at, assignment=given.pk)
    return given
