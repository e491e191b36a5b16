"""Batches that were written: listed without a name, shown with their claims, handed out as they were or not at all."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import ClaimBatch
from openhour.records.queries import claim as queries
from openhour.workflows.money.write_batch import write_batch
from tests.billing.cast import pyx12_accepts
from tests.web.schedule_desk import counting, page, stop_clock
from tests.workflows.bills import SENT, hour, insure
from tests.workflows.hours import trail_length

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch, SENT)


@pytest.fixture
def eli(sign_in, cast):
    insure(cast)
    return sign_in("eli")


def write(cast, *rows):
    return write_batch(cast.actor("eli"), "example-payer", [row.pk for row in rows], at=SENT).batch


def at(name, batch):
    return reverse(name, args=[batch.pk])


def change_by_hand(batch, text):
    """As somebody with the database open would."""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            cursor.execute(
                f"DROP TRIGGER records_claimbatch_no_{verb}"
                + (" ON records_claimbatch" if connection.vendor == "postgresql" else "")
            )
    ClaimBatch.objects.filter(pk=batch.pk).update(content=text)


def test_the_list_tells_number_time_payer_and_total_and_no_patient(eli, cast):
    write(cast, hour(cast), hour(cast, "cleo"))
    words = page(eli.get(reverse("batches")))
    for fact in ("3 Mar 2026, 10:00 am", "Example Payer", "$360.00", "Eli East"):
        assert fact in words
    assert "Almond" not in words
    assert "P-1001" not in words


def test_an_empty_list_shows_the_way(eli):
    assert "No batch was written yet." in page(eli.get(reverse("batches")))


def test_the_page_shows_the_claims_with_their_hours(eli, cast):
    batch = write(cast, hour(cast), hour(cast, days=7), hour(cast, "cleo"))
    words = page(eli.get(at("batch", batch)))
    for fact in (
        "Batch 1",
        "000000001",
        "B1-1",
        "B1-2",
        "Ana Almond",
        "Cleo Quince",
        "$540.00",
        "22 Feb 2026",
        "1 Mar 2026",
        "Eli East",
    ):
        assert fact in words
    assert batch.digest in words.replace("<wbr>", "")


def test_claims_stand_in_the_order_of_their_numbers(eli, cast):
    batch = write(
        cast,
        *[
            hour(cast, days=day, diagnoses=[f"F32.{day % 4}"], place_of_service=("11", "53", "22")[day % 3])
            for day in range(11)
        ],
    )
    numbers = [claim.number for claim in queries.batch_of(cast.actor("eli"), batch.pk, at=SENT).claims]
    assert numbers == [f"B1-{place}" for place in range(1, 12)]


def test_the_file_is_handed_out_as_it_was_written(eli, cast):
    batch = write(cast, hour(cast))
    answer = eli.get(at("batch-file", batch))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Content-Disposition"] == 'attachment; filename="claims-000000001.txt"'
    assert answer.content.decode() == batch.content
    assert pyx12_accepts(answer.content.decode())[0]


def test_handing_out_and_reading_are_each_one_entry(eli, cast):
    batch = write(cast, hour(cast))
    for name, action in (("batch", "charge.read"), ("batch-file", "batch.downloaded")):
        before = trail_length()
        eli.get(at(name, batch))
        assert trail_length() == before + 1
        entry = TrailEntry.objects.latest("seq")
        assert (entry.action, entry.subject_id) == (action, str(batch.pk))
        assert str(cast.ana.pk) in entry.detail


def test_a_file_that_was_changed_by_hand_is_shown_as_such_and_not_handed_out(eli, cast):
    batch = write(cast, hour(cast))
    change_by_hand(batch, batch.content.replace("180", "999"))
    assert "changed outside Openhour" in page(eli.get(at("batch", batch)))
    before = TrailEntry.objects.filter(action="batch.downloaded").count()
    answer = eli.get(at("batch-file", batch))
    assert answer.status_code == 409
    assert "ISA*" not in page(answer)
    assert TrailEntry.objects.filter(action="batch.downloaded").count() == before


def test_the_database_lets_nobody_change_or_remove_a_batch(cast):
    insure(cast)
    batch = write(cast, hour(cast))
    from django.db import IntegrityError, transaction

    for change in (
        lambda: ClaimBatch.objects.update(total_cents=1),
        lambda: ClaimBatch.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert ClaimBatch.objects.get() == batch


def test_the_list_turns_its_pages(eli, cast, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for day in range(3):
        write(cast, hour(cast, days=day))
    first, second = (page(eli.get(f"{reverse('batches')}?page={number}")) for number in (1, 2))
    assert ("Batch 3" in first, "Batch 2" in first, "Batch 1" in first) == (True, True, False)
    assert "Batch 1" in second
    assert "Batch 1" in page(eli.get(f"{reverse('batches')}?page=99"))


def test_few_queries_however_many_claims(eli, cast):
    def asked(batch):
        with counting() as queries:
            assert eli.get(at("batch", batch)).status_code == 200
        return list(queries)

    few = asked(write(cast, hour(cast)))
    many = asked(write(cast, *[hour(cast, ("ana", "cleo")[day % 2], days=day + 1) for day in range(40)]))
    assert len(few) == len(many) <= 8, "\n".join(many)
    with counting() as queries:
        eli.get(reverse("batches"))
    assert len(queries) <= 8


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_else_sees_a_batch(sign_in, cast, who):
    insure(cast)
    batch = write(cast, hour(cast))
    before = trail_length()
    for name in ("batch", "batch-file"):
        answer = sign_in(who).get(at(name, batch))
        assert answer.status_code == 404
        assert "Almond" not in page(answer)
    assert trail_length() == before


def test_a_batch_that_is_not_there_is_not_found(eli):
    for name in ("batch", "batch-file"):
        assert eli.get(reverse(name, args=[uuid.uuid4()])).status_code == 404
