"""What was marked on a form whose link ended while it was open: an answer that a person must see is still passed on.

Called by the door, before it shows the page of a link that doesn't work. Everything else is as if nothing was sent.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from openhour.guard.actor import link_actor
from openhour.guard.policy import NotAllowed
from openhour.portal.reading import given
from openhour.records.queries.link import instrument_asked, read_token
from openhour.workflows.safety.record_late_answer import record_late_answer


def passed_on(request: HttpRequest, token: str, response_id: UUID | None) -> bool:
    """True where an alert was raised by what was sent."""
    read = read_token(token)
    if request.method != "POST" or response_id is None or read is None:
        return False
    instrument = instrument_asked(read[0], response_id)
    if instrument is None:
        return False
    actor, at = link_actor(str(read[0])), request.received_at  # type: ignore[attr-defined]
    raised = False
    for item, value in given(instrument, request.POST).items():
        if request.POST.get(f"w{item}", "").strip() == str(value):
            continue  # it stood on the page already, so it was kept before
        try:
            raised |= record_late_answer(actor, response_id, item, value, at=at)
        except NotAllowed:
            return raised
    return raised
