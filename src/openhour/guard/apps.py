"""The guard as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GuardConfig(AppConfig):
    """Installs the trail's promises into the database after every migration."""

    name = "openhour.guard"
    label = "guard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Django remakes tables on SQLite and would drop their triggers silently; second factors tell by signals."""
        from openhour.guard.adapter import record_factors
        from openhour.guard.promises import install_trail_promises

        record_factors()
        post_migrate.connect(install_trail_promises, sender=self, dispatch_uid="guard.promises")
