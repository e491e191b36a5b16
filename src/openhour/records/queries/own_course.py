"""A patient's own course behind their link: scores of the treatment that the link's visit belongs to, and nothing else.

Called by the patients' pages. No answer to a question, no signal, no word of a therapist is read here, so none can be
shown. Nothing where the practice doesn't show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openhour.catalog import Instrument, NotOnShelf
from openhour.guard import trail
from openhour.measures.course import ExpectedBand
from openhour.records.models import Visit
from openhour.records.queries.course import EpisodeCourse, Models, Scored, courses_of, models_in_use
from openhour.records.queries.expected import band_of, course_of
from openhour.records.queries.link import OpenLink
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class OwnMeasure:
    """One questionnaire. forms: those with a score, oldest first. band: what was expected at the session of each form;
    None where nobody can say."""

    instrument: Instrument
    forms: tuple[Scored, ...]
    band: ExpectedBand | None


@transaction.atomic
def own_course(link: OpenLink, *, at: datetime) -> tuple[OwnMeasure, ...] | None:
    """With one trail entry. None where the practice doesn't show it."""
    if not link.shows_course:
        return None
    visit = Visit.objects.select_related("therapist").get(pk=link.visit_id)
    found = courses_of([visit.episode_id])[visit.episode_id]
    trail.write(link.actor, "course.read", visit, at=at, instruments=list(found.instruments))
    models = models_in_use()
    return tuple(
        _own(found, instrument, models)
        for slug in found.instruments
        for instrument in [_instrument(found.of(slug)[-1].instrument_key)]
        if instrument is not None
    )


def _own(found: EpisodeCourse, instrument: Instrument, models: Models) -> OwnMeasure:
    forms = found.of(instrument.pin.slug)
    course = course_of(instrument, models, on=forms[-1].day)
    band = band_of(course, forms, [form.session for form in forms]) if course and course.confirmed else None
    return OwnMeasure(instrument, forms, band)


def _instrument(key: str) -> Instrument | None:
    try:
        return shelf().instrument_pinned(key)
    except NotOnShelf:
        return None
