"""The project room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Holds templates and static files; no tables."""

    name = "openhour.project"
    label = "openhour_project"
