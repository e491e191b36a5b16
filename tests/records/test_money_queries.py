"""Claim files and superbills as the biller reads them: nobody else does, sums are right, and what was changed stays in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from openhour.guard.models import TrailEntry
from openhour.kernel import Money, Refused
from openhour.records.models import Charge, Claim, ClaimBatch, ClaimLine, Superbill
from openhour.records.queries.claim import batch_file, batch_of, batches
from openhour.records.queries.superbill import made, superbill_file, superbill_of, waiting
from tests.cast import NOW
from tests.guard import access_records as rows
from tests.records.reading import entry_of, named_in, queries_of, those_who_may
from tests.workflows.bills import SENT, hour

pytestmark = pytest.mark.django_db


def eli(cast):
    return cast.actor("eli")


def both_claimed(cast):
    for who in ("ana", "cleo"):
        rows.claim(cast, who)
    return ClaimBatch.objects.get()


def handed_out(cast, count=1, who="ana"):
    """So many further superbills."""
    for place in range(count):
        bill = rows.superbill(cast, who)
        copy = Superbill.objects.get(pk=bill.pk)
        copy.pk, copy.number, copy.made_at = uuid4(), f"S-{who}-{place}", NOW + timedelta(days=place + 1)
        copy.save(force_insert=True)


PAGES = {
    "the files": lambda cast, actor: batches(actor),
    "a file with its claims": lambda cast, actor: batch_of(actor, both_claimed(cast).pk, at=NOW),
    "the file itself": lambda cast, actor: batch_file(actor, both_claimed(cast).pk, at=NOW),
    "hours that wait": lambda cast, actor: waiting(actor, at=NOW, everybody=False),
    "superbills": lambda cast, actor: made(actor, at=NOW),
    "a superbill": lambda cast, actor: superbill_of(actor, rows.superbill(cast, "ana").pk, at=NOW),
    "its file": lambda cast, actor: superbill_file(actor, rows.superbill(cast, "ana").pk, at=NOW),
}


@pytest.mark.parametrize("page", PAGES)
def test_the_biller_alone_opens_it(cast, page):
    assert those_who_may(cast, lambda actor: PAGES[page](cast, actor)) == {"eli"}


@pytest.mark.parametrize("call", [batch_of, batch_file, superbill_of, superbill_file])
def test_what_is_not_there_is_refused_to_everybody(cast, call):
    assert those_who_may(cast, lambda actor: call(actor, uuid4(), at=NOW)) == set()


NAMED = {
    "a file with its claims": ("charge.read", {"ana", "cleo"}),
    "the file itself": ("batch.downloaded", {"ana", "cleo"}),
    "superbills": ("charge.read", {"ana"}),
    "a superbill": ("charge.read", {"ana"}),
    "its file": ("superbill.downloaded", {"ana"}),
}


@pytest.mark.parametrize("page", NAMED)
def test_each_reading_leaves_one_entry_that_names_exactly_whom_it_showed(cast, page):
    rows.superbill(cast, "ana")
    entry = entry_of(lambda: PAGES[page](cast, eli(cast)))
    action, shown = NAMED[page]
    assert (entry.action, named_in(entry)) == (action, {str(getattr(cast, who).pk) for who in shown})


def test_the_list_of_files_shows_no_patient_and_leaves_no_entry(cast):
    both_claimed(cast)
    found = batches(eli(cast))
    assert not TrailEntry.objects.exists()
    assert not [word for word in ("Almond", "Quince", "synthetic~") if word in repr(found)]
    (line,) = found.batches
    assert (line.control, line.total, line.by, line.payer) == (1, Money(18000), "Command line", line.payer)
    assert line.payer != "example-payer"


def test_a_file_is_shown_with_its_claims_and_their_hours(cast):
    detail = batch_of(eli(cast), both_claimed(cast).pk, at=NOW)
    assert [(one.patient, one.patient_number, one.total) for one in detail.claims] == [
        ("Ana Almond", "P-1001", Money(18000)),
        ("Cleo Quince", "P-1002", Money(18000)),
    ]
    (one,) = detail.claims[0].hours
    assert (one.code, one.minutes, one.amount, one.day) == ("90837", 55, Money(18000), NOW.date())
    assert (detail.sound, detail.zone.key) == (True, "America/Chicago")


def test_the_tenth_claim_comes_after_the_ninth(cast):
    batch = rows.batch(cast, "ana")
    for place in (10, 9, 1, 2):
        Claim.objects.create(
            number=f"B1-{place}",
            batch=batch,
            patient=cast.ana,
            coverage=rows.coverage(cast, "ana"),
            total_cents=1,
            made_at=NOW,
        )
    numbers = [one.number for one in batch_of(eli(cast), batch.pk, at=NOW).claims]
    assert numbers == ["B1-1", "B1-2", "B1-9", "B1-10"]


def _unprotected(table):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def test_a_claim_file_that_was_changed_is_shown_as_such_and_not_handed_out(cast):
    batch = both_claimed(cast)
    _unprotected("records_claimbatch")
    ClaimBatch.objects.update(content="ISA*other~")
    assert batch_of(eli(cast), batch.pk, at=NOW).sound is False
    before = TrailEntry.objects.count()
    with pytest.raises(Refused) as refused:
        batch_file(eli(cast), batch.pk, at=NOW)
    assert [finding.code for finding in refused.value.findings] == ["batch.digest"]
    assert TrailEntry.objects.count() == before


def test_a_superbill_that_was_changed_is_not_handed_out(cast):
    bill = rows.superbill(cast, "ana")
    assert superbill_file(eli(cast), bill.pk, at=NOW) == (bill.number, b"%PDF-1.7 synthetic")
    Superbill.objects.update(file=b"%PDF-1.7 other")
    before = TrailEntry.objects.count()
    with pytest.raises(Refused) as refused:
        superbill_file(eli(cast), bill.pk, at=NOW)
    assert [finding.code for finding in refused.value.findings] == ["superbill.digest"]
    assert TrailEntry.objects.count() == before


def test_a_superbill_says_what_is_still_owed_and_for_which_hours(cast):
    bill = rows.superbill(cast, "ana")
    Superbill.objects.update(paid_cents=5000)
    rows.superbill(cast, "cleo")
    detail = superbill_of(eli(cast), bill.pk, at=NOW)
    assert (detail.superbill.total, detail.superbill.balance) == (Money(18000), Money(13000))
    assert [(one.code, one.diagnoses) for one in detail.hours] == [("90837", ("F32.1",))]


# --- hours that wait for a superbill


def test_hours_of_those_who_pay_themselves_wait_in_groups_of_patient_and_therapist(cast):
    hour(cast, "ana", days=0, payer="self-pay", amount_cents=15000)
    hour(cast, "ana", days=7, payer="self-pay", amount_cents=12000)
    hour(cast, "cleo", days=0, payer="self-pay", amount_cents=9000)
    hour(cast, "ana", days=14)
    hour(cast, "cleo", days=14, payer="self-pay", state="billed")
    found = waiting(eli(cast), at=SENT, everybody=False)
    assert [(one.patient, one.therapist, one.total, len(one.hours)) for one in found.groups] == [
        ("Ana Almond", "Ben Brook", Money(27000), 2),
        ("Cleo Quince", "Carla Cole", Money(9000), 1),
    ]
    first, second = found.groups[0].hours
    assert first.day < second.day
    assert first.payer == ""
    assert found.found == 3


def test_with_everybody_hours_that_an_insurer_could_pay_are_among_them(cast):
    hour(cast, "ana", days=0)
    assert waiting(eli(cast), at=SENT, everybody=False).groups == ()
    (group,) = waiting(eli(cast), at=SENT, everybody=True).groups
    assert group.hours[0].payer not in ("", "example-payer")


def test_of_one_patient_only_their_hours_are_shown_and_named(cast):
    for who in ("ana", "cleo"):
        hour(cast, who, payer="self-pay")
    entry = entry_of(lambda: waiting(eli(cast), at=SENT, everybody=False, patient_id=cast.cleo.pk))
    assert named_in(entry) == {str(cast.cleo.pk)}


def test_no_biller_is_shown_a_word_of_the_hour(cast):
    hour(cast, "ana", payer="self-pay")
    shown = repr(waiting(eli(cast), at=SENT, everybody=True))
    assert not [word for word in ("Words about", "Words of an agenda") if word in shown]


def test_the_last_that_was_handed_out_comes_first(cast):
    handed_out(cast, 3)
    assert [one.number for one in made(eli(cast), at=NOW).superbills] == ["S-ana-2", "S-ana-1", "S-ana-0", "S-P-1001"]


def test_pages_are_of_fifty_and_named_as_shown(cast):
    handed_out(cast, 51)
    rows.superbill(cast, "cleo")
    first, last = made(eli(cast), at=NOW), made(eli(cast), page=99, at=NOW)
    assert (len(first.superbills), len(last.superbills), first.found, last.page, last.pages) == (50, 3, 53, 2, 2)
    entry = entry_of(lambda: made(eli(cast), at=NOW))
    assert named_in(entry) == {str(cast.ana.pk)}


def test_more_rows_take_no_more_queries(cast):
    batch = both_claimed(cast)
    rows.superbill(cast, "ana")
    reads = (
        lambda: batches(eli(cast)),
        lambda: batch_of(eli(cast), batch.pk, at=NOW),
        lambda: made(eli(cast), at=NOW),
        lambda: waiting(eli(cast), at=SENT, everybody=True),
        lambda: superbill_of(eli(cast), rows.superbill(cast, "ana").pk, at=NOW),
    )
    hour(cast, "ana", days=1)
    few = [queries_of(read) for read in reads]
    handed_out(cast, 5)
    for place in range(2, 9):
        charge = hour(cast, "ana", days=place)
        rows.superbill(cast, "ana").charges.add(charge)
        ready = hour(cast, "cleo", days=place)
        claim = Claim.objects.create(
            number=f"B9-{place}",
            batch=batch,
            patient=cast.cleo,
            coverage=rows.coverage(cast, "cleo"),
            total_cents=1,
            made_at=NOW,
        )
        ClaimLine.objects.create(claim=claim, charge=ready, made_at=NOW)
        other = {
            "payer": "example-payer",
            "content": "x",
            "digest": "",
            "claim_count": 1,
            "total_cents": 1,
            "made_at": NOW,
        }
        ClaimBatch.objects.create(control=place, file_name="x", **other)
    assert [queries_of(read) for read in reads] == few
    assert Charge.objects.count() > 10
