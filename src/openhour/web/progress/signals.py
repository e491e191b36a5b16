"""The signals: those that need thought, those that were passed on, and what became of the others."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.records.queries.signal import signals_of
from openhour.web.chrome import render_page
from openhour.web.progress.words import WORDS

READERS = (Role.THERAPIST, Role.SUPERVISOR)


@require_safe
@staff(*READERS)
def signals(request: HttpRequest) -> HttpResponse:
    """A therapist's own; a supervisor's of those they supervise."""
    asked = cast(StaffRequest, request)
    context = {
        **WORDS,
        "lists": signals_of(asked.actor, at=asked.received_at),
        "now": asked.received_at,
        "holds_hours": asked.actor.holds(Role.THERAPIST),
        "supervises": asked.actor.holds(Role.SUPERVISOR),
    }
    return render_page(request, "web/progress/signals.html", context)
