"""A hand in the database, past every promise: what a thief with the file would do. Used by the trail's tests only."""

from __future__ import annotations

from django.db import connection

from openhour.guard.promises import install_trail_promises

_TABLES = ("guard_trailentry", "guard_trailhead")


def by_hand(*statements: str) -> None:
    """Run SQL on the trail's tables with their triggers taken away, and put them back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'guard_trail%%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            for table in _TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor != "sqlite":
            for table in _TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    install_trail_promises("default")
