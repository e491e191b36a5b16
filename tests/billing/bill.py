"""Ana's superbill for the tests of the value and of the printed page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from openhour.billing.superbill import Superbill, SuperbillClinician, SuperbillLine, SuperbillPractice
from openhour.kernel import Money
from tests.billing.cast import ANA, PRACTICE

LINE = SuperbillLine(
    day=date(2026, 1, 2),
    place="11",
    code="90837",
    title="Psychotherapy, 60 minutes with patient",
    modifiers=(),
    units=1,
    diagnoses=("F33.1", "F41.1"),
    amount=Money(18000),
)
BILL = Superbill(
    number="2026-0007",
    issued=date(2026, 1, 31),
    practice=SuperbillPractice(
        "Riverside Therapy Group", PRACTICE.address, "(555) 555-0100", "12-3456789", "1234567893"
    ),
    clinician=SuperbillClinician("Ben Roe", "PsyD", "IL 071-001234", "1876543210", "103TC0700X"),
    patient=ANA,
    member_id="MEM123456",
    lines=(LINE, replace(LINE, day=date(2026, 1, 9))),
    diagnosis_titles=(
        ("F33.1", "Major depressive disorder, recurrent, moderate"),
        ("F41.1", "Generalized anxiety disorder"),
    ),
    paid=Money(18000),
    signed_by="Ben Roe, PsyD",
    signed_on=date(2026, 1, 31),
)
