"""The trail in the database: written with the thing or not at all, never touched, and every tampering named."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.guard import trail
from openhour.guard.models import TrailEntry, TrailHead
from openhour.kernel.guarded import Subject
from openhour.workflows.practice.verify_trail import verify_trail
from tests.cast import NOW, Cast
from tests.guard.tampering import by_hand

pytestmark = pytest.mark.django_db
TEXT_COLUMNS = ("actor", "action", "kind", "subject_id", "patient_id", "detail", "previous", "digest")
quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def write(cast: Cast, many: int = 6) -> None:
    for number in range(many):
        with transaction.atomic():
            trail.write(cast.actor("ben"), f"chart.read-{number}", cast.ana, at=NOW, number=number)


def places() -> list[str]:
    return [finding.place for finding in trail.verify_trail()]


def names(found: list[str], seq: int) -> bool:
    """Whether one of the places is the entry, or a stretch that holds it."""
    for place in found:
        numbers = [int(word) for word in place.replace("entries", "").replace("entry", "").split("to")]
        if numbers[0] <= seq <= numbers[-1]:
            return True
    return False


def test_an_entry_says_who_did_what_to_whose_chart(cast: Cast) -> None:
    write(cast, 1)
    entry = TrailEntry.objects.get()
    assert (entry.seq, entry.actor, entry.action) == (1, f"user:{cast.ben_user.pk}", "chart.read-0")
    assert (entry.kind, entry.patient_id) == ("patient", str(cast.ana.pk))
    assert entry.detail == '{"number":0}'
    assert places() == []


def test_the_digest_is_of_the_key_of_this_installation(cast: Cast, settings) -> None:
    write(cast, 2)
    settings.TRAIL_KEY = b"another key".ljust(32, b".")
    assert places()[:1] == ["entry 1"]


def test_outside_a_transaction_nothing_is_written(transactional_db: None, cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        trail.write(cast.actor("ben"), "chart.read", cast.ana, at=NOW)
    assert not TrailEntry.objects.exists()


def test_when_the_thing_fails_its_entry_is_gone_too(transactional_db: None, cast: Cast) -> None:
    def read() -> None:
        with transaction.atomic():
            trail.write(cast.actor("ben"), "chart.read", cast.ana, at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read()
    assert not TrailEntry.objects.exists()
    assert TrailHead.objects.get().count == 0
    write(cast, 2)
    assert places() == []


@pytest.mark.parametrize(
    "touch",
    [
        lambda: TrailEntry.objects.update(actor="user:1"),
        lambda: TrailEntry.objects.filter(seq=1).delete(),
        lambda: TrailEntry.objects.all().delete(),
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_an_entry(cast: Cast, touch) -> None:
    write(cast, 2)
    with pytest.raises(DatabaseError), transaction.atomic():
        touch()
    assert TrailEntry.objects.count() == 2
    assert places() == []


def tampered(cast: Cast, *statements: str) -> list[str]:
    """What is found after a hand in the database; then all is as it was."""
    with transaction.atomic():
        if not TrailEntry.objects.exists():
            write(cast)
        by_hand(*statements)
        found = places()
        transaction.set_rollback(True)
    return found


@quick
@given(
    seq=st.integers(1, 6),
    column=st.sampled_from(TEXT_COLUMNS),
    word=st.text("abcdef0123456789", min_size=1, max_size=30),
)
def test_any_field_of_any_entry_that_was_changed_is_named(cast: Cast, seq: int, column: str, word: str) -> None:
    assert names(tampered(cast, f"UPDATE guard_trailentry SET {column} = 'x{word}' WHERE seq = {seq}"), seq)


@pytest.mark.parametrize("seq", range(1, 7))
def test_a_moved_hour_is_named(cast: Cast, seq: int) -> None:
    assert names(
        tampered(cast, f"UPDATE guard_trailentry SET at = '2026-03-02 16:00:00.000001+00' WHERE seq = {seq}"), seq
    )


@pytest.mark.parametrize("seq", range(1, 7))
def test_any_entry_that_was_deleted_is_named(cast: Cast, seq: int) -> None:
    assert names(tampered(cast, f"DELETE FROM guard_trailentry WHERE seq = {seq}"), seq)


@pytest.mark.parametrize("kept", range(6))
def test_an_end_that_was_cut_off_is_named(cast: Cast, kept: int) -> None:
    found = tampered(cast, f"DELETE FROM guard_trailentry WHERE seq > {kept}")
    assert all(names(found, seq) for seq in range(kept + 1, 7))


@pytest.mark.parametrize("kept", range(1, 6))
def test_an_end_cut_off_with_the_head_set_back_leaves_the_verification_as_witness(cast: Cast, kept: int) -> None:
    """With the database alone a thief can shorten the end; the head's number only goes up, so a number that was
    written down elsewhere (the verification prints it) is no longer reached."""
    found = tampered(
        cast,
        f"DELETE FROM guard_trailentry WHERE seq > {kept}",
        f"UPDATE guard_trailhead SET count = {kept}",
    )
    assert found, "the head's digest still tells"


@quick
@given(one=st.integers(1, 6), other=st.integers(1, 6))
def test_two_entries_that_changed_places_are_named(cast: Cast, one: int, other: int) -> None:
    if one == other:
        return
    found = tampered(
        cast,
        f"UPDATE guard_trailentry SET seq = -1 WHERE seq = {one}",
        f"UPDATE guard_trailentry SET seq = {one} WHERE seq = {other}",
        f"UPDATE guard_trailentry SET seq = {other} WHERE seq = -1",
    )
    assert names(found, one)
    assert names(found, other)


def test_a_trail_rewritten_without_the_key_is_named_from_its_first_changed_entry(cast: Cast) -> None:
    from openhour.kernel.ledger import GENESIS, digest_of

    with transaction.atomic():
        write(cast)
        previous, statements = GENESIS, []
        for entry in TrailEntry.objects.order_by("seq"):
            fields = {"actor": "user:99", "action": entry.action}
            digest = digest_of(b"a thief's own key".ljust(32), entry.seq, fields, previous)
            statements.append(
                f"UPDATE guard_trailentry SET actor = 'user:99', previous = '{previous}', digest = '{digest}' "
                f"WHERE seq = {entry.seq}"
            )
            previous = digest
        by_hand(*statements, f"UPDATE guard_trailhead SET digest = '{previous}'")
        found = places()
        transaction.set_rollback(True)
    assert all(names(found, seq) for seq in range(1, 7))


def test_an_entry_put_in_by_hand_is_named(cast: Cast) -> None:
    found = tampered(
        cast,
        "INSERT INTO guard_trailentry (seq, at, actor, action, kind, subject_id, patient_id, detail, previous, digest) "
        "SELECT 7, at, actor, action, kind, subject_id, patient_id, detail, digest, 'abc' FROM guard_trailentry WHERE seq = 6",
    )
    assert names(found, 7)


def test_a_verification_says_how_many_entries_it_read_and_is_written_down(cast: Cast) -> None:
    write(cast)
    verified = verify_trail(cast.actor("olga"), at=NOW)
    assert (verified.holds, verified.entries) == (True, 6)
    last = TrailEntry.objects.latest("seq")
    assert (last.action, last.detail) == ("trail.verified", '{"entries":6,"findings":0}')


def test_only_the_owner_verifies(cast: Cast) -> None:
    from openhour.guard.policy import NotAllowed

    for who in ("ben", "carla", "dee", "eli", "sam"):
        with pytest.raises(NotAllowed):
            verify_trail(cast.actor(who), at=NOW)
    assert not TrailEntry.objects.exists()


def test_two_who_write_at_once_get_two_numbers(transactional_db: None, cast: Cast) -> None:
    """No entry is lost and none gets a number twice, however many write at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def one(number: int) -> None:
        try:
            with transaction.atomic():
                trail.write(cast.actor("ben"), "chart.read", cast.ana, at=NOW, number=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(24)))
    assert list(TrailEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 25))
    assert places() == []


def test_a_subject_is_all_the_guard_knows(cast: Cast) -> None:
    class Thing:
        def subject(self) -> Subject:
            return Subject("thing", "7")

    with transaction.atomic():
        trail.write(cast.actor("ben"), "thing.read", Thing(), at=NOW)
    entry = TrailEntry.objects.get()
    assert (entry.kind, entry.subject_id, entry.patient_id) == ("thing", "7", "")
