"""Addresses of this chapter, and of Today, which begins with its alerts."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.home.today import today
from openhour.web.safety import alerts, link, response

urlpatterns: list[URLPattern] = [
    path("today/", today, name="today"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/see/", alerts.see, name="alert-see"),
    path("visits/<uuid:visit_id>/link/", link.link, name="link-issue"),
    path("responses/<uuid:response_id>/", response.response, name="response"),
]
