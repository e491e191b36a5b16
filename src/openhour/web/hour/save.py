"""Save what was typed: an answer in JSON for the script that saves while one types, a page for the Save button."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Refused
from openhour.records.queries.session import place_of
from openhour.ui.words import time_of_day
from openhour.web.hour.keeping import back
from openhour.web.hour.kept import Kept, keep
from openhour.web.hour.page import show
from openhour.web.hour.posted import base_of_value, bases_of, token_of
from openhour.workflows.hour.save_agenda import save_agenda


@require_POST
@staff(Role.THERAPIST)
def save(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """`fields` in the request: from the script, answered in JSON. Else from a press, answered with a page."""
    asked = cast(StaffRequest, request)
    place = place_of(asked.actor, visit_id)
    kept = keep(asked, visit_id)
    if "fields" in asked.POST:
        return _answer(asked, kept, time_of_day(asked.received_at, place.site.tz))
    _agenda_too(asked, visit_id, kept)
    if any(finding.code == "note.signed" for finding in kept.findings):
        return back(visit_id)
    if not kept.whole:
        return show(asked, visit_id, kept, status=409 if kept.theirs else 422)
    signing = asked.POST.get("then") == "sign"
    return back(visit_id, reverse("note-sign", args=[visit_id]) if signing else "#note")


def _agenda_too(request: StaffRequest, visit_id: UUID, kept: Kept) -> None:
    """Enter in the agenda's field presses Save: the point is added all the same."""
    if request.POST.get("agenda", "").strip():
        try:
            save_agenda(request.actor, visit_id, "add", request.POST["agenda"], at=request.received_at)
            kept.stepped = True
        except Refused as refusal:
            kept.findings += refusal.findings


def _answer(request: StaffRequest, kept: Kept, at: str) -> JsonResponse:
    if kept.theirs:
        theirs = {name: list(one) if isinstance(one, tuple) else one for name, one in kept.theirs.items()}
        return JsonResponse({"theirs": theirs, "revision": _revision(request, kept)}, status=409)
    if kept.findings:
        errors: dict[str, list[str]] = {}
        for finding in kept.findings:
            names = [finding.place] if finding.place in kept.typed else list(kept.typed)
            for name in names:
                errors.setdefault(name, []).append(finding.sentence)
        return JsonResponse({"errors": errors}, status=422)
    return JsonResponse({"saved": True, "revision": _revision(request, kept), "at": at})


def _revision(request: StaffRequest, kept: Kept) -> str:
    """What this browser has read by now: its own words where they were saved, the other's where they were shown."""
    bases = bases_of(request.POST)
    bases |= {name: base_of_value(one.value) for name, one in kept.typed.items() if name not in kept.unsaved}
    bases |= {name: base_of_value(value) for name, value in kept.theirs.items()}
    return token_of(bases)
