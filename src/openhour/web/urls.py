"""Addresses of the staff pages; each chapter keeps its own list."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("openhour.web.home.urls")),
    path("", include("openhour.web.schedule.urls")),
    path("", include("openhour.web.patients.urls")),
    path("", include("openhour.web.plan.urls")),
    path("", include("openhour.web.hour.urls")),
    path("", include("openhour.web.safety.urls")),
    path("", include("openhour.web.measures.urls")),
    path("", include("openhour.web.progress.urls")),
    path("", include("openhour.web.reports.urls")),
    path("", include("openhour.web.money.urls")),
    path("", include("openhour.web.practice.urls")),
]
