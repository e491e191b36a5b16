"""The buttons of the room, each one verb: the clock, the times, the agenda, the format, homework, the next visit."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.urls import reverse

from openhour.care.cadence import on_the_clock
from openhour.guard.middleware import StaffRequest
from openhour.kernel import Finding, Refused
from openhour.records.queries.session import place_of
from openhour.ui.words import moment
from openhour.web.hour.keeping import room_step
from openhour.workflows.homework.assign_homework import Homework, assign_homework
from openhour.workflows.homework.withdraw_homework import withdraw_homework
from openhour.workflows.hour.choose_layout import choose_layout
from openhour.workflows.hour.correct_times import Times, correct_times
from openhour.workflows.hour.save_agenda import save_agenda
from openhour.workflows.hour.start_session import start_session
from openhour.workflows.hour.stop_session import stop_session
from openhour.workflows.schedule.book_visit import book_visit


@room_step
def start(request: StaffRequest, visit_id: UUID) -> str:
    """One press starts the clock."""
    start_session(request.actor, visit_id, at=request.received_at)
    return ""


@room_step
def stop(request: StaffRequest, visit_id: UUID) -> str:
    """One press stops it."""
    stop_session(request.actor, visit_id, at=request.received_at)
    return ""


@room_step
def times(request: StaffRequest, visit_id: UUID) -> str:
    """Times by hand, on the wall of the site and on the day of the visit."""
    place = place_of(request.actor, visit_id)
    day = place.starts_at.astimezone(place.site.tz).date()
    typed = {name: request.POST.get(name, "").strip() for name in ("started_at", "stopped_at")}
    clocks = {name: _clock(text) for name, text in typed.items()}
    gaps = [
        _time_gap(name) for name, text in typed.items() if clocks[name] is None and (text or name == "started_at")
    ]
    if gaps:
        raise Refused(gaps)
    started, stopped = (
        on_the_clock(datetime.combine(day, clock), place.site.tz) if clock else None for clock in clocks.values()
    )
    assert started is not None, "a missing start was refused above"
    reason = request.POST.get("reason", "")
    correct_times(request.actor, visit_id, Times(started, stopped, reason), at=request.received_at)
    return "#times"


def _clock(text: str) -> time | None:
    """Minutes and hours as a time field sends them."""
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _time_gap(name: str) -> Finding:
    return Finding("times.unreadable", "Write the time as hours and minutes, such as 10:05.", name)


@room_step
def agenda(request: StaffRequest, visit_id: UUID) -> str:
    """The button's value says the step and the point: `tick:3f2a…`; without a colon it adds."""
    step, _, point = request.POST.get("agenda_step", "add").partition(":")
    value = point if step != "add" else request.POST.get("agenda", "")
    save_agenda(request.actor, visit_id, step, value, at=request.received_at)
    return "#agenda"


@room_step
def layout(request: StaffRequest, visit_id: UUID) -> str:
    """Write the note in another format."""
    choose_layout(request.actor, visit_id, request.POST.get("layout", ""), at=request.received_at)
    return "#note"


@room_step
def homework(request: StaffRequest, visit_id: UUID) -> str:
    """Give homework."""
    due, objective = request.POST.get("due_on", ""), request.POST.get("objective", "")
    wanted = Homework(
        form=request.POST.get("form", ""),
        objective=_uuid(objective) if objective else None,
        due_on=_day(due) if due else None,
        why=request.POST.get("why", ""),
    )
    assign_homework(request.actor, visit_id, wanted, at=request.received_at)
    return "#homework"


@room_step
def withdraw(request: StaffRequest, visit_id: UUID, assignment_id: UUID) -> str:
    """Take homework back."""
    withdraw_homework(request.actor, visit_id, assignment_id, at=request.received_at)
    return "#homework"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(Finding("homework.objective-unknown", "Choose one of these.", "objective")) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(Finding("homework.due-unreadable", "This is no day.", "due_on")) from None


@room_step
def book_next(request: StaffRequest, visit_id: UUID) -> str:
    """The same time in one week or two."""
    weeks = 2 if request.POST.get("weeks") == "2" else 1
    place = place_of(request.actor, visit_id)
    wall = place.starts_at.astimezone(place.site.tz).replace(tzinfo=None) + timedelta(weeks=weeks)
    try:
        book_visit(
            request.actor,
            place.episode_id,
            room_id=place.room_id,
            starts=wall,
            procedure=place.procedure,
            at=request.received_at,
        )
    except Refused as refusal:
        raise Refused(Finding(one.code, one.sentence, "next") for one in refusal.findings) from None
    messages.success(request, f"Booked: {moment(wall)}.")
    return "#next"


def sign_page(visit_id: UUID) -> str:
    """Where the note is read and signed."""
    return reverse("note-sign", args=[visit_id])
