"""What an hour hands to its claim, what a superbill and a payer hand to paper: nothing is dropped on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.billing.claims import Address, Facility, PayerParty, Person, assemble, payer_party, sum_of
from openhour.billing.superbill import printed, superbill_gaps
from openhour.billing.timecode import charge_for, code_for, payer_modifiers, supports, window
from openhour.catalog.forms import Fee, PayerEdit
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Money
from tests.billing import bill
from tests.billing.bill import BILL
from tests.billing.cast import ANA, CHARGE, COVERED, DAY, FAMILY, HOUR, INSURER, LINE, PRACTICE, SAM, procedure

ANNEX = Facility("Annex", Address("2 Oak St", "Springfield", "IL", "62701-0002"))


def test_everything_that_an_hour_says_stands_in_its_claim():
    hour = replace(HOUR, supervising=SAM, facility=ANNEX, authorization="A1", place="22")
    (claim,) = assemble([hour], PRACTICE, batch=7, pay_to=PRACTICE.address)
    assert (claim.patient, claim.coverage, claim.billing) == (ANA, COVERED, PRACTICE)
    assert (claim.rendering, claim.supervising, claim.facility) == (hour.rendering, SAM, ANNEX)
    assert (claim.place, claim.authorization, claim.pay_to) == ("22", "A1", PRACTICE.address)
    assert claim.diagnoses == hour.diagnoses
    assert (claim.frequency, claim.replaces) == ("1", "")


def test_everything_that_a_charge_says_stands_in_its_line():
    charge = replace(CHARGE, modifiers=("95", "HO"), units=2, amount=Money(36000), minutes=107)
    (claim,) = assemble([replace(HOUR, charge=charge)], PRACTICE, batch=7)
    (line,) = claim.lines
    assert (line.code, line.modifiers, line.units) == ("90837", ("95", "HO"), 2)
    assert (line.amount, line.minutes, line.day) == (Money(36000), 107, DAY)
    assert (line.procedure, line.hour, line.signed) == (charge.procedure, "hour-1", True)
    assert line.place == "", "the line takes place where the claim does"


def test_hours_at_another_site_are_a_claim_of_their_own():
    claims = assemble([HOUR, replace(HOUR, key="other", facility=ANNEX)], PRACTICE, batch=1)
    assert [claim.facility for claim in claims] == [None, ANNEX]


def test_claims_stand_in_the_order_in_which_their_first_hour_came():
    zoe = replace(ANA, key="zoe", person=Person("Poe", "Zoe"))
    queue = [replace(HOUR, key=str(n), patient=who) for n, who in enumerate((zoe, ANA, zoe, ANA))]
    claims = assemble(queue, PRACTICE, batch=1)
    assert [claim.patient.key for claim in claims] == ["zoe", "ana"]
    assert [claim.control for claim in claims] == ["B1-1", "B1-2"]
    assert [[line.hour for line in claim.lines] for claim in claims] == [["0", "2"], ["1", "3"]]


def test_hours_of_one_day_keep_the_order_in_which_they_came():
    queue = [replace(HOUR, key=key, charge=replace(CHARGE, day=DAY + timedelta(days=day))) for key, day in (("b", 1), ("a", 1), ("z", 0))]  # fmt: skip
    (claim,) = assemble(queue, PRACTICE, batch=1)
    assert [line.hour for line in claim.lines] == ["z", "b", "a"]


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (49, [49]), (50, [50]), (51, [50, 1]), (100, [50, 50]), (101, [50, 50, 1])])  # fmt: skip
def test_fifty_hours_fill_a_claim(count, sizes):
    queue = [replace(HOUR, key=str(n), charge=replace(CHARGE, day=DAY + timedelta(days=n))) for n in range(count)]
    claims = assemble(queue, PRACTICE, batch=1)
    assert [len(claim.lines) for claim in claims] == sizes
    assert [claim.total for claim in claims] == [Money(18000 * size) for size in sizes]
    days = [line.day for claim in claims for line in claim.lines]
    assert days == sorted(days), "the older hours stand in the first claim"
    assert len({line.control for claim in claims for line in claim.lines}) == count


@pytest.mark.parametrize(("count", "pointers"), [(0, ()), (1, (1,)), (3, (1, 2, 3)), (4, (1, 2, 3, 4)), (12, (1, 2, 3, 4))])  # fmt: skip
def test_a_line_points_at_the_diagnoses_there_are_up_to_four(count, pointers):
    codes = tuple(f"F{n:02}.0" for n in range(count))
    (claim,) = assemble([replace(HOUR, diagnoses=codes)], PRACTICE, batch=1)
    assert claim.lines[0].pointers == pointers


@given(st.lists(st.integers(0, 10**7), max_size=60))
def test_the_sum_of_lines_is_exact_to_the_cent(cents):
    assert sum_of(replace(LINE, amount=Money(one)) for one in cents) == Money(sum(cents))


@pytest.mark.parametrize(
    ("address", "known"),
    [
        (("1 Payer Plaza", "Chicago", "IL", "60601"), Address("1 Payer Plaza", "Chicago", "IL", "60601")),
        (("", "Chicago", "IL", "60601"), None),
        (("1 Payer Plaza", "", "IL", "60601"), None),
        (("", "", "", ""), None),
    ],
)
def test_the_address_of_a_payer_stands_in_a_claim_only_as_a_whole(address, known):
    assert payer_party(replace(INSURER, address=address)).address == known


def test_a_payer_is_named_as_its_receiver_names_it_or_else_by_its_title():
    named = replace(INSURER, title="Our name", receiver_name="THEIR NAME")
    assert payer_party(named) == PayerParty(
        "THEIR NAME", "99999", "CI", Address("1 Payer Plaza", "Chicago", "IL", "60601")
    )
    assert payer_party(replace(named, receiver_name="")).name == "Our name"


@pytest.mark.parametrize(
    ("person", "full"),
    [
        (Person("Doe", "Ana", "Q", "Jr"), "Ana Q Doe Jr"),
        (Person("Doe", "Ana"), "Ana Doe"),
        (Person("Doe"), "Doe"),
        (Person("Doe", "", "", "Jr"), "Doe Jr"),
    ],
)
def test_a_name_is_read_from_first_to_last(person, full):
    assert person.full == full


def test_only_who_is_the_subscriber_has_a_coverage_of_their_own():
    assert COVERED.is_own
    assert not replace(COVERED, relation="19").is_own


@pytest.mark.parametrize(("minutes", "code"), [(15, None), (16, "90832"), (37, "90832"), (38, "90834"), (52, "90834"), (53, "90837")])  # fmt: skip
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_a_family_decides_no_code(minutes, code, order):
    found = code_for(minutes, tuple(FAMILY[place] for place in order))
    assert (found.code.value if isinstance(found, Procedure) else None) == code


@pytest.mark.parametrize("minutes", [15, 16, 37, 38, 52, 53])
def test_each_code_is_supported_on_its_own_side_of_the_minute(minutes):
    supported = [one.code.value for one in FAMILY if supports(one, minutes) is None]
    assert supported == {15: [], 16: ["90832"], 37: ["90832"], 38: ["90834"], 52: ["90834"], 53: ["90837"]}[minutes]


def test_an_untimed_procedure_in_a_family_stands_in_nobodys_way():
    evaluation = procedure("90791", None, None, "diagnostic-evaluation")
    found = code_for(10, (evaluation, *FAMILY))
    assert isinstance(found, Finding)
    assert (found.code, found.place) == ("time.too-short", "times")
    nothing = code_for(10, (evaluation,))
    assert isinstance(nothing, Finding)
    assert nothing.code == "time.no-code"
    chosen = code_for(53, (evaluation, *FAMILY))
    assert isinstance(chosen, Procedure)
    assert chosen.code.value == "90837"


def test_a_window_reads_as_minutes():
    assert [window(one) for one in FAMILY] == ["16 to 37 minutes", "38 to 52 minutes", "53 minutes or more"]


@pytest.mark.parametrize(
    ("on", "cents"),
    [(date(2024, 12, 31), None), (date(2025, 1, 1), 17000), (date(2025, 12, 31), 17000), (date(2026, 1, 1), 18000), (date(2030, 1, 1), 18000)],
)  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_a_fee_holds_from_its_first_day_to_the_eve_of_the_next_in_whatever_order_they_stand(on, cents, turned):
    payer = replace(INSURER, fees=INSURER.fees[::-1] if turned else INSURER.fees)
    assert payer.fee_for("90837", on=on) == (None if cents is None else Money(cents))
    assert payer.fee_for("90834", on=on) is None


def test_the_fee_of_another_code_is_never_charged():
    payer = replace(INSURER, fees=(Fee("90834", Money(1), date(2025, 6, 1), "t"), *INSURER.fees))
    assert charge_for(FAMILY[2], payer, minutes=53, on=DAY).amount == Money(18000)


@pytest.mark.parametrize(
    ("taxonomy", "modifiers"),
    [("", ()), ("101YM0800X", ("HO",)), ("101Y", ("HO",)), ("101", ()), ("X101Y", ()), ("103TC0700X", ("AH",))],
)
def test_a_modifier_follows_the_beginning_of_the_taxonomy(taxonomy, modifiers):
    kind = "modifier-for-taxonomy"
    edits = (
        PayerEdit(kind, (("taxonomy", "101Y"), ("modifier", "HO"))),
        PayerEdit("requires-authorization", (("codes", ("90837",)),)),
        PayerEdit(kind, (("taxonomy", "103T"), ("modifier", "AH"))),
    )
    assert payer_modifiers(replace(INSURER, edits=edits), taxonomy) == modifiers


def test_a_payer_that_names_no_taxonomy_asks_no_therapist_without_one():
    everyone = replace(INSURER, edits=(PayerEdit("modifier-for-taxonomy", (("modifier", "HO"),)),))
    assert payer_modifiers(everyone, "101YM0800X") == ("HO",)
    assert payer_modifiers(everyone, "") == ()


def places(**changes):
    return [gap.place for gap in superbill_gaps(replace(BILL, **changes))]


def test_a_superbill_of_the_very_day_is_whole():
    line = replace(bill.LINE, day=BILL.issued)
    assert places(lines=(line,)) == []
    assert places(patient=replace(ANA, birth=BILL.issued)) == []
    assert places(lines=(replace(line, day=BILL.issued + timedelta(days=1)),)) == ["line 1"]


def test_one_cent_one_unit_and_nothing_paid_are_enough():
    assert places(lines=(replace(bill.LINE, amount=Money(1)),), paid=Money(0)) == []
    assert places(lines=(replace(bill.LINE, amount=Money(-1)),)) == ["line 1"]
    assert places(lines=(replace(bill.LINE, units=0),)) == ["line 1"]


@pytest.mark.parametrize(("tax_id", "passes"), [("123456789", True), ("12-3456789", True), ("12345678", False), ("1234567890", False), ("", False)])  # fmt: skip
def test_a_tax_number_has_nine_digits_with_or_without_its_hyphen(tax_id, passes):
    gaps = places(practice=replace(BILL.practice, tax_id=tax_id))
    assert gaps == ([] if passes else ["practice.tax-id"])


@pytest.mark.parametrize(
    "address", [Address("", "Springfield", "IL", "62701"), Address("1 Elm St", "", "IL", "62701")]
)
def test_half_an_address_is_none(address):
    assert places(patient=replace(ANA, address=address)) == ["patient.address"]
    assert places(practice=replace(BILL.practice, address=address)) == ["practice.address"]


def test_every_line_with_a_gap_is_named_and_the_others_are_not():
    bad = replace(bill.LINE, diagnoses=(), code="", place="")
    gaps = superbill_gaps(replace(BILL, lines=(bill.LINE, bad, bill.LINE, bad)))
    assert [gap.place for gap in gaps] == ["line 2"] * 3 + ["line 4"] * 3
    assert [gap.code for gap in gaps[:3]] == ["superbill.diagnosis", "superbill.code", "superbill.place"]


def test_a_printed_line_has_its_modifiers_units_and_diagnoses():
    line = replace(bill.LINE, modifiers=("95", "HO"), units=2, amount=Money(123456), day=date(2026, 1, 30))
    (row,) = printed(replace(BILL, lines=(line,)))["lines"]
    assert row == {
        "day": "January 30, 2026",
        "place": "11",
        "code": "90837-95-HO",
        "title": "Psychotherapy, 60 minutes with patient",
        "units": "2",
        "diagnoses": "F33.1, F41.1",
        "amount": "$1,234.56",
    }


def test_a_printed_superbill_leaves_out_what_there_is_not():
    plain = printed(replace(BILL, clinician=replace(BILL.clinician, credential=""), signed_on=None))
    assert plain["clinician"]["name"] == "Ben Roe"
    assert plain["signed_on"] == ""
    assert plain["patient"]["address"] == ["1 Elm St", "Springfield, IL 62701"]
    second = printed(replace(BILL, patient=replace(ANA, address=replace(ANA.address, line2="Apt 4"))))
    assert second["patient"]["address"] == ["1 Elm St", "Apt 4", "Springfield, IL 62701"]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.integers(0, 10**7))
def test_charged_less_paid_is_owed_to_the_cent(cents, paid):
    drawn = replace(BILL, lines=tuple(replace(bill.LINE, amount=Money(one)) for one in cents), paid=Money(paid))
    assert drawn.charged == Money(sum(cents))
    assert drawn.balance + drawn.paid == drawn.charged
