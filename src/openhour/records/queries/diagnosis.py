"""The diagnoses of a course of treatment, with what to think of before a claim goes out.

Called by the page on which a therapist keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding
from openhour.records.models import Diagnosis
from openhour.records.queries.chart import DiagnosisLine, EpisodeHead, diagnoses_in, episode_row, head_of


@dataclass(frozen=True, slots=True)
class DiagnosesPage:
    """remarks: nothing that stands in the way, only what a claim may stumble over."""

    head: EpisodeHead
    standing: tuple[DiagnosisLine, ...]
    ended: tuple[DiagnosisLine, ...]
    remarks: tuple[Finding, ...]


@transaction.atomic
def diagnoses_of(actor: Actor, episode_id: UUID, *, at: datetime) -> DiagnosesPage:
    """With one trail entry. Raises NotAllowed."""
    row = episode_row(actor, "chart.read", episode_id, at=at, page="diagnoses")
    lines = diagnoses_in(row)
    standing = tuple(line for line in lines if line.until is None)
    ended = tuple(line for line in lines if line.until is not None)
    return DiagnosesPage(head_of(actor, row, at=at), standing, ended, first_listed_remarks(standing))


def first_listed_remarks(standing: tuple[DiagnosisLine, ...]) -> tuple[Finding, ...]:
    """Chapters R and Z of ICD-10-CM hold symptoms and reasons for contact; listed first, they seldom support payment
    for psychotherapy (official guidelines, sections I.B.4 and I.C.21)."""
    if not standing or standing[0].code[0] not in "RZ":
        return ()
    kind = "a symptom" if standing[0].code[0] == "R" else "a reason to come, not an illness"
    sentence = (
        f"{standing[0].code} is listed first and names {kind}. Many payers don’t pay for an hour with such a code in the "
        "first place; where another diagnosis fits, move it up."
    )
    return (Finding("diagnosis.first-listed", sentence),)


def episode_of(diagnosis_id: UUID) -> UUID:
    """Whose page shows the diagnosis; the page itself asks the guard. Raises NotAllowed where there is none."""
    found = Diagnosis.objects.filter(pk=diagnosis_id).values_list("episode_id", flat=True).first()
    if found is None:
        raise NotAllowed("chart.read")
    return found
