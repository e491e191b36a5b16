"""A therapist's caseload on one page, whoever needs thought on top."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.records.queries.caseload import OLD_AFTER_DAYS, caseload_of
from openhour.web.chrome import render_page
from openhour.web.progress.words import WORDS


@require_safe
@staff(Role.THERAPIST)
def caseload(request: HttpRequest) -> HttpResponse:
    """Everybody in treatment with the reader."""
    asked = cast(StaffRequest, request)
    lines = caseload_of(asked.actor, at=asked.received_at)
    context = {
        **WORDS,
        "lines": lines,
        "thought": sum(bool(line.alerts or line.waiting) for line in lines),
        "old_after": OLD_AFTER_DAYS,
        "now": asked.received_at,
    }
    return render_page(request, "web/progress/caseload.html", context)
