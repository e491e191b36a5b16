"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.measures import battery

urlpatterns: list[URLPattern] = [
    path("episodes/<uuid:episode_id>/battery/", battery.battery, name="battery"),
]
