"""Change a coverage: a mistyped number put right, an authorization added, the last day set.

Refuses what `record_coverage` refuses, and a page older than what stands there.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.records.models import Coverage
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.change_patient import patient_to_write
from openhour.workflows.intake.coverages import COLUMNS, CoverageTyped, coverage_gaps, coverage_mark, tidy

MEANWHILE = Finding(
    "coverage.changed-meanwhile",
    "Somebody changed this while your page was open. Your words are kept below; compare them with what stands now.",
)


@transaction.atomic
def change_coverage(actor: Actor, coverage_id: UUID, typed: CoverageTyped, *, mark: str, at: datetime) -> UUID:
    """The id of the patient. mark: `coverage_mark` of what the page showed. Raises NotAllowed, or Refused."""
    coverage = Coverage.objects.filter(pk=coverage_id).first()
    if coverage is None:
        raise NotAllowed("coverage.write")
    patient = patient_to_write(actor, coverage.patient_id, "coverage.write")
    coverage = Coverage.objects.select_for_update(no_key=True).get(pk=coverage_id)
    typed = tidy(typed)
    gaps = [MEANWHILE] if mark != coverage_mark(coverage) else []
    gaps += coverage_gaps(typed, patient.pk, on=practice_day(at), but=coverage.pk)
    if gaps:
        raise Refused(gaps)
    changed = [name for name in COLUMNS if getattr(coverage, name) != getattr(typed, name)]
    if changed:
        for name in changed:
            setattr(coverage, name, getattr(typed, name))
        coverage.save(update_fields=changed)
        trail.write(actor, "coverage.changed", patient, at=at, coverage=coverage.pk, fields=changed)
    return patient.pk
