"""A button of the room: keep what was typed, do one step, and show the room again where something stood in the way.

Every button of the room sends the whole room, so no press ever loses a typed word.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Refused
from openhour.web.hour.kept import keep
from openhour.web.hour.page import show

Step = Callable[..., str]


def room_step(step: Step) -> Callable[..., HttpResponse]:
    """A POST view of the room. The step returns where to go: `#agenda` of the room, or another page's address.

    A refused step shows the room with status 422, words that met another's with 409; nothing typed is lost.
    """

    @wraps(step)
    def view(request: HttpRequest, visit_id: UUID, **more: UUID) -> HttpResponse:
        asked = cast(StaffRequest, request)
        kept = keep(asked, visit_id)
        goal = ""
        try:
            goal = step(asked, visit_id, **more)
            kept.stepped = True
        except Refused as refusal:
            kept.findings += tuple(one for one in refusal.findings if one not in kept.findings)
        if any(finding.code == "note.signed" for finding in kept.findings):
            return back(visit_id)
        if kept.whole:
            return back(visit_id, goal)
        return show(asked, visit_id, kept, status=409 if kept.theirs else 422)

    return require_POST(staff(Role.THERAPIST)(view))


def back(visit_id: UUID, goal: str = "") -> HttpResponse:
    """See other: the room, or the page that `goal` names."""
    where = goal if goal.startswith("/") else reverse("session-room", args=[visit_id]) + goal
    return HttpResponseRedirect(where, status=303)
