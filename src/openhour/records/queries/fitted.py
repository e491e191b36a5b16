"""The expected courses that were fitted here, for the owner."""

from __future__ import annotations

from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.records.models import CourseModel


def fitted_courses(actor: Actor) -> tuple[CourseModel, ...]:
    """Newest first; nobody's chart, so nothing is left in the trail. Raises NotAllowed."""
    require(actor, "course.fit")
    return tuple(CourseModel.objects.order_by("-made_at", "version"))
