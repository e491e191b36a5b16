"""The diagnoses of a course of treatment: search, add, put in order, end.

What is searched for is sent as a form, because a suspicion doesn't belong in an address; words in one are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from openhour.catalog.icd10 import RELEASE, search_diagnoses
from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.diagnosis import diagnoses_of, episode_of
from openhour.web.chrome import render_page
from openhour.web.patients.reading import beside, read_date, status_of, summary
from openhour.workflows.plan.add_diagnosis import add_diagnosis
from openhour.workflows.plan.end_diagnosis import end_diagnosis
from openhour.workflows.plan.rank_diagnosis import rank_diagnosis

READERS = (Role.THERAPIST, Role.SUPERVISOR)
FIELDS = ("code", "since", "until")
SHOWN = 12


@require_http_methods(["GET", "POST"])
@staff(*READERS)
def diagnoses(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What stands, what has ended, and the search."""
    asked = cast(StaffRequest, request)
    return _page(asked, episode_id, {"q": request.POST.get("q", "")}, ())


@require_POST
@staff(Role.THERAPIST)
def add(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """It comes last in the order."""
    asked = cast(StaffRequest, request)
    typed = {name: request.POST.get(name, "") for name in ("q", "code", "since")}
    try:
        since = read_date(typed["since"])
        add_diagnosis(asked.actor, episode_id, code=typed["code"], since=since, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, episode_id, typed, refusal.findings)
    messages.success(request, "The diagnosis is added.")
    return redirect("diagnoses", episode_id)


@require_POST
@staff(Role.THERAPIST)
def end(request: HttpRequest, diagnosis_id: UUID) -> HttpResponse:
    """It no longer holds, from a day on."""
    asked = cast(StaffRequest, request)
    typed = {"until": request.POST.get("until", ""), "ending": str(diagnosis_id)}
    try:
        until = read_date(typed["until"])
        episode = end_diagnosis(asked.actor, diagnosis_id, until=until, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, episode_of(diagnosis_id), typed, refusal.findings)
    messages.success(request, "The diagnosis has ended; it stays in the chart.")
    return redirect("diagnoses", episode)


@require_POST
@staff(Role.THERAPIST)
def rank(request: HttpRequest, diagnosis_id: UUID) -> HttpResponse:
    """One up or one down."""
    asked = cast(StaffRequest, request)
    try:
        episode = rank_diagnosis(asked.actor, diagnosis_id, step=request.POST.get("step", ""), at=asked.received_at)
    except Refused as refusal:
        return _page(asked, episode_of(diagnosis_id), {}, refusal.findings)
    return redirect("diagnoses", episode)


def _page(
    request: StaffRequest, episode_id: UUID, typed: Mapping[str, str], findings: tuple[Finding, ...]
) -> HttpResponse:
    page = diagnoses_of(request.actor, episode_id, at=request.received_at)
    words = typed.get("q", "")
    errors = beside(findings, FIELDS)
    today = page.head.today.isoformat()
    context = {
        "page": page,
        "head": page.head,
        "found": [(one.value, f"{one.value} {one.title}") for one in search_diagnoses(words, SHOWN)],
        "typed": {"q": words, "code": "", "since": today, "until": today, "ending": "", **typed},
        "errors": errors,
        "summary": summary(errors),
        "release": RELEASE,
    }
    return render_page(request, "web/plan/diagnoses.html", context, status=status_of(findings))
