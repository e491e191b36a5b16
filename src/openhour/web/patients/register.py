"""Register a patient, and change who a patient is: one form."""

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
from openhour.records.queries.patient import patient_to_change
from openhour.web.chrome import render_page
from openhour.web.patients.reading import beside, differing, read_date, read_whole, status_of, summary
from openhour.workflows.intake.change_patient import change_patient
from openhour.workflows.intake.demographics import SEXES, Demographics
from openhour.workflows.intake.register_patient import register_patient

LABELS = {
    "first_name": "First name",
    "last_name": "Family name",
    "called": "Called",
    "birth_date": "Birth date",
    "sex": "Sex as a claim knows it",
    "pronouns": "Pronouns",
    "phone": "Phone",
    "email": "E-mail",
    "address": "Street",
    "city": "City",
    "state": "State",
    "zip_code": "ZIP code",
    "emergency_contact": "Emergency contact",
}


@require_http_methods(["GET", "POST"])
@staff(Role.FRONT_DESK)
def register(request: HttpRequest) -> HttpResponse:
    """A new chart; somebody of the same name and birth date is asked about first."""
    asked = cast(StaffRequest, request)
    typed = _typed(request.POST)
    if request.method == "GET":
        return _form(asked, "register", typed | {"sex": ""}, ())
    try:
        known = bool(request.POST.get("although_known"))
        patient = register_patient(asked.actor, _demographics(typed), although_known=known, at=asked.received_at)
    except Refused as refusal:
        return _form(asked, "register", typed, refusal.findings)
    messages.success(request, "The patient is registered.")
    return redirect("patient", patient)


@require_http_methods(["GET", "POST"])
@staff(Role.FRONT_DESK, Role.THERAPIST)
def change(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The same form, filled in."""
    asked = cast(StaffRequest, request)
    head = patient_to_change(asked.actor, patient_id, at=asked.received_at)
    stored = {name: str(getattr(head.row, name)) for name in LABELS}
    more: dict[str, Any] = {"patient": head.row, "revision": head.row.revision, "stands": []}
    if request.method == "GET":
        return _form(asked, "change", stored, (), more)
    typed = _typed(request.POST)
    try:
        revision = read_whole(request.POST.get("revision", "")) or 0
        change_patient(asked.actor, patient_id, _demographics(typed), revision=revision, at=asked.received_at)
    except Refused as refusal:
        if status_of(refusal.findings) == 409:
            more["stands"] = differing(typed, stored, LABELS)
        return _form(asked, "change", typed, refusal.findings, more)
    messages.success(request, "The change is kept.")
    return redirect("patient", patient_id)


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "") for name in LABELS}


def _demographics(typed: Mapping[str, str]) -> Demographics:
    return Demographics(**{**typed, "birth_date": read_date(typed["birth_date"])})  # type: ignore[arg-type]


def _form(
    request: StaffRequest,
    name: str,
    typed: Mapping[str, str],
    findings: tuple[Finding, ...],
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    errors = beside(findings, (*LABELS, "although_known"))
    context = {
        "typed": typed,
        "errors": errors,
        "summary": summary(errors),
        "sexes": SEXES,
        "known": any(finding.code == "patient.known" for finding in findings),
        **(more or {}),
    }
    return render_page(request, f"web/patients/{name}.html", context, status=status_of(findings))
