"""Open a course of treatment, and say why the patient comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.booking import kinds_of_hour
from openhour.records.queries.chart import episode_row, head_of
from openhour.records.queries.patient import PatientHead, patient_to_change, therapists_for
from openhour.records.shelf import shelf
from openhour.web.chrome import render_page
from openhour.web.patients.reading import beside, read_whole, status_of, summary
from openhour.workflows.intake.change_episode import change_episode, episode_mark
from openhour.workflows.intake.open_episode import open_episode

USUAL = "psychotherapy-60"
FIELDS = ("therapist", "procedure", "indications", "reason")


@require_http_methods(["GET", "POST"])
@staff(Role.FRONT_DESK, Role.THERAPIST)
def open_(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Therapist, kind of treatment, and what the patient said."""
    asked = cast(StaffRequest, request)
    head = patient_to_change(asked.actor, patient_id, at=asked.received_at)
    if request.method == "GET":
        return _open_form(asked, head, {"therapist": "", "procedure": USUAL, "reason": "", "indications": []}, ())
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in FIELDS}
    typed["indications"] = request.POST.getlist("indications")
    try:
        open_episode(
            asked.actor,
            patient_id,
            therapist_id=read_whole(typed["therapist"]),
            procedure=typed["procedure"],
            indications=typed["indications"],
            reason=typed["reason"],
            at=asked.received_at,
        )
    except Refused as refusal:
        return _open_form(asked, head, typed, refusal.findings)
    messages.success(request, "Treatment is opened. Next: the consent, and the first visit.")
    return redirect("patient", patient_id)


def _open_form(
    request: StaffRequest, head: PatientHead, typed: Mapping[str, Any], findings: tuple[Finding, ...]
) -> HttpResponse:
    therapists = therapists_for(request.actor)
    errors = beside(findings, FIELDS)
    kinds = kinds_of_hour(on=head.today)
    context = {
        "head": head,
        "patient": head.row,
        "typed": {**typed, "therapist": typed["therapist"] or (therapists[0][0] if len(therapists) == 1 else "")},
        "errors": errors,
        "summary": summary(errors),
        "therapists": therapists,
        "kinds": [(kind.slug, kind.title) for kind in kinds],
        "indications": _indications(kinds, head),
    }
    return render_page(request, "web/patients/episode_open.html", context, status=status_of(findings))


def _indications(kinds: Any, head: PatientHead) -> list[tuple[str, str]]:
    """Those of every kind of treatment, once each: without scripts the form can't follow the kind that is chosen."""
    found: dict[str, str] = {}
    for kind in kinds:
        for one in shelf().procedure(kind.slug, on=head.today).indications:
            found.setdefault(one.slug, one.title)
    return list(found.items())


@require_http_methods(["GET", "POST"])
@staff(Role.THERAPIST)
def change(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Why the patient comes, in their own words, and the indications that it stands for."""
    asked = cast(StaffRequest, request)
    with transaction.atomic():
        row = episode_row(asked.actor, "chart.write", episode_id, at=asked.received_at, page="why")
        head = head_of(asked.actor, row, at=asked.received_at)
    stored = {"reason": row.reason, "indications": row.indications}
    typed: dict[str, Any] = stored
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        typed = {"reason": request.POST.get("reason", ""), "indications": request.POST.getlist("indications")}
        try:
            mark = request.POST.get("mark", "")
            change_episode(asked.actor, episode_id, **typed, mark=mark, at=asked.received_at)
            messages.success(request, "The change is kept.")
            return redirect(reverse("patient", args=[head.patient_id]) + f"#episode-{episode_id}")
        except Refused as refusal:
            findings = refusal.findings
    errors = beside(findings, ("reason", "indications"))
    context = {
        "head": head,
        "typed": typed,
        "errors": errors,
        "summary": summary(errors),
        "mark": episode_mark(row.reason, row.indications),
        "stands": stored if status_of(findings) == 409 else None,
        "indications": [(one.slug, one.title) for one in head.procedure.indications],
    }
    return render_page(request, "web/patients/episode_change.html", context, status=status_of(findings))
