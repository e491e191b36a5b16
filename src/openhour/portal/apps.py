"""The portal room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Holds templates and static files; no tables."""

    name = "openhour.portal"
    label = "openhour_portal"
