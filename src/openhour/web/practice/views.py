"""The owner's pages: the practice as it stands, and the trail. Changes are made on the command line, which is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.practice import practice_view
from openhour.records.queries.trail import ORDERS, Asked, TrailPage, trail_page
from openhour.records.queries.unwatched import unwatched_alerts
from openhour.records.shelf import shelf
from openhour.web.chrome import render_page
from openhour.workflows.practice.verify_trail import verify_trail

_EMPTY = TrailPage((), 0, 1, 1, 0)


@require_safe
@staff(Role.OWNER)
def practice(request: HttpRequest) -> HttpResponse:
    """Practice, sites, staff, licences, and what of the shelf was refused."""
    asker = cast(StaffRequest, request)
    view = practice_view(asker.actor, on=asker.received_at.date())
    held = shelf()
    unwatched = unwatched_alerts(asker.actor, at=asker.received_at)
    words = {"view": view, "shelf": held, "now": asker.received_at, "unwatched": unwatched}
    return render_page(request, "web/practice/practice.html", words)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.OWNER)
def trail(request: HttpRequest) -> HttpResponse:
    """Entries by patient number, person and period; what can't be read is a 422 beside its field.

    What is asked is sent as a form: who was looked for stands in no address."""
    asker = cast(StaffRequest, request)
    typed = {
        name: request.POST.get(name, "")[:200].replace("\x00", "") for name in ("patient", "who", "since", "until")
    }
    asked, gaps = _asked(request, typed)
    page = _EMPTY
    if not gaps:
        try:
            page = trail_page(asker.actor, asked, at=asker.received_at)
        except Refused as refusal:
            gaps = refusal.findings
    words = {
        "typed": typed,
        "asked": asked,
        "page": page,
        "orders": ORDERS,
        "gaps": gaps,
        **_pager(asked, typed, page),
    }
    return render_page(request, "web/practice/trail.html", words, status=422 if gaps else 200)


@require_POST
@staff(Role.OWNER)
def verify(request: HttpRequest) -> HttpResponse:
    """Verify the whole trail now and show the result; it is not kept in the browser's history as an address."""
    asker = cast(StaffRequest, request)
    verified = verify_trail(asker.actor, at=asker.received_at)
    return render_page(request, "web/practice/verified.html", {"verified": verified, "at": asker.received_at})


def _asked(request: HttpRequest, typed: dict[str, str]) -> tuple[Asked, tuple[Finding, ...]]:
    gaps: list[Finding] = []
    since, until = _midnight(typed["since"], "since", gaps), _midnight(typed["until"], "until", gaps)
    order = request.POST.get("order", "newest")
    page = request.POST.get("page", "1")
    asked = Asked(
        typed["patient"],
        typed["who"],
        since,
        until + timedelta(days=1) if until else None,
        order if order in ORDERS else "newest",
        int(page) if page.isascii() and page.isdecimal() and len(page) < 8 else 1,
    )
    return asked, tuple(gaps)


def _midnight(text: str, place: str, gaps: list[Finding]) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if not 1970 <= day.year <= 9000:
            raise ValueError(text)
    except ValueError:
        gaps.append(Finding("day.unreadable", "Write the day as 2026-11-23.", place))
        return None
    return datetime.combine(day, time(), UTC)


_TURNS = {"newest": ("Newer", "Older"), "oldest": ("Older", "Newer")}


def _pager(asked: Asked, typed: dict[str, str], page: TrailPage) -> dict[str, Any]:
    """What the buttons to other pages send along, and what they are called."""
    back, on = _TURNS.get(asked.order, ("Back", "On"))
    return {"sent": {**typed, "order": asked.order}, "back": back, "on": on}
