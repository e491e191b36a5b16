"""A paper a second time: typed without a look at the first, then the differences side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.link import crisis_words
from openhour.records.queries.response import ResponseDetail, response_of
from openhour.web.chrome import render_page
from openhour.web.measures.reading import given, help_attrs, pairs
from openhour.workflows.measures.settle_differences import REASON_AT_MOST, settle_differences
from openhour.workflows.measures.type_again import type_again

CHECKERS = (Role.THERAPIST, Role.SUPERVISOR)
_ALERTED = "An answer of this pass raised an alert: look at it now."


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*CHECKERS)
def second(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """The empty form; POST keeps the second pass as a whole."""
    asked = cast(StaffRequest, request)
    form = _to_check(asked, response_id)
    if form.second is not None or form.mode != "paper" or form.state != "complete":
        return redirect("form-differences" if form.second else "response", response_id)
    if request.method != "POST":
        return _page(asked, form, {})
    typed = given(form.instrument, request.POST)
    try:
        made, alerted = type_again(asked.actor, response_id, typed, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, form, typed, refusal.findings)
    if alerted:
        messages.error(request, _ALERTED)
    if made.state == "same":
        messages.success(request, "Both passes are the same.")
        return redirect("response", response_id)
    return redirect("form-differences", response_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*CHECKERS)
def differences(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """Both passes side by side; POST settles them."""
    asked = cast(StaffRequest, request)
    form = _to_check(asked, response_id)
    if form.second is None:
        return redirect("response", response_id)
    if request.method != "POST":
        return _side_by_side(asked, form, {}, "")
    kept = {item.id: request.POST.get(f"k{item.id}", "") for item in form.differing}
    reason = request.POST.get("reason", "")
    try:
        settle_differences(asked.actor, response_id, kept, reason=reason, at=asked.received_at)
    except Refused as refusal:
        return _side_by_side(asked, form, kept, reason, refusal.findings)
    messages.success(request, "The differences are settled.")
    return redirect("response", response_id)


def _to_check(request: StaffRequest, response_id: UUID) -> ResponseDetail:
    form = response_of(request.actor, response_id, at=request.received_at)
    if not form.may_check:
        raise NotAllowed("paper.check")
    return form


def _page(
    request: StaffRequest,
    form: ResponseDetail,
    chosen: Mapping[str, int | None],
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    context = {
        "form": form,
        "instrument": form.instrument,
        "items": form.instrument.items,
        "chosen": chosen,
        "pairs": pairs(form.instrument),
        "help_attrs": help_attrs(form.instrument),
        "crisis_text": crisis_words(),
        "errors": {one.place: [one.sentence] for one in findings},
        "findings": findings,
    }
    return render_page(request, "web/measures/second.html", context, status=422 if findings else 200)


def _side_by_side(
    request: StaffRequest,
    form: ResponseDetail,
    kept: Mapping[str, str],
    reason: str,
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    words = {item.id: {choice.score: choice.text for choice in item.choices} for item in form.instrument.items}
    errors: dict[str, list[str]] = {}
    for one in findings:
        errors.setdefault(one.place, []).append(one.sentence)
    context = {
        "form": form,
        "second": form.second,
        "instrument": form.instrument,
        "words": words,
        "kept": kept,
        "reason": reason,
        "reason_at_most": REASON_AT_MOST,
        "errors": errors,
        "summary": [(one.place, one.sentence) for one in findings],
    }
    return render_page(request, "web/measures/differences.html", context, status=422 if findings else 200)
