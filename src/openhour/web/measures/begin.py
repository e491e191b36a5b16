"""Begin a form: take up one that waits, or choose another, in the room or from paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.entry import entry_page
from openhour.web.chrome import render_page
from openhour.web.measures.words import MODES
from openhour.web.patients.reading import beside, read_date, status_of, summary
from openhour.workflows.measures.begin_form import MODES as WAYS
from openhour.workflows.measures.begin_form import begin_form

FIELDS = ("instrument", "mode", "answered_on")


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.THERAPIST)
def begin(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What waits, and what else can be asked. POST begins it."""
    asked = cast(StaffRequest, request)
    if request.method != "POST":
        return _page(asked, episode_id, {"mode": "clinician"})
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        form = begin_form(
            asked.actor,
            episode_id,
            typed["instrument"][:60],
            mode=typed["mode"],
            answered_on=read_date(typed["answered_on"]),
            at=asked.received_at,
        )
    except Refused as refusal:
        return _page(asked, episode_id, typed, refusal.findings)
    return redirect("form-enter", form)


def _page(
    request: StaffRequest, episode_id: UUID, typed: Mapping[str, str], findings: tuple[Finding, ...] = ()
) -> HttpResponse:
    page = entry_page(request.actor, episode_id, at=request.received_at)
    errors = beside(findings, FIELDS)
    first = page.choices[0][0] if page.choices else ""
    context = {
        "page": page,
        "head": page.head,
        "typed": {"instrument": first, "answered_on": page.head.today.isoformat(), **typed},
        "errors": errors,
        "summary": summary(errors),
        "ways": list(WAYS.items()),
        "modes": MODES,
    }
    return render_page(request, "web/measures/begin.html", context, status=status_of(findings))
