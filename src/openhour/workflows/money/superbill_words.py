"""Signed hours as the value that `billing.superbill` judges and prints.

Used by `make_superbill`. The licence is the one in force on the last of the days, in the state of the site; where
there is none it stays empty, and the gaps say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openhour.billing import superbill as bill
from openhour.billing.claims import Address
from openhour.catalog.icd10 import diagnosis_title
from openhour.kernel import Money
from openhour.records.models import Charge, Licence
from openhour.records.queries.billed_values import Desk, patient_value, procedure_pinned


def superbill_of(rows: Sequence[Charge], where: Desk, *, number: str, paid: Money, signed_by: str) -> bill.Superbill:
    """rows: by day, at least one; signed_by: who makes it, for the practice."""
    practice, last = where.organisation, rows[-1]
    patient = patient_value(last.patient)
    codes = dict.fromkeys(code for row in rows for code in row.diagnoses)
    return bill.Superbill(
        number=number,
        issued=where.today,
        practice=bill.SuperbillPractice(
            practice.name, _written(practice.address), _phone(practice.phone), _tax_id(practice.tax_id), practice.npi
        ),
        clinician=bill.SuperbillClinician(
            last.therapist.name,
            last.therapist.credential,
            _licence(last),
            last.therapist.npi,
            last.therapist.taxonomy,
        ),
        patient=replace(patient, address=_written(patient.address)),
        member_id=last.coverage.member_id if last.coverage else "",
        lines=tuple(_line(row) for row in rows),
        diagnosis_titles=tuple((code, diagnosis_title(code)) for code in codes),
        paid=paid,
        signed_by=f"{signed_by}, for {practice.name}",
        signed_on=where.today,
    )


def _line(row: Charge) -> bill.SuperbillLine:
    procedure = procedure_pinned(row.procedure_key)
    return bill.SuperbillLine(
        day=row.served_on,
        place=row.place_of_service,
        code=row.code,
        title=procedure.title if procedure else row.code,
        modifiers=tuple(row.modifiers),
        units=1,
        diagnoses=tuple(row.diagnoses),
        amount=Money(row.amount_cents),
    )


def _licence(row: Charge) -> str:
    state, day = row.session.visit.site.state, row.served_on
    held = Licence.objects.filter(therapist_id=row.therapist_id, state=state, valid_from__lte=day, valid_to__gte=day)
    licence = held.order_by("-valid_to").first()
    return f"{licence.state} {licence.number}" if licence else ""


def _written(address: Address) -> Address:
    """Nine digits of a ZIP with the hyphen that people write."""
    code = address.zip
    return replace(address, zip=f"{code[:5]}-{code[5:]}") if len(code) == 9 and code.isdigit() else address


def _phone(number: str) -> str:
    return f"({number[:3]}) {number[3:6]}-{number[6:]}" if len(number) == 10 and number.isdigit() else number


def _tax_id(number: str) -> str:
    return f"{number[:2]}-{number[2:]}" if len(number) == 9 and number.isdigit() else number
