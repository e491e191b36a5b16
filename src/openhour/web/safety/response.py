"""One form, question by question, with its score; the therapist enters what is missing, in the room or from paper."""

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
from openhour.records.queries.response import ResponseDetail, response_of
from openhour.web.chrome import render_page
from openhour.web.hour.measures_shown import parts_in_words
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.record_answer import record_answer

MODES = {"clinician": "entered in the room", "paper": "typed from paper", "import": "imported"}
READERS = (Role.THERAPIST, Role.SUPERVISOR)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def response(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """GET shows the answers. POST keeps what was changed on the page; with `go=finish` it closes the form."""
    asked = cast(StaffRequest, request)
    detail = response_of(asked.actor, response_id, at=asked.received_at)
    if request.method != "POST":
        return _page(asked, detail, detail.answers)
    if not detail.may_write:
        raise NotAllowed("chart.write")
    typed = _typed(detail, request.POST)
    needs_help, findings = _keep(asked, detail, typed)
    if request.POST.get("go") == "finish" and not findings:
        findings = _finish(asked, detail)
    if findings:
        fresh = response_of(asked.actor, response_id, at=asked.received_at)
        return _page(asked, fresh, {**fresh.answers, **typed}, findings)
    if needs_help:
        messages.error(request, "This answer raised an alert: speak about it before the hour ends.")
    else:
        messages.success(request, "The answers are kept.")
    return redirect("response", response_id)


def _keep(
    request: StaffRequest, detail: ResponseDetail, typed: Mapping[str, int | None]
) -> tuple[bool, tuple[Finding, ...]]:
    """Each answer by itself, so that one bad value costs no other."""
    needs_help = False
    findings: list[Finding] = []
    for item, value in typed.items():
        try:
            needs_help |= record_answer(request.actor, detail.id, item, value, at=request.received_at).needs_help
        except Refused as refusal:
            findings += refusal.findings
    return needs_help, tuple(findings)


def _finish(request: StaffRequest, detail: ResponseDetail) -> tuple[Finding, ...]:
    try:
        finish_response(request.actor, detail.id, at=request.received_at)
    except Refused as refusal:
        return refusal.findings
    return ()


def _typed(detail: ResponseDetail, sent: Mapping[str, str]) -> dict[str, int | None]:
    """What differs from what the page showed (`w<item>`); an empty choice takes an answer back."""
    fields = {item.id: f"q{item.id}" for item in detail.instrument.items}
    return {
        item: _number(sent[field])
        for item, field in fields.items()
        if field in sent and sent[field].strip() != sent.get(f"w{item}", "").strip()
    }


def _number(text: str) -> int | None:
    word = text.strip()
    if not word:
        return None
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else -1


def change_in_words(detail: ResponseDetail) -> str:
    """`−9 points`, since the form before; empty without two scores."""
    if detail.total is None or detail.previous_total is None:
        return ""
    points = detail.total - detail.previous_total
    sign = "+" if points > 0 else "−" if points < 0 else "±"
    return f"{sign}{abs(points)} {'point' if abs(points) == 1 else 'points'}"


def _page(
    request: StaffRequest,
    detail: ResponseDetail,
    chosen: Mapping[str, int | None],
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    context = {
        "form": detail,
        "instrument": detail.instrument,
        "zone": detail.zone,
        "chosen": chosen,
        "change": change_in_words(detail),
        "flagged": {flag.item for flag in detail.result.flags},
        "pairs": {
            item.id: [*((c.score, f"{c.text} ({c.score})") for c in item.choices), ("", "No answer")]
            for item in detail.instrument.items
        },
        "words": {item.id: {c.score: c.text for c in item.choices} for item in detail.instrument.items},
        "modes": MODES,
        "part_lines": parts_in_words(detail.result),
        "errors": {one.place: [one.sentence] for one in findings},
        "findings": findings,
        "open_to_write": detail.may_write and detail.state == "open",
    }
    return render_page(request, "web/safety/response.html", context, status=422 if findings else 200)
