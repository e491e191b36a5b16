"""Homework behind a patient's signed link: what of their own episode waits, and one form of it with what they wrote.

Called by the patient's pages only. Every reading leaves one trail entry. What was sent is read by the therapist and no
longer by whoever holds the link. Refuses homework of another episode exactly as one that doesn't exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from openhour.catalog import HomeworkForm, NotOnShelf
from openhour.guard import trail
from openhour.guard.policy import NotAllowed
from openhour.records.models import Assignment, Visit
from openhour.records.queries.link import OpenLink
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class HomeworkDue:
    """One piece of homework. answers: entries so far, empty once it was sent; revision: counts saves."""

    id: UUID
    title: str
    why: str
    due_on: date | None
    given_at: datetime
    is_open: bool
    begun: bool
    form: HomeworkForm | None
    answers: tuple[dict[str, str], ...]
    revision: int


@transaction.atomic
def homework_by(link: OpenLink, *, at: datetime) -> tuple[HomeworkDue, ...]:
    """What waits or was sent and not yet looked at, oldest first; one trail entry where there is any."""
    rows = tuple(_own(link).filter(state__in=("given", "returned")).order_by("made_at", "pk"))
    if rows:
        trail.write(link.actor, "homework.listed", rows[0], at=at, assignments=[str(row.pk) for row in rows])
    return tuple(_due(row) for row in rows)


@transaction.atomic
def homework_of(link: OpenLink, assignment_id: UUID, *, at: datetime) -> HomeworkDue:
    """One of them, with its form and what was written. Raises NotAllowed."""
    row = _own(link).filter(pk=assignment_id).first()
    if row is None:
        raise NotAllowed("link.use")
    trail.write(link.actor, "homework.read", row, at=at, entries=len(row.answers) if row.state == "given" else 0)
    return _due(row)


def _own(link: OpenLink) -> QuerySet[Assignment]:
    episode = Visit.objects.filter(pk=link.visit_id).values("episode_id")
    rows = Assignment.objects.filter(patient_id=link.patient_id, episode_id__in=episode).exclude(state="withdrawn")
    return rows.select_related("episode__therapist")


def _due(row: Assignment) -> HomeworkDue:
    is_open = row.state == "given"
    return HomeworkDue(
        id=row.pk,
        title=row.title,
        why=row.why,
        due_on=row.due_on,
        given_at=row.made_at,
        is_open=is_open,
        begun=bool(row.answers),
        form=_form(row.form_key),
        answers=tuple(row.answers) if is_open else (),
        revision=row.revision,
    )


def _form(key: str) -> HomeworkForm | None:
    try:
        return shelf().pinned("homework", key)  # type: ignore[return-value]
    except NotOnShelf:
        return None
