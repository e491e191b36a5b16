"""Book: find the patient, then choose the hour. One visit, or a weekly or biweekly series.

The search is sent as a form and not as an address, because names don't belong in addresses; words in one are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries import booking as queries
from openhour.records.queries import calendar
from openhour.records.queries.booking import Bookable
from openhour.web.chrome import render_page
from openhour.web.schedule.look import read_day, read_number
from openhour.web.schedule.reading import beside, read_count, read_start, read_time, status_of
from openhour.workflows.schedule.book_series import BookedSeries, book_series
from openhour.workflows.schedule.book_visit import book_visit

WRITERS = (Role.FRONT_DESK, Role.THERAPIST)
FIELDS = ("day", "time", "room", "procedure", "repeat", "count")
REPEATS = (("once", "Once"), ("weekly", "Every week"), ("biweekly", "Every other week"))
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates of a series that don't fit. rest: how many are left without them."""

    sentences: tuple[str, ...]
    rest: int


@require_http_methods(["GET", "POST"])
@staff(*WRITERS)
def book(request: HttpRequest) -> HttpResponse:
    """Without an episode: the search; with one: the form; sent: the visit, or what stands in the way."""
    asked = cast(StaffRequest, request)
    if request.method == "POST" and "episode" not in request.POST:
        return _search(asked, request.POST)
    form = request.POST if request.method == "POST" else request.GET
    if not form.get("episode"):
        return _search(asked, {name: form[name] for name in form if name != "words"})
    who = queries.episode_to_book(asked.actor, _uuid(form["episode"]), at=asked.received_at)
    if request.method == "GET":
        return _form(asked, who, _typed(form, who))
    return _send(asked, who, _typed(form, who))


def _search(request: StaffRequest, form: Mapping[str, str]) -> HttpResponse:
    therapist = read_number(form.get("therapist", ""))
    words = form.get("words", "")
    found = queries.episodes_found(request.actor, words, therapist_id=therapist, at=request.received_at)
    known = _known(form)
    context = {
        "words": words,
        "found": [(one, _address(one, known)) for one in found],
        "more": len(found) == queries.MOST_FOUND,
        "known": known | ({"therapist": str(therapist)} if therapist is not None else {}),
        "when": _when(known),
    }
    return render_page(request, "web/schedule/find.html", context)


def _known(form: Mapping[str, str]) -> dict[str, str]:
    """What came along from the calendar and can be read: day, time, room."""
    clock = read_time(form.get("time", ""))
    day, room = read_day(form.get("day", "")), read_number(form.get("room", ""))
    known = {
        "day": day.isoformat() if day else "",
        "time": f"{clock:%H:%M}" if clock else "",
        "room": str(room) if room is not None else "",
    }
    return {name: held for name, held in known.items() if held}


def _when(known: Mapping[str, str]) -> datetime | None:
    start, _ = read_start(known)
    return start


def _address(one: Bookable, known: Mapping[str, str]) -> str:
    return f"{reverse('visit-book')}?{urlencode({'episode': one.episode_id, **known})}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _typed(form: Mapping[str, str], who: Bookable) -> dict[str, str]:
    """What stands in the fields: as sent, else as it usually is."""
    usual = {"procedure": who.procedure, "repeat": "once", "count": "10"}
    return {name: form.get(name, usual.get(name, "")) for name in (*FIELDS, "skip")}


def _form(
    request: StaffRequest, who: Bookable, typed: Mapping[str, str], findings: tuple[Finding, ...] = ()
) -> HttpResponse:
    dates = _dates(typed, findings)
    single = [finding for finding in findings if dates is None or not finding.place.startswith("visits.")]
    errors = beside(single, FIELDS)
    sites = calendar.sites()
    context = {
        "bookable": who,
        "typed": typed,
        "errors": errors,
        "summary": [(name, sentence) for name in errors for sentence in errors[name]],
        "dates": dates,
        "rooms": [(site.name, [(room.id, room.name) for room in site.rooms if room.private]) for site in sites],
        "kinds": [(kind.slug, kind.title) for kind in queries.kinds_of_hour(on=request.received_at.date())],
        "repeats": REPEATS,
    }
    return render_page(request, "web/schedule/book.html", context, status=status_of(findings) if findings else 200)


def _dates(typed: Mapping[str, str], findings: tuple[Finding, ...]) -> Dates | None:
    """What is shown of a series where some dates don't fit; None for a single visit or where all do."""
    dated = [finding for finding in findings if finding.place.startswith("visits.")]
    if typed["repeat"] == "once" or not dated:
        return None
    others = len(dated) < len(findings)
    rest = 0 if others else read_count(typed["count"]) - len({finding.place for finding in dated})
    return Dates(tuple(finding.sentence for finding in dated), rest)


def _send(request: StaffRequest, who: Bookable, typed: Mapping[str, str]) -> HttpResponse:
    start, gaps = read_start(typed)
    if typed["repeat"] not in {value for value, _ in REPEATS}:
        gaps = (*gaps, Finding("form.repeat", "Choose how often.", "repeat"))
    if start is None or gaps:
        if read_number(typed["room"]) is None:
            gaps = (*gaps, Finding("room.missing", "Choose a room.", "room"))
        return _form(request, who, typed, gaps)
    try:
        return redirect("visit", _book(request, who, typed, start))
    except Refused as refusal:
        return _form(request, who, typed, refusal.findings)


def _book(request: StaffRequest, who: Bookable, typed: Mapping[str, str], start: datetime) -> UUID:
    asked: dict[str, Any] = {
        "room_id": read_number(typed["room"]),
        "starts": start,
        "procedure": typed["procedure"],
        "at": request.received_at,
    }
    if typed["repeat"] == "once":
        visit = book_visit(request.actor, who.episode_id, **asked)
        messages.success(request, "The visit is booked.")
        return visit
    asked |= {"cadence": typed["repeat"], "count": read_count(typed["count"]), "skip": bool(typed["skip"])}
    booked = book_series(request.actor, who.episode_id, **asked)
    _tell(request, booked)
    return booked.visit_ids[0]


def _tell(request: StaffRequest, booked: BookedSeries) -> None:
    """Messages travel in a cookie, so they name dates and no person, and only a few of them."""
    messages.success(request, f"The series is booked: {len(booked.visit_ids)} visits.")
    for finding in (*booked.left_out, *booked.remarks)[:_SHOWN]:
        messages.warning(request, finding.sentence)
    if (rest := len(booked.left_out) + len(booked.remarks) - _SHOWN) > 0:
        messages.warning(request, f"And {rest} more like these; the visit page lists what was booked.")
