"""A claim as values, and how signed hours become claims.

Called by the claim queue; read by edits, the 837P writer and the superbill. Lines of the same patient, coverage,
therapist, supervisor, place, diagnoses and authorization share a claim, up to 50. Refuses nothing by itself:
what is wrong with a claim is for `billing.edits` to say, all at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from openhour.billing.codes import ORIGINAL, SELF
from openhour.billing.timecode import Charge
from openhour.catalog.forms import Payer
from openhour.kernel import Money

LINES_PER_CLAIM = 50
DIAGNOSES_PER_CLAIM = 12
POINTERS_PER_LINE = 4
NOTHING_PAID = Money(0)


@dataclass(frozen=True, slots=True)
class Address:
    """zip: five or nine digits, hyphen allowed."""

    line1: str
    city: str
    state: str
    zip: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A name as it stands on the insurance card."""

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""

    @property
    def full(self) -> str:
        return " ".join(part for part in (self.first, self.middle, self.last, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Organisation:
    """The practice that bills. tax_id_kind: `EI` employer number, `SY` social security number; phone: ten digits."""

    name: str
    npi: str
    taxonomy: str
    tax_id: str
    address: Address
    phone: str = ""
    contact: str = ""
    tax_id_kind: str = "EI"


@dataclass(frozen=True, slots=True)
class Clinician:
    """Who held the hour, or who supervised it."""

    person: Person
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class Facility:
    """Where the hour took place, where that isn't the billing address."""

    name: str
    address: Address
    npi: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """key: the caller's own key, never written into a file. sex: `F`, `M` or `U`."""

    key: str
    person: Person
    birth: date
    sex: str
    address: Address


@dataclass(frozen=True, slots=True)
class PayerParty:
    """The payer as a claim names it. filing_indicator: SBR09; address may be missing."""

    name: str
    payer_id: str
    filing_indicator: str
    address: Address | None = None


def payer_party(payer: Payer) -> PayerParty:
    """The payer of the shelf as a claim names it; its address is left out where it isn't known."""
    street, city, state, zip_code = payer.address
    where = Address(street, city, state, zip_code) if street and city else None
    return PayerParty(payer.receiver_name or payer.title, payer.payer_id, payer.filing_indicator, where)


@dataclass(frozen=True, slots=True)
class Coverage:
    """relation: `18` where the patient is the subscriber, else how the patient stands to `holder`.
    order: `P` primary, `S` secondary, `T` tertiary."""

    payer: PayerParty
    member_id: str
    group_number: str = ""
    relation: str = SELF
    holder: Person | None = None
    order: str = "P"

    @property
    def is_own(self) -> bool:
        return self.relation == SELF


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One coded service. control: comes back in the remittance, at most 30 characters; hour: the caller's key of the
    signed hour, never written; pointers: 1-based places in the claim's diagnoses, at most four;
    place: only where it differs from the claim's."""

    control: str
    hour: str
    day: date
    code: str
    modifiers: tuple[str, ...]
    units: int
    amount: Money
    minutes: int | None
    procedure: str
    pointers: tuple[int, ...]
    signed: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """control: at most 20 characters, no part of a name. total: what the claim says its lines sum to.
    frequency: 1 original, 7 replacement, 8 void; the last two need `replaces`, the payer's number of the old claim.
    patient_signed: signature on file; assigned: the practice accepts the payer's fee; pays_practice: benefits go to
    the practice; may_release: `Y` informed consent to release, `I` implied."""

    control: str
    patient: Patient
    coverage: Coverage
    billing: Organisation
    rendering: Clinician
    place: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    total: Money
    supervising: Clinician | None = None
    referring: Clinician | None = None
    facility: Facility | None = None
    pay_to: Address | None = None
    authorization: str = ""
    referral: str = ""
    frequency: str = ORIGINAL
    replaces: str = ""
    patient_paid: Money = NOTHING_PAID
    note: str = ""
    patient_signed: bool = True
    assigned: bool = True
    pays_practice: bool = True
    may_release: str = "Y"


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who sends the file: interchange id (at most 15 characters), a contact and a phone number of ten digits."""

    name: str
    identifier: str
    contact: str
    phone: str


@dataclass(frozen=True, slots=True)
class Batch:
    """One interchange. control: 1 to 999,999,999, never used twice with a receiver; created: local time of the
    practice; claims: any iterable, read once and never held; test: marks the file as a test (ISA15 T)."""

    control: int
    created: datetime
    submitter: Submitter
    receiver_id: str
    receiver_name: str
    claims: Iterable[Claim]
    test: bool = False


@dataclass(frozen=True, slots=True)
class SignedHour:
    """One hour of the queue. key: the caller's key of the hour; diagnoses: first-listed first, dots allowed."""

    key: str
    patient: Patient
    coverage: Coverage
    rendering: Clinician
    place: str
    diagnoses: tuple[str, ...]
    charge: Charge
    supervising: Clinician | None = None
    facility: Facility | None = None
    authorization: str = ""
    signed: bool = True


def assemble(
    hours: Iterable[SignedHour], billing: Organisation, *, batch: int, pay_to: Address | None = None
) -> tuple[Claim, ...]:
    """Claims in the order in which their first hour came; lines by day.

    batch: the number of the batch, from which control numbers are made (`B42-1`, lines `B42-1-1`): unique as long as
    no batch number is used twice.
    """
    groups: dict[tuple[object, ...], list[SignedHour]] = {}
    for hour in hours:
        groups.setdefault(_shares(hour), []).append(hour)
    parts = (part for group in groups.values() for part in _parts(sorted(group, key=lambda one: one.charge.day)))
    return tuple(_claim(f"B{batch}-{place}", part, billing, pay_to) for place, part in enumerate(parts, start=1))


def _shares(hour: SignedHour) -> tuple[object, ...]:
    return (
        hour.patient,
        hour.coverage,
        hour.rendering,
        hour.supervising,
        hour.place,
        hour.facility,
        hour.diagnoses,
        hour.authorization,
    )


def _parts(hours: list[SignedHour]) -> Iterable[list[SignedHour]]:
    return (hours[start : start + LINES_PER_CLAIM] for start in range(0, len(hours), LINES_PER_CLAIM))


def _claim(control: str, hours: list[SignedHour], billing: Organisation, pay_to: Address | None) -> Claim:
    first = hours[0]
    lines = tuple(_line(f"{control}-{place}", hour) for place, hour in enumerate(hours, start=1))
    return Claim(
        control=control,
        patient=first.patient,
        coverage=first.coverage,
        billing=billing,
        rendering=first.rendering,
        place=first.place,
        diagnoses=first.diagnoses,
        lines=lines,
        total=sum_of(lines),
        supervising=first.supervising,
        facility=first.facility,
        pay_to=pay_to,
        authorization=first.authorization,
    )


def _line(control: str, hour: SignedHour) -> ServiceLine:
    charge = hour.charge
    return ServiceLine(
        control=control,
        hour=hour.key,
        day=charge.day,
        code=charge.code,
        modifiers=charge.modifiers,
        units=charge.units,
        amount=charge.amount,
        minutes=charge.minutes,
        procedure=charge.procedure,
        pointers=tuple(range(1, min(len(hour.diagnoses), POINTERS_PER_LINE) + 1)),
        signed=hour.signed,
    )


def sum_of(lines: Iterable[ServiceLine]) -> Money:
    """What the lines come to."""
    return Money(sum(line.amount.cents for line in lines))
