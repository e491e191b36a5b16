"""Read the note as it will stand, then sign it. What is signed is what was read: the page carries its digest."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.hour_facts import gaps_of
from openhour.records.queries.note_content import canonical, content_of, digest_of
from openhour.records.queries.session import Hour, hour_of
from openhour.web.chrome import render_page
from openhour.web.hour.note_shown import note_shown
from openhour.web.hour.page import links_of, minutes_say
from openhour.workflows.hour.sign_note import sign_note


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.THERAPIST)
def sign(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """GET: the reading; POST: the signature, or every gap at once."""
    asked = cast(StaffRequest, request)
    if request.method != "POST":
        return _reading(asked, visit_id)
    code, reading = (request.POST.get(name) or None for name in ("code", "reading"))
    try:
        signed = sign_note(asked.actor, visit_id, at=asked.received_at, code=code, reading=reading)
    except Refused as refusal:
        return _reading(asked, visit_id, refusal.findings)
    return HttpResponseRedirect(reverse("note", args=[signed.note.pk]), status=303)


def _reading(request: StaffRequest, visit_id: UUID, refused: tuple[Finding, ...] = ()) -> HttpResponse:
    hour = hour_of(request.actor, visit_id, at=request.received_at)
    if hour.signed and hour.note is not None:
        return HttpResponseRedirect(reverse("note", args=[hour.note.pk]), status=303)
    with timezone.override(hour.visit.site.tz):
        context = _context(request, hour, refused)
        return render_page(request, "web/hour/sign.html", context, status=422 if refused else 200)


def _context(request: StaffRequest, hour: Hour, refused: tuple[Finding, ...]) -> dict[str, Any]:
    gaps = gaps_of(hour, at=request.received_at)
    content = content_of(hour)
    blocking = [gap.finding for gap in gaps if gap.blocks]
    told = {(one.code, one.place) for one in blocking}
    room = reverse("session-room", args=[hour.visit.pk])
    links = {place: room + href if href.startswith("#") else href for place, href in links_of(hour, gaps).items()}
    return {
        "visit": hour.visit,
        "patient": hour.visit.patient,
        "note": note_shown(content),
        "code": content["code"],
        "reading": digest_of(canonical(content)),
        "blocking": blocking,
        "again": [one for one in refused if (one.code, one.place) not in told],
        "remarks": [gap.finding for gap in gaps if not gap.blocks],
        "links": links,
        "room": room,
        "minutes_say": minutes_say(hour),
    }
