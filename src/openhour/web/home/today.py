"""Today: where a therapist's day begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.records.queries.today import UnsignedNote, VisitToday, today_of
from openhour.web.chrome import render_page

STATES = {
    "booked": ("Booked", "quiet", "calendar"),
    "arrived": ("Here", "accent", "person"),
    "in-session": ("In session", "info", "play"),
    "held": ("Note not signed", "warn", "pen"),
    "signed": ("Signed", "ok", "lock"),
    "cancelled": ("Cancelled", "quiet", "close"),
    "missed": ("Missed", "quiet", "flag"),
}
"""A state's word, tone and sign."""


@require_safe
@staff(Role.THERAPIST, Role.SUPERVISOR)
def today(request: HttpRequest) -> HttpResponse:
    """The visits of the day with what each lacks, alerts first; for a supervisor the alerts of their therapists."""
    asked = cast(StaffRequest, request)
    day = today_of(asked.actor, at=asked.received_at)
    context = {
        "today": day,
        "now": asked.received_at,
        "states": STATES,
        "holds_hours": asked.actor.holds(Role.THERAPIST),
        "mended": {visit.id: mended_at(visit, day.unsigned) for visit in day.visits},
        "room_of": {visit.id: _address("session-room", visit.id) for visit in day.visits},
        "note_of": {note.visit_id: _address("session-room", note.visit_id) for note in day.unsigned},
        "book": _address("visit-book"),
    }
    return render_page(request, "web/safety/today.html", context)


def mended_at(visit: VisitToday, unsigned: Iterable[UnsignedNote]) -> dict[str, str]:
    """For the place of each thing that is missing, the page where it is mended; left out where there is none."""
    notes = {f"notes.{one.day.isoformat()}": one.visit_id for one in unsigned if one.episode_id == visit.episode_id}
    pages = {finding.place: _mended(finding.place, visit, notes) for finding in visit.missing}
    return {place: href for place, href in pages.items() if href}


def _mended(place: str, visit: VisitToday, notes: Mapping[str, UUID]) -> str:
    head = place.partition(".")[0]
    if head == "consents":
        return _address("consent-take", visit.episode_id) or _address("patient", visit.patient_id)
    if head == "plan":
        return _address("plan", visit.episode_id) or _address("patient", visit.patient_id)
    if head == "measures":
        return _address("link-issue", visit.id)
    return _address("session-room", notes[place]) if place in notes else ""


def _address(name: str, *args: object) -> str:
    """Where a page of another chapter is; empty where it isn't there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
