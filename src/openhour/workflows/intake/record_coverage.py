"""Record what pays for a patient: an insurer with its member number, or the patient.

Refuses a payer that isn't on the shelf, an insurer without a member number, a subscriber half named, a last day before
the first, and days that another coverage of the patient holds already.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.records.models import Coverage
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.change_patient import patient_to_write
from openhour.workflows.intake.coverages import COLUMNS, CoverageTyped, coverage_gaps, tidy


@transaction.atomic
def record_coverage(actor: Actor, patient_id: UUID, typed: CoverageTyped, *, at: datetime) -> UUID:
    """Raises NotAllowed, or Refused with the fields of `CoverageTyped` as places."""
    patient = patient_to_write(
        actor, patient_id, "coverage.write"
    )  # locked, so that two can't both find the days free
    typed = tidy(typed)
    if gaps := tuple(coverage_gaps(typed, patient_id, on=practice_day(at))):
        raise Refused(gaps)
    values = {name: getattr(typed, name) for name in COLUMNS}
    coverage = Coverage.objects.create(patient=patient, made_at=at, **values)
    trail.write(actor, "coverage.recorded", patient, at=at, coverage=coverage.pk, payer=typed.payer)
    return coverage.pk
