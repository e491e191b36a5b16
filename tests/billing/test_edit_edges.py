"""Where an edit begins to hold: the last value that passes and the first one that doesn't, side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.billing.claims import Address, Coverage, Facility, Person
from openhour.billing.codes import FILING_INDICATORS, PLACES_OF_SERVICE, RELATIONS, STATES
from openhour.billing.edits import edits_of, holding, services_of
from openhour.billing.edits.services import MOST_CENTS
from openhour.billing.x12 import validate_837p, write_837p
from openhour.catalog.forms import PayerEdit
from openhour.kernel import Finding, Money
from tests.billing.cast import (
    ANA,
    BEN,
    CLAIM,
    COVERED,
    DAY,
    FAMILY,
    INSURER,
    LINE,
    PRACTICE,
    SAM,
    batch_of,
    context,
    with_lines,
)

TWELVE = (
    "F33.1",
    "F41.1",
    "F43.12",
    "F40.10",
    "F42.2",
    "F34.1",
    "F50.00",
    "F60.3",
    "F90.0",
    "F10.20",
    "F11.20",
    "F31.9",
)


def held(claim, ctx=None):
    return [(edit.finding.code, edit.finding.place) for edit in edits_of(claim, ctx or context()) if edit.holds]


def told(claim, ctx=None):
    return [(edit.finding.code, edit.finding.place) for edit in edits_of(claim, ctx or context()) if not edit.holds]


def patient(**changes):
    return replace(CLAIM, patient=replace(ANA, **changes))


def practice(**changes):
    return replace(CLAIM, billing=replace(PRACTICE, **changes))


def covered(**changes):
    return replace(CLAIM, coverage=replace(COVERED, **changes))


def line(**changes):
    return with_lines(CLAIM, replace(LINE, **changes))


def lines(count):
    made = (replace(LINE, control=f"B7-1-{n}", day=DAY - timedelta(days=n)) for n in range(count))
    return with_lines(CLAIM, *made)


def test_twelve_diagnoses_pass_and_the_thirteenth_does_not():
    assert held(replace(CLAIM, diagnoses=TWELVE)) == []
    assert held(replace(CLAIM, diagnoses=(*TWELVE, "F84.0"))) == [("claim.diagnosis-many", "diagnoses")]


def test_fifty_lines_pass_and_the_fifty_first_does_not():
    ctx = context(payer=replace(INSURER, filing_days=None))
    assert held(lines(50), ctx) == []
    assert held(lines(51), ctx) == [("claim.lines", "lines")]


def test_four_diagnoses_may_be_pointed_at_and_a_fifth_may_not():
    five = replace(CLAIM, diagnoses=TWELVE[:5])
    assert held(with_lines(five, replace(LINE, pointers=(1, 2, 3, 4)))) == []
    assert held(with_lines(five, replace(LINE, pointers=(1, 2, 3, 4, 5)))) == [("claim.pointer", "line 1")]


@pytest.mark.parametrize("pointers", [(1,), (2,), (2, 1)])
def test_a_line_may_point_at_the_first_and_at_the_last_diagnosis(pointers):
    assert held(line(pointers=pointers)) == []


def test_four_modifiers_pass_and_a_fifth_does_not():
    assert held(line(modifiers=("95", "HO", "HE", "U1"))) == []
    assert held(line(modifiers=("95", "HO", "HE", "U1", "U2"))) == [("claim.modifier", "line 1")]


@pytest.mark.parametrize("modifier", ["", "9", "951", "9a", "9-", "９５"])
def test_a_modifier_is_two_capitals_or_digits(modifier):
    assert held(line(modifiers=(modifier,))) == [("claim.modifier", "line 1")]


@pytest.mark.parametrize(("units", "passes"), [(1, True), (999, True), (0, False), (1000, False), (-1, False)])
def test_units_lie_between_one_and_999(units, passes):
    assert (held(line(units=units)) == []) is passes


def test_one_cent_is_charged_and_the_largest_amount_still_fits():
    assert held(line(amount=Money(1))) == []
    assert held(line(amount=Money(MOST_CENTS))) == []
    assert held(line(amount=Money(MOST_CENTS + 1))) == [
        ("claim.amount", "line 1"),
        ("claim.total-large", "claim.total"),
    ]


def test_two_lines_that_fit_may_be_too_much_together():
    half = replace(LINE, amount=Money(MOST_CENTS))
    claim = with_lines(CLAIM, half, replace(half, control="B7-1-2", day=DAY - timedelta(days=7), amount=Money(1)))
    assert held(claim) == [("claim.total-large", "claim.total")]


@pytest.mark.parametrize("cents", [17999, 18001, 0, -18000])
def test_a_total_that_is_one_cent_off_is_held(cents):
    assert ("claim.total", "claim.total") in held(replace(CLAIM, total=Money(cents)))


def test_a_patient_may_have_paid_all_of_it_and_whoever_paid_more_is_told():
    assert edits_of(replace(CLAIM, patient_paid=Money(18000)), context()) == ()
    more = replace(CLAIM, patient_paid=Money(18001))
    assert (held(more), told(more)) == ([], [("claim.paid-more", "claim.patient-paid")])


def test_an_hour_of_the_day_on_which_the_claim_is_sent_passes():
    assert held(CLAIM, context(on=DAY)) == []
    assert held(CLAIM, context(on=DAY - timedelta(days=1))) == [("claim.day-in-future", "line 1")]


def test_a_child_born_on_the_day_of_service_is_treated_and_one_born_after_is_not():
    assert held(patient(birth=DAY)) == []
    assert held(patient(birth=DAY + timedelta(days=1))) == [("claim.born-later", "patient.birth")]


def test_the_earliest_line_decides_whether_the_patient_was_born():
    later = replace(LINE, control="B7-1-2", day=DAY + timedelta(days=2))
    claim = with_lines(patient(birth=DAY + timedelta(days=1)), LINE, later)
    assert held(claim) == [("claim.born-later", "patient.birth")]


def test_a_birth_on_the_day_of_sending_lies_not_in_the_future():
    on = date(2026, 1, 5)
    assert held(patient(birth=on)) == [("claim.born-later", "patient.birth")]
    assert held(patient(birth=on + timedelta(days=1))) == [("claim.birth-in-future", "patient.birth")]


LONGEST = (
    (20, "claim.number", lambda text: replace(CLAIM, control=text)),
    (30, "line 1", lambda text: line(control=text)),
    (50, "coverage.group-number", lambda text: covered(group_number=text)),
    (80, "coverage.member-id", lambda text: covered(member_id=text)),
    (50, "claim.authorization", lambda text: replace(CLAIM, authorization=text)),
    (50, "claim.referral", lambda text: replace(CLAIM, referral=text)),
    (50, "claim.replaces", lambda text: replace(CLAIM, frequency="7", replaces=text)),
)


@pytest.mark.parametrize(("most", "place", "with_number"), LONGEST, ids=[place for _, place, _ in LONGEST])
def test_the_longest_number_passes_and_one_character_more_is_held(most, place, with_number):
    assert held(with_number("9" * most)) == []
    assert held(with_number("9" * (most + 1))) == [("claim.length", place)]
    assert held(with_number("9-" * (most // 2) + "9")) == [("claim.length", place)], "with a hyphen as well"


@pytest.mark.parametrize(("most", "place", "with_number"), LONGEST, ids=[place for _, place, _ in LONGEST])
@pytest.mark.parametrize("mark", ["*", ":", "~", "^", "\n", "é"])
def test_no_number_may_hold_what_separates_the_parts_of_a_file(most, place, with_number, mark):
    assert ("claim.characters", place) in held(with_number(f"A1{mark}2"))


def test_a_member_id_and_a_payers_id_have_two_characters_at_least():
    assert held(covered(member_id="M1")) == []
    assert held(covered(member_id="M")) == [("claim.length", "coverage.member-id")]
    short = replace(COVERED.payer, payer_id="9")
    ctx = context(payer=replace(INSURER, payer_id="9"))
    assert held(covered(payer=short), ctx) == [("claim.length", "payer.id")]
    assert held(covered(payer=replace(short, payer_id="99")), context(payer=replace(INSURER, payer_id="99"))) == []


LONGEST_NAMES = (
    (60, "patient.name", lambda text: patient(person=Person(text, "Ana"))),
    (35, "patient.name", lambda text: patient(person=Person("Doe", text))),
    (25, "patient.name", lambda text: patient(person=Person("Doe", "Ana", text))),
    (10, "patient.name", lambda text: patient(person=Person("Doe", "Ana", "", text))),
    (55, "patient.address", lambda text: patient(address=replace(ANA.address, line1=text))),
    (55, "patient.address", lambda text: patient(address=replace(ANA.address, line2=text))),
    (30, "patient.address", lambda text: patient(address=replace(ANA.address, city=text))),
    (60, "practice.name", lambda text: practice(name=text)),
    (60, "payer.name", lambda text: covered(payer=replace(COVERED.payer, name=text))),
    (60, "site.name", lambda text: replace(CLAIM, facility=Facility(text, ANA.address))),
    (80, "claim.note", lambda text: replace(CLAIM, note=text)),
)


@pytest.mark.parametrize(("most", "place", "with_name"), LONGEST_NAMES)
def test_the_longest_name_passes_and_one_letter_more_is_told_and_cut(most, place, with_name):
    assert edits_of(with_name("A" * most), context()) == ()
    longer = with_name("A" * (most + 1))
    assert (held(longer), told(longer)) == ([], [("claim.long", place)])
    assert validate_837p("".join(write_837p(batch_of(longer)))) == ()


def test_a_city_has_two_letters_at_least():
    assert held(patient(address=replace(ANA.address, city="Ai"))) == []
    assert held(patient(address=replace(ANA.address, city="A"))) == [("claim.letters", "patient.address")]


@pytest.mark.parametrize("zip_code", ["62701", "627010001", "62701-0001"])
def test_a_patients_zip_has_five_or_nine_digits(zip_code):
    assert held(patient(address=replace(ANA.address, zip=zip_code))) == []


@pytest.mark.parametrize(
    "zip_code", ["", "6270", "627011", "62701-", "62701-000", "62701 0001", "６２７０１", "6270A"]
)
def test_anything_else_is_no_zip(zip_code):
    assert held(patient(address=replace(ANA.address, zip=zip_code))) == [("claim.zip", "patient.address")]


def test_the_practice_and_where_it_is_paid_need_the_nine_digits_and_nobody_else_does():
    short = replace(PRACTICE.address, zip="62701")
    assert held(practice(address=short)) == [("claim.zip-nine", "practice.address")]
    assert held(replace(CLAIM, pay_to=short)) == [("claim.zip-nine", "practice.pay-to")]
    assert held(replace(CLAIM, pay_to=PRACTICE.address)) == []
    assert held(replace(CLAIM, facility=Facility("Annex", short))) == []
    assert held(covered(payer=replace(COVERED.payer, address=short))) == []


def test_the_address_of_a_payer_is_checked_where_it_is_known():
    nowhere = replace(COVERED.payer, address=Address("1 Payer Plaza", "Chicago", "XX", "60601"))
    assert held(covered(payer=nowhere)) == [("claim.state", "payer.address")]
    assert held(covered(payer=replace(COVERED.payer, address=None))) == []


def test_a_number_of_a_person_may_stand_for_that_of_a_practice():
    assert held(practice(tax_id="123456789", tax_id_kind="SY")) == []
    assert held(practice(tax_id_kind="EIN")) == [("claim.tax-id", "practice.tax-id")]


def test_a_practice_may_leave_its_phone_away_and_may_write_it_in_its_own_way():
    for phone in ("", "5555550100", "(555) 555-0100", "555.555.0100"):
        assert held(practice(phone=phone)) == []
    for phone in ("555555010", "55555501000", "call us"):
        assert held(practice(phone=phone)) == [("claim.phone", "practice.phone")]


@pytest.mark.parametrize(("sex", "passes"), [("F", True), ("M", True), ("U", True), ("X", False), ("FM", False)])
def test_three_letters_are_known_for_the_sex(sex, passes):
    assert (held(patient(sex=sex)) == []) is passes


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_state_is_a_state(state):
    assert held(patient(address=replace(ANA.address, state=state))) == []


@pytest.mark.parametrize("relation", sorted(RELATIONS))
def test_every_relation_needs_a_subscriber_and_passes_with_one(relation):
    other = Coverage(COVERED.payer, "MEM123456", relation=relation, holder=Person("Doe", "Max"))
    assert held(replace(CLAIM, coverage=other)) == []
    alone = replace(CLAIM, coverage=replace(other, holder=None))
    assert held(alone) == [("claim.holder-missing", "coverage.holder")]


@pytest.mark.parametrize("order", ["P", "S", "T"])
def test_a_first_second_and_third_insurance_pass(order):
    assert held(covered(order=order)) == []


def test_an_unknown_order_is_held_where_the_subscriber_is_another_person_too():
    other = Coverage(COVERED.payer, "MEM123456", relation="19", holder=Person("Doe", "Max"), order="Q")
    assert held(replace(CLAIM, coverage=other)) == [("claim.order", "coverage.order")]


@pytest.mark.parametrize("filing", sorted(FILING_INDICATORS))
def test_every_filing_indicator_passes(filing):
    assert held(covered(payer=replace(COVERED.payer, filing_indicator=filing))) == []


@pytest.mark.parametrize(("frequency", "replaces", "passes"), [("1", "", True), ("7", "X1", True), ("8", "X1", True), ("8", "", False), ("1", "X1", False)])  # fmt: skip
def test_a_replacement_and_a_void_name_the_old_claim_and_an_original_names_none(frequency, replaces, passes):
    claim = replace(CLAIM, frequency=frequency, replaces=replaces)
    assert (held(claim) == []) is passes


@pytest.mark.parametrize("minutes", [52, 53])
def test_the_minutes_hold_the_claim_to_its_code(minutes):
    assert (held(line(minutes=minutes)) == []) is (minutes == 53)


@given(st.integers(0, 200), st.sampled_from(FAMILY))
def test_a_line_passes_with_exactly_the_minutes_of_its_code(minutes, procedure):
    claim = line(code=procedure.code.value, procedure=procedure.pin.key, minutes=minutes)
    first, last = procedure.time.billed_from, procedure.time.billed_to
    inside = minutes >= first and (last is None or minutes <= last)
    assert held(claim) == ([] if inside else [("claim.minutes", "line 1")])


def test_a_line_may_take_place_elsewhere_than_its_claim():
    assert held(line(place="22")) == []
    assert held(line(place="12")) == [("claim.place", "line 1")]
    assert held(replace(line(place="11"), place="12")) == [], "the line's own place counts"
    assert held(line(place="00")) == [("claim.place-unknown", "line 1")]


def test_a_payer_that_pays_for_one_place_looks_at_the_place_of_each_line():
    only = context(payer=replace(INSURER, edits=(PayerEdit("allowed-place-of-service", (("places", ("22",)),)),)))
    second = replace(LINE, control="B7-1-2", day=DAY - timedelta(days=7))
    claim = with_lines(CLAIM, replace(LINE, place="22"), second)
    assert held(claim, only) == [("claim.place-payer", "line 2")]
    assert held(with_lines(replace(CLAIM, place="22"), replace(LINE, place="11"), second), only) == [
        ("claim.place-payer", "line 1")
    ]


@pytest.mark.parametrize("member", ["ABC123456 ", "ABC1234567", "XABC123456", "abc123456"])
def test_a_member_id_fits_the_payers_pattern_as_a_whole(member):
    asked = PayerEdit("requires-member-id-pattern", (("pattern", "[A-Z]{3}[0-9]{6}"),))
    ctx = context(payer=replace(INSURER, edits=(asked,)))
    assert ("claim.member-pattern", "coverage.member-id") in held(covered(member_id=member), ctx)
    assert held(covered(member_id="ABC123456"), ctx) == []


def test_one_authorization_is_enough_for_all_lines_and_asked_for_only_with_the_code():
    ctx = context(payer=replace(INSURER, edits=(PayerEdit("requires-authorization", (("codes", "90834"),)),)))
    assert held(CLAIM, ctx) == []
    shorter = replace(LINE, control="B7-1-2", code="90834", procedure="psychotherapy-45@1.0.0", minutes=45)
    both = with_lines(CLAIM, LINE, shorter)
    assert held(both, ctx) == [("claim.authorization-missing", "claim.authorization")]
    assert held(replace(both, authorization="A1"), ctx) == []


def test_a_modifier_by_taxonomy_is_missed_on_each_line_that_lacks_it():
    asked = PayerEdit("modifier-for-taxonomy", (("taxonomy", "103T"), ("modifier", "AH")))
    ctx = context(payer=replace(INSURER, edits=(asked,)))
    days = [replace(LINE, control=f"B7-1-{n}", day=DAY - timedelta(days=n)) for n in range(3)]
    days[1] = replace(days[1], modifiers=("95", "AH"))
    assert held(with_lines(CLAIM, *days), ctx) == [
        ("claim.modifier-missing", "line 1"),
        ("claim.modifier-missing", "line 3"),
    ]


def test_every_edit_of_a_payer_is_asked():
    asked = (
        PayerEdit("allowed-place-of-service", (("places", ("22",)),)),
        PayerEdit("requires-authorization", (("codes", ("90837",)),)),
    )
    assert held(CLAIM, context(payer=replace(INSURER, edits=asked))) == [
        ("claim.place-payer", "line 1"),
        ("claim.authorization-missing", "claim.authorization"),
    ]


@pytest.mark.parametrize("allowed", [1, 30, 90, 365])
def test_the_last_day_of_filing_is_still_in_time(allowed):
    payer = replace(INSURER, filing_days=allowed)
    assert held(CLAIM, context(payer=payer, on=DAY + timedelta(days=allowed))) == []
    assert held(CLAIM, context(payer=payer, on=DAY + timedelta(days=allowed + 1))) == [("claim.late", "lines")]


def test_the_last_day_is_named_to_the_biller():
    (near,) = edits_of(CLAIM, context(on=DAY + timedelta(days=80)))
    (late,) = edits_of(CLAIM, context(on=DAY + timedelta(days=100)))
    assert "until 2026-04-02" in near.finding.sentence, "January 2 and ninety days"
    assert "until 2026-04-02" in late.finding.sentence


def test_a_diagnosis_that_is_not_valid_on_two_days_is_said_once():
    def never(code, *, on):
        return Finding("diagnosis.not-valid", "Not valid.", "diagnoses") if code == "F41.1" else None

    claim = with_lines(CLAIM, LINE, replace(LINE, control="B7-1-2", day=DAY - timedelta(days=7)))
    assert held(claim, context(diagnosis_finding=never)) == [("diagnosis.not-valid", "diagnoses")]


def test_a_diagnosis_that_is_valid_on_one_of_two_days_is_held():
    def from_january(code, *, on):
        return None if on >= DAY else Finding("diagnosis.not-valid", "Not valid.", "diagnoses")

    claim = with_lines(CLAIM, LINE, replace(LINE, control="B7-1-2", day=DAY - timedelta(days=7)))
    assert held(claim, context(diagnosis_finding=from_january)) == [("diagnosis.not-valid", "diagnoses")] * 2


def test_a_therapist_of_no_fitting_profession_is_named_once_for_many_lines():
    claim = replace(lines(3), rendering=replace(BEN, taxonomy="207Q00000X"))
    assert held(claim) == [("claim.taxonomy-unfit", "therapist.taxonomy")]


def test_a_line_whose_service_another_claim_claimed_is_named_by_its_number():
    second = replace(LINE, control="B7-1-2", day=DAY - timedelta(days=7))
    claim = with_lines(CLAIM, LINE, second)
    sent = context(claimed=frozenset(services_of(with_lines(CLAIM, second))))
    assert held(claim, sent) == [("claim.duplicate", "line 2")]
    assert held(replace(claim, frequency="7", replaces="X1"), sent) == []


def test_a_void_with_the_same_code_twice_is_held_even_where_nothing_was_claimed():
    claim = replace(with_lines(CLAIM, LINE, replace(LINE, control="B7-1-2")), frequency="8", replaces="X1")
    assert held(claim) == [("claim.twice-in-claim", "line 2")]


def test_another_code_of_the_same_day_is_no_second_claim_of_the_hour():
    shorter = replace(LINE, control="B7-1-2", code="90834", procedure="psychotherapy-45@1.0.0", minutes=45)
    assert held(with_lines(CLAIM, LINE, shorter)) == []


def test_the_npi_of_every_clinician_is_checked_and_that_of_a_site_only_where_it_is_given():
    wrong = replace(SAM, npi="1234567890")
    assert held(replace(CLAIM, supervising=wrong)) == [("claim.npi", "supervisor.npi")]
    assert held(replace(CLAIM, referring=wrong)) == [("claim.npi", "referring.npi")]
    annex = Facility("Annex", ANA.address)
    assert held(replace(CLAIM, facility=annex)) == []
    assert held(replace(CLAIM, facility=replace(annex, npi="1234567890"))) == [("claim.npi", "site.npi")]


@given(st.sampled_from(sorted(PLACES_OF_SERVICE)))
def test_a_place_of_the_list_is_never_unknown(place):
    assert "claim.place-unknown" not in [code for code, _ in held(replace(CLAIM, place=place))]


def test_what_holds_stands_before_what_is_told_though_it_was_found_later():
    claim = replace(CLAIM, diagnoses=("Z63.0",), lines=(replace(LINE, pointers=(1,), signed=False),))
    found = edits_of(claim, context())
    assert [(edit.finding.code, edit.holds) for edit in found] == [
        ("claim.unsigned", True),
        ("claim.diagnosis-first-listed", False),
    ]
    assert [finding.code for finding in holding(found)] == ["claim.unsigned"]
