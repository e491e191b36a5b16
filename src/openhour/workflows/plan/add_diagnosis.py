"""Add a diagnosis to a course of treatment: a code that may stand on a claim of the day from which it holds.

Refuses a code that there isn't or that is a group of others, one that stands already, a first day to come, and a course
of treatment that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog.icd10 import diagnosis_finding, diagnosis_title, written_code
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Diagnosis
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write
from openhour.workflows.intake.follow_indications import follow_indications
from openhour.workflows.plan.diagnoses import standing_of


@transaction.atomic
def add_diagnosis(actor: Actor, episode_id: UUID, *, code: str, since: date | None, at: datetime) -> UUID:
    """It comes last in the order. Raises NotAllowed, or Refused with places `code` and `since`."""
    episode = episode_to_write(actor, episode_id, "chart.write")
    standing, today = standing_of(episode), practice_day(at)
    gaps = [*closed_gaps(episode), *_code_gaps(code, standing, since or today), *_since_gaps(since, today)]
    if gaps or since is None:
        raise Refused(gaps)
    diagnosis = Diagnosis.objects.create(
        episode=episode,
        code=written_code(code),
        title=diagnosis_title(code)[:250],
        rank=len(standing) + 1,
        since=since,
        by=episode.therapist,
        made_at=at,
    )
    trail.write(actor, "diagnosis.added", episode, at=at, diagnosis=diagnosis.pk)
    follow_indications(actor, episode, at=at)
    return diagnosis.pk


def _code_gaps(code: str, standing: list[Diagnosis], on: date) -> Iterator[Finding]:
    if not code.strip():
        yield Finding("diagnosis.missing", "Search for the diagnosis, or write its code.", "code")
    elif finding := diagnosis_finding(code, on=on):
        yield Finding(finding.code, finding.sentence, "code")
    elif any(row.code == written_code(code) for row in standing):
        yield Finding("diagnosis.stands-already", "This diagnosis stands already.", "code")


def _since_gaps(since: date | None, today: date) -> Iterator[Finding]:
    if since is None:
        yield Finding("since.missing", "Give the first day as a date, such as 2026-01-31.", "since")
    elif since > today:
        yield Finding("since.ahead", "This day is still to come.", "since")
