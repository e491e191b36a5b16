"""The superbill: what a self-pay patient sends to an insurer, as a value, and what is missing from it.

Called by the superbill verb; printed by `ui.documents` from `printed(superbill)`. It is not a claim and says so.
Content: coding reference, section 11. Refuses to be printed while a part is missing: ask `superbill_gaps` first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openhour.billing.claims import Address, Patient
from openhour.billing.codes import PLACES_OF_SERVICE
from openhour.kernel import Finding, Money, npi_finding

NOT_A_CLAIM = (
    "This statement is not a claim and was not sent to an insurer. "
    "You may submit it to your insurer yourself; whether and what they pay back is their decision."
)


@dataclass(frozen=True, slots=True)
class SuperbillPractice:
    """Who was paid. npi: the group's; tax_id: nine digits."""

    name: str
    address: Address
    phone: str
    tax_id: str
    npi: str


@dataclass(frozen=True, slots=True)
class SuperbillClinician:
    """Who held the hours. licence: number with state, such as `IL 071-001234`; credential such as `PsyD`."""

    name: str
    credential: str
    licence: str
    npi: str
    taxonomy: str


@dataclass(frozen=True, slots=True)
class SuperbillLine:
    """One service. diagnoses: codes, dotted; amount: for all units."""

    day: date
    place: str
    code: str
    title: str
    modifiers: tuple[str, ...]
    units: int
    diagnoses: tuple[str, ...]
    amount: Money


@dataclass(frozen=True, slots=True)
class Superbill:
    """number: the practice's own; issued: the day on it; member_id may be empty; signed_by: who vouches for it.
    diagnosis_titles: code and words, in the order of the lines' codes."""

    number: str
    issued: date
    practice: SuperbillPractice
    clinician: SuperbillClinician
    patient: Patient
    member_id: str
    lines: tuple[SuperbillLine, ...]
    diagnosis_titles: tuple[tuple[str, str], ...]
    paid: Money
    signed_by: str
    signed_on: date | None

    @property
    def charged(self) -> Money:
        """What the lines come to."""
        return Money(sum(line.amount.cents for line in self.lines))

    @property
    def balance(self) -> Money:
        """What is still owed; negative where more was paid."""
        return self.charged - self.paid


def superbill_gaps(superbill: Superbill) -> tuple[Finding, ...]:
    """Everything that an insurer would miss, at once; empty where it may be printed."""
    return (
        *_practice_gaps(superbill.practice),
        *_clinician_gaps(superbill.clinician),
        *_patient_gaps(superbill),
        *(
            gap
            for at, line in enumerate(superbill.lines, start=1)
            for gap in _line_gaps(line, f"line {at}", superbill)
        ),
        *_signature_gaps(superbill),
    )


def printed(superbill: Superbill) -> dict[str, object]:
    """The superbill as plain text for the document template `superbill`."""
    practice, clinician, patient = superbill.practice, superbill.clinician, superbill.patient
    return {
        "title": f"Superbill {superbill.number}",
        "number": superbill.number,
        "issued": _day(superbill.issued),
        "practice": {
            "name": practice.name,
            "address": _lines_of(practice.address),
            "phone": practice.phone,
            "tax_id": practice.tax_id,
            "npi": practice.npi,
        },
        "clinician": {
            "name": ", ".join(part for part in (clinician.name, clinician.credential) if part),
            "licence": clinician.licence,
            "npi": clinician.npi,
            "taxonomy": clinician.taxonomy,
        },
        "patient": {
            "name": patient.person.full,
            "birth": _day(patient.birth),
            "address": _lines_of(patient.address),
            "member_id": superbill.member_id,
        },
        "lines": [_printed_line(line) for line in superbill.lines],
        "diagnoses": [list(pair) for pair in superbill.diagnosis_titles],
        "charged": str(superbill.charged),
        "paid": str(superbill.paid),
        "balance": str(superbill.balance),
        "signed_by": superbill.signed_by,
        "signed_on": _day(superbill.signed_on) if superbill.signed_on else "",
        "statement": NOT_A_CLAIM,
    }


def _printed_line(line: SuperbillLine) -> dict[str, str]:
    return {
        "day": _day(line.day),
        "place": line.place,
        "code": "-".join((line.code, *line.modifiers)),
        "title": line.title,
        "units": str(line.units),
        "diagnoses": ", ".join(line.diagnoses),
        "amount": str(line.amount),
    }


def _practice_gaps(practice: SuperbillPractice) -> Iterable[Finding]:
    yield from _needed(
        ("practice.name", "The practice's name", practice.name),
        ("practice.address", "The practice's address", practice.address.line1 and practice.address.city),
        ("practice.phone", "The practice's phone number", practice.phone),
    )
    if len(practice.tax_id.replace("-", "")) != 9:
        yield Finding("superbill.tax-id", "The practice's tax number needs nine digits.", "practice.tax-id")
    if (finding := npi_finding(practice.npi, "practice.npi")) is not None:
        yield finding


def _clinician_gaps(clinician: SuperbillClinician) -> Iterable[Finding]:
    yield from _needed(
        ("therapist.name", "The therapist's name", clinician.name),
        ("therapist.credential", "The therapist's credential", clinician.credential),
        ("therapist.licence", "The therapist's licence number", clinician.licence),
        ("therapist.taxonomy", "The therapist's taxonomy code", clinician.taxonomy),
    )
    if (finding := npi_finding(clinician.npi, "therapist.npi")) is not None:
        yield finding


def _patient_gaps(superbill: Superbill) -> Iterable[Finding]:
    patient = superbill.patient
    yield from _needed(
        ("patient.name", "The patient's name", patient.person.last),
        ("patient.address", "The patient's address", patient.address.line1 and patient.address.city),
    )
    if patient.birth > superbill.issued:
        yield Finding("superbill.birth", "The patient's day of birth lies in the future.", "patient.birth")
    if not superbill.lines:
        yield Finding("superbill.empty", "The superbill has no service on it.", "lines")


def _line_gaps(line: SuperbillLine, place: str, superbill: Superbill) -> Iterable[Finding]:
    if not line.diagnoses:
        yield Finding("superbill.diagnosis", "This service has no diagnosis.", place)
    if len(line.code) != 5:
        yield Finding("superbill.code", "This service has no code.", place)
    if line.place not in PLACES_OF_SERVICE:
        yield Finding("superbill.place", "This service has no place of service.", place)
    if line.amount.cents <= 0 or line.units < 1:
        yield Finding("superbill.amount", "This service has no charge.", place)
    if line.day > superbill.issued:
        yield Finding("superbill.day", "This service lies in the future.", place)


def _signature_gaps(superbill: Superbill) -> Iterable[Finding]:
    if not superbill.signed_by.strip() or superbill.signed_on is None:
        yield Finding("superbill.unsigned", "The superbill isn't signed and dated.", "signature")
    if superbill.paid.cents < 0:
        yield Finding("superbill.paid", "What was paid can't be negative.", "paid")


def _needed(*parts: tuple[str, str, str]) -> Iterable[Finding]:
    return (
        Finding("superbill.missing", f"{what} is missing.", place) for place, what, text in parts if not text.strip()
    )


def _lines_of(address: Address) -> list[str]:
    return [line for line in (address.line1, address.line2, f"{address.city}, {address.state} {address.zip}") if line]


def _day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"
