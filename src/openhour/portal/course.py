"""How it has been going: a patient's own scores in plain words, behind their link, where the practice shows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openhour.guard.policy import NotAllowed
from openhour.portal.course_told import told_of
from openhour.portal.door import behind_link, now_of, show
from openhour.records.queries.link import OpenLink
from openhour.records.queries.own_course import own_course


@require_safe
@behind_link
def course(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """Scores and days only: no answer to a question, nothing that the therapist wrote, nothing that the system noticed."""
    own = own_course(link, at=now_of(request))
    if own is None:
        raise NotAllowed("link.use")
    return show(request, link, "portal/course.html", {"told": [told_of(one) for one in own]})
