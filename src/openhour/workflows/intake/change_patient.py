"""Change who a patient is: a new phone, a new name, an address.

Refuses what `register_patient` refuses, and a page older than the chart: two tabs never overwrite each other silently.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Refused
from openhour.records.models import Patient
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.demographics import Demographics, demographics_gaps, tidy, write_to

MEANWHILE = Finding(
    "patient.changed-meanwhile",
    "Somebody changed this while your page was open. Your words are kept below; compare them with what stands now.",
)


@transaction.atomic
def change_patient(actor: Actor, patient_id: UUID, typed: Demographics, *, revision: int, at: datetime) -> None:
    """revision: of the page. Raises NotAllowed, or Refused."""
    patient = patient_to_write(actor, patient_id)
    typed = tidy(typed)
    gaps = [MEANWHILE] if revision != patient.revision else []
    gaps += demographics_gaps(typed, on=practice_day(at))
    if gaps:
        raise Refused(gaps)
    changed = sorted(name for name in typed.__slots__ if getattr(typed, name) != getattr(patient, name))
    if not changed:
        return
    write_to(patient, typed)
    patient.revision += 1
    patient.save()
    trail.write(actor, "patient.changed", patient, at=at, fields=changed)


def patient_to_write(actor: Actor, patient_id: UUID, action: str = "patient.write") -> Patient:
    """The patient, locked. Raises NotAllowed where there is none or they aren't the actor's to change."""
    patient = Patient.objects.select_for_update(no_key=True).filter(pk=patient_id).first()
    if patient is None:
        raise NotAllowed(action)
    require(actor, action, patient)
    return patient
