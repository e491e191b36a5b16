"""The course of one treatment: every measure against what was expected, and what was seen, answered and came of it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.records.queries.course_page import course_page
from openhour.web.chrome import render_page
from openhour.web.progress.course_shown import picture_of
from openhour.web.progress.signals import READERS
from openhour.web.progress.words import WORDS


@require_safe
@staff(*READERS)
def course(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """For those who treat or supervise."""
    asked = cast(StaffRequest, request)
    found = course_page(asked.actor, episode_id, at=asked.received_at)
    pictures = [picture_of(found.course, found.models, slug, wide=True) for slug in found.course.instruments]
    context = {
        **WORDS,
        "page": found,
        "zone": found.course.zone,
        "pictures": pictures,
        "waiting": [line for line, _ in found.signals if line.waiting],
        "now": asked.received_at,
    }
    return render_page(request, "web/progress/course.html", context)
