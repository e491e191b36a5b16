"""The course of one treatment with all signals in it and what was said about each. Six SQL queries with sign-in, and trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.records.models import Episode
from openhour.records.queries.course import EpisodeCourse, Models, courses_of, models_in_use
from openhour.records.queries.scoping import within
from openhour.records.queries.signal import GivenAnswer, SignalLine, given_in, lines_of, signal_rows


@dataclass(frozen=True, slots=True)
class CoursePage:
    """signals: newest first, each with what was said about it."""

    patient_id: UUID
    patient: str
    number: str
    therapist: str
    opened_on: date
    is_open: bool
    course: EpisodeCourse
    models: Models
    signals: tuple[tuple[SignalLine, tuple[GivenAnswer, ...]], ...]


@transaction.atomic
def course_page(actor: Actor, episode_id: UUID, *, at: datetime) -> CoursePage:
    """With one trail entry. Raises NotAllowed."""
    rows = within(actor, "chart.read", Episode.objects.select_related("patient", "therapist"))
    episode = rows.filter(pk=episode_id).first()
    if episode is None:
        raise NotAllowed("chart.read")
    signals = list(signal_rows(actor).filter(episode=episode).order_by("-seen_at", "id"))
    trail.write(actor, "chart.read", episode, at=at, page="course")
    return CoursePage(
        patient_id=episode.patient_id,
        patient=episode.patient.full_name,
        number=episode.patient.number,
        therapist=episode.therapist.name,
        opened_on=episode.opened_on,
        is_open=episode.state == "open",
        course=courses_of([episode.pk])[episode.pk],
        models=models_in_use(),
        signals=tuple(zip(lines_of(actor, signals), (given_in(one) for one in signals), strict=True)),
    )
