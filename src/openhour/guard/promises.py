"""What the database itself promises of the trail: entries are added at the end and never touched again.

Installed after every migration, because a table that SQLite remakes loses its triggers.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from openhour.kernel.ledger import GENESIS

_REFUSE_CHANGE = {
    "sqlite": """
        CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table} {when}
        BEGIN SELECT RAISE(ABORT, '{message}'); END""",
    "postgresql": """
        CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
        FOR EACH ROW {when} EXECUTE FUNCTION openhour_refuse('{message}')""",
}

_REFUSE_FUNCTION = """
    CREATE OR REPLACE FUNCTION openhour_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"""

_HEAD_FOLLOWS = {
    "sqlite": (
        """
        CREATE TRIGGER IF NOT EXISTS guard_trailhead_follows AFTER INSERT ON guard_trailentry
        BEGIN UPDATE guard_trailhead SET count = NEW.seq, digest = NEW.digest WHERE id = 1; END""",
    ),
    "postgresql": (
        """
        CREATE OR REPLACE FUNCTION openhour_trailhead() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN UPDATE guard_trailhead SET count = NEW.seq, digest = NEW.digest WHERE id = 1; RETURN NEW; END $$""",
        """
        CREATE OR REPLACE TRIGGER guard_trailhead_follows AFTER INSERT ON guard_trailentry
        FOR EACH ROW EXECUTE FUNCTION openhour_trailhead()""",
    ),
}


def refuse(vendor: str, table: str, verb: str, message: str, *, when: str = "") -> tuple[str, ...]:
    """SQL that makes the database refuse a verb (`update`, `delete`) on a table; `when` is an SQL condition on OLD."""
    clause = f"WHEN {when}" if when and vendor == "sqlite" else f"WHEN ({when})" if when else ""
    statement = _REFUSE_CHANGE[vendor].format(table=table, verb=verb, message=message, when=clause)
    return (_REFUSE_FUNCTION, statement) if vendor == "postgresql" else (statement,)


def install_trail_promises(using: str, **_: Any) -> None:
    """Add what is missing; safe to run again."""
    connection = connections[using]
    if "guard_trailhead" not in connection.introspection.table_names():
        return
    statements = (
        *refuse(connection.vendor, "guard_trailentry", "update", "the trail is never changed"),
        *refuse(connection.vendor, "guard_trailentry", "delete", "the trail is never shortened"),
        *_HEAD_FOLLOWS[connection.vendor],
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM guard_trailhead")
        if cursor.fetchone()[0] == 0:
            cursor.execute("INSERT INTO guard_trailhead (id, count, digest) VALUES (1, 0, %s)", [GENESIS])
