"""Signed hours become claims: what may share one does, and nothing is lost or charged twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from openhour.billing.claims import Money, Person, assemble
from tests.billing.cast import ANA, BEN, CHARGE, COVERED, DAY, HOUR, PRACTICE, SAM


def hours(count, **changes):
    return [
        replace(HOUR, key=f"hour-{n}", charge=replace(CHARGE, day=DAY + timedelta(days=7 * n)), **changes)
        for n in range(count)
    ]


def test_hours_of_one_patient_and_therapist_share_a_claim_in_the_order_of_their_days():
    (claim,) = assemble(reversed(hours(3)), PRACTICE, batch=7)
    assert [line.hour for line in claim.lines] == ["hour-0", "hour-1", "hour-2"]
    assert claim.total == Money(54000)
    assert claim.control == "B7-1"
    assert [line.control for line in claim.lines] == ["B7-1-1", "B7-1-2", "B7-1-3"]


def test_what_differs_in_anything_that_a_claim_says_once_is_a_claim_of_its_own():
    other_patient = replace(ANA, key="zoe", person=Person("Poe", "Zoe"))
    different = [
        {"patient": other_patient},
        {"coverage": replace(COVERED, member_id="OTHER")},
        {"rendering": SAM},
        {"supervising": SAM},
        {"place": "22"},
        {"diagnoses": ("F41.1",)},
        {"authorization": "AUTH1"},
    ]
    for change in different:
        assert len(assemble([HOUR, replace(HOUR, key="other", **change)], PRACTICE, batch=1)) == 2, change


def test_the_fifty_first_hour_begins_a_second_claim():
    first, second = assemble(hours(51), PRACTICE, batch=1)
    assert (len(first.lines), len(second.lines)) == (50, 1)
    assert first.control != second.control


def test_a_line_points_at_no_more_than_four_diagnoses():
    five = ("F33.1", "F41.1", "F43.12", "F40.10", "F42.2")
    (claim,) = assemble([replace(HOUR, diagnoses=five)], PRACTICE, batch=1)
    assert claim.lines[0].pointers == (1, 2, 3, 4)
    assert claim.diagnoses == five


def test_a_control_number_fits_and_holds_nothing_of_a_name():
    (claim,) = assemble([HOUR], PRACTICE, batch=999_999_999)
    assert len(claim.control) <= 20
    assert "DOE" not in claim.control.upper()
    assert "ANA" not in claim.control.upper()


def test_an_unsigned_hour_stays_marked_for_the_edits_to_hold():
    (claim,) = assemble([replace(HOUR, signed=False)], PRACTICE, batch=1)
    assert claim.lines[0].signed is False


def test_no_hours_no_claims():
    assert assemble([], PRACTICE, batch=1) == ()


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([BEN, SAM]), st.integers(0, 400)), max_size=130))
def test_every_hour_stands_in_exactly_one_claim_and_the_money_is_kept(drawn):
    queue = [
        replace(
            HOUR,
            key=f"hour-{n}",
            patient=replace(ANA, key=str(patient)),
            rendering=therapist,
            charge=replace(CHARGE, day=DAY + timedelta(days=day)),
        )
        for n, (patient, therapist, day) in enumerate(drawn)
    ]
    claims = assemble(queue, PRACTICE, batch=3)
    assert sorted(line.hour for claim in claims for line in claim.lines) == sorted(hour.key for hour in queue)
    assert sum(claim.total.cents for claim in claims) == 18000 * len(queue)
    assert len({claim.control for claim in claims}) == len(claims)
    for claim in claims:
        assert 1 <= len(claim.lines) <= 50
        assert len({(claim.patient.key, claim.rendering.npi)}) == 1
