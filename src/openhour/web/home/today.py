"""Today: where a therapist's day begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding
from openhour.records.queries.today import UnsignedNote, VisitToday, today_of
from openhour.ui.words import short_date
from openhour.web.chrome import render_page
from openhour.web.progress.words import title_of

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
        "gaps": {visit.id: gaps_of(visit, day.unsigned) for visit in day.visits},
        "room_of": {visit.id: _address("session-room", visit.id) for visit in day.visits},
        "note_of": {note.visit_id: _address("session-room", note.visit_id) for note in day.unsigned},
        "book": _address("visit-book"),
        "title_of": title_of,
    }
    return render_page(request, "web/safety/today.html", context)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, in a word or two, with the whole sentence for whoever hears the page; href: where it is
    mended, empty where that is nowhere."""

    short: str
    sentence: str
    href: str


def gaps_of(visit: VisitToday, unsigned: Iterable[UnsignedNote]) -> tuple[Gap, ...]:
    """What the visit lacks. Measures that were asked already stand beside it with their answers, and not here."""
    notes = {f"notes.{one.day.isoformat()}": one.visit_id for one in unsigned if one.episode_id == visit.episode_id}
    return tuple(
        Gap(in_short(gap), gap.sentence, _mended(gap.place, visit, notes))
        for gap in visit.missing
        if not (gap.code == "measure.due" and visit.measures)
    )


_SHORT = {
    "consent.missing": "consent",
    "consent.withdrawn": "consent, withdrawn",
    "consent.expired": "consent, expired",
    "consent.older-version": "consent to the newer form",
    "plan.missing": "plan",
    "plan.review-overdue": "review of the plan",
}


def in_short(gap: Finding) -> str:
    """`consent`, `PHQ-9`, `note of 23 Feb`; the whole sentence for a gap that has no short word."""
    _, _, detail = gap.place.partition(".")
    if gap.code == "measure.due":
        return detail.upper()
    if gap.code == "note.unsigned":
        return f"note of {short_date(date.fromisoformat(detail), year=False)}"
    return _SHORT.get(gap.code, gap.sentence)


def _mended(place: str, visit: VisitToday, notes: Mapping[str, UUID]) -> str:
    head = place.partition(".")[0]
    if head == "consents":
        return _address("consent-take", visit.episode_id)
    if head == "plan":
        return _address("plan", visit.episode_id)
    if head == "measures":
        return _address("link-issue", visit.id)
    return _address("session-room", notes[place]) if place in notes else ""


def _address(name: str, *args: object) -> str:
    """Where a page of another chapter is; empty where it isn't there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
