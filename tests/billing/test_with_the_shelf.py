"""The rules together with the definitions that ship: minutes, charge, claim, edits, file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openhour.billing.claims import Address, Coverage, SignedHour, assemble, payer_party
from openhour.billing.edits import EditContext, edits_of, holding
from openhour.billing.timecode import charge_for, code_for
from openhour.billing.x12 import validate_837p, write_837p
from openhour.catalog import shipped_shelf
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Money
from tests.billing.cast import ANA, BEN, PRACTICE, batch_of, no_finding, pyx12_accepts

DAY = date(2026, 1, 2)
SHELF = shipped_shelf()
PAYER = SHELF.payer("example-payer", on=DAY)
FAMILY = SHELF.family("individual-psychotherapy", on=DAY)


def hour_of(minutes, day=DAY):
    procedure = code_for(minutes, FAMILY)
    assert isinstance(procedure, Procedure)
    charge = charge_for(procedure, PAYER, minutes=minutes, on=day, taxonomy=BEN.taxonomy)
    coverage = Coverage(payer_party(PAYER), "MEM123456")
    return SignedHour(f"hour-{day}", ANA, coverage, BEN, "11", ("F33.1", "F41.1"), charge)


def context(payer=PAYER):
    return EditContext(
        on=date(2026, 2, 1),
        payer=payer,
        procedures={one.pin.key: one for one in SHELF.procedures},
        diagnosis_finding=no_finding,
    )


@pytest.mark.parametrize(
    ("minutes", "code", "dollars"),
    [
        (16, "90832", 90),
        (37, "90832", 90),
        (38, "90834", 130),
        (52, "90834", 130),
        (53, "90837", 180),
        (60, "90837", 180),
    ],
)
def test_the_shipped_definitions_charge_what_the_minutes_support(minutes, code, dollars):
    charge = hour_of(minutes).charge
    assert (charge.code, charge.amount) == (code, Money.of(dollars))


def test_fifteen_minutes_are_not_billed():
    assert isinstance(code_for(15, FAMILY), Finding)


def test_every_minute_from_sixteen_on_has_one_code_on_the_shelf():
    assert all(isinstance(code_for(minutes, FAMILY), Procedure) for minutes in range(16, 240))


def test_a_month_of_hours_becomes_a_file_that_the_independent_validator_accepts():
    hours = [hour_of(minutes, DAY + timedelta(days=7 * week)) for week, minutes in enumerate((55, 53, 45, 60))]
    claims = assemble(hours, PRACTICE, batch=12)
    assert [len(claim.lines) for claim in claims] == [4]
    assert [edits_of(claim, context()) for claim in claims] == [()]
    text = "".join(write_837p(batch_of(*claims, control=12)))
    assert validate_837p(text) == ()
    assert pyx12_accepts(text)[0]
    assert "CLM*B12-1*670***11:B:1" in text


def test_the_shipped_payer_holds_a_member_id_that_is_not_one_of_its_own():
    (claim,) = assemble([hour_of(55)], PRACTICE, batch=1)
    wrong = replace(claim, coverage=replace(claim.coverage, member_id="12"))
    assert [finding.code for finding in holding(edits_of(wrong, context()))] == ["claim.member-pattern"]


def test_a_self_pay_hour_is_charged_and_never_claimed():
    payer = SHELF.payer("self-pay", on=DAY)
    procedure = code_for(55, FAMILY)
    assert isinstance(procedure, Procedure)
    assert charge_for(procedure, payer, minutes=55, on=DAY).amount == Money.of(180)
    (claim,) = assemble([hour_of(55)], PRACTICE, batch=1)
    assert "claim.self-pay" in [finding.code for finding in holding(edits_of(claim, context(payer)))]


def test_a_payer_without_an_address_is_named_without_one():
    assert payer_party(replace(PAYER, address=("", "", "", ""))).address is None
    assert payer_party(PAYER).address == Address("1 Payer Plaza", "Chicago", "IL", "606010001")
