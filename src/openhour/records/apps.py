"""The chart tables as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """Installs the promises of the database (no overlap, nothing signed changes) after every migration."""

    name = "openhour.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the one hook: a table that SQLite remakes loses its triggers."""
        from openhour.records.promises import install_record_promises

        post_migrate.connect(install_record_promises, sender=self, dispatch_uid="records.promises")
