"""One hour as money, and pricing it anew. No word of its note is here."""

from __future__ import annotations

from functools import partial
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.charge_detail import charge_of
from openhour.web.chrome import render_page
from openhour.web.money.mending import mend_of
from openhour.web.money.reading import status_of
from openhour.workflows.money.charge_again import charge_again


@require_safe
@staff(Role.BILLER)
def charge(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """Minutes, code and why, fee and where it stands, diagnoses, edits."""
    return _page(cast(StaffRequest, request), charge_id)


@require_POST
@staff(Role.BILLER)
def again(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """Ask anew who pays on that day, and what it costs."""
    asked = cast(StaffRequest, request)
    try:
        charge_again(asked.actor, charge_id, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, charge_id, refusal.findings)
    messages.success(request, "This hour is priced by the coverage of its day.")
    return HttpResponseRedirect(reverse("charge", args=[charge_id]), status=303)


def _page(request: StaffRequest, charge_id: UUID, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    detail = charge_of(request.actor, charge_id, at=request.received_at)
    context = {
        "detail": detail,
        "line": detail.line,
        "mend": partial(mend_of, request.actor, on_its_page=True),
        "summary": [("", finding.sentence) for finding in findings],
    }
    return render_page(request, "web/money/charge.html", context, status=status_of(findings) if findings else 200)
