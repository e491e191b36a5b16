"""Superbills: choose a patient's hours, say what was paid, print; and those that were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries import superbill as queries
from openhour.ui.documents import render_pdf
from openhour.web.chrome import render_page
from openhour.web.money.reading import query_of_bills, read_id, read_ids, read_page, status_of, summary
from openhour.workflows.money.make_superbill import Typesetter, make_superbill


@require_safe
@staff(Role.BILLER)
def superbills(request: HttpRequest) -> HttpResponse:
    """Hours that wait for a superbill; with `show=made` those that have one."""
    asked = cast(StaffRequest, request)
    if request.GET.get("show") == "made":
        return _made(asked)
    return _waiting(asked, request.GET)


@require_POST
@staff(Role.BILLER)
def make(request: HttpRequest) -> HttpResponse:
    """Make one of the hours chosen."""
    asked = cast(StaffRequest, request)
    chosen, paid = read_ids(request.POST.getlist("charge")), request.POST.get("paid", "")[:40]
    try:
        made = make_superbill(
            asked.actor, chosen, paid=paid, typeset=typesetter(asked.received_at), at=asked.received_at
        )
    except Refused as refusal:
        typed = {"group": request.POST.get("group", "")[:80], "paid": paid.replace("\x00", "\ufffd")}
        look = QueryDict(request.POST.get("look", "")[:300])
        return _waiting(asked, look, refused=refusal.findings, typed=typed, chosen=chosen)
    messages.success(request, f"Superbill {made.number} is made.")
    return HttpResponseRedirect(reverse("superbill", args=[made.pk]), status=303)


def typesetter(at: datetime) -> Typesetter:
    """Sets a superbill as a tagged PDF that says when it was made."""
    return lambda words: render_pdf("superbill", words, dated=at)


@require_safe
@staff(Role.BILLER)
def superbill(request: HttpRequest, superbill_id: UUID) -> HttpResponse:
    """One that was made, with its hours."""
    return _one(cast(StaffRequest, request), superbill_id)


@require_safe
@staff(Role.BILLER)
def file(request: HttpRequest, superbill_id: UUID) -> HttpResponse:
    """The PDF as it was handed out; its name tells a number and nothing else."""
    asked = cast(StaffRequest, request)
    try:
        number, made = queries.superbill_file(asked.actor, superbill_id, at=asked.received_at)
    except Refused as refusal:
        return _one(asked, superbill_id, refusal.findings)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="superbill-{number}.pdf"'
    return answer


def _one(request: StaffRequest, superbill_id: UUID, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    detail = queries.superbill_of(request.actor, superbill_id, at=request.received_at)
    context = {"detail": detail, "findings": findings}
    return render_page(request, "web/money/superbill.html", context, status=409 if findings else 200)


def _made(request: StaffRequest) -> HttpResponse:
    found = queries.made(request.actor, page=read_page(request.GET.get("page", "")), at=request.received_at)
    context = {"found": found, **_pager(found.page, found.pages, "show=made")}
    return render_page(request, "web/money/superbills_made.html", context)


def _waiting(
    request: StaffRequest,
    query: QueryDict,
    *,
    refused: tuple[Finding, ...] = (),
    typed: Mapping[str, str] | None = None,
    chosen: Iterable[UUID] = (),
) -> HttpResponse:
    everybody, patient = query.get("show") == "everybody", read_id(query.get("patient", ""))
    found = queries.waiting(
        request.actor,
        everybody=everybody,
        patient_id=patient,
        page=read_page(query.get("page", "")),
        at=request.received_at,
    )
    rows = {str(hour.id) for group in found.groups for hour in group.hours}
    look = query_of_bills(everybody=everybody, patient=patient)
    context: dict[str, Any] = {
        "found": found,
        "everybody": everybody or patient is not None,
        "typed": typed or {"group": "", "paid": ""},
        "chosen": frozenset(chosen),
        "summary": summary(refused, rows),
        "paid_errors": [finding.sentence for finding in refused if finding.place == "paid"],
        "look": look,
        **_pager(found.page, found.pages, look),
    }
    return render_page(request, "web/money/superbills.html", context, status=status_of(refused) if refused else 200)


def _pager(page: int, pages: int, look: str) -> dict[str, str]:
    def link(number: int) -> str:
        return f"{reverse('superbills')}?{look + '&' if look else ''}page={number}"

    return {"previous": link(page - 1) if page > 1 else "", "next": link(page + 1) if page < pages else ""}
