"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.progress import caseload, course, passing, signal, signals

urlpatterns: list[URLPattern] = [
    path("caseload/", caseload.caseload, name="caseload"),
    path("signals/", signals.signals, name="signals"),
    path("signals/<uuid:signal_id>/", signal.signal, name="signal"),
    path("signals/<uuid:signal_id>/pass/", passing.hand_on, name="signal-pass"),
    path("signals/<uuid:signal_id>/return/", passing.give_back, name="signal-return"),
    path("episodes/<uuid:episode_id>/course/", course.course, name="course"),
]
