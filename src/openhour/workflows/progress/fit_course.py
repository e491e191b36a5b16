"""Fit the expected course of an instrument on the practice's own closed treatments, and keep it with its quality.

Called by `openhour progress fit`. The owner's. Refuses fewer than 300 patients (then the published starting values go on
standing), a fit that doesn't hold together, and an instrument that the shelf doesn't have. What is fitted is kept for good
and used by nobody until it is adopted (`adopt_course`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from openhour.catalog import Instrument, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.measures.course import LONGEST, Course
from openhour.records.models import CourseModel, Episode, Practice
from openhour.records.queries.course import EpisodeCourse, Scored, courses_of
from openhour.records.shelf import shelf

if TYPE_CHECKING:
    from openhour.outcomes.session_scores import SessionScores

AT_ONCE = 400
"""Treatments that are read together."""

KINDS = ("growth", "neighbours")


@transaction.atomic
def fit_course(actor: Actor, instrument: str, *, kind: str = "growth", at: datetime) -> CourseModel:
    """instrument: slug; kind: of `KINDS`. Raises NotAllowed, or Refused with places `instrument`, `kind`."""
    require(actor, "course.fit")
    measure = _measure(instrument, at)
    if kind not in KINDS:
        raise Refused(Finding("course.kind", f"A course is one of {', '.join(KINDS)}.", "kind"))
    course = _fitted(measure, kind)
    row = _keep(actor, measure, course, at)
    trail.write(actor, "course.fitted", row, at=at, version=row.version, patients=row.size, scores=row.scores)
    return row


def _measure(slug: str, at: datetime) -> Instrument:
    try:
        return shelf().instrument(slug, on=at.date())
    except NotOnShelf:
        words = "The shelf holds no such instrument; `openhour instruments` lists them."
        raise Refused(Finding("course.instrument", words, "instrument")) from None


def _fitted(measure: Instrument, kind: str) -> Course:
    # Loaded when a course is fitted, not with the server.
    from openhour.outcomes import growth, neighbours

    practice = Practice.objects.first()
    version = str(CourseModel.objects.filter(instrument=measure.pin.slug).count() + 1)
    of = growth.CourseOf.of(measure, version, source=practice.name if practice else "own closed episodes")
    fit: Callable[..., Course] = {"growth": growth.fit, "neighbours": neighbours.fit}[kind]
    return fit(_closed(measure.pin.slug), of)


def _keep(actor: Actor, measure: Instrument, course: Course, at: datetime) -> CourseModel:
    if course.data_from is None or course.data_until is None:
        raise LookupError("a course fitted on the practice's own days says which")
    try:
        with transaction.atomic():
            return CourseModel.objects.create(
                instrument=measure.pin.slug,
                instrument_key=measure.pin.key,
                kind=course.kind,
                version=course.key,
                data_from=course.data_from,
                data_until=course.data_until,
                size=course.patients,
                scores=course.scores,
                quality=course.quality.facts() if course.quality else {},
                parameters=course.to_json(),
                fitted_by_id=actor.user_id,
                made_at=at,
            )
    except IntegrityError:
        words = "Another course of this instrument was fitted at the same moment; look at that one first."
        raise Refused(Finding("course.meanwhile", words)) from None


def _closed(slug: str) -> SessionScores:
    """The scores of every treatment that has ended, one row for each session."""
    from openhour.outcomes.session_scores import SessionScores

    rows = list(_rows(slug))
    return SessionScores.of(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        days=[row[3] for row in rows],
        therapists=[row[4] for row in rows],
    )


def _rows(slug: str) -> Iterator[tuple[str, int, float, date, str]]:
    ended = Episode.objects.filter(state="closed").order_by("pk").values_list("pk", "therapist_id")
    waiting: Iterator[Any] = iter(ended.iterator(chunk_size=AT_ONCE))
    while some := dict(islice(waiting, AT_ONCE)):
        for episode, course in courses_of(some).items():
            yield from _of_one(episode, course, slug, str(some[episode]))


def _of_one(
    episode: UUID, course: EpisodeCourse, slug: str, therapist: str
) -> Iterator[tuple[str, int, float, date, str]]:
    """Of several forms for one session the last counts, but for the first session, where it is the first of all."""
    by_session: dict[int, Scored] = {}
    for form in course.of(slug):
        if form.session > 1 or form.session not in by_session:
            by_session[form.session] = form
    for session, form in by_session.items():
        if session <= LONGEST and form.total is not None:
            yield str(episode), session, float(form.total), form.day, therapist
