"""Rows as claims: who, what pays, where, and what holds an hour back, read the same by the page and by the verb."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openhour.billing.claims import Person
from openhour.guard.policy import NotAllowed
from openhour.kernel import Money
from openhour.records.models import Charge, Coverage, Patient, Practice, Site
from openhour.records.queries.billed_values import desk, payer_title, self_pay, signed_hour
from openhour.records.queries.charge import Asked, claim_queue
from openhour.records.queries.charge_detail import charge_of, fee_of
from openhour.records.queries.claim import batches
from openhour.records.queries.claim_edits import judged, services_claimed, with_what_edits_need
from openhour.records.queries.superbill import made, waiting
from openhour.records.shelf import shelf
from openhour.workflows.money.write_batch import write_batch
from tests.cast import NOW
from tests.workflows.bills import SENT, hour, insure

pytestmark = pytest.mark.django_db


@pytest.fixture
def insured(cast):
    insure(cast)
    return cast


def rows():
    return list(with_what_edits_need(Charge.objects.order_by("made_at", "pk")))


def value(row=None):
    where = desk(SENT)
    return signed_hour(row or rows()[0], where.organisation, on=where.today)


def held(at=SENT):
    """Codes of the edits that hold, by charge."""
    found = judged(rows(), desk(at))
    return {pk: [edit.finding.code for edit in edits if edit.holds] for pk, edits in found.items()}


# --- rows as values


def test_a_claim_bears_the_name_of_the_card_and_not_the_one_they_are_called_by(insured):
    hour(insured)
    Patient.objects.update(called="Annie")
    assert value().patient.person == Person("Almond", "Ana")
    (group,) = claim_queue(insured.actor("eli"), Asked(), at=SENT).groups
    assert group.lines[0].patient == "Ana Almond"


@pytest.mark.parametrize(
    ("relation", "code"), [("self", "18"), ("spouse", "01"), ("child", "19"), ("other", "G8"), ("cousin", "")]
)
def test_what_the_patient_is_to_the_insured_person_is_written_in_the_payers_code(insured, relation, code):
    row = hour(insured)
    Coverage.objects.update(relation=relation, subscriber_last_name="Almond", subscriber_first_name="Pia")
    coverage = value().coverage
    assert coverage.relation == code
    assert coverage.holder == (None if relation == "self" else Person("Almond", "Pia"))
    assert ("claim.relation" in held()[row.pk]) == (relation == "cousin")


def test_an_insured_person_without_a_name_is_missing(insured):
    row = hour(insured)
    Coverage.objects.update(relation="child")
    assert held()[row.pk] == ["claim.holder-missing"]


@pytest.mark.parametrize(
    ("change", "elsewhere"),
    [
        ({}, False),
        ({"address": " 100  main st "}, False),
        ({"zip_code": "62701"}, False),
        ({"zip_code": "62702"}, True),
        ({"address": "9 Oak St"}, True),
        ({"city": "Chicago"}, True),
    ],
)
def test_a_place_is_named_where_it_is_not_the_practices_own(insured, change, elsewhere):
    hour(insured)
    Site.objects.update(**change)
    assert (value().facility is not None) == elsewhere


def test_the_charge_keeps_what_the_signature_froze(insured):
    hour(insured, modifiers=["GT"], minutes=58)
    charge = value().charge
    assert (charge.code, charge.minutes, charge.modifiers, charge.amount) == ("90837", 58, ("GT",), Money(18000))
    assert charge.procedure == "psychotherapy-60@1.0.0"
    assert charge.procedure_digest == shelf().pinned("procedure", "psychotherapy-60@1.0.0").pin.digest


def test_the_authorization_comes_from_the_coverage(insured):
    hour(insured)
    Coverage.objects.update(authorization="AUTH-1")
    assert value().authorization == "AUTH-1"


def test_a_charge_without_coverage_is_held_and_breaks_nothing(insured):
    row = hour(insured, coverage=None)
    assert "claim.member-missing" in held()[row.pk]


def test_the_day_is_that_of_the_practice(insured):
    assert desk(NOW.replace(hour=3)).today == date(2026, 3, 1)  # ten in the evening in Springfield
    Practice.objects.all().delete()
    assert not desk(SENT).ready


def test_titles_and_kinds_of_payers():
    assert payer_title("example-payer") == "Example Payer"
    assert payer_title("gone") == "gone"
    assert self_pay() == ("self-pay",)


def test_the_fee_is_the_entry_in_force_on_the_day():
    payer = shelf().payer("example-payer", on=date(2026, 3, 1))
    assert fee_of(payer, "90837", date(2025, 12, 31)).amount == Money(17000)
    assert fee_of(payer, "90837", date(2026, 1, 1)).amount == Money(18000)
    assert fee_of(payer, "90837", date(2019, 1, 1)) is None
    assert fee_of(None, "90837", date(2026, 1, 1)) is None


# --- judged


def test_a_payer_that_left_the_shelf_holds_the_hour(insured):
    row = hour(insured, payer="gone")
    assert held() == {row.pk: ["claim.payer-unknown"]}


def test_a_coverage_that_goes_to_another_payer_now_holds_the_hour(insured):
    row = hour(insured)
    Coverage.objects.update(payer="self-pay")
    assert "claim.payer" in held()[row.pk]


def test_what_was_claimed_is_known_for_these_patients_only(insured):
    claimed = [hour(insured), hour(insured, "cleo")]
    write_batch(insured.actor("eli"), "example-payer", [row.pk for row in claimed], at=SENT)
    again = hour(insured, at_hour=2)
    assert services_claimed([again]) == {(str(insured.ana.pk), "1876543210", "90837", again.served_on)}
    assert services_claimed([]) == frozenset()
    assert held()[again.pk] == ["claim.duplicate"]


def test_of_three_like_hours_only_the_first_may_go(insured):
    first, *others = [hour(insured, at_hour=at) for at in (0, 2, 4)]
    found = held()
    assert found[first.pk] == []
    assert all(found[row.pk] == ["claim.twice-waiting"] for row in others)


@pytest.mark.parametrize("change", [{"code": "90834", "held": 45}, {"days": 1}, {"payer": "self-pay"}])
def test_another_code_day_or_payer_is_no_twin(insured, change):
    hour(insured)
    other = hour(insured, **({"at_hour": 2} | change))
    assert "claim.twice-waiting" not in held()[other.pk]


def test_the_deadline_counts_from_the_day_of_the_hour(insured):
    row = hour(insured)
    assert held(NOW + timedelta(days=179))[row.pk] == []
    assert held(NOW + timedelta(days=181))[row.pk] == ["claim.late"]


# --- who may


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_but_a_biller_reads_money(insured, who):
    row, actor = hour(insured), insured.actor(who)
    for read in (
        lambda: claim_queue(actor, Asked(), at=SENT),
        lambda: charge_of(actor, row.pk, at=SENT),
        lambda: batches(actor),
        lambda: waiting(actor, at=SENT),
        lambda: made(actor, at=SENT),
    ):
        with pytest.raises(NotAllowed):
            read()


def test_sums_are_of_all_pages_and_by_payer(insured):
    for day in range(3):
        hour(insured, days=day)
    hour(insured, days=4, payer="zz", amount_cents=500)
    queue = claim_queue(insured.actor("eli"), Asked(), at=SENT)
    assert [(group.slug, group.count, group.total.cents) for group in queue.groups] == [
        ("example-payer", 3, 54000),
        ("zz", 1, 500),
    ]
    assert (queue.found, queue.total.cents) == (4, 54500)
    ready = claim_queue(insured.actor("eli"), Asked(show="ready"), at=SENT)
    assert [(group.slug, group.count, group.total.cents) for group in ready.groups] == [("example-payer", 3, 54000)]
