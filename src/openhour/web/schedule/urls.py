"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.schedule import booking, calendar, visit

urlpatterns: list[URLPattern] = [
    path("schedule/", calendar.day, name="schedule-day"),
    path("schedule/week/", calendar.week, name="schedule-week"),
    path("visits/book/", booking.book, name="visit-book"),
    path("visits/<uuid:visit_id>/", visit.visit, name="visit"),
    path("visits/<uuid:visit_id>/move/", visit.move, name="visit-move"),
    path("visits/<uuid:visit_id>/cancel/", visit.cancel, name="visit-cancel"),
    path("visits/<uuid:visit_id>/check-in/", visit.check_in, name="visit-check-in"),
    path("visits/<uuid:visit_id>/check-in/undo/", visit.undo_check_in, name="visit-undo-check-in"),
    path("visits/<uuid:visit_id>/missed/", visit.missed, name="visit-missed"),
]
