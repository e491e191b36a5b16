"""What the database itself refuses, asked in SQL behind everything that the program would have said before."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, models, transaction

from openhour.records.models import Addendum, Answer, Consent, Note, Visit, VisitChange
from tests.cast import NOW
from tests.guard import access_records as rows

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def held(value: Any) -> Any:
    """As this database keeps it."""
    if isinstance(value, uuid.UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def run(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [held(value) for value in values])


def refused(sentence: str, sql: str, *values: Any) -> None:
    with pytest.raises(DatabaseError, match=sentence):
        run(sql, *values)


def count_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def booked(cast: Any, starts_at: datetime, ends_at: datetime, **other: Any) -> Visit:
    """A visit of Carla's with Cleo in the garden room, unless said otherwise."""
    usual = {
        "episode": cast.cleo_episode,
        "patient": cast.cleo,
        "therapist": cast.carla,
        "site": cast.site,
        "room": cast.other_room,
        "procedure": "psychotherapy-60",
        "made_at": NOW,
    }
    return Visit(starts_at=starts_at, ends_at=ends_at, **(usual | other))


def written(visit: Visit) -> None:
    """By SQL alone, column for column."""
    columns = list(Visit._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in columns)
    places = ", ".join(["%s"] * len(columns))
    run(f"INSERT INTO records_visit ({names}) VALUES ({places})", *(getattr(visit, one.attname) for one in columns))


SHARED = {
    "therapist": lambda cast: {"therapist": cast.ben},
    "room": lambda cast: {"room": cast.room},
    "patient": lambda cast: {"patient": cast.ana, "episode": cast.ana_episode},
}
OVERLAPS = {
    "the same hour": (0, 60),
    "a quarter of an hour into it": (-45, 15),
    "its last minute": (59, 119),
    "within it": (20, 30),
    "around it": (-30, 90),
}


@pytest.mark.parametrize("when", OVERLAPS)
@pytest.mark.parametrize("what", SHARED)
def test_nobody_and_no_room_is_in_two_visits_at_once(cast, what, when):
    Visit.objects.filter(pk=cast.cleo_visit.pk).update(state="cancelled")
    first, last = OVERLAPS[when]
    visit = booked(cast, NOW + timedelta(minutes=first), NOW + timedelta(minutes=last), **SHARED[what](cast))
    with pytest.raises(DatabaseError, match=f"visit_{what}_is_free"):
        written(visit)
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("what", SHARED)
def test_a_visit_may_begin_at_the_minute_at_which_another_ends_and_end_where_it_begins(cast, what):
    written(booked(cast, NOW + HOUR, NOW + 2 * HOUR, **SHARED[what](cast)))
    written(booked(cast, NOW - HOUR, NOW, **SHARED[what](cast)))
    assert Visit.objects.count() == 4


@pytest.mark.parametrize("what", SHARED)
def test_a_cancelled_visit_is_in_nobodys_way(cast, what):
    Visit.objects.update(state="cancelled")
    written(booked(cast, NOW, NOW + HOUR, **SHARED[what](cast)))
    written(booked(cast, NOW, NOW + HOUR, **SHARED[what](cast), state="cancelled"))
    assert Visit.objects.filter(state="booked").count() == 1


@pytest.mark.parametrize("state", ["booked", "arrived", "held", "missed"])
def test_every_visit_that_was_not_cancelled_keeps_its_hour(cast, state):
    Visit.objects.filter(pk=cast.cleo_visit.pk).update(state="cancelled")
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    with pytest.raises(DatabaseError, match="visit_therapist_is_free"):
        written(booked(cast, NOW, NOW + HOUR, therapist=cast.ben, room=None))


def test_a_cancelled_visit_does_not_come_back_into_an_hour_that_was_given_away(cast):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    written(booked(cast, NOW, NOW + HOUR, therapist=cast.ben, room=None, **SHARED["patient"](cast)))
    refused("_is_free", "UPDATE records_visit SET state = 'booked' WHERE id = %s", cast.ana_visit.pk)


def test_a_visit_is_not_moved_into_another(cast):
    later = booked(cast, NOW + HOUR, NOW + 2 * HOUR, therapist=cast.ben, **SHARED["patient"](cast))
    written(later)
    sql = "UPDATE records_visit SET starts_at = %s WHERE id = %s"
    refused("_is_free", sql, NOW + timedelta(minutes=59), later.pk)
    run(sql, NOW + timedelta(minutes=70), later.pk)
    assert Visit.objects.get(pk=later.pk).starts_at == NOW + timedelta(minutes=70)


def test_a_visit_is_not_moved_into_a_room_that_is_taken(cast):
    sql = "UPDATE records_visit SET room_id = %s WHERE id = %s"
    refused("visit_room_is_free", sql, cast.room.pk, cast.cleo_visit.pk)


def test_a_visit_does_not_stand_in_its_own_way(cast):
    run("UPDATE records_visit SET ends_at = %s WHERE id = %s", NOW + timedelta(minutes=90), cast.ana_visit.pk)
    assert Visit.objects.get(pk=cast.ana_visit.pk).interval.minutes == 90


def test_visits_without_a_room_share_none(cast):
    run("UPDATE records_visit SET room_id = NULL")
    assert Visit.objects.filter(room=None).count() == 2


def test_two_visits_across_midnight_overlap_as_well(cast):
    late = NOW.replace(hour=23, minute=30)
    written(booked(cast, late, late + HOUR))
    with pytest.raises(DatabaseError, match="visit_therapist_is_free"):
        written(booked(cast, late + timedelta(minutes=45), late + 2 * HOUR, room=None, **SHARED["patient"](cast)))


def test_a_visit_ends_after_it_starts(cast):
    with pytest.raises(DatabaseError, match="visit_ends_after_it_starts"):
        written(booked(cast, NOW + 5 * HOUR, NOW + 5 * HOUR))


def test_a_visit_ends_within_half_a_day(cast):
    start = NOW + timedelta(days=3)
    with pytest.raises(DatabaseError, match="visit_ends_within_half_a_day"), transaction.atomic():
        booked(cast, start, start + timedelta(hours=12, minutes=1)).save()
    booked(cast, start, start + timedelta(hours=12)).save()


def test_a_long_day_is_found_from_its_last_hour(cast):
    """The search for overlaps looks back one day, so no visit may be so long that it would be missed."""
    written(booked(cast, NOW + 2 * HOUR, NOW + 14 * HOUR))
    with pytest.raises(DatabaseError, match="visit_therapist_is_free"):
        written(booked(cast, NOW + 13 * HOUR, NOW + 15 * HOUR, room=None, **SHARED["patient"](cast)))


# --- what was signed


CHANGES_OF_A_NOTE = {
    "its words": "content = 'other'",
    "its seal": "digest = 'other'",
    "its state": "state = 'draft'",
    "its sections": "sections = '{}'",
    "its signature": "signature = 'Somebody else'",
    "who wrote it": "author_id = author_id",
}


@pytest.mark.parametrize("what", CHANGES_OF_A_NOTE)
def test_nothing_of_a_signed_note_changes(cast, what):
    note = rows.signed_note(cast, "ana")
    refused(
        "a signed note never changes", f"UPDATE records_note SET {CHANGES_OF_A_NOTE[what]} WHERE id = %s", note.pk
    )
    assert Note.objects.get(pk=note.pk).content == note.content


@pytest.mark.parametrize(
    "change", ["risk = 'asked again'", "started_at = NULL", "agenda = '[]'", "revision = revision + 1"]
)
def test_nothing_of_the_hour_of_a_signed_note_changes(cast, change):
    session = rows.signed_note(cast, "ana").session
    run("UPDATE records_session SET sealed_at = %s WHERE id = %s", NOW, session.pk)
    refused(
        "the hour of a signed note never changes", f"UPDATE records_session SET {change} WHERE id = %s", session.pk
    )


def test_the_hour_of_a_draft_is_written_on(cast):
    session = rows.note(cast, "ana").session
    run("UPDATE records_session SET risk = 'asked' WHERE id = %s", session.pk)
    session.refresh_from_db()
    assert session.risk == "asked"


def test_a_draft_is_written_until_it_is_signed(cast):
    draft = rows.note(cast, "ana")
    run("UPDATE records_note SET revision = 7 WHERE id = %s", draft.pk)
    assert Note.objects.get(pk=draft.pk).revision == 7


def test_a_note_is_not_signed_without_its_words_and_seal(cast):
    draft = rows.note(cast, "ana")
    refused("a_signed_note_has_its_digest", "UPDATE records_note SET state = 'signed' WHERE id = %s", draft.pk)


WORDS_OF_A_CONSENT = ("words", "signer", "signer_is", "form_key", "form_digest", "procedure_key", "digest")


@pytest.mark.parametrize("column", WORDS_OF_A_CONSENT)
def test_what_was_agreed_to_does_not_change(cast, column):
    consent = rows.consent(cast, "ana")
    refused("a consent never changes", f"UPDATE records_consent SET {column} = 'x' WHERE id = %s", consent.pk)


def test_a_consent_stays_with_its_day_its_patient_and_its_treatment(cast):
    consent = rows.consent(cast, "ana")
    sql = "UPDATE records_consent SET {} = %s WHERE id = %s"
    for column, value in (
        ("signed_on", "2020-01-01"),
        ("patient_id", cast.cleo.pk),
        ("episode_id", cast.cleo_episode.pk),
    ):
        refused("a consent never changes", sql.format(column), value, consent.pk)


def test_a_consent_may_be_withdrawn(cast):
    consent = rows.consent(cast, "ana")
    run("UPDATE records_consent SET withdrawn_at = %s WHERE id = %s", NOW, consent.pk)
    assert Consent.objects.get(pk=consent.pk).withdrawn_at == NOW


# --- what is only added, and what is never deleted


def _answer(cast):
    return Answer.objects.create(response=rows.response(cast, "ana"), item="9", value=1, by="link:1", made_at=NOW)


def _addendum(cast):
    note = rows.signed_note(cast, "ana")
    return Addendum.objects.create(
        note=note, author=cast.ben, reason="late", text="Words.", signature="B", digest="0" * 64, made_at=NOW
    )


def _change(cast):
    return VisitChange.objects.create(
        visit=cast.ana_visit, kind="move", was_starts_at=NOW, was_ends_at=NOW + HOUR, reason="patient", made_at=NOW
    )


ADDED_ONLY = {
    "records_answer": _answer,
    "records_addendum": _addendum,
    "records_visitchange": _change,
    "records_claimbatch": lambda cast: rows.batch(cast, "ana"),
}


@pytest.mark.parametrize("table", ADDED_ONLY)
def test_rows_that_are_only_added_are_neither_changed_nor_deleted(cast, table):
    row = ADDED_ONLY[table](cast)
    refused("rows here are only added", f"UPDATE {table} SET made_at = made_at WHERE id = %s", row.pk)
    refused("rows here are only added", f"DELETE FROM {table} WHERE id = %s", row.pk)
    assert count_of(table) == 1


NEVER_DELETED = (
    "patient",
    "episode",
    "visit",
    "session",
    "note",
    "response",
    "alert",
    "consent",
    "charge",
    "claim",
    "claimline",
    "superbill",
    "diagnosis",
    "assignment",
)


@pytest.mark.parametrize("kind", NEVER_DELETED)
def test_no_clinical_row_is_deleted(cast, kind):
    rows.MAKERS["claim" if kind == "claimline" else kind](cast, "ana")
    before = count_of(f"records_{kind}")
    assert before
    refused("nothing clinical is deleted", f"DELETE FROM records_{kind}")
    assert count_of(f"records_{kind}") == before


# --- the trail


def _trailed(cast):
    from openhour.guard import trail

    with transaction.atomic():
        trail.write(cast.actor("ben"), "chart.read", cast.ana, at=NOW)


def test_the_trail_is_neither_changed_nor_shortened(cast):
    _trailed(cast)
    refused("the trail is never changed", "UPDATE guard_trailentry SET actor = 'user:0'")
    refused("the trail is never shortened", "DELETE FROM guard_trailentry")
    assert count_of("guard_trailentry") == 1


def test_the_head_of_the_trail_follows_what_is_added(cast):
    _trailed(cast)
    _trailed(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count, digest FROM guard_trailhead")
        count, digest = cursor.fetchone()
        cursor.execute("SELECT digest FROM guard_trailentry WHERE seq = 2")
        assert (count, digest) == (2, cursor.fetchone()[0])


# --- after a migration


def promises() -> set[str]:
    """Names of the triggers, and of the constraints against overlaps where the database has such."""
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
        "UNION SELECT conname FROM pg_constraint WHERE contype = 'x'",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def _wider(model: type[models.Model], name: str, width: int) -> None:
    """What a migration does that makes a column wider; SQLite writes the whole table anew for it."""
    old = model._meta.get_field(name)
    new = models.CharField(max_length=width, blank=True)
    new.set_attributes_from_name(name)
    new.model = model
    with connection.schema_editor() as editor:
        editor.alter_field(model, old, new)


@pytest.mark.parametrize(("model", "column"), [(Visit, "cancel_reason"), (Note, "layout"), (Consent, "method")])
def test_a_migration_that_makes_a_table_anew_leaves_every_promise_in_place(transactional_db, model, column):
    before = promises()
    assert len(before) >= 20
    _wider(model, column, 99)
    if connection.vendor == "sqlite":
        assert promises() < before, "SQLite kept the triggers, and this test no longer says anything"
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert promises() == before


def test_the_promises_are_installed_again_without_harm(cast):
    before = promises()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert promises() == before
