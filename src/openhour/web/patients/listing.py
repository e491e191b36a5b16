"""The list of patients with its search. What is searched for is sent as a form: an address stands in the browser's
history and in the logs of every server on the way, where no name, number or birth date belongs. In an address only the
page is read."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import scope
from openhour.guard.roles import Role
from openhour.records.queries.patient import patients_found
from openhour.web.chrome import render_page
from openhour.web.patients.reading import read_whole

READERS = (Role.FRONT_DESK, Role.BILLER, Role.THERAPIST, Role.SUPERVISOR)


@require_http_methods(["GET", "POST"])
@staff(*READERS)
def patients(request: HttpRequest) -> HttpResponse:
    """15 to a page, by family name."""
    asked = cast(StaffRequest, request)
    sent = asked.POST if asked.method == "POST" else asked.GET
    words = asked.POST.get("q", "")
    ended = sent.get("ended") == "1"
    page = read_whole(sent.get("page", "")) or 1
    found = patients_found(asked.actor, words, page=page, ended=ended, at=asked.received_at)
    context = {
        "found": found,
        "words": words,
        "ended": ended,
        "may_register": bool(scope(asked.actor, "patient.register")),
        "sees_visits": bool(scope(asked.actor, "schedule.read")),
        "sees_consents": bool(scope(asked.actor, "consent.read")),
    }
    with timezone.override(found.zone):
        return render_page(request, "web/patients/patients.html", context)
