"""Use a fitted course from now on: signals and pictures are held against it, in place of the one before.

Called by `openhour progress adopt`. The owner's. Refuses one that isn't there, that can't be read, or whose band didn't
hold for patients it had not seen. Older courses are kept; signals that stand keep the version by which they were raised.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.measures.course import Course
from openhour.records.models import CourseModel


@transaction.atomic
def adopt_course(actor: Actor, version: str, *, at: datetime) -> CourseModel:
    """version: as `fit_course` named it. Once more changes nothing. Raises NotAllowed, or Refused with place `version`."""
    require(actor, "course.fit")
    row = CourseModel.objects.select_for_update(no_key=True).filter(version=version).first()
    if row is None:
        raise Refused(Finding("course.missing", "There is no course of this name.", "version"))
    if row.active_from is not None and row.active_until is None:
        return row
    course = Course.from_json(row.parameters)
    if not course.confirmed:
        words = "Its band didn’t hold for patients it had not seen, so nobody is judged by it."
        raise Refused(Finding("course.not-confirmed", words, "version"))
    before = CourseModel.objects.filter(
        instrument=row.instrument, active_from__isnull=False, active_until__isnull=True
    )
    before.update(active_until=at)
    row.active_from, row.active_until = at, None
    row.save(update_fields=["active_from", "active_until"])
    trail.write(actor, "course.adopted", row, at=at, version=row.version)
    return row
