"""Passing a signal on to the supervisor, and giving it back."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Refused
from openhour.web.progress.signal import Typed, page
from openhour.workflows.progress.pass_to_supervisor import pass_to_supervisor
from openhour.workflows.progress.return_signal import return_signal


@require_POST
@staff(Role.THERAPIST)
def hand_on(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """The therapist wants their supervisor to look at it now."""
    asked = cast(StaffRequest, request)
    try:
        pass_to_supervisor(asked.actor, signal_id, at=asked.received_at)
    except Refused as refusal:
        return page(asked, signal_id, None, refusal.findings)
    messages.success(request, "It stands on your supervisor’s list now; you can still answer it.")
    return redirect("signal", signal_id)


@require_POST
@staff(Role.SUPERVISOR)
def give_back(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """The supervisor gives it back with a comment."""
    asked = cast(StaffRequest, request)
    comment = request.POST.get("comment", "")
    try:
        return_signal(asked.actor, signal_id, words=comment, at=asked.received_at)
    except Refused as refusal:
        return page(asked, signal_id, Typed(comment=comment), refusal.findings)
    messages.success(request, "It is back with the therapist, with your comment.")
    return redirect("signals")
