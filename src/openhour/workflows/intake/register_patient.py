"""Register a patient: a number of the practice's own, and who they are.

Refuses an unreadable name, birth date or address, and, until it is confirmed, somebody of the same name and birth date
as a patient who is known already: two charts of one person are how allergies and alerts get lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Counter, Patient
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.demographics import Demographics, demographics_gaps, tidy, write_to

_FIRST_NUMBER = 1001


@transaction.atomic
def register_patient(actor: Actor, typed: Demographics, *, although_known: bool = False, at: datetime) -> UUID:
    """The id of the new chart. although_known: the front desk has looked and it is somebody else.

    Raises NotAllowed, or Refused with the fields of `Demographics` and `although_known` as places.
    """
    require(actor, "patient.register")
    typed = tidy(typed)
    gaps = [*demographics_gaps(typed, on=practice_day(at))]
    if not gaps and not although_known:
        gaps += _known_already(typed)
    if gaps:
        raise Refused(gaps)
    patient = Patient(number=_next_number(), made_at=at)
    write_to(patient, typed)
    patient.save(force_insert=True)
    trail.write(actor, "patient.registered", patient, at=at, number=patient.number)
    return patient.pk


def _known_already(typed: Demographics) -> Iterator[Finding]:
    if typed.birth_date is None:
        return
    same = Patient.objects.filter(sort_name=typed.sort_name, birth_date=typed.birth_date).order_by("number")
    numbers = list(same.values_list("number", flat=True)[:3])
    if numbers:
        sentence = f"A patient of this name and birth date is known already, as {', '.join(numbers)}."
        yield Finding("patient.known", sentence, "although_known")


def _next_number() -> str:
    """`P-1001` and on; the counter is locked, so two front desks never share one. Numbers that a practice brought
    along are stepped over."""
    Counter.objects.get_or_create(name="patient", defaults={"value": _FIRST_NUMBER - 1})
    counter = Counter.objects.select_for_update().get(name="patient")
    counter.value += 1
    while Patient.objects.filter(number=f"P-{counter.value}").exists():
        counter.value += 1
    counter.save(update_fields=["value"])
    return f"P-{counter.value}"
