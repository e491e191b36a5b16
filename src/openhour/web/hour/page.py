"""The session room as a page: what the template is given, from the hour and from what was typed and couldn't be kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from openhour.care.credentials import licence_gaps
from openhour.care.notes import Gap
from openhour.care.sessions import agenda as usual_agenda
from openhour.care.sessions import clock_marks
from openhour.guard.middleware import StaffRequest
from openhour.kernel import Finding
from openhour.records.queries.hour_facts import gaps_of, risk_to_address
from openhour.records.queries.hour_measures import measures_of, unanswered
from openhour.records.queries.note_content import billed_as
from openhour.records.queries.session import Hour, hour_of
from openhour.records.shelf import shelf
from openhour.ui.charts import session_clock
from openhour.ui.markup import identifier
from openhour.web.chrome import render_page
from openhour.web.hour import fields_shown, homework_shown, measures_shown
from openhour.web.hour.kept import Kept
from openhour.web.progress.words import title_of
from openhour.workflows.hour.fields import RESPONSE, SECTION


def show(request: StaffRequest, visit_id: UUID, kept: Kept | None = None, *, status: int = 200) -> HttpResponse:
    """The room; the signed note in its place where it is signed. Raises NotAllowed."""
    hour = hour_of(request.actor, visit_id, at=request.received_at)
    if hour.signed and hour.note is not None:
        return HttpResponseRedirect(reverse("note", args=[hour.note.pk]))
    with timezone.override(hour.visit.site.tz):
        return render_page(request, "web/hour/room.html", _context(request, hour, kept or Kept()), status=status)


def _context(request: StaffRequest, hour: Hour, kept: Kept) -> dict[str, Any]:
    gaps = gaps_of(hour, at=request.received_at)
    errors = fields_shown.errors_of_fields(kept.findings)
    measures = measures_of(hour.responses)
    return {
        "hour": hour,
        "visit": hour.visit,
        "patient": hour.visit.patient,
        "session": hour.session,
        "age": age_of(hour),
        "indications": [
            one.title for one in hour.procedure.indications if one.slug in hour.visit.episode.indications
        ],
        "warnings": licence_gaps(hour.licences, state=hour.visit.site.state, on=hour.day),
        "clock": _clock(request, hour),
        "marks": clock_marks(hour.family, hour.procedure),
        "minutes_say": minutes_say(hour),
        "measures": [measures_shown.measure_shown(one) for one in measures],
        "unanswered": unanswered(hour.responses, hour.day),
        "usual_agenda": usual_agenda(hour.procedure.time.planned_minutes),
        "layouts": _layouts(hour),
        "homework": homework_shown.homework_shown(hour),
        "homework_forms": [(one.pin.slug, one.title) for one in _forms(hour)],
        "objective_choices": [(str(one.thread), one.text) for one in hour.objectives],
        "fields": fields_shown.fields_shown(hour, kept, measures),
        "typed": {name: "" if kept.stepped else request.POST.get(name, "") for name in TRANSIENT},
        "errors": errors,
        "clocks": _clocks(hour),
        "goals": _goals(hour),
        "earlier_objectives": _earlier_objectives(hour),
        "next_day": _next_day(hour),
        "homework_open": bool(errors.keys() & {"form", "objective", "due_on", "why", "homework"}),
        "kept": kept,
        "risk_shown": risk_to_address(hour) or bool(hour.session and hour.session.risk),
        "waiver_shown": any(gap.finding.code == "plan.review-overdue" for gap in gaps),
        "blocking": [gap.finding for gap in gaps if gap.blocks],
        "remarks": [gap.finding for gap in gaps if not gap.blocks],
        "links": links_of(hour, gaps),
        "title_of": title_of,
        "alert_links": [(one, address_of(("alert", one.pk))) for one in hour.open_alerts],
        "next": next_links(hour),
        "patient_link": address_of(("patient", hour.visit.patient_id)),
        "plan_link": plan_link(hour),
    }


IN_ROOM = ("objectives", "interventions", "risk")
"""Places of gaps that are fields of this very page."""

TRANSIENT = ("agenda", "started_at", "stopped_at", "reason", "form", "objective", "due_on", "why")
"""Fields that aren't saved as they are typed, but kept where their step is refused."""


def age_of(hour: Hour) -> int:
    """Whole years on the day of the hour."""
    born, day = hour.visit.patient.birth_date, hour.day
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _clock(request: StaffRequest, hour: Hour) -> Any:
    session = hour.session
    if session is None or session.started_at is None:
        return ""
    marks = [mark.minute for mark in clock_marks(hour.family, hour.procedure)]
    return session_clock(session.started_at, request.received_at, session.stopped_at, marks)


def _clocks(hour: Hour) -> dict[str, str]:
    """Start and stop as a time field takes them, on the wall of the site."""
    held = {name: getattr(hour.session, name, None) for name in ("started_at", "stopped_at")}
    return {name: f"{at.astimezone(hour.visit.site.tz):%H:%M}" if at else "" for name, at in held.items()}


def _goals(hour: Hour) -> list[tuple[str, list[Any]]]:
    goals: dict[str, list[Any]] = {}
    for one in hour.objectives:
        goals.setdefault(one.goal.text, []).append(one)
    return list(goals.items())


def _earlier_objectives(hour: Hour) -> list[str]:
    """Threads that were worked on and aren't in the plan any more."""
    standing = {str(one.thread) for one in hour.objectives}
    chosen = hour.session.objectives if hour.session else []
    return [entry["thread"] for entry in chosen if entry["thread"] not in standing]


def _next_day(hour: Hour) -> str:
    if hour.next_visit is None:
        return ""
    return hour.next_visit.starts_at.astimezone(hour.visit.site.tz).date().isoformat()


def minutes_say(hour: Hour) -> str:
    """What the minutes are worth, plainly; empty while the clock runs."""
    billed = billed_as(hour)
    if billed is None or hour.session is None:
        return ""
    if isinstance(billed, Finding):
        return billed.sentence
    if hour.session.minutes is None:
        return ""
    return f"{hour.session.minutes} minutes support {billed.code.value}, {billed.code.title or billed.title}."


def _layouts(hour: Hour) -> list[tuple[str, str, bool]]:
    slugs = dict.fromkeys(one.pin.slug for one in shelf().notes if one.pin.effective <= hour.day)
    found = [shelf().note(slug, on=hour.day) for slug in slugs]
    return [(one.pin.slug, one.short, one.pin.slug == hour.layout.pin.slug) for one in found]


def _forms(hour: Hour) -> list[Any]:
    slugs = dict.fromkeys(one.pin.slug for one in shelf().homework if one.pin.effective <= hour.day)
    return [shelf().homework_form(slug, on=hour.day) for slug in slugs]


def address_of(*candidates: tuple[Any, ...]) -> str:
    """The first of the pages that exists: `("alert", id)`; empty where none does."""
    for name, *args in candidates:
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""


def plan_link(hour: Hour) -> str:
    """Where the plan of the episode is written."""
    return address_of(("plan", hour.visit.episode_id), ("patient", hour.visit.patient_id))


def links_of(hour: Hour, gaps: tuple[Gap, ...]) -> Mapping[str, str]:
    """Where each gap is mended: in this room, or on the page that owns it."""
    patient, episode = hour.visit.patient_id, hour.visit.episode_id
    plan = plan_link(hour)
    links = {
        "times": "#times",
        "code": "#times",
        "visit": address_of(("visit", hour.visit.pk)),
        "diagnoses": address_of(("diagnoses", episode), ("patient", patient)),
        "licences": "#id_licences",
        "plan": plan,
        "plan.review": f"#{identifier('review_waiver')}",
    }
    consent = address_of(("consent-take", episode), ("patient", patient))
    links |= {gap.finding.place: consent for gap in gaps if gap.finding.place.startswith("consents.")}
    here = {gap.finding.place: f"#{identifier(gap.finding.place)}" for gap in gaps if gap.finding.place in IN_ROOM}
    here |= {
        gap.finding.place: f"#{identifier(gap.finding.place)}"
        for gap in gaps
        if gap.finding.place.startswith((SECTION, RESPONSE))
    }
    return here | {place: href for place, href in links.items() if href}


def next_links(hour: Hour) -> list[tuple[str, str]]:
    """The booking page, filled in for one and two weeks later."""
    wall = hour.visit.starts_at.astimezone(hour.visit.site.tz)
    base = address_of(("visit-book",))
    return [
        (words, f"{base}?{urlencode(_booking(hour, wall.date() + timedelta(weeks=weeks), f'{wall:%H:%M}'))}")
        for weeks, words in ((1, "in one week"), (2, "in two weeks"))
        if base
    ]


def _booking(hour: Hour, day: Any, clock: str) -> dict[str, str]:
    room = {"room": str(hour.visit.room_id)} if hour.visit.room_id else {}
    return {"episode": str(hour.visit.episode_id), "day": day.isoformat(), "time": clock, **room}
