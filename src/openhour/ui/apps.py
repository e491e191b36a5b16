"""The ui room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Holds templates and static files; no tables."""

    name = "openhour.ui"
    label = "openhour_ui"
