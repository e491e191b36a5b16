"""Write a batch of claims as one X12 837P file (005010X222A1), claim by claim, in flat memory.

Called by the claim submission and the command line: `file.writelines(write_837p(batch))`. Claims should have passed
`billing.edits` first; what can't be written is refused here in any case, so write to a temporary file and rename.
Claims of the same practice, coverage and patient should follow one another: they share their loops.
Segment order and usage as in the map of pyx12 4.0.0, which judges our files in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from openhour.billing.claims import (
    LINES_PER_CLAIM,
    Address,
    Batch,
    Claim,
    Clinician,
    Coverage,
    Facility,
    Organisation,
    Patient,
    PayerParty,
    ServiceLine,
)
from openhour.billing.codes import FILING_INDICATORS, FREQUENCIES, PLACES_OF_SERVICE, RELATIONS, SEXES
from openhour.billing.x12.charset import name
from openhour.billing.x12.pieces import (
    address,
    amount,
    clinician,
    day,
    diagnoses,
    number,
    person,
    refused,
    service,
    spelled,
)
from openhour.kernel import Finding, Refused

VERSION = "005010X222A1"
CLAIMS_PER_TRANSACTION = 5000
CLAIMS_PER_PATIENT_LOOP = 100
_REMEMBERED = 512

Value = TypeVar("Value")


def write_837p(batch: Batch, *, line_breaks: bool = True) -> Iterator[str]:
    """Pieces of the file in order. line_breaks: put each segment on a line of its own.

    Raises Refused: at once where the envelope is wrong, on the way where a claim can't be written or there is none.
    """
    opening = _opening(batch)
    pieces = _pieces(batch, opening)
    return (piece.replace("~", "~\n") for piece in pieces) if line_breaks else pieces


def _pieces(batch: Batch, opening: str) -> Iterator[str]:
    claims = iter(batch.claims)
    claim = next(claims, None)
    if claim is None:
        raise Refused(Finding("batch.empty", "There is no claim to send in this batch.", "claims"))
    yield opening
    transactions = 0
    while claim is not None:
        transactions += 1
        tree = _Tree()
        head = _transaction_head(batch, transactions)
        segments = head.count("~")
        yield head
        for _ in range(CLAIMS_PER_TRANSACTION):
            text = tree.loops(claim) + _claim(claim, tree)
            segments += text.count("~")
            yield text
            claim = next(claims, None)
            if claim is None:
                break
        yield f"SE*{segments + 1}*{transactions:04d}~"
    yield f"GE*{transactions}*{batch.control}~IEA*1*{batch.control:09d}~"


def _opening(batch: Batch) -> str:
    if not 1 <= batch.control <= 999_999_999:
        raise refused("control", "A batch number lies between 1 and 999,999,999.")
    sender = number(batch.submitter.identifier, 15, "submitter", least=2)
    receiver = number(batch.receiver_id, 15, "receiver", least=2)
    stamp, clock = day(batch.created.date()), f"{batch.created:%H%M}"
    return (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:15}*ZZ*{receiver:15}*{stamp[2:]}*{clock}*^*00501"
        f"*{batch.control:09d}*0*{'T' if batch.test else 'P'}*:~"
        f"GS*HC*{sender}*{receiver}*{stamp}*{clock}*{batch.control}*X*{VERSION}~"
    )


def _transaction_head(batch: Batch, transaction: int) -> str:
    sender = batch.submitter
    return (
        f"ST*837*{transaction:04d}*{VERSION}~"
        f"BHT*0019*00*{batch.control:09d}{transaction:04d}*{day(batch.created.date())}*{batch.created:%H%M}*CH~"
        f"NM1*41*2*{spelled(sender.name, 60, 'submitter')}*****46*{sender.identifier}~"
        f"PER*IC*{spelled(sender.contact, 60, 'submitter')}*TE*{_phone(sender.phone, 'submitter')}~"
        f"NM1*40*2*{spelled(batch.receiver_name, 60, 'receiver')}*****46*{batch.receiver_id}~"
    )


class _Tree:
    """The HL tree of one transaction: which practice, subscriber and patient loops stand open."""

    __slots__ = ("billing", "count", "coverage", "in_loop", "patient", "pay_to", "practice", "seen")

    def __init__(self) -> None:
        self.count = 0
        self.practice = 0
        self.in_loop = 0
        self.billing: Organisation | None = None
        self.pay_to: Address | None = None
        self.coverage: Coverage | None = None
        self.patient: Patient | None = None
        self.seen: dict[int, tuple[object, str]] = {}

    def loops(self, claim: Claim) -> str:
        """The practice, subscriber and patient loops that must be opened before this claim; often none."""
        text = ""
        if claim.billing != self.billing or claim.pay_to != self.pay_to:
            text = self._practice(claim)
            self.patient = None
        if (
            self.in_loop == CLAIMS_PER_PATIENT_LOOP
            or claim.patient != self.patient
            or claim.coverage != self.coverage
        ):
            text += self._patient(claim)
        self.in_loop += 1
        return text

    def once(self, value: Value, written: Callable[[Value], str]) -> str:
        """The text of a value that many claims share, written once. Remembers a bounded number of values."""
        known = self.seen.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        if len(self.seen) >= _REMEMBERED:
            self.seen.clear()
        text = written(value)
        self.seen[id(value)] = (value, text)
        return text

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _practice(self, claim: Claim) -> str:
        self.billing, self.pay_to = claim.billing, claim.pay_to
        self.practice = self._next()
        pay_to = f"NM1*87*2~{address(claim.pay_to, 'pay-to address')}" if claim.pay_to is not None else ""
        return f"HL*{self.practice}**20*1~{_billing(claim.billing)}{pay_to}"

    def _patient(self, claim: Claim) -> str:
        self.patient, self.coverage, self.in_loop = claim.patient, claim.coverage, 0
        subscriber = self._next()
        payer = self.once(claim.coverage.payer, _payer)
        if claim.coverage.is_own:
            return f"HL*{subscriber}*{self.practice}*22*0~{_own_subscriber(claim.coverage, claim.patient)}{payer}"
        return (
            f"HL*{subscriber}*{self.practice}*22*1~{_other_subscriber(claim.coverage)}{payer}"
            f"HL*{self._next()}*{subscriber}*23*0~{_dependant(claim.coverage, claim.patient)}"
        )


def _billing(practice: Organisation) -> str:
    taxonomy = f"PRV*BI*PXC*{number(practice.taxonomy, 10, 'taxonomy', least=10)}~" if practice.taxonomy else ""
    contact = ""
    if practice.phone:
        contact = f"PER*IC*{name(practice.contact, 60) or spelled(practice.name, 60, 'contact')}*TE*{_phone(practice.phone)}~"
    kind = practice.tax_id_kind
    tax = practice.tax_id.replace("-", "")
    if kind not in ("EI", "SY") or len(tax) != 9 or not (tax.isascii() and tax.isdigit()):
        raise refused("tax id", "The practice needs a tax number of nine digits.")
    return (
        f"{taxonomy}NM1*85*2*{spelled(practice.name, 60, 'billing provider')}*****XX"
        f"*{number(practice.npi, 10, 'billing NPI', least=10)}~"
        f"{address(practice.address, 'billing address')}REF*{kind}*{tax}~{contact}"
    )


def _phone(phone: str, place: str = "phone") -> str:
    digits = "".join(mark for mark in phone if mark in "0123456789")
    if len(digits) != 10:
        raise refused(place, "A phone number in a claim has ten digits.")
    return digits


def _payer(payer: PayerParty) -> str:
    where = address(payer.address, "payer address") if payer.address is not None else ""
    return f"NM1*PR*2*{spelled(payer.name, 60, 'payer')}*****PI*{number(payer.payer_id, 80, 'payer id', least=2)}~{where}"


def _policy(coverage: Coverage, own: str) -> str:
    filing = coverage.payer.filing_indicator
    if filing not in FILING_INDICATORS or coverage.order not in ("P", "S", "T"):
        raise refused("coverage", "The payer needs a filing indicator, the coverage its order.")
    group = number(coverage.group_number, 50, "group number") if coverage.group_number else ""
    return f"SBR*{coverage.order}*{own}*{group}******{filing}~"


def _own_subscriber(coverage: Coverage, patient: Patient) -> str:
    return (
        f"{_policy(coverage, '18')}NM1*IL*1*{person(patient.person, 'patient name')}"
        f"*MI*{number(coverage.member_id, 80, 'member id', least=2)}~"
        f"{address(patient.address, 'patient address')}{_birth(patient)}"
    )


def _other_subscriber(coverage: Coverage) -> str:
    if coverage.holder is None:
        raise refused("subscriber", "The coverage belongs to another person, whose name is missing.")
    return (
        f"{_policy(coverage, '')}NM1*IL*1*{person(coverage.holder, 'subscriber name')}"
        f"*MI*{number(coverage.member_id, 80, 'member id', least=2)}~"
    )


def _dependant(coverage: Coverage, patient: Patient) -> str:
    if coverage.relation not in RELATIONS:
        raise refused("relation", "How the patient stands to the subscriber is missing.")
    who = person(patient.person, "patient name").rstrip("*")
    return f"PAT*{coverage.relation}~NM1*QC*1*{who}~{address(patient.address, 'patient address')}{_birth(patient)}"


def _birth(patient: Patient) -> str:
    if patient.sex not in SEXES:
        raise refused("sex", "The claim needs F, M or U for the patient.")
    return f"DMG*D8*{day(patient.birth)}*{patient.sex}~"


def _claim(claim: Claim, tree: _Tree) -> str:
    if claim.place not in PLACES_OF_SERVICE:
        raise refused("place of service", "The place of service isn't on the list of places.")
    head = (
        f"CLM*{number(claim.control, 20, 'claim number')}*{amount(claim.total.cents)}"
        f"***{claim.place}:B:{claim.frequency}*{'Y' if claim.patient_signed else 'N'}"
        f"*{'A' if claim.assigned else 'C'}*{'Y' if claim.pays_practice else 'N'}*{claim.may_release}~"
    )
    if not 1 <= len(claim.lines) <= LINES_PER_CLAIM:
        raise refused("lines", "A claim has one to fifty lines.")
    if claim.frequency not in FREQUENCIES or claim.may_release not in ("Y", "I"):
        raise refused("claim", "A claim is an original, a replacement or a void, with the patient's release.")
    return "".join(
        (
            head,
            _references(claim),
            diagnoses(claim.diagnoses),
            _people(claim, tree),
            *(_line(place, line, len(claim.diagnoses)) for place, line in enumerate(claim.lines, start=1)),
        )
    )


def _references(claim: Claim) -> str:
    if not (claim.patient_paid.cents or claim.referral or claim.authorization or claim.replaces or claim.note):
        return ""
    return "".join(
        (
            f"AMT*F5*{amount(claim.patient_paid.cents)}~" if claim.patient_paid.cents else "",
            f"REF*9F*{number(claim.referral, 50, 'referral')}~" if claim.referral else "",
            f"REF*G1*{number(claim.authorization, 50, 'authorization')}~" if claim.authorization else "",
            f"REF*F8*{number(claim.replaces, 50, 'replaced claim')}~" if claim.replaces else "",
            f"NTE*ADD*{spelled(claim.note, 80, 'claim note')}~" if name(claim.note, 80) else "",
        )
    )


def _people(claim: Claim, tree: _Tree) -> str:
    text = tree.once(claim.rendering, _rendering)
    if claim.referring is not None:
        text = clinician(claim.referring, "DN", "referring clinician") + text
    if claim.facility is not None:
        text += tree.once(claim.facility, _facility)
    if claim.supervising is not None:
        text += clinician(claim.supervising, "DQ", "supervisor")
    return text


def _rendering(who: Clinician) -> str:
    taxonomy = f"PRV*PE*PXC*{number(who.taxonomy, 10, 'taxonomy', least=10)}~" if who.taxonomy else ""
    return clinician(who, "82", "therapist") + taxonomy


def _facility(where: Facility) -> str:
    known = f"*****XX*{number(where.npi, 10, 'place NPI', least=10)}" if where.npi else ""
    return f"NM1*77*2*{spelled(where.name, 60, 'place')}{known}~{address(where.address, 'place address')}"


def _line(place: int, line: ServiceLine, most: int) -> str:
    if not 1 <= len(line.pointers) <= 4 or not all(1 <= one <= most for one in line.pointers):
        raise refused("pointer", "Each line points at one to four of the claim's diagnoses.")
    if not 1 <= line.units <= 999 or (line.place and line.place not in PLACES_OF_SERVICE):
        raise refused("line", "A line has 1 to 999 units and a place from the list.")
    return (
        f"LX*{place}~SV1*{service(line.code, line.modifiers)}*{amount(line.amount.cents)}*UN*{line.units}"
        f"*{line.place}**{_pointers(line.pointers)}~DTP*472*D8*{day(line.day)}~"
        f"REF*6R*{number(line.control, 30, 'line number')}~"
    )


def _pointers(pointers: Iterable[int]) -> str:
    return ":".join(map(str, pointers))
