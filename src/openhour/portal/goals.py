"""How near the goals feel: the patient's own rating from 0 to 10, behind their link. No level, no score, nothing of others."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from openhour.kernel import Finding, Refused
from openhour.portal.door import behind_link, now_of, show
from openhour.portal.reading import value_of
from openhour.records.queries.attainment import OwnGoal, own_goals
from openhour.records.queries.link import OpenLink
from openhour.workflows.measures.rate_own_goals import rate_own_goals

STEPS = tuple((value, str(value)) for value in range(11))


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def goals(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """The objectives that are worked on. POST keeps what was chosen."""
    held = own_goals(link, at=now_of(request))
    if request.method != "POST":
        return _page(request, link, held, {one.thread: one.today for one in held})
    ratings = _ratings(held, request.POST)
    try:
        rate_own_goals(link.actor, ratings, at=now_of(request))
    except Refused as refusal:
        return _page(request, link, held, ratings, refusal.findings)
    return redirect(f"{reverse('portal-goals', args=[link.token])}?saved=1")


def _ratings(held: tuple[OwnGoal, ...], sent: Mapping[str, str]) -> dict[UUID, int]:
    given = ((one.thread, sent.get(f"p{one.thread}", "")) for one in held)
    return {thread: value_of(text) for thread, text in given if text.strip()}


def _page(
    request: HttpRequest,
    link: OpenLink,
    held: tuple[OwnGoal, ...],
    chosen: Mapping[UUID, int | None],
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for one in findings:
        errors.setdefault(one.place, []).append(one.sentence)
    saved = not findings and request.GET.get("saved") == "1"
    context = {"goals": held, "chosen": chosen, "errors": errors, "steps": STEPS, "saved": saved}
    return show(request, link, "portal/goals.html", context, status=422 if findings else 200)
