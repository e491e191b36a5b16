"""Whom a visit can be booked for: open episodes that the actor may book, found by name or number.

Called by the booking page. What is typed into the search stays out of addresses and of the trail; the trail names
the patients that were shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.records.models import Episode
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf

MOST_FOUND = 20
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Bookable:
    """An open episode: who with whom. born: to tell two people of one name apart."""

    episode_id: UUID
    patient: str
    number: str
    born: date
    therapist_id: int
    therapist: str
    procedure: str


@transaction.atomic
def episodes_found(
    actor: Actor, words: str, *, therapist_id: int | None = None, at: datetime
) -> tuple[Bookable, ...]:
    """Open episodes whose patient's name holds every word, or whose number begins with it; at most MOST_FOUND.

    Without words: the first by name. One trail entry names the patients shown.
    """
    rows = _bookable(actor)
    if therapist_id is not None:
        rows = rows.filter(therapist_id=therapist_id)
    for word in _clean(words).replace(",", " ").split():
        rows = rows.filter(Q(patient__sort_name__contains=word.casefold()) | Q(patient__number__istartswith=word))
    found = tuple(rows.order_by("patient__sort_name", "patient__number")[:MOST_FOUND])
    trail.write(actor, "patient.read", at=at, patients=sorted({str(row.patient_id) for row in found}))
    return tuple(_as_bookable(row) for row in found)


@transaction.atomic
def episode_to_book(actor: Actor, episode_id: UUID, *, at: datetime) -> Bookable:
    """The episode, with one trail entry. Raises NotAllowed where the actor may not book for it or it isn't open."""
    row = _bookable(actor).filter(pk=episode_id).first()
    if row is None:
        raise NotAllowed("schedule.write")
    trail.write(actor, "patient.read", row, at=at)
    return _as_bookable(row)


def _bookable(actor: Actor) -> QuerySet[Episode]:
    rows = within(actor, "schedule.write", Episode.objects.filter(state="open"))
    return rows.select_related("patient", "therapist")


def _clean(words: str) -> str:
    # A NUL can't be sent to PostgreSQL, and a lone surrogate to neither database.
    return words[:_LONGEST].replace("\x00", " ").encode("utf-8", "ignore").decode()


def _as_bookable(row: Episode) -> Bookable:
    return Bookable(
        episode_id=row.id,
        patient=row.patient.full_name,
        number=row.patient.number,
        born=row.patient.birth_date,
        therapist_id=row.therapist_id,
        therapist=row.therapist.name,
        procedure=row.procedure,
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of hour that may be booked on a day."""

    slug: str
    title: str
    planned_minutes: int


def kinds_of_hour(*, on: date) -> tuple[Kind, ...]:
    """Every procedure on the shelf that is in force on the day, the longest first."""
    held = shelf()
    slugs = sorted({procedure.pin.slug for procedure in held.procedures if procedure.pin.effective <= on})
    kinds = [held.procedure(slug, on=on) for slug in slugs]
    found = [Kind(kind.pin.slug, kind.title, kind.time.planned_minutes) for kind in kinds]
    return tuple(sorted(found, key=lambda kind: (-kind.planned_minutes, kind.slug)))
