"""Home, and the list of a person's own sign-ins."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from openhour.guard.middleware import StaffRequest
from openhour.web.chrome import home_of, render_page
from openhour.workflows.practice.end_other_sign_ins import end_other_sign_ins, sign_ins_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send everyone to where their day begins; say so to someone for whom nothing is open."""
    where = home_of(cast(StaffRequest, request).actor)
    return redirect(where) if where else render_page(request, "web/home/nothing.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; POST ends every sign-in but this one."""
    staff = cast(StaffRequest, request)
    key = request.session.session_key or ""
    if request.method == "POST":
        end_other_sign_ins(staff.actor, key, at=staff.received_at)
        return redirect("sign-ins")
    held = sign_ins_of(staff.actor, key, at=staff.received_at)
    words = {"sign_ins": held, "idle_minutes": settings.IDLE_MINUTES, "now": staff.received_at}
    return render_page(request, "web/home/sign_ins.html", words)
