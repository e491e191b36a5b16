"""The practice's report and a therapist's own: as a page, as CSV and as PDF. What counts them is loaded when first asked.

The filters stand in the address and name no patient. A file that is asked for with a filter that can't be read is the page
again, with the reason.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.web.chrome import render_page
from openhour.web.reports.asking import Typed, read
from openhour.web.reports.making import Made, made_for

PRACTICE = (Role.OWNER, Role.SUPERVISOR)
WORDS = {
    "practice": ("Outcome report", "What happened to everybody who came, in numbers that tell of no one."),
    "own": ("My results", "Your own cases. The practice's report tells of no one; this one you see alone."),
}


@require_safe
@staff(*PRACTICE)
def practice(request: HttpRequest) -> HttpResponse:
    """The practice's report."""
    return _page(cast(StaffRequest, request), "practice")


@require_safe
@staff(*PRACTICE)
def practice_csv(request: HttpRequest) -> HttpResponse:
    """Its numbers."""
    return _csv(cast(StaffRequest, request), "practice")


@require_safe
@staff(*PRACTICE)
def practice_pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    return _pdf(cast(StaffRequest, request), "practice")


@require_safe
@staff(Role.THERAPIST)
def own(request: HttpRequest) -> HttpResponse:
    """A therapist's own report."""
    return _page(cast(StaffRequest, request), "own")


@require_safe
@staff(Role.THERAPIST)
def own_csv(request: HttpRequest) -> HttpResponse:
    """Its numbers."""
    return _csv(cast(StaffRequest, request), "own")


@require_safe
@staff(Role.THERAPIST)
def own_pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    return _pdf(cast(StaffRequest, request), "own")


def _page(request: StaffRequest, kind: str, made: Made | None = None) -> HttpResponse:
    typed = read(request.GET)
    made = made or made_for(request.actor, kind, typed, at=request.received_at, form="page")
    title, words = WORDS[kind]
    context = {
        "kind": kind,
        "title": title,
        "words": words,
        "typed": typed,
        "made": made,
        "query": urlencode(typed.kept),
        "number": made.shown.number_words,
        "value": made.shown.value_words,
    }
    return render_page(request, "web/reports/report.html", context, status=422 if typed.findings else 200)


def _csv(request: StaffRequest, kind: str) -> HttpResponse:
    typed = read(request.GET)
    made = made_for(request.actor, kind, typed, at=request.received_at, form="csv")
    if typed.findings:
        return _page(request, kind, made)
    answer = HttpResponse(made.shown.as_csv(made.report), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_name(kind, typed)}.csv"'
    return answer


def _pdf(request: StaffRequest, kind: str) -> HttpResponse:
    typed = read(request.GET)
    made = made_for(request.actor, kind, typed, at=request.received_at, form="pdf")
    if typed.findings:
        return _page(request, kind, made)
    answer = HttpResponse(made.pdf(WORDS[kind][0], at=request.received_at), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{_name(kind, typed)}.pdf"'
    return answer


def _name(kind: str, typed: Typed) -> str:
    """Of a file: what and from when, and nothing else."""
    days = [day.isoformat() for day in (typed.since, typed.until) if day]
    return "-".join(["outcomes", kind, *days])
