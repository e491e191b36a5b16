"""What the database itself promises: no overlap of visits, nothing signed changes, answers are only added.

Installed after every migration, because a table that SQLite remakes loses its triggers. On PostgreSQL the overlaps
are exclusion constraints, which hold under two requests at once; SQLite has one writer, so triggers do.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from openhour.guard.promises import refuse

_APPEND_ONLY = (
    "records_answer",
    "records_addendum",
    "records_visitchange",
    "records_claimbatch",
    "records_signalanswer",
    "records_goalrating",
)
_NEVER_DELETED = (
    "records_patient",
    "records_episode",
    "records_visit",
    "records_session",
    "records_note",
    "records_response",
    "records_alert",
    "records_consent",
    "records_charge",
    "records_claim",
    "records_claimline",
    "records_superbill",
    "records_diagnosis",
    "records_assignment",
    "records_battery",
    "records_secondentry",
    "records_goalscale",
    "records_signal",
    "records_coursemodel",
)
_RESOURCES = ("therapist", "room", "patient")

_SQLITE_OVERLAP = """
    CREATE TRIGGER IF NOT EXISTS records_visit_{resource}_is_free_on_{verb} BEFORE {verb} ON records_visit
    WHEN NEW.state <> 'cancelled' AND NEW.{resource}_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM records_visit AS other
        WHERE other.{resource}_id = NEW.{resource}_id AND other.id <> NEW.id AND other.state <> 'cancelled'
          AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
          AND other.starts_at > datetime(NEW.starts_at, '-1 day'))
    BEGIN SELECT RAISE(ABORT, 'visit_{resource}_is_free'); END"""

_SQLITE_LENGTH = """
    CREATE TRIGGER IF NOT EXISTS records_visit_ends_within_a_day_on_{verb} BEFORE {verb} ON records_visit
    WHEN NEW.ends_at > datetime(NEW.starts_at, '+12 hours')
    BEGIN SELECT RAISE(ABORT, 'visit_ends_within_half_a_day'); END"""

# Asked first whether it is there: PostgreSQL refuses to touch a table whose foreign keys wait to be checked.
_POSTGRES_CONSTRAINT = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_constraint
                       WHERE conname = '{name}' AND conrelid = 'records_visit'::regclass) THEN
            ALTER TABLE records_visit ADD CONSTRAINT {name} {rule};
        END IF; END $$"""
_POSTGRES_OVERLAP = (
    "EXCLUDE USING gist ({resource}_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (state <> 'cancelled')"
)
_POSTGRES_LENGTH = "CHECK (ends_at <= starts_at + interval '12 hours')"

_SIGNED = "OLD.state = 'signed'"
_SEALED = "OLD.sealed_at IS NOT NULL"
_CONSENT_WORDS = (
    "patient_id",
    "episode_id",
    "form_key",
    "form_digest",
    "procedure_key",
    "words",
    "signer",
    "signer_is",
    "signed_on",
    "digest",
)
_FITTED = (
    *("instrument", "instrument_key", "kind", "version", "data_from", "data_until", "size", "scores"),
    *("quality", "parameters"),
)
_SEEN = (
    *("patient_id", "episode_id", "instrument", "kind", "seen_at", "sentence", "against", "sureness", "evidence"),
    "model_version",
)


def _changed(vendor: str, columns: tuple[str, ...]) -> str:
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


def _statements(vendor: str) -> list[str]:
    found: list[str] = []
    if vendor == "sqlite":
        for verb in ("insert", "update"):
            found += [_SQLITE_OVERLAP.format(resource=resource, verb=verb) for resource in _RESOURCES]
            found.append(_SQLITE_LENGTH.format(verb=verb))
    else:
        found.append("CREATE EXTENSION IF NOT EXISTS btree_gist")
        rules = {f"visit_{one}_is_free": _POSTGRES_OVERLAP.format(resource=one) for one in _RESOURCES}
        rules["visit_ends_within_half_a_day"] = _POSTGRES_LENGTH
        found += [_POSTGRES_CONSTRAINT.format(name=name, rule=rule) for name, rule in rules.items()]
    found += refuse(vendor, "records_note", "update", "a signed note never changes", when=_SIGNED)
    found += refuse(vendor, "records_session", "update", "the hour of a signed note never changes", when=_SEALED)
    found += refuse(
        vendor, "records_consent", "update", "a consent never changes", when=_changed(vendor, _CONSENT_WORDS)
    )
    found += refuse(vendor, "records_coursemodel", "update", "a fitted course stays", when=_changed(vendor, _FITTED))
    found += refuse(vendor, "records_signal", "update", "what was seen stays", when=_changed(vendor, _SEEN))
    for table in _APPEND_ONLY:
        found += refuse(vendor, table, "update", "rows here are only added")
        found += refuse(vendor, table, "delete", "rows here are only added")
    for table in _NEVER_DELETED:
        found += refuse(vendor, table, "delete", "nothing clinical is deleted")
    return found


def install_record_promises(using: str, **_: Any) -> None:
    """Add what is missing; safe to run again."""
    connection = connections[using]
    if "records_superbill" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)
