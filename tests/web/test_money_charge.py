"""One hour as money: why this code, why this amount, what holds it back; and never a word of its note."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Charge, Note
from openhour.workflows.hour.sign_note import sign_note
from openhour.workflows.money.make_superbill import make_superbill
from openhour.workflows.money.write_batch import write_batch
from tests.web.schedule_desk import counting, page, stop_clock
from tests.workflows.bills import SENT, hour, insure
from tests.workflows.hours import minutes, ready_to_sign, trail_length

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch, SENT)


@pytest.fixture
def eli(sign_in, cast):
    insure(cast)
    return sign_in("eli")


def at(row, name="charge"):
    return reverse(name, args=[row.pk])


def test_it_says_why_this_code_and_why_this_amount(eli, cast):
    words = page(eli.get(at(hour(cast))))
    for fact in (
        "Ana Almond, 1 Mar 2026",
        "P-1001",
        "55 min",
        "10:00 am – 10:55 am",
        "90837 needs 53 minutes or more face to face; 55 were held.",
        "$180.00 since 1 Jan 2026. Made-up fee schedule from 2026.",
        "psychotherapy-60@1.0.0",
        "example-payer@1.0.0",
        "Private practice office",
        "MEM123456",
        "F32.1",
        "Major depressive disorder, single episode, moderate",
        "Nothing holds this hour back.",
    ):
        assert fact in words


@pytest.mark.parametrize(
    ("code", "held", "window"), [("90834", 45, "38 to 52 minutes"), ("90832", 20, "16 to 37 minutes")]
)
def test_the_window_is_that_of_the_code(eli, cast, code, held, window):
    assert f"{code} needs {window} face to face; {held} were held." in page(
        eli.get(at(hour(cast, code=code, held=held)))
    )


def test_no_note_text_ever_reaches_a_biller(eli, cast):
    ready_to_sign(cast)
    charge = sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(60)).charge
    note = Note.objects.get()
    written = [one["text"] for one in note.sections.values()] + [
        "Proud of the four walks.",
        "Leave the house",
        "behavioral",
    ]
    bodies = [
        page(eli.get(address)) for address in (at(charge), "/claims/", reverse("superbills") + "?show=everybody")
    ]
    batch = write_batch(cast.actor("eli"), "example-payer", [charge.pk], at=SENT).batch
    bodies += [page(eli.get(at(batch, name))) for name in ("batch", "batch-file")]
    bodies.append(page(eli.get(at(charge))))
    assert len(written) >= 5
    for body in bodies:
        assert not [words for words in written if words and words.lower() in body.lower()]


def test_the_words_of_the_session_are_not_even_read(eli, cast):
    row = hour(cast)
    for address in (at(row), "/claims/", "/claims/?show=ready"):
        with counting() as queries:
            eli.get(address)
        for column in ('"risk"', '"agenda"', '"people"', '"sections"', '"content"', '"review_waiver"', '"reason"'):
            assert not [one for one in queries if column in one and "records_" in one], (address, column)


def test_what_holds_it_back_is_told_with_the_way(eli, cast):
    words = page(eli.get(at(hour(cast, amount_cents=0, diagnoses=[]))))
    assert "What holds it back" in words
    assert 'href="#again"' in words
    assert "The therapist decides this." in words
    assert "None was recorded." in words


def test_a_payer_without_a_fee_is_told(eli, cast):
    words = page(eli.get(at(hour(cast, code="90899"))))
    assert "Example Payer lists no fee for 90899 on that day." in words


def test_it_says_where_the_hour_went_and_offers_nothing_more(eli, cast):
    claimed, billed = hour(cast), hour(cast, payer="self-pay", days=1)
    batch = write_batch(cast.actor("eli"), "example-payer", [claimed.pk], at=SENT).batch
    bill = make_superbill(cast.actor("eli"), [billed.pk], paid="0", typeset=lambda words: b"%PDF", at=SENT)
    for row, there in ((claimed, at(batch, "batch")), (billed, at(bill, "superbill"))):
        words = page(eli.get(at(row)))
        assert there in words
        assert at(row, "charge-again") not in words
        assert "superbill instead of a claim" not in words


def test_definitions_that_left_the_shelf_break_nothing(eli, cast):
    row = hour(cast, payer="gone", payer_key="gone@1", procedure_key="gone@1.0.0", place_of_service="00")
    words = page(eli.get(at(row)))
    assert "The shelf holds no definition of this payer" in words
    assert "any more" in words


def test_reading_leaves_one_entry_in_the_patients_chart(eli, cast):
    row = hour(cast)
    before = trail_length()
    eli.get(at(row))
    assert trail_length() == before + 1
    entry = TrailEntry.objects.latest("seq")
    assert (entry.action, entry.subject_id, entry.patient_id) == ("charge.read", str(row.pk), str(cast.ana.pk))


@pytest.mark.parametrize("state", ["ready", "claimed", "billed"])
def test_eight_queries_at_most(eli, cast, state):
    row = hour(cast, state=state, diagnoses=["F32.1", "F41.1", "Z63.0"])
    with counting() as queries:
        eli.get(at(row))
    assert len(queries) <= 8, "\n".join(queries)


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_else_sees_it_and_a_missing_one_looks_the_same(sign_in, cast, who):
    row, client = hour(cast, amount_cents=0), sign_in(who)
    foreign, missing = client.get(at(row)), client.get(reverse("charge", args=[uuid.uuid4()]))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert client.post(at(row, "charge-again")).status_code == 404
    assert Charge.objects.get().amount_cents == 0


def test_pricing_anew_goes_back_to_the_hour(eli, cast):
    row = hour(cast, amount_cents=0)
    answer = eli.post(at(row, "charge-again"))
    assert (answer.status_code, answer["Location"]) == (303, at(row))
    assert "$180.00" in page(eli.get(at(row)))


def test_pricing_anew_is_no_get_and_tells_why_not(eli, cast):
    row = hour(cast, state="claimed")
    assert eli.get(at(row, "charge-again")).status_code == 405
    answer = eli.post(at(row, "charge-again"))
    assert answer.status_code == 409
    assert "was claimed before" in page(answer)
    assert eli.post(reverse("charge-again", args=[uuid.uuid4()])).status_code == 404
    held = hour(cast, days=1, held=40)
    assert eli.post(at(held, "charge-again")).status_code == 422
