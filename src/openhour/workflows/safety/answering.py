"""Who may answer a form: the patient through a link that works now, for that visit only, or the therapist in whose care
they are.

Shared by the verbs that write answers. A link carries no role, so nothing of the policy applies to it: what it may do
stands here. Whatever a link may not touch is refused like a form that doesn't exist.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.records.models import PatientLink, Response
from openhour.records.queries.link import works

_LINK = "link:"


def link_in_hand(actor: Actor, *, at: datetime) -> PatientLink:
    """The link behind the actor, locked so that it isn't withdrawn meanwhile. Raises NotAllowed where it doesn't work."""
    number = _link_id(actor)
    rows = PatientLink.objects.select_for_update(of=("self",), no_key=True)
    link = rows.select_related("visit__therapist", "visit__site").filter(pk=number).first() if number else None
    if link is None or not works(link, at=at):
        raise NotAllowed("link.use")
    if link.opened_at is None:
        link.opened_at = at
        link.save(update_fields=["opened_at"])
    return link


def form_to_answer(actor: Actor, response_id: UUID, *, at: datetime) -> Response:
    """The form, locked, so that two answers at once come one after the other. Raises NotAllowed."""
    link = link_in_hand(actor, at=at) if is_link(actor) else None
    rows = Response.objects.select_for_update(of=("self",), no_key=True).exclude(state="withdrawn")
    form = rows.select_related("episode__therapist", "visit", "patient").filter(pk=response_id).first()
    if form is None:
        raise NotAllowed("chart.write")
    if link is None:
        require(actor, "chart.write", form)
    elif (form.visit_id, form.patient_id) != (link.visit_id, link.patient_id):
        raise NotAllowed("link.use")
    return form


def is_link(actor: Actor) -> bool:
    """True for a patient behind a link."""
    return actor.user_id is None and actor.label.startswith(_LINK)


def _link_id(actor: Actor) -> UUID | None:
    try:
        return UUID(actor.label.removeprefix(_LINK)) if is_link(actor) else None
    except ValueError:
        return None
