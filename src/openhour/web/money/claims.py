"""The biller's home: signed hours as claim lines by payer, what holds one back, and the button that writes a batch."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.billed_values import insurers
from openhour.records.queries.charge import PayerGroup, Queue, claim_queue
from openhour.ui.words import counted
from openhour.web.chrome import render_page
from openhour.web.money.mending import mend_of
from openhour.web.money.reading import beside, query_of, read_asked, read_ids, status_of, summary
from openhour.workflows.money.write_batch import Written, write_batch, write_ready

SHOWN = (("open", "Waiting"), ("ready", "Ready"), ("held", "Held back"), ("claimed", "Claimed"))


@require_safe
@staff(Role.BILLER)
def claims(request: HttpRequest) -> HttpResponse:
    """What waits to be claimed, or was."""
    return _page(cast(StaffRequest, request), request.GET)


@require_POST
@staff(Role.BILLER)
def write(request: HttpRequest) -> HttpResponse:
    """Write a batch of the hours chosen, or of everything that is ready for the payer."""
    asked = cast(StaffRequest, request)
    payer = request.POST.get("payer", "")[:60].replace("\x00", "\ufffd")
    chosen = read_ids(request.POST.getlist("charge"))
    try:
        if request.POST.get("everything"):
            written = write_ready(asked.actor, payer, at=asked.received_at)
        else:
            written = write_batch(asked.actor, payer, chosen, at=asked.received_at)
    except Refused as refusal:
        look = QueryDict(request.POST.get("look", "")[:300])
        return _page(asked, look, refused=refusal.findings, payer=payer, chosen=chosen)
    messages.success(request, _said(written))
    return HttpResponseRedirect(reverse("batch", args=[written.batch.pk]), status=303)


def _said(written: Written) -> str:
    words = f"Batch {written.batch.control} is written: {counted(written.batch.claim_count, 'claim')}."
    return f"{words} {counted(written.left, 'hour')} stayed behind, held back." if written.left else words


def _page(
    request: StaffRequest,
    query: QueryDict,
    *,
    refused: tuple[Finding, ...] = (),
    payer: str = "",
    chosen: Iterable[UUID] = (),
) -> HttpResponse:
    asked, typed, gaps = read_asked(query)
    queue = claim_queue(request.actor, asked, at=request.received_at)
    rows = {str(line.id) for group in queue.groups for line in group.lines}
    context: dict[str, Any] = {
        "queue": queue,
        "asked": asked,
        "typed": typed,
        "errors": beside(gaps, "payer", "show", "since", "until"),
        "summary": summary((*gaps, *refused), rows | {"payer", "show", "since", "until"} if gaps else rows),
        "refused": bool(refused),
        "shows": SHOWN,
        "payers": _payers(queue),
        "picked": partial(_picked, payer=payer, chosen=frozenset(chosen), refused=bool(refused)),
        "mend": partial(mend_of, request.actor),
        "look": query_of(asked),
        **_pager(asked, queue),
    }
    status = status_of(refused) if refused else 422 if gaps else 200
    return render_page(request, "web/money/claims.html", context, status=status)


def _picked(group: PayerGroup, *, payer: str, chosen: frozenset[UUID], refused: bool) -> frozenset[UUID]:
    """What is ticked: everything that is ready, or what the person had ticked before they were refused."""
    if refused and group.slug == payer:
        return chosen
    return frozenset(line.id for line in group.ready)


def _payers(queue: Queue) -> list[tuple[str, str]]:
    titles = dict(insurers()) | {group.slug: group.title for group in queue.groups}
    return sorted(titles.items(), key=lambda pair: pair[1].casefold())


def _pager(asked: Any, queue: Queue) -> dict[str, str]:
    def link(page: int) -> str:
        return f"{reverse('claims')}?{query_of(asked, page)}"

    return {
        "previous": link(queue.page - 1) if queue.page > 1 else "",
        "next": link(queue.page + 1) if queue.page < queue.pages else "",
    }
