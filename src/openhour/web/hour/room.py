"""The session room: one page for the hour."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.web.hour.page import show


@require_safe
@staff(Role.THERAPIST)
def room(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Everything to see and to write; once the note is signed, the note."""
    return show(cast(StaffRequest, request), visit_id)
