"""The patient's link: issued by a press, and shown once."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.visit import VisitDetail, visit_of
from openhour.web.chrome import render_page
from openhour.workflows.safety.issue_link import IssuedLink, issue_link

WRITERS = (Role.FRONT_DESK, Role.THERAPIST)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*WRITERS)
def link(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """GET says what a link is for. POST issues one, withdraws the older ones, and shows it this once."""
    asked = cast(StaffRequest, request)
    detail = visit_of(asked.actor, visit_id, at=asked.received_at)
    if request.method != "POST":
        return _page(asked, detail)
    try:
        issued = issue_link(asked.actor, visit_id, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, detail, findings=refusal.findings)
    return _page(asked, detail, issued)


def _page(
    request: StaffRequest,
    detail: VisitDetail,
    issued: IssuedLink | None = None,
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    address = request.build_absolute_uri(reverse("portal", args=[issued.token])) if issued else ""
    context = {
        "visit": detail,
        "zone": detail.zone,
        "issued": issued,
        "address": address,
        "square": square_of(address) if address else "",
        "findings": findings,
    }
    return render_page(request, "web/safety/link.html", context, status=422 if findings else 200)


def square_of(address: str) -> Markup:
    """The address as a QR code: black on white in light and dark, drawn as one path, without any style of its own."""
    from qrcode.constants import ERROR_CORRECT_M  # loaded when a link is issued, not with the server
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(address)
    code.make(fit=True)
    rows = code.get_matrix()
    dots = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" width="232" height="232" role="img" aria-label="QR code of the address" '
        'shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"/><path d="{1}" fill="#000"/></svg>'
    ).format(len(rows), dots)
