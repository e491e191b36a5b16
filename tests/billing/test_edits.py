"""What holds a claim back: each reason alone, and all of them at once."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.billing.claims import Address, Clinician, Coverage, Facility, Money, Person
from openhour.billing.edits import edits_of, holding, services_of
from openhour.billing.edits.payers import KINDS
from openhour.billing.x12 import validate_837p, write_837p
from openhour.catalog.forms import PayerEdit
from openhour.catalog.kinds import PAYER_EDITS
from openhour.kernel import Finding
from tests.billing.cast import (
    ANA,
    BEN,
    CLAIM,
    COVERED,
    DAY,
    INSURER,
    LINE,
    PRACTICE,
    SAM,
    batch_of,
    context,
    procedure,
    with_lines,
)
from tests.shared_data import shared


def codes(claim, ctx=None, *, held=True):
    return [edit.finding.code for edit in edits_of(claim, ctx or context()) if edit.holds is held]


def practice(**changes):
    return replace(CLAIM, billing=replace(PRACTICE, **changes))


def patient(**changes):
    return replace(CLAIM, patient=replace(ANA, **changes))


def coverage(**changes):
    return replace(CLAIM, coverage=replace(COVERED, **changes))


def line(**changes):
    return with_lines(CLAIM, replace(LINE, **changes))


def test_a_good_claim_has_nothing_wrong():
    assert edits_of(CLAIM, context()) == ()


HELD = {
    "claim.npi": [practice(npi="1234567890"), replace(CLAIM, rendering=replace(BEN, npi="123")), practice(npi="")],
    "claim.taxonomy": [practice(taxonomy="101"), replace(CLAIM, rendering=replace(BEN, taxonomy="103TC0700"))],
    "claim.taxonomy-missing": [replace(CLAIM, rendering=replace(BEN, taxonomy=""))],
    "claim.taxonomy-unfit": [replace(CLAIM, rendering=replace(BEN, taxonomy="207Q00000X"))],
    "claim.tax-id": [practice(tax_id="12345678"), practice(tax_id="12345678A")],
    "claim.phone": [practice(phone="555 0100")],
    "claim.zip-nine": [practice(address=replace(PRACTICE.address, zip="62701"))],
    "claim.zip": [patient(address=replace(ANA.address, zip="627"))],
    "claim.state": [
        patient(address=replace(ANA.address, state="Illinois")),
        practice(address=replace(PRACTICE.address, state="ZZ")),
    ],
    "claim.member-missing": [coverage(member_id="")],
    "claim.characters": [
        coverage(member_id="MEM~1"),
        coverage(member_id="MEM*1"),
        coverage(member_id="MEM:1"),
        coverage(member_id="MEM^1"),
        coverage(member_id=" MEM1"),
        coverage(member_id="MÉM1"),
        coverage(group_number="A\nB"),
        replace(CLAIM, authorization="A~B"),
        line(control="L*1"),
    ],
    "claim.length": [coverage(member_id="M"), coverage(group_number="9" * 51), replace(CLAIM, control="9" * 21)],
    "claim.birth-in-future": [patient(birth=date(2026, 1, 6))],
    "claim.born-later": [patient(birth=date(2026, 1, 3))],
    "claim.sex": [patient(sex="f"), patient(sex="")],
    "claim.missing": [
        patient(person=Person("")),
        patient(address=replace(ANA.address, line1=" ")),
        practice(name=""),
    ],
    "claim.letters": [
        patient(person=Person("王", "芳")),
        patient(person=Person("***")),
        patient(address=replace(ANA.address, city="A ")),
    ],
    "claim.filing-indicator": [coverage(payer=replace(COVERED.payer, filing_indicator="XX"))],
    "claim.relation": [coverage(relation="99", holder=Person("Doe", "Max"))],
    "claim.holder-missing": [coverage(relation="19")],
    "claim.order": [coverage(order="X")],
    "claim.diagnosis-missing": [replace(CLAIM, diagnoses=())],
    "claim.diagnosis-many": [replace(CLAIM, diagnoses=tuple(f"F4{n // 10}.{n % 10}" for n in range(13)))],
    "claim.diagnosis-twice": [replace(CLAIM, diagnoses=("F33.1", "F33.1"))],
    "claim.diagnosis-form": [replace(CLAIM, diagnoses=("33.1", "F41.1"))],
    "claim.lines": [replace(CLAIM, lines=(), total=Money(0))],
    "claim.unsigned": [line(signed=False)],
    "claim.day-in-future": [line(day=date(2026, 1, 6))],
    "claim.amount": [line(amount=Money(0)), line(amount=Money(-1))],
    "claim.units": [line(units=0)],
    "claim.pointer-missing": [line(pointers=())],
    "claim.pointer": [line(pointers=(3,)), line(pointers=(0,)), line(pointers=(1, 2, 1, 2, 1))],
    "claim.code": [line(code="9083")],
    "claim.modifier": [line(modifiers=("9",)), line(modifiers=("95", "HO", "HE", "U1", "U2"))],
    "claim.procedure-unknown": [line(procedure="unknown@1.0.0")],
    "claim.code-procedure": [line(code="90834")],
    "claim.minutes": [line(minutes=52)],
    "claim.minutes-missing": [line(minutes=None)],
    "claim.total": [replace(CLAIM, total=Money(17999))],
    "claim.total-large": [line(amount=Money(10**10))],
    "claim.place": [replace(CLAIM, place="12"), line(place="10")],
    "claim.place-unknown": [replace(CLAIM, place="00")],
    "claim.twice-in-claim": [with_lines(CLAIM, LINE, replace(LINE, control="B7-1-2"))],
    "claim.frequency": [replace(CLAIM, frequency="2", replaces="X1")],
    "claim.replaces": [replace(CLAIM, frequency="7"), replace(CLAIM, replaces="X1")],
    "claim.release": [replace(CLAIM, may_release="N")],
    "claim.paid": [replace(CLAIM, patient_paid=Money(-1))],
}


@pytest.mark.parametrize(("code", "claim"), [(code, claim) for code, claims in HELD.items() for claim in claims])
def test_a_claim_is_held(code, claim):
    assert code in codes(claim)


def test_every_held_finding_has_a_sentence_and_says_where_it_is_mended():
    for claims in HELD.values():
        for claim in claims:
            for edit in edits_of(claim, context()):
                assert edit.finding.sentence.endswith(".")
                assert edit.finding.place
                assert "Doe" not in edit.finding.sentence
                assert "MEM" not in edit.finding.sentence


def test_everything_is_said_at_once_and_what_holds_comes_first():
    broken = replace(
        line(minutes=20, signed=False, pointers=()),
        diagnoses=("Z63.0",),
        coverage=replace(COVERED, member_id=""),
        billing=replace(PRACTICE, npi="1"),
    )
    found = edits_of(broken, context())
    assert {"claim.npi", "claim.member-missing", "claim.unsigned", "claim.minutes", "claim.pointer-missing"} <= {
        edit.finding.code for edit in found
    }
    assert [edit.holds for edit in found] == sorted((edit.holds for edit in found), reverse=True)
    assert found[-1].finding.code == "claim.diagnosis-first-listed"
    assert len(holding(found)) == len(found) - 1


@pytest.mark.parametrize("first", ["Z63.0", "R45.4"])
def test_a_z_or_r_code_in_front_is_told_and_lets_the_claim_pass(first):
    claim = replace(CLAIM, diagnoses=(first, "F41.1"))
    assert codes(claim) == []
    assert codes(claim, held=False) == ["claim.diagnosis-first-listed"]
    assert edits_of(replace(CLAIM, diagnoses=("F41.1", first)), context()) == ()


def test_a_diagnosis_is_asked_for_on_each_day_of_service():
    asked = []

    def valid_until_new_year(code, *, on):
        asked.append((code, on))
        return Finding("diagnosis.not-valid", "Not valid.", "diagnoses") if code == "F41.1" and on >= DAY else None

    assert codes(CLAIM, context(diagnosis_finding=valid_until_new_year)) == ["diagnosis.not-valid"]
    assert set(asked) == {("F33.1", DAY), ("F41.1", DAY)}


def test_the_same_hour_is_never_claimed_twice():
    sent = context(claimed=frozenset(services_of(CLAIM)))
    assert codes(CLAIM, sent) == ["claim.duplicate"]
    assert codes(with_lines(CLAIM, replace(LINE, day=DAY + timedelta(days=1))), sent) == []
    assert codes(replace(CLAIM, rendering=replace(SAM, taxonomy="103TC0700X")), sent) == []
    assert codes(replace(CLAIM, patient=replace(ANA, key="zoe")), sent) == []


def test_a_replacement_may_claim_the_same_hour():
    sent = context(claimed=frozenset(services_of(CLAIM)))
    assert codes(replace(CLAIM, frequency="7", replaces="PCN1"), sent) == []


@pytest.mark.parametrize(
    ("days", "held", "told"),
    [(67, [], []), (68, [], ["claim.deadline-near"]), (90, [], ["claim.deadline-near"]), (91, ["claim.late"], [])],
)
def test_the_filing_deadline_warns_at_three_quarters_and_holds_when_over(days, held, told):
    ctx = context(on=DAY + timedelta(days=days))
    assert (codes(CLAIM, ctx), codes(CLAIM, ctx, held=False)) == (held, told)


def test_the_oldest_line_decides_about_the_deadline():
    claim = with_lines(CLAIM, replace(LINE, day=DAY + timedelta(days=80)), replace(LINE, control="B7-1-2"))
    assert codes(claim, context(on=DAY + timedelta(days=91))) == ["claim.late"]


def test_a_payer_without_a_known_limit_is_never_late():
    assert codes(CLAIM, context(on=date(2030, 1, 1), payer=replace(INSURER, filing_days=None))) == []


@pytest.mark.parametrize(
    ("kind", "parameters", "wrong", "right", "code"),
    [
        ("requires-authorization", (("codes", ("90837",)),), CLAIM, replace(CLAIM, authorization="A1"), "claim.authorization-missing"),
        ("requires-authorization", (("codes", ("90837",)),), CLAIM, line(code="90834"), "claim.authorization-missing"),
        ("allowed-place-of-service", (("places", ("22",)),), CLAIM, replace(CLAIM, place="22"), "claim.place-payer"),
        ("requires-member-id-pattern", (("pattern", "[A-Z]{3}[0-9]{6}"),), coverage(member_id="M1"), CLAIM, "claim.member-pattern"),
        ("modifier-for-taxonomy", (("taxonomy", "103T"), ("modifier", "AH")), CLAIM, line(modifiers=("AH",)), "claim.modifier-missing"),
    ],
)  # fmt: skip
def test_the_payer_asks_for_more(kind, parameters, wrong, right, code):
    ctx = context(payer=replace(INSURER, edits=(PayerEdit(kind, parameters),)))
    assert code in codes(wrong, ctx)
    assert code not in codes(right, ctx)


def test_what_the_patient_pays_is_never_claimed():
    assert codes(CLAIM, context(payer=replace(INSURER, kind="self-pay"))) == ["claim.self-pay"]


def test_a_claim_to_another_payer_than_the_coverages_is_held():
    assert codes(CLAIM, context(payer=replace(INSURER, payer_id="88888"))) == ["claim.payer"]


def test_every_kind_that_the_shelf_knows_has_its_function():
    assert set(KINDS) == set(PAYER_EDITS)


def test_a_name_that_is_too_long_is_told_and_cut():
    claim = patient(person=Person("A" * 61, "Ana"))
    assert codes(claim) == []
    assert codes(claim, held=False) == ["claim.long"]


def test_accents_need_no_mending():
    assert edits_of(patient(person=Person("Núñez-Łukasz", "Zoë")), context()) == ()


def test_a_subscriber_who_is_not_the_patient_is_checked_too():
    child = Coverage(COVERED.payer, "MEM123456", relation="19", holder=Person("王"))
    assert codes(replace(CLAIM, coverage=child)) == ["claim.letters"]
    assert codes(replace(CLAIM, coverage=replace(child, holder=Person("Doe", "Max")))) == []


def test_supervisor_referrer_and_site_are_checked():
    bad = replace(SAM, npi="1")
    site = Facility("Annex", Address("2 Oak St", "Springfield", "IL", "62701-0002"), npi="2")
    claim = replace(CLAIM, supervising=bad, referring=bad, facility=site)
    places = [edit.finding.place for edit in edits_of(claim, context())]
    assert places == ["supervisor.npi", "referring.npi", "site.npi"]


def test_an_untimed_procedure_needs_no_minutes():
    evaluation = procedure("90791", None, None, "diagnostic-evaluation")
    claim = line(code="90791", minutes=None, procedure=evaluation.pin.key)
    assert codes(claim, context(procedures={evaluation.pin.key: evaluation})) == []


def naughty():
    return json.loads(shared("badinput/blns.json").read_text("utf-8"))


def test_naughty_strings_are_held_or_written_into_a_file_that_stands():
    written = 0
    for text in naughty():
        claim = replace(
            CLAIM,
            patient=replace(
                ANA, person=Person(text, text, text, text), address=Address(text, text, "IL", "62701", text)
            ),
            coverage=replace(COVERED, member_id=text, group_number=text),
            rendering=Clinician(Person(text, text), BEN.npi, BEN.taxonomy),
            billing=replace(PRACTICE, name=text, contact="Eli"),
            authorization=text,
        )
        if holding(edits_of(claim, context())):
            claim = replace(claim, coverage=COVERED, authorization="")
        if not holding(edits_of(claim, context())):
            assert validate_837p("".join(write_837p(batch_of(claim)))) == ()
            written += 1
    assert written > 50


def with_text(value, draw):
    """The value with some of its texts, at any depth, replaced by anything."""
    if isinstance(value, str):
        return draw(st.one_of(st.just(value), st.just(value), st.just(value), st.text(max_size=70)))
    if isinstance(value, tuple):
        return tuple(with_text(one, draw) for one in value)
    if is_dataclass(value) and not isinstance(value, Money):
        return replace(value, **{part.name: with_text(getattr(value, part.name), draw) for part in fields(value)})
    return value


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_the_edits_let_pass_can_always_be_written(data):
    part = data.draw(st.sampled_from([part.name for part in fields(FULL)]))
    claim = replace(FULL, **{part: with_text(getattr(FULL, part), data.draw)})
    if not holding(edits_of(claim, context())):
        assert validate_837p("".join(write_837p(batch_of(claim)))) == ()


FULL = replace(
    CLAIM,
    coverage=replace(COVERED, relation="19", holder=Person("Doe", "Max", "J", "Jr")),
    supervising=SAM,
    referring=SAM,
    facility=Facility("Annex", Address("2 Oak St", "Springfield", "IL", "62701-0002", "Suite 4"), "1669817979"),
    pay_to=PRACTICE.address,
    authorization="A1",
    referral="R1",
    frequency="7",
    replaces="PCN1",
    patient_paid=Money(100),
    note="corrected",
)


def test_the_full_claim_has_nothing_wrong():
    assert edits_of(FULL, context()) == ()
