"""A signed note as it is read: by its author and who supervises, from its frozen words, with the seal checked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from openhour.guard.policy import NotAllowed
from openhour.records.models import Addendum, Episode, Patient
from openhour.records.queries.note import addendum_digest, note_of
from tests.cast import NOW
from tests.guard import access_records as rows
from tests.records.reading import entry_of, named_in, queries_of, those_who_may

pytestmark = pytest.mark.django_db


def amended(cast, note, previous, minutes, text="Words that were added."):
    words = Addendum(
        note=note,
        author=cast.ben,
        reason="late-entry",
        text=text,
        signature="Ben Brook, PsyD",
        made_at=NOW + timedelta(hours=2, minutes=minutes),
    )
    words.digest = addendum_digest(words, previous)
    words.save(force_insert=True)
    return words.digest


def behind_the_programs_back(sql, *values):
    """What somebody does who may take the triggers away."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'records_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table with waiting checks may be altered
            cursor.execute("ALTER TABLE records_note DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE records_addendum DISABLE TRIGGER USER")
        cursor.execute(sql, values)


def test_a_signed_note_opens_for_its_author_and_who_supervises(cast):
    note = rows.signed_note(cast, "ana")
    assert those_who_may(cast, lambda actor: note_of(actor, note.pk, at=NOW)) == {"ben", "sam"}


def test_a_draft_is_read_by_nobody_here(cast):
    draft = rows.note(cast, "ana")
    assert those_who_may(cast, lambda actor: note_of(actor, draft.pk, at=NOW)) == set()


def test_a_note_that_is_not_there_is_refused(cast):
    with pytest.raises(NotAllowed):
        note_of(cast.actor("ben"), uuid4(), at=NOW)


def test_a_note_stays_with_who_wrote_it_when_the_treatment_goes_to_another(cast):
    note = rows.signed_note(cast, "ana")
    Episode.objects.filter(pk=cast.ana_episode.pk).update(therapist=cast.carla)
    assert those_who_may(cast, lambda actor: note_of(actor, note.pk, at=NOW)) == {"ben", "sam"}


@pytest.mark.parametrize(("who", "may"), [("ben", True), ("sam", False)])
def test_only_its_author_may_amend_it(cast, who, may):
    assert note_of(cast.actor(who), rows.signed_note(cast, "ana").pk, at=NOW).may_amend is may


def test_reading_leaves_one_entry_about_the_patient_that_says_whether_the_seal_held(cast):
    note = rows.signed_note(cast, "ana")
    entry = entry_of(lambda: note_of(cast.actor("sam"), note.pk, at=NOW, page="print"))
    assert (entry.action, entry.kind, entry.subject_id) == ("note.read", "note", str(note.pk))
    assert named_in(entry) == {str(cast.ana.pk)}
    assert entry.detail == '{"page":"print","sound":true}'


def test_the_note_is_read_from_its_frozen_words_and_not_from_the_rows_of_today(cast):
    note = rows.signed_note(cast, "ana")
    before = note_of(cast.actor("ben"), note.pk, at=NOW).content
    Patient.objects.filter(pk=cast.ana.pk).update(last_name="Changed")
    Episode.objects.filter(pk=cast.ana_episode.pk).update(reason="Changed")
    found = note_of(cast.actor("ben"), note.pk, at=NOW)
    assert found.content == before
    assert "Changed" not in str(found.content)
    assert (found.zone, found.visit_id, found.sound) == ("America/Chicago", cast.ana_visit.pk, True)


def test_addenda_come_in_the_order_in_which_they_were_written_each_under_the_seal_before(cast):
    note = rows.signed_note(cast, "ana")
    first = amended(cast, note, note.digest, 0, "First")
    amended(cast, note, first, 5, "Second")
    found = note_of(cast.actor("sam"), note.pk, at=NOW)
    assert [(one.text, one.holds) for one in found.addenda] == [("First", True), ("Second", True)]
    assert found.sound


def test_an_addendum_under_the_wrong_seal_does_not_hold(cast):
    note = rows.signed_note(cast, "ana")
    amended(cast, note, "0" * 64, 0)
    found = note_of(cast.actor("ben"), note.pk, at=NOW)
    assert (found.holds, found.addenda[0].holds, found.sound) == (True, False, False)


def test_words_that_were_changed_behind_the_program_no_longer_fit_their_seal(cast):
    note = rows.signed_note(cast, "ana")
    sql = "UPDATE records_note SET content = replace(content, 'spoke of sleep', 'spoke of work')"
    behind_the_programs_back(sql)
    found = note_of(cast.actor("ben"), note.pk, at=NOW)
    assert "spoke of work" in str(found.content)
    assert (found.holds, found.sound) == (False, False)


@pytest.mark.parametrize("column", ["text", "reason", "signature"])
def test_an_addendum_that_was_changed_does_not_hold(cast, column):
    note = rows.signed_note(cast, "ana")
    amended(cast, note, note.digest, 0)
    behind_the_programs_back(f"UPDATE records_addendum SET {column} = 'x'")
    assert [one.holds for one in note_of(cast.actor("ben"), note.pk, at=NOW).addenda] == [False]


def test_an_addendum_that_was_taken_out_breaks_the_one_after_it(cast):
    note = rows.signed_note(cast, "ana")
    first = amended(cast, note, note.digest, 0, "First")
    amended(cast, note, first, 5, "Second")
    behind_the_programs_back("DELETE FROM records_addendum WHERE text = 'First'")
    found = note_of(cast.actor("ben"), note.pk, at=NOW)
    assert [(one.text, one.holds) for one in found.addenda] == [("Second", False)]


def test_more_addenda_take_no_more_queries(cast):
    note = rows.signed_note(cast, "ana")
    last = amended(cast, note, note.digest, 0)
    one = queries_of(lambda: note_of(cast.actor("ben"), note.pk, at=NOW))
    for minute in range(1, 10):
        last = amended(cast, note, last, minute)
    assert queries_of(lambda: note_of(cast.actor("ben"), note.pk, at=NOW)) == one <= 5
