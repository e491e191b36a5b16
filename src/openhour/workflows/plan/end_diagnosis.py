"""End a diagnosis: it stays in the chart with the day from which it no longer holds, and the others close ranks.

Refuses a day before the first one or to come, and a diagnosis that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Diagnosis
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.episodes import closed_gaps
from openhour.workflows.intake.follow_indications import follow_indications
from openhour.workflows.plan.diagnoses import diagnosis_to_write, number


@transaction.atomic
def end_diagnosis(actor: Actor, diagnosis_id: UUID, *, until: date | None, at: datetime) -> UUID:
    """The id of the episode. until: the first day on which it no longer holds. Raises NotAllowed, or Refused with the
    place `until`."""
    episode, standing, diagnosis = diagnosis_to_write(actor, diagnosis_id)
    gaps = [*closed_gaps(episode), *_gaps(diagnosis, until, practice_day(at))]
    if gaps:
        raise Refused(gaps)
    diagnosis.until = until
    diagnosis.save(update_fields=["until"])
    number([row for row in standing if row.pk != diagnosis.pk])
    trail.write(actor, "diagnosis.ended", episode, at=at, diagnosis=diagnosis.pk, until=until)
    follow_indications(actor, episode, at=at)
    return episode.pk


def _gaps(diagnosis: Diagnosis, until: date | None, today: date) -> Iterator[Finding]:
    if until is None:
        yield Finding("until.missing", "Give the day as a date, such as 2026-01-31.", "until")
    elif until > today:
        yield Finding("until.ahead", "This day is still to come.", "until")
    elif until < diagnosis.since:
        yield Finding("until.early", "That day lies before the first one.", "until")
