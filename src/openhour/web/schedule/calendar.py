"""The day and the week: what the front desk has open all day, and what a therapist sees of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import scope
from openhour.guard.roles import Role
from openhour.kernel import Interval
from openhour.records.queries import calendar as queries
from openhour.records.queries.calendar import Appointment, Colleague, InUse, SiteHours
from openhour.web.chrome import render_page
from openhour.web.schedule import layout
from openhour.web.schedule.look import Look, look_of, read_day, site_of

CHECK_IN_OFFERED = timedelta(minutes=90)
"""On the day itself a button stands on each visit that begins this soon; for later ones it is on the visit's page."""

READERS = (Role.FRONT_DESK, Role.THERAPIST, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Desk:
    """What both pages need: the practice, how it is looked at, and the visits of the days shown."""

    sites: tuple[SiteHours, ...]
    site: SiteHours
    colleagues: tuple[Colleague, ...]
    look: Look
    today: date
    visits: tuple[Appointment, ...]
    in_use: tuple[InUse, ...]
    may_book: bool
    misread: bool

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """Whom the calendar can be narrowed to."""
        held = self.colleagues if self.look.by == "therapist" else self.site.rooms
        return tuple((one.id, one.name) for one in held)

    @property
    def shown(self) -> tuple[Colleague, ...]:
        """The therapists who get a column."""
        return tuple(one for one in self.colleagues if self.look.who in (None, one.id))


@require_safe
@staff(*READERS)
def day(request: HttpRequest) -> HttpResponse:
    """One day, a column for each therapist or room."""
    asked = cast(StaffRequest, request)
    desk = _desk(asked, days=1)
    if desk is None:
        return render_page(request, "web/schedule/no_site.html", {})
    after = asked.received_at
    frame = layout.frame_of(desk.site, (visit.interval for visit in _standing(desk.visits)))
    columns = _columns(desk, desk.look.day, frame, list(desk.visits), after)
    context = _around(desk, "schedule-day", 1) | {
        "columns": columns,
        "frame": frame,
        "now_classes": frame.mark(after) if desk.look.day == desk.today else "",
        "check_in_until": after + CHECK_IN_OFFERED if desk.may_book and desk.look.day == desk.today else None,
        "cancelled": [visit for visit in desk.visits if visit.state == "cancelled"],
        "tally": tally(desk.visits),
    }
    return render_page(request, "web/schedule/day.html", context, status=422 if desk.misread else 200)


@require_safe
@staff(*READERS)
def week(request: HttpRequest) -> HttpResponse:
    """One week: a table of everybody, or the hours of one therapist or one room."""
    asked = cast(StaffRequest, request)
    desk = _desk(asked, days=7)
    if desk is None:
        return render_page(request, "web/schedule/no_site.html", {})
    days = layout.days_shown(desk.look.monday, desk.visits, desk.site.zone)
    frame = layout.frame_of(desk.site, (visit.interval for visit in _standing(desk.visits)))
    by_day = [
        _columns(desk, one, frame, layout.on_day(desk.visits, one, desk.site.zone), asked.received_at) for one in days
    ]
    context = _around(desk, "schedule-week", 7) | {
        "days": days,
        "frame": frame,
        "columns": [columns[0] for columns in by_day if columns] if desk.look.who is not None else [],
        "rows": [] if desk.look.who is not None else _rows(by_day),
        "tally": tally(desk.visits),
    }
    return render_page(request, "web/schedule/week.html", context, status=422 if desk.misread else 200)


def _desk(request: StaffRequest, *, days: int) -> Desk | None:
    sites = queries.sites()
    site = site_of(request.GET, sites)
    if site is None:
        return None
    colleagues = queries.colleagues(request.actor)
    by_room = request.GET.get("by") == "room"
    today = request.received_at.astimezone(site.zone).date()
    known = [one.id for one in (site.rooms if by_room else colleagues)]
    look = look_of(request.GET, site, today=today, known=known)
    window = layout.day_window(look.monday if days == 7 else look.day, days, site.zone)
    return Desk(
        sites=sites,
        site=site,
        colleagues=colleagues,
        look=look,
        today=today,
        visits=_visits(request, look, window),
        in_use=queries.rooms_in_use(request.actor, site.id, window) if by_room else (),
        may_book=bool(scope(request.actor, "schedule.write")),
        misread="day" in request.GET and read_day(request.GET["day"]) is None,
    )


def _visits(request: StaffRequest, look: Look, window: Interval) -> tuple[Appointment, ...]:
    return queries.appointments(
        request.actor,
        window,
        therapist_id=look.who if look.by == "therapist" else None,
        room_id=look.who if look.by == "room" else None,
        at=request.received_at,
    )


def _standing(visits: tuple[Appointment, ...]) -> list[Appointment]:
    return [visit for visit in visits if visit.state != "cancelled"]


def _columns(
    desk: Desk, shown: date, frame: layout.Frame, visits: list[Appointment], after: datetime
) -> tuple[layout.Column, ...]:
    if desk.look.by == "therapist":
        return layout.therapist_columns(
            desk.shown, shown, desk.site, frame, visits, after=after, offers=desk.may_book
        )
    window = layout.day_window(shown, 1, desk.site.zone)
    in_use = [one for one in desk.in_use if one.interval.overlaps(window)]
    return layout.room_columns(
        shown, desk.site, frame, visits, in_use, after=after, only=desk.look.who, offers=desk.may_book
    )


def _rows(by_day: list[tuple[layout.Column, ...]]) -> list[dict[str, Any]]:
    """One row for each therapist or room, one cell for each day; who appears on any day has a row."""
    titles = {column.id: column.title for columns in by_day for column in columns}
    return [
        {
            "id": who,
            "title": title,
            "cells": [next((one for one in columns if one.id == who), None) for columns in by_day],
        }
        for who, title in titles.items()
    ]


def tally(visits: tuple[Appointment, ...]) -> dict[str, int]:
    """How many visits stand, and how many patients wait, are still expected, were missed."""
    states = [visit.state for visit in visits]
    return {"standing": len(_standing(visits))} | {
        state: states.count(state) for state in ("booked", "arrived", "held", "missed", "cancelled")
    }


def _around(desk: Desk, name: str, days: int) -> dict[str, Any]:
    """The title and the links around the calendar."""
    look = desk.look

    def to(other: Look, page: str = name) -> str:
        return f"{reverse(page)}?{other.query}"

    return {
        "desk": desk,
        "look": look,
        "zone": desk.site.zone,
        "page": name,
        "previous": to(look.on(look.day - timedelta(days=days))),
        "next": to(look.on(look.day + timedelta(days=days))),
        "to_today": to(look.on(desk.today)),
        "to_day": lambda other: to(look.on(other), "schedule-day"),
        "to_who": lambda who: to(look.only(who)),
        "as_day": to(look, "schedule-day"),
        "as_week": to(look, "schedule-week"),
        "by_therapist": to(look.sorted_by("therapist")),
        "by_room": to(look.sorted_by("room")),
        "book_at": lambda column, slot: _book_at(desk, column, slot),
    }


def _book_at(desk: Desk, column: layout.Column, slot: layout.Slot) -> str:
    """The booking page with what is known filled in."""
    wall = slot.when.start.astimezone(desk.site.zone)
    who = f"{desk.look.by}={column.id}"
    return f"{reverse('visit-book')}?{who}&day={column.day.isoformat()}&time={wall:%H:%M}"
