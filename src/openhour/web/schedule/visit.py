"""One visit: its page, and the five things that happen to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openhour.care import visits as rules
from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed, scope
from openhour.kernel import Finding, Refused
from openhour.records.queries import calendar
from openhour.records.queries.visit import VisitDetail, visit_of
from openhour.web.chrome import render_page
from openhour.web.schedule.booking import WRITERS
from openhour.web.schedule.calendar import READERS
from openhour.web.schedule.look import Look, read_day, read_number
from openhour.web.schedule.reading import beside, read_count, read_start, status_of
from openhour.workflows.schedule.cancel_visit import cancel_visit
from openhour.workflows.schedule.check_in import check_in as check_in_now
from openhour.workflows.schedule.mark_missed import mark_missed
from openhour.workflows.schedule.move_visit import move_visit
from openhour.workflows.schedule.undo_check_in import undo_check_in as undo_check_in_now

_STEPS: tuple[rules.Step, ...] = ("move", "cancel", "check-in", "undo-check-in", "miss")


@require_safe
@staff(*READERS)
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Who, when, where, in what state, and what was changed."""
    asked = cast(StaffRequest, request)
    return _page(asked, visit_of(asked.actor, visit_id, at=asked.received_at))


def _page(request: StaffRequest, detail: VisitDetail, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    context = {
        "visit": detail,
        "zone": detail.zone,
        "findings": findings,
        "open_steps": open_steps(detail, at=request.received_at),
        "in_words": rules.reason_in_words,
        "links": {
            "patient": _link("patient", detail.patient_id, scope(request.actor, "patient.read")),
            "link": _link("link-issue", detail.id, detail.may_write),
        },
        "day": _day_of(detail),
    }
    return render_page(request, "web/schedule/visit.html", context, status=status_of(findings) if findings else 200)


def open_steps(detail: VisitDetail, *, at: datetime) -> frozenset[rules.Step]:
    """The steps that would not be refused now."""
    if not detail.may_write:
        return frozenset()
    today = at.astimezone(detail.zone).date()
    return frozenset(
        step
        for step in _STEPS
        if not rules.step_gaps(
            step, detail.state, detail.interval.start, at=at, today=today, day=detail.day, begun=detail.begun
        )
    )


def _link(name: str, row: UUID, wanted: object) -> str:
    """The address of a page that another chapter brings; empty where it isn't there or isn't theirs."""
    try:
        return reverse(name, args=[row]) if wanted else ""
    except NoReverseMatch:
        return ""


def _day_of(detail: VisitDetail) -> str:
    return f"{reverse('schedule-day')}?day={detail.day.isoformat()}"


@require_http_methods(["GET", "POST"])
@staff(*WRITERS)
def move(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Another time or room, with the reason."""
    asked = cast(StaffRequest, request)
    detail = _writable(asked, visit_id)
    if request.method == "GET":
        start = detail.interval.start.astimezone(detail.zone)
        typed = {"day": f"{start:%Y-%m-%d}", "time": f"{start:%H:%M}", "room": detail.room_id or ""}
        return _move_form(asked, detail, {**typed, "reason": "", "remark": ""}, ())
    typed = {name: request.POST.get(name, "") for name in ("day", "time", "room", "reason", "remark")}
    try:
        _move(asked, visit_id, typed, read_count(request.POST.get("revision", "")))
    except Refused as refusal:
        return _move_form(asked, detail, typed, refusal.findings)
    messages.success(request, "The visit is moved.")
    return redirect("visit", visit_id)


def _move(request: StaffRequest, visit_id: UUID, typed: Mapping[str, Any], revision: int) -> None:
    start, gaps = read_start(typed)
    if start is None:
        more = rules.reason_gaps(typed["reason"], rules.MOVE_REASONS)
        raise Refused((*gaps, *more))
    move_visit(
        request.actor,
        visit_id,
        room_id=read_number(typed["room"]),
        starts=start,
        reason=typed["reason"],
        remark=typed["remark"],
        revision=revision,
        at=request.received_at,
    )


def _move_form(
    request: StaffRequest, detail: VisitDetail, typed: Mapping[str, Any], findings: tuple[Finding, ...]
) -> HttpResponse:
    sites = calendar.sites()
    rooms = [(site.name, [(room.id, room.name) for room in site.rooms if room.private]) for site in sites]
    more = {"rooms": rooms, "reasons": [(reason.slug, reason.title) for reason in rules.MOVE_REASONS]}
    return _form(request, "move", detail, typed, findings, ("day", "time", "room", "reason", "remark"), more)


@require_http_methods(["GET", "POST"])
@staff(*WRITERS)
def cancel(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Called off, with the reason."""
    asked = cast(StaffRequest, request)
    detail = _writable(asked, visit_id)
    offered = rules.offered_cancel_reason(detail.interval.start, at=asked.received_at)
    if request.method == "GET":
        return _cancel_form(asked, detail, {"reason": offered, "remark": "", "following": ""}, ())
    typed = {name: request.POST.get(name, "") for name in ("reason", "remark", "following")}
    try:
        cancelled = cancel_visit(
            asked.actor,
            visit_id,
            reason=typed["reason"],
            remark=typed["remark"],
            following=bool(typed["following"]),
            revision=read_count(request.POST.get("revision", "")),
            at=asked.received_at,
        )
    except Refused as refusal:
        return _cancel_form(asked, detail, typed, refusal.findings)
    told = "The visit is cancelled; its hour is free." if cancelled == 1 else f"{cancelled} visits are cancelled."
    messages.success(request, told)
    return redirect("visit", visit_id)


def _cancel_form(
    request: StaffRequest, detail: VisitDetail, typed: Mapping[str, Any], findings: tuple[Finding, ...]
) -> HttpResponse:
    later = [one for one in detail.series if one.state == "booked" and one.starts_at > detail.interval.start]
    reasons = [(reason.slug, reason.title) for reason in rules.CANCEL_REASONS]
    more = {"reasons": reasons, "following": len(later)}
    return _form(request, "cancel", detail, typed, findings, ("reason", "remark"), more)


def _form(
    request: StaffRequest,
    name: str,
    detail: VisitDetail,
    typed: Mapping[str, Any],
    findings: tuple[Finding, ...],
    fields: tuple[str, ...],
    more: Mapping[str, Any],
) -> HttpResponse:
    errors = beside(findings, fields)
    context = {
        "visit": detail,
        "zone": detail.zone,
        "typed": typed,
        "errors": errors,
        "summary": [(field, sentence) for field in errors for sentence in errors[field]],
        "possible": name in open_steps(detail, at=request.received_at),
        **more,
    }
    status = status_of(findings) if findings else 200
    return render_page(request, f"web/schedule/{name}.html", context, status=status)


def _writable(request: StaffRequest, visit_id: UUID) -> VisitDetail:
    detail = visit_of(request.actor, visit_id, at=request.received_at)
    if not detail.may_write:
        raise NotAllowed("schedule.write")
    return detail


@require_POST
@staff(*WRITERS)
def check_in(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The patient is here."""
    return _at_once(cast(StaffRequest, request), visit_id, check_in_now)


@require_POST
@staff(*WRITERS)
def undo_check_in(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """It was somebody else who came."""
    return _at_once(cast(StaffRequest, request), visit_id, undo_check_in_now)


@require_POST
@staff(*WRITERS)
def missed(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The hour came, the patient didn't."""
    return _at_once(cast(StaffRequest, request), visit_id, mark_missed)


def _at_once(request: StaffRequest, visit_id: UUID, verb: Callable[..., None]) -> HttpResponse:
    """Do it and go back to where the button was; where it is refused, to the visit with the reason."""
    try:
        verb(request.actor, visit_id, at=request.received_at)
    except Refused as refusal:
        detail = visit_of(request.actor, visit_id, at=request.received_at)
        return _page(request, detail, refusal.findings)
    return redirect(_back(request.POST.get("back_to", "")) or reverse("visit", args=[visit_id]))


def _back(query: str) -> str:
    """The day that was open, from the calendar's own query; empty for anything else."""
    asked = QueryDict(query[:200])
    day = read_day(asked.get("day", ""))
    if day is None:
        return ""
    look = Look(
        day,
        "room" if asked.get("by") == "room" else "therapist",
        read_number(asked.get("site", "")),
        read_number(asked.get("who", "")),
    )
    return f"{reverse('schedule-day')}?{look.query}"
