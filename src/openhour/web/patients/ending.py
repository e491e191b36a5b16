"""End a course of treatment: first what is still open, each with where it is done; then the day, why and how it came out.
Where it has ended, the same address says how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from openhour.care.endings import OUTCOMES, REASONS, WORDS_AT_MOST, Ending, open_gaps
from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.ending import EndingPage, ending_of
from openhour.web.chrome import render_page
from openhour.web.patients.reading import beside, link_to, read_date, status_of, summary
from openhour.workflows.ending.close_episode import close_episode

FIELDS = ("reason", "outcome", "closed_on", "words")


@require_http_methods(["GET", "POST"])
@staff(Role.THERAPIST, Role.SUPERVISOR)
def close(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """GET shows what is left, or how it ended. POST, by who treats, ends it."""
    asked = cast(StaffRequest, request)
    page = ending_of(asked.actor, episode_id, at=asked.received_at)
    if request.method == "GET":
        usual = {"reason": "", "outcome": "", "closed_on": page.head.today.isoformat(), "words": ""}
        return _page(asked, page, usual, ())
    if not page.head.may_write:
        raise NotAllowed("chart.write")
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    ending = Ending(typed["reason"], typed["outcome"], read_date(typed["closed_on"]), typed["words"])
    try:
        patient = close_episode(asked.actor, episode_id, ending, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, page, typed, refusal.findings)
    messages.success(request, "Treatment has ended. The chart stays to be read.")
    return redirect("patient", patient)


def _page(
    request: StaffRequest, page: EndingPage, typed: Mapping[str, str], findings: tuple[Finding, ...]
) -> HttpResponse:
    errors = beside([one for one in findings if one.place in FIELDS or not one.place], FIELDS)
    left = tuple(open_gaps(page.left)) if page.head.is_open else ()
    context = {
        "head": page.head,
        "row": page.row,
        "typed": typed,
        "errors": errors,
        "summary": summary(errors),
        "left": [(finding.sentence, _where(finding.place, page)) for finding in left],
        "reasons": list(REASONS.items()),
        "outcomes": list(OUTCOMES.items()),
        "reason_words": REASONS.get(page.row.closing_reason, page.row.closing_reason),
        "outcome_words": OUTCOMES.get(page.row.outcome, page.row.outcome),
        "words_at_most": WORDS_AT_MOST,
    }
    return render_page(request, "web/patients/episode_close.html", context, status=status_of(findings))


def _where(place: str, page: EndingPage) -> str:
    """Where it is done."""
    if place == "alerts":
        return link_to("alerts")
    if place == "plan":
        return link_to("plan", page.head.id)
    return link_to("today") if place == "notes" else link_to("patient", page.head.patient_id) + "#visits"
