"""What holds a claim back, and what a biller should know before it is sent: all at once, in a biller's words.

Called by the claim queue and the batch submission. Each check is a function; the set of checks is the tuple below.
A check knows the claim and the context it is given: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable

from openhour.billing.claims import Claim
from openhour.billing.edits.edit import Check, DiagnosisCheck, Edit, EditContext, ServiceKey
from openhour.billing.edits.parties import coverage_edits, patient_edits, practice_edits, staff_edits
from openhour.billing.edits.payers import filing_edits, payer_edits
from openhour.billing.edits.services import (
    diagnosis_edits,
    duplicate_edits,
    line_edits,
    number_edits,
    place_edits,
    services_of,
    total_edits,
)
from openhour.kernel import Finding

EDITS: tuple[Check, ...] = (
    number_edits,
    practice_edits,
    staff_edits,
    patient_edits,
    coverage_edits,
    diagnosis_edits,
    line_edits,
    total_edits,
    place_edits,
    duplicate_edits,
    filing_edits,
    payer_edits,
)


def edits_of(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """Every edit of every check, those that hold the claim first."""
    found = [edit for check in EDITS for edit in check(claim, context)]
    return tuple(sorted(found, key=lambda edit: not edit.holds)) if found else ()


def holding(edits: Iterable[Edit]) -> tuple[Finding, ...]:
    """The findings that keep the claim back; empty where it may be sent."""
    return tuple(edit.finding for edit in edits if edit.holds)


__all__ = ["EDITS", "DiagnosisCheck", "Edit", "EditContext", "ServiceKey", "edits_of", "holding", "services_of"]
