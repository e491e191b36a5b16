"""A signed note is added to, never changed; each addendum is sealed to the one before it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Addendum, Note
from openhour.records.queries.note import note_of
from openhour.workflows.hour.amend_note import amend_note
from openhour.workflows.hour.sign_note import sign_note
from tests.workflows.hours import minutes, ready_to_sign, trail_of


@pytest.fixture
def signed(cast) -> Note:
    """Ana's note, signed by Ben."""
    ready_to_sign(cast)
    return sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90)).note


def amend(cast, note, reason="Left out", text="Her sister came for the last minutes.", who="ben", at=100):
    return amend_note(cast.actor(who), note.pk, reason, text, at=minutes(at))


def test_words_are_added_and_the_note_stays(cast, signed):
    before = Note.objects.values().get()
    words = amend(cast, signed)
    assert (words.text, words.signature) == ("Her sister came for the last minutes.", "Ben Brook, PsyD")
    assert Note.objects.values().get() == before
    assert trail_of("note.amended") == 1


def test_the_reader_finds_note_and_addenda_in_order_and_whole(cast, signed):
    amend(cast, signed, text="First")
    amend(cast, signed, text="Second")  # the same moment: the order holds nevertheless
    read = note_of(cast.actor("ben"), signed.pk, at=minutes(110))
    assert [one.text for one in read.addenda] == ["First", "Second"]
    assert read.sound
    assert read.addenda[0].digest != read.addenda[1].digest


def test_a_changed_addendum_and_all_after_it_are_noticed(cast, signed):
    for text in ("First", "Second", "Third"):
        amend(cast, signed, text=text)
    second = Addendum.objects.get(text="Second")
    _behind_the_promises("records_addendum", "UPDATE records_addendum SET text = 'Other' WHERE text = 'Second'")
    read = note_of(cast.actor("ben"), signed.pk, at=minutes(110))
    assert [one.holds for one in read.addenda] == [True, False, True]
    assert not read.sound
    _behind_the_promises("records_addendum", f"DELETE FROM records_addendum WHERE digest = '{second.digest}'")
    assert [one.holds for one in note_of(cast.actor("ben"), signed.pk, at=minutes(111)).addenda] == [True, False]


def test_a_changed_note_is_noticed_at_reading(cast, signed):
    _behind_the_promises("records_note", "UPDATE records_note SET content = replace(content, 'four', 'five')")
    read = note_of(cast.actor("ben"), signed.pk, at=minutes(110))
    assert (read.holds, read.sound) == (False, False)


def _behind_the_promises(table: str, statement: str) -> None:
    """What someone with the database file in hand could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        if connection.vendor != "sqlite":
            cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize("statement", ["UPDATE records_addendum SET text = 'x'", "DELETE FROM records_addendum"])
def test_the_database_itself_refuses_to_change_an_addendum(cast, signed, statement):
    amend(cast, signed)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("reason", "text", "places"),
    [("", " ", {"reason", "text"}), ("Why", "", {"text"}), ("x" * 121, "\0", {"reason", "text"})],
)
def test_every_reason_comes_at_once(cast, signed, reason, text, places):
    with pytest.raises(Refused) as refused:
        amend(cast, signed, reason, text)
    assert {finding.place for finding in refused.value.findings} == places
    assert not Addendum.objects.exists()


def test_a_draft_is_written_into_not_added_to(cast):
    ready_to_sign(cast)
    with pytest.raises(Refused, match=r"note\.not-signed"):
        amend(cast, Note.objects.get())


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_adds_to_it(cast, signed, who):
    with pytest.raises(NotAllowed):
        amend(cast, signed, who=who)
    assert trail_of("note.amended") == 0


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_nobody_outside_care_and_supervision_reads_it(cast, signed, who):
    with pytest.raises(NotAllowed):
        note_of(cast.actor(who), signed.pk, at=minutes(110))
    assert trail_of("note.read") == 0


def test_the_supervisor_reads_it_and_may_not_add(cast, signed):
    read = note_of(cast.actor("sam"), signed.pk, at=minutes(110))
    assert read.content["patient"]["name"] == "Ana Almond"
    assert not read.may_amend
    assert trail_of("note.read") == 1


def test_a_draft_is_read_by_nobody(cast):
    ready_to_sign(cast)
    for who in ("ben", "sam"):
        with pytest.raises(NotAllowed):
            note_of(cast.actor(who), Note.objects.get().pk, at=minutes(110))
