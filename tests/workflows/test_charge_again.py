"""Price an hour anew: the coverage of its day and that payer's fee, as long as the hour waits."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Charge, Coverage
from openhour.workflows.hour.sign_note import sign_note
from openhour.workflows.money.charge_again import charge_again
from openhour.workflows.money.write_batch import write_batch
from tests.workflows.bills import SENT, hour, insure
from tests.workflows.hours import minutes, ready_to_sign, trail_length

pytestmark = pytest.mark.django_db
FROZEN = ("code", "minutes", "diagnoses", "served_on", "procedure_key", "state", "therapist_id", "patient_id")


def again(cast, row, who="eli"):
    return charge_again(cast.actor(who), row.pk, at=SENT)


def of(row, *names):
    return Charge.objects.filter(pk=row.pk).values(*names).get()


def test_an_hour_signed_before_its_coverage_was_recorded_becomes_claimable(cast):
    held = Coverage.objects.filter(patient=cast.ana)
    held.update(valid_from=date(2026, 3, 3))
    ready_to_sign(cast)
    charge = sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(60)).charge
    assert charge.payer == "self-pay"
    held.update(valid_from=date(2026, 1, 1))
    insure(cast)
    again(cast, charge)
    assert of(charge, "payer", "payer_key", "coverage_id") == {
        "payer": "example-payer",
        "payer_key": "example-payer@1.0.0",
        "coverage_id": held.get().pk,
    }
    assert write_batch(cast.actor("eli"), "example-payer", [charge.pk], at=SENT).batch.claim_count == 1


def test_a_missing_fee_is_filled_in_and_what_the_note_froze_stays(cast):
    row = hour(cast, amount_cents=0, modifiers=["XX"])
    before = of(row, *FROZEN)
    again(cast, row)
    assert of(row, "amount_cents", "modifiers") == {"amount_cents": 18000, "modifiers": []}
    assert of(row, *FROZEN) == before


def test_coverage_that_ended_before_the_day_does_not_pay(cast):
    row = hour(cast)
    Coverage.objects.filter(patient=cast.ana).update(valid_to=date(2026, 2, 1))
    assert again(cast, row).payer == "self-pay"


def test_one_trail_entry_where_something_changed_and_none_where_nothing_did(cast):
    row = hour(cast, amount_cents=0)
    before = trail_length()
    again(cast, row)
    again(cast, row)
    assert trail_length() == before + 1
    entry = TrailEntry.objects.get(action="charge.changed")
    assert (entry.subject_id, entry.patient_id) == (str(row.pk), str(cast.ana.pk))


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_but_a_biller_and_no_hour_that_is_not_there(cast, who):
    row = hour(cast, amount_cents=0)
    with pytest.raises(NotAllowed):
        again(cast, row, who)
    with pytest.raises(NotAllowed):
        charge_again(cast.actor("eli"), uuid.uuid4(), at=SENT)
    assert of(row, "amount_cents") == {"amount_cents": 0}


@pytest.mark.parametrize(("state", "code"), [("claimed", "hours.claimed"), ("billed", "hours.billed")])
def test_an_hour_that_went_keeps_its_price(cast, state, code):
    row = hour(cast, state=state, amount_cents=1)
    with pytest.raises(Refused) as refused:
        again(cast, row)
    assert [finding.code for finding in refused.value.findings] == [code]
    assert of(row, "amount_cents") == {"amount_cents": 1}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "90834", "procedure_key": "gone@1.0.0"}, "claim.procedure-unknown"),
        ({"minutes": 40}, "time.code-not-supported"),
    ],
)
def test_what_can_not_be_priced_is_refused(cast, change, code):
    row = hour(cast, **change)
    with pytest.raises(Refused) as refused:
        again(cast, row)
    assert [finding.code for finding in refused.value.findings] == [code]


def test_a_payer_that_is_on_no_shelf_is_refused(cast):
    row = hour(cast)
    Coverage.objects.update(payer="gone")
    with pytest.raises(Refused) as refused:
        again(cast, row)
    assert [finding.code for finding in refused.value.findings] == ["payer.unknown"]
