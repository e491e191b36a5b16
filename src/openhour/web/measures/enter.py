"""Enter answers on one screen: by keys as the patient says them, or afterwards from paper. Help comes first.

Works as a plain form. The page's own script takes digits, sends each answer by itself and asks for JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.link import crisis_words
from openhour.records.queries.response import ResponseDetail, response_of
from openhour.web.chrome import render_page
from openhour.web.measures.reading import changed, help_attrs, pairs
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.record_answer import record_answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.THERAPIST)
def enter(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """All questions on one screen. POST keeps what was changed; with `go=finish` it closes the form."""
    asked = cast(StaffRequest, request)
    form = response_of(asked.actor, response_id, at=asked.received_at)
    if not form.may_write:
        raise NotAllowed("chart.write")
    if form.state != "open":
        return redirect("response", response_id)
    if request.method != "POST":
        return _page(asked, form, form.answers)
    return _kept(asked, form)


def _kept(request: StaffRequest, form: ResponseDetail) -> HttpResponse:
    """Each answer by itself, so that one bad value costs no other; what a person must see is kept first."""
    typed = changed(form.instrument, request.POST)
    watched = help_attrs(form.instrument)
    needs_help, findings = False, list[Finding]()
    for item, value in sorted(typed.items(), key=lambda pair: pair[0] not in watched):
        try:
            needs_help |= record_answer(request.actor, form.id, item, value, at=request.received_at).needs_help
        except Refused as refusal:
            findings += refusal.findings
    if request.headers.get("Accept", "").startswith("application/json"):
        return _told(needs_help, findings)
    if needs_help:
        return redirect(f"{reverse('form-enter', args=[form.id])}#steps")
    longer = None
    if request.POST.get("go") == "finish" and not findings:
        try:
            longer = finish_response(request.actor, form.id, at=request.received_at)
        except Refused as refusal:
            findings += refusal.findings
    if findings:
        fresh = response_of(request.actor, form.id, at=request.received_at)
        return _page(request, fresh, {**fresh.answers, **typed}, tuple(findings))
    return _onward(request, form, longer)


def _told(needs_help: bool, findings: list[Finding]) -> HttpResponse:
    if findings and not needs_help:
        errors = {finding.place: [finding.sentence] for finding in findings}
        return JsonResponse({"saved": False, "errors": errors}, status=422)
    return JsonResponse({"saved": True, "help": needs_help})


def _onward(request: StaffRequest, form: ResponseDetail, longer: UUID | None) -> HttpResponse:
    if request.POST.get("go") != "finish":
        messages.success(request, "The answers are kept.")
        return redirect("form-enter", form.id)
    if longer is not None:
        messages.info(request, f"The {form.instrument.short} is positive: here is the longer form.")
        return redirect("form-enter", longer)
    messages.success(request, "The form is closed.")
    return redirect("response", form.id)


def _page(
    request: StaffRequest,
    form: ResponseDetail,
    chosen: Mapping[str, int | None],
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    instrument = form.instrument
    context = {
        "form": form,
        "instrument": instrument,
        "items": [item for item in instrument.items if item.id not in form.carried],
        "gates": {item.id: " ".join(item.asked_if.any_of) for item in instrument.items if item.asked_if},
        "gate_from": {item.id: item.asked_if.at_least for item in instrument.items if item.asked_if},
        "chosen": chosen,
        "pairs": pairs(instrument),
        "help_attrs": help_attrs(instrument),
        "crisis_text": crisis_words(),
        "errors": {one.place: [one.sentence] for one in findings},
        "findings": findings,
    }
    return render_page(request, "web/measures/enter.html", context, status=422 if findings else 200)
