"""The web room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Holds templates and static files; no tables."""

    name = "openhour.web"
    label = "openhour_web"
