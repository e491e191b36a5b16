"""Batches that were written: the list, one with its claims, and the file for the clearinghouse."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries import claim
from openhour.web.chrome import render_page
from openhour.web.money.reading import read_page


@require_safe
@staff(Role.BILLER)
def batches(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    asked = cast(StaffRequest, request)
    found = claim.batches(asked.actor, read_page(request.GET.get("page", "")))
    here = reverse("batches")
    context = {
        "found": found,
        "previous": f"{here}?page={found.page - 1}" if found.page > 1 else "",
        "next": f"{here}?page={found.page + 1}" if found.page < found.pages else "",
    }
    return render_page(request, "web/money/batches.html", context)


@require_safe
@staff(Role.BILLER)
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One file with its claims."""
    return _page(cast(StaffRequest, request), batch_id)


@require_safe
@staff(Role.BILLER)
def file(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The 837P file as it was written; its name tells a number and nothing else."""
    asked = cast(StaffRequest, request)
    try:
        row = claim.batch_file(asked.actor, batch_id, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, batch_id, refusal.findings)
    answer = HttpResponse(row.content, content_type="text/plain; charset=us-ascii")
    answer["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    return answer


def _page(request: StaffRequest, batch_id: UUID, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    detail = claim.batch_of(request.actor, batch_id, at=request.received_at)
    context = {"detail": detail, "findings": findings}
    return render_page(request, "web/money/batch.html", context, status=409 if findings else 200)
