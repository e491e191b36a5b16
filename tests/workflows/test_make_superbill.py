"""Make a superbill: paper for a patient who pays, complete or not at all, kept as it was handed out, once for an hour."""

from __future__ import annotations

import hashlib
import uuid

import pypdf
import pytest

from openhour.guard import trail
from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Money, Refused
from openhour.records.models import Charge, Counter, Licence, Patient, Practice, Superbill, Therapist
from openhour.ui.documents import render_pdf
from openhour.workflows.money.make_superbill import make_superbill, read_paid
from openhour.workflows.money.write_batch import write_batch
from tests.workflows.bills import SENT, hour, insure, nothing_written, states
from tests.workflows.hours import trail_length

pytestmark = pytest.mark.django_db


class Typeset:
    """Remembers what was to be printed."""

    def __init__(self):
        self.words = {}

    def __call__(self, words):
        self.words = words
        return b"%PDF synthetic"


def make(cast, *rows, paid="180", who="eli", typeset=None):
    ids = [row.pk for row in rows]
    return make_superbill(cast.actor(who), ids, paid=paid, typeset=typeset or Typeset(), at=SENT)


def codes(cast, *rows, **how):
    with pytest.raises(Refused) as refused:
        make(cast, *rows, **how)
    return [finding.code for finding in refused.value.findings]


@pytest.fixture
def paid_hour(cast):
    return hour(cast, payer="self-pay")


def test_it_holds_what_an_insurer_asks_for(cast, paid_hour):
    typeset = Typeset()
    made = make(cast, paid_hour, hour(cast, payer="self-pay", days=7), paid="$180.00", typeset=typeset)
    words = typeset.words
    assert words["title"] == "Superbill S-00001"
    assert words["issued"] == "March 3, 2026"
    assert words["patient"]["name"] == "Ana Almond"
    assert words["clinician"]["licence"] == "IL IL-1876"
    assert words["clinician"]["name"] == "Ben Brook, PsyD"
    assert words["practice"]["tax_id"] == "12-3456789"
    assert words["practice"]["phone"] == "(555) 555-0100"
    assert words["patient"]["address"] == ["1 Elm St", "Springfield, IL 62701-0001"]
    assert [line["day"] for line in words["lines"]] == ["February 22, 2026", "March 1, 2026"]
    assert words["diagnoses"][0][0] == "F32.1"
    assert "depressive" in words["diagnoses"][0][1]
    assert (words["charged"], words["paid"], words["balance"]) == ("$360.00", "$180.00", "$180.00")
    assert words["signed_by"] == "Eli East, for Elm Street Therapy (synthetic)"
    assert (made.total_cents, made.paid_cents, made.by) == (36000, 18000, cast.eli_user)


def test_the_file_is_a_tagged_pdf_kept_with_its_digest_and_without_a_word_of_the_session(cast, paid_hour):
    from io import BytesIO

    made = make(cast, paid_hour, typeset=lambda words: render_pdf("superbill", words, dated=SENT))
    file = bytes(Superbill.objects.get().file)
    assert made.digest == hashlib.sha256(file).hexdigest()
    document = pypdf.PdfReader(BytesIO(file))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in document.trailer["/Root"]
    text = "".join(page.extract_text() for page in document.pages)
    assert "Ana Almond" in text
    assert "90837" in text
    assert "risk" not in text.lower()
    assert "agenda" not in text.lower()


def test_the_hours_are_billed_and_the_numbers_count_up(cast, paid_hour):
    other = hour(cast, payer="self-pay", days=7)
    waits = hour(cast, payer="self-pay", days=14)
    assert [make(cast, row).number for row in (paid_hour, other)] == ["S-00001", "S-00002"]
    assert states() == ["billed", "billed", "ready"]
    assert waits.superbills.count() == 0


def test_the_trail_has_one_entry_and_holds(cast, paid_hour):
    before = trail_length()
    made = make(cast, paid_hour)
    assert trail_length() == before + 1
    entry = TrailEntry.objects.get(action="superbill.made")
    assert (entry.kind, entry.subject_id, entry.patient_id) == ("superbill", str(made.pk), str(cast.ana.pk))
    assert "Almond" not in entry.detail
    assert list(trail.verify_trail()) == []


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_but_a_biller_makes_one(cast, paid_hour, who):
    with pytest.raises(NotAllowed):
        make(cast, paid_hour, who=who)
    assert nothing_written()


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        (Practice, {"tax_id": ""}, "superbill.tax-id"),
        (Practice, {"npi": "1234567890"}, "npi.invalid"),
        (Practice, {"phone": ""}, "superbill.missing"),
        (Patient, {"address": ""}, "superbill.missing"),
        (Therapist, {"credential": ""}, "superbill.missing"),
        (Licence, {"state": "WI"}, "superbill.missing"),
        (Licence, {"valid_from": "2026-03-02"}, "superbill.missing"),
        (Charge, {"amount_cents": 0}, "superbill.amount"),
        (Charge, {"diagnoses": []}, "superbill.diagnosis"),
        (Charge, {"place_of_service": "00"}, "superbill.place"),
    ],
)
def test_what_an_insurer_would_miss_is_refused(cast, paid_hour, table, change, code):
    table.objects.update(**change)
    found = codes(cast, paid_hour, paid="0")
    assert code in found
    assert nothing_written()


def test_every_gap_comes_at_once_and_names_the_hour_by_number_and_day(cast, paid_hour):
    Practice.objects.update(tax_id="")
    Charge.objects.update(diagnoses=[])
    with pytest.raises(Refused) as refused:
        make(cast, paid_hour, paid="x")
    found = {finding.code: finding for finding in refused.value.findings}
    assert set(found) == {"superbill.paid-unreadable", "superbill.tax-id", "superbill.diagnosis"}
    assert found["superbill.diagnosis"].place == str(paid_hour.pk)
    assert found["superbill.diagnosis"].sentence.startswith("P-1001, March 1, 2026: ")


def test_one_patient_and_one_therapist(cast, paid_hour):
    assert codes(cast, paid_hour, hour(cast, "cleo", payer="self-pay"))[:2] == [
        "superbill.patients",
        "superbill.therapists",
    ]
    assert nothing_written()


def test_nothing_chosen_forged_ids_and_no_practice(cast, paid_hour):
    assert codes(cast) == ["hours.none"]
    with pytest.raises(Refused) as refused:
        make_superbill(cast.actor("eli"), [paid_hour.pk, uuid.uuid4()], paid="0", typeset=Typeset(), at=SENT)
    assert [finding.code for finding in refused.value.findings] == ["hours.unknown"]
    Practice.objects.all().delete()
    assert "practice.missing" in codes(cast, paid_hour)
    assert nothing_written()


def test_an_hour_stands_on_one_paper_only(cast, paid_hour):
    make(cast, paid_hour)
    assert codes(cast, paid_hour) == ["hours.billed"]
    assert Superbill.objects.count() == 1
    assert Counter.objects.get(name="superbill").value == 1


def test_an_insured_patient_may_send_it_in_themselves_unless_it_was_claimed(cast):
    insure(cast)
    mine, claimed = hour(cast), hour(cast, days=7)
    write_batch(cast.actor("eli"), "example-payer", [claimed.pk], at=SENT)
    assert codes(cast, mine, claimed) == ["hours.claimed"]
    typeset = Typeset()
    make(cast, mine, typeset=typeset)
    assert typeset.words["patient"]["member_id"] == "MEM123456"
    with pytest.raises(Refused) as refused:
        write_batch(cast.actor("eli"), "example-payer", [mine.pk], at=SENT)
    assert [finding.code for finding in refused.value.findings] == ["hours.billed"]


def test_where_the_paper_can_not_be_set_nothing_is_billed(cast, paid_hour):
    def broken(words):
        raise RuntimeError("no paper")

    with pytest.raises(RuntimeError):
        make(cast, paid_hour, typeset=broken)
    assert nothing_written()


@pytest.mark.parametrize(
    ("typed", "cents"), [("180", 18000), (" $1,180.5 ", 118050), ("0", 0), ("0.00", 0), ("12.34", 1234)]
)
def test_amounts_are_read_as_people_write_them(typed, cents):
    assert read_paid(typed) == (Money(cents), ())


@pytest.mark.parametrize(
    "typed", ["", "  ", "x", "1.234", "nan", "1e3000000", "Infinity", "１８０", "\x00", "9" * 12]
)
def test_what_is_no_amount_is_refused_at_its_field(typed):
    money, (finding,) = read_paid(typed)
    assert (money, finding.place) == (Money(0), "paid")


@pytest.mark.parametrize("typed", ["180.01", "-1"])
def test_more_than_the_hours_cost_and_less_than_nothing_are_refused(cast, paid_hour, typed):
    (code,) = codes(cast, paid_hour, paid=typed)
    assert code in {"superbill.paid-more", "superbill.paid"}
    assert nothing_written()
