"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.measures import battery, begin, enter, goals, second

urlpatterns: list[URLPattern] = [
    path("episodes/<uuid:episode_id>/battery/", battery.battery, name="battery"),
    path("episodes/<uuid:episode_id>/forms/begin/", begin.begin, name="form-begin"),
    path("responses/<uuid:response_id>/enter/", enter.enter, name="form-enter"),
    path("responses/<uuid:response_id>/second/", second.second, name="form-second"),
    path("responses/<uuid:response_id>/differences/", second.differences, name="form-differences"),
    path("episodes/<uuid:episode_id>/goals/", goals.goals, name="goals"),
    path("episodes/<uuid:episode_id>/goals/<uuid:thread>/levels/", goals.levels, name="goal-levels"),
]
