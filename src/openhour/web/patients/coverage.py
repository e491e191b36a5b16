"""Record and change what pays for a patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.coverage import Payable, coverage_to_change, patient_to_cover, payers_on
from openhour.web.chrome import render_page
from openhour.web.patients.reading import beside, differing, read_date, status_of, summary
from openhour.workflows.intake.change_coverage import change_coverage
from openhour.workflows.intake.coverages import COLUMNS, CoverageTyped, coverage_mark
from openhour.workflows.intake.demographics import SEXES
from openhour.workflows.intake.record_coverage import record_coverage

WRITERS = (Role.FRONT_DESK, Role.BILLER)
WHOSE = (
    ("self", "The patient’s own"),
    ("spouse", "The spouse’s"),
    ("child", "A parent’s"),
    ("other", "Somebody else’s"),
)
LABELS = {
    "payer": "Who pays",
    "member_id": "Member number",
    "group_number": "Group number",
    "authorization": "Authorization",
    "relation": "Whose insurance",
    "subscriber_first_name": "First name",
    "subscriber_last_name": "Family name",
    "subscriber_birth_date": "Birth date",
    "subscriber_sex": "Sex",
    "valid_from": "From",
    "valid_to": "To",
}
_DATES = ("valid_from", "valid_to", "subscriber_birth_date")


@require_http_methods(["GET", "POST"])
@staff(*WRITERS)
def record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A new one."""
    asked = cast(StaffRequest, request)
    whose = patient_to_cover(asked.actor, patient_id, at=asked.received_at)
    if request.method == "GET":
        return _form(asked, whose, dict.fromkeys(LABELS, "") | {"relation": "self"}, ())
    typed = {name: request.POST.get(name, "") for name in LABELS}
    try:
        record_coverage(asked.actor, patient_id, _coverage(typed), at=asked.received_at)
    except Refused as refusal:
        return _form(asked, whose, typed, refusal.findings)
    messages.success(request, "The coverage is recorded.")
    return redirect("patient", patient_id)


@require_http_methods(["GET", "POST"])
@staff(*WRITERS)
def change(request: HttpRequest, coverage_id: UUID) -> HttpResponse:
    """Put a number right, or set the last day."""
    asked = cast(StaffRequest, request)
    whose = coverage_to_change(asked.actor, coverage_id, at=asked.received_at)
    stored = {name: "" if (held := getattr(whose.row, name)) is None else str(held) for name in COLUMNS}
    if request.method == "GET":
        return _form(asked, whose, stored, ())
    typed = {name: request.POST.get(name, "") for name in LABELS}
    try:
        mark = request.POST.get("mark", "")
        patient = change_coverage(asked.actor, coverage_id, _coverage(typed), mark=mark, at=asked.received_at)
    except Refused as refusal:
        stands = differing(typed, stored, LABELS) if status_of(refusal.findings) == 409 else []
        return _form(asked, whose, typed, refusal.findings, stands)
    messages.success(request, "The change is kept.")
    return redirect("patient", patient)


def _coverage(typed: Mapping[str, str]) -> CoverageTyped:
    dates = {name: read_date(typed[name]) for name in _DATES}
    misread = tuple(name for name in _DATES if typed[name].strip() and dates[name] is None)
    return CoverageTyped(**{**typed, **dates}, misread=misread)  # type: ignore[arg-type]


def _form(
    request: StaffRequest,
    whose: Payable,
    typed: Mapping[str, Any],
    findings: tuple[Finding, ...],
    stands: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    errors = beside(findings, LABELS)
    context = {
        "whose": whose,
        "typed": typed,
        "errors": errors,
        "summary": summary(errors),
        "stands": stands or [],
        "mark": coverage_mark(whose.row) if whose.row else "",
        "payers": payers_on(request.received_at.date()),
        "relations": WHOSE,
        "sexes": SEXES,
    }
    return render_page(request, "web/patients/coverage.html", context, status=status_of(findings))
