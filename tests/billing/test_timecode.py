"""The minutes choose the code; the payer's fee of the day makes the charge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.billing.timecode import charge_for, charge_gaps, code_for, supports, window
from openhour.catalog.forms import PayerEdit
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Money, Refused
from tests.billing.cast import DAY, FAMILY, INSURER, procedure

HOUR = FAMILY[2]


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(16, "90832"), (37, "90832"), (38, "90834"), (52, "90834"), (53, "90837"), (60, "90837"), (95, "90837")],
)
def test_the_minutes_choose_the_code(minutes, code):
    found = code_for(minutes, FAMILY)
    assert isinstance(found, Procedure)
    assert found.code.value == code


@pytest.mark.parametrize("minutes", [-1, 0, 1, 15])
def test_under_sixteen_minutes_there_is_no_code_and_the_reason_names_the_sixteen(minutes):
    found = code_for(minutes, FAMILY)
    assert isinstance(found, Finding)
    assert found.code == "time.too-short"
    assert "16" in found.sentence


def test_a_family_with_a_hole_says_that_nothing_holds_the_minutes():
    found = code_for(45, (FAMILY[0], FAMILY[2]))
    assert isinstance(found, Finding)
    assert found.code == "time.no-code"


def test_an_untimed_procedure_is_never_chosen_by_minutes():
    evaluation = procedure("90791", None, None, "diagnostic-evaluation")
    assert isinstance(code_for(60, (evaluation,)), Finding)
    assert supports(evaluation, 5) is None


@given(st.integers(min_value=16, max_value=600))
def test_every_minute_from_sixteen_on_has_exactly_one_code(minutes):
    assert sum(supports(one, minutes) is None for one in FAMILY) == 1
    chosen = code_for(minutes, FAMILY)
    assert isinstance(chosen, Procedure)
    assert supports(chosen, minutes) is None


def test_a_code_that_the_minutes_do_not_support_is_named_with_what_it_needs():
    finding = supports(HOUR, 52)
    assert finding is not None
    assert finding.code == "time.code-not-supported"
    assert "53 minutes or more" in finding.sentence
    assert window(FAMILY[1]) == "38 to 52 minutes"


def test_the_charge_takes_the_fee_in_force_on_the_day_of_service():
    assert charge_for(HOUR, INSURER, minutes=55, on=DAY).amount == Money(18000)
    assert charge_for(HOUR, INSURER, minutes=55, on=date(2025, 12, 31)).amount == Money(17000)


def test_the_charge_pins_the_definitions_that_decided():
    charge = charge_for(HOUR, INSURER, minutes=55, on=DAY)
    assert (charge.procedure, charge.procedure_digest) == ("psychotherapy-60@1.0.0", HOUR.pin.digest)
    assert (charge.payer, charge.payer_digest) == ("example@1.0.0", INSURER.pin.digest)
    assert (charge.code, charge.minutes, charge.units, charge.day) == ("90837", 55, 1, DAY)


def test_units_multiply_the_fee():
    assert charge_for(HOUR, INSURER, minutes=55, on=DAY, units=2).amount == Money(36000)


def test_the_payer_adds_its_modifier_by_taxonomy_once():
    edit = PayerEdit("modifier-for-taxonomy", (("taxonomy", "101Y"), ("modifier", "HO")))
    payer = replace(INSURER, edits=(edit, edit))
    counsellor = charge_for(HOUR, payer, minutes=55, on=DAY, taxonomy="101YM0800X", modifiers=("95",))
    assert counsellor.modifiers == ("95", "HO")
    assert charge_for(HOUR, payer, minutes=55, on=DAY, taxonomy="103TC0700X").modifiers == ()
    assert charge_for(HOUR, payer, minutes=55, on=DAY).modifiers == ()


def test_everything_that_keeps_an_hour_from_being_charged_is_said_at_once():
    gaps = charge_gaps(HOUR, replace(INSURER, fees=()), minutes=50, on=DAY, units=0)
    assert [gap.code for gap in gaps] == ["time.code-not-supported", "charge.no-fee", "charge.units"]
    with pytest.raises(Refused) as refusal:
        charge_for(HOUR, replace(INSURER, fees=()), minutes=None, on=DAY)
    assert [one.code for one in refusal.value.findings] == ["time.missing", "charge.no-fee"]


def test_a_fee_of_nothing_is_no_fee():
    free = replace(INSURER, fees=(replace(INSURER.fees[1], amount=Money(0)),))
    assert [gap.code for gap in charge_gaps(HOUR, free, minutes=55, on=DAY)] == ["charge.no-fee"]


def test_an_untimed_procedure_is_charged_without_minutes():
    evaluation = procedure("90791", None, None, "diagnostic-evaluation")
    payer = replace(INSURER, fees=(replace(INSURER.fees[0], code="90791"),))
    assert charge_for(evaluation, payer, minutes=None, on=DAY).minutes is None
