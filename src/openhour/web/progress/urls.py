"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.progress import caseload, course, passing, signal, signals

urlpatterns: list[URLPattern] = [
    path("progress/", caseload.caseload, name="caseload"),
    path("progress/signals/", signals.signals, name="signals"),
    path("progress/signals/<uuid:signal_id>/", signal.signal, name="signal"),
    path("progress/signals/<uuid:signal_id>/pass/", passing.hand_on, name="signal-pass"),
    path("progress/signals/<uuid:signal_id>/return/", passing.give_back, name="signal-return"),
    path("progress/<uuid:episode_id>/", course.course, name="course"),
]
