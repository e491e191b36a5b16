"""`openhour migrate`: bring the database up to this version. Safe to run again; nothing clinical is dropped."""

from __future__ import annotations

from io import StringIO

from openhour.project.cli.contract import Answer, openhour_command, with_practice


@openhour_command("migrate", example="openhour migrate")
def command() -> Answer:
    """Bring the database up to this version."""
    with_practice()
    from django.core.management import call_command

    from openhour.project.database import reachable_migrations

    applied = reachable_migrations()
    call_command("migrate", interactive=False, stdout=StringIO())
    text = "\n".join(f"applied {name}" for name in applied) or "The database is up to date."
    return Answer({"applied": list(applied)}, text)
