"""Whether the database stands where this version of Openhour expects it. Asked by every command that needs it."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from openhour.kernel import Finding, Refused


def missing_migrations() -> tuple[str, ...]:
    """What `openhour migrate` would apply, as `records.0001_the_hour`, in order; nothing where all is applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def reachable_migrations() -> tuple[str, ...]:
    """As `missing_migrations`. Raises Refused where the database can't be reached."""
    try:
        return missing_migrations()
    except OperationalError as error:
        raise Refused(Finding("database.unreachable", "The database can't be reached.")) from error


def require_database() -> None:
    """Raises Refused where the database can't be reached, or is behind this version."""
    if missing := reachable_migrations():
        sentence = f"The database waits for {len(missing)} migrations. Make a backup, then run: openhour migrate"
        raise Refused(Finding("database.behind", sentence))
