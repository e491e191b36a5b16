"""What a patient is asked and when: seen by who treats and who supervises, changed by who treats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from openhour.care.batteries import BatteryForm, form_for
from openhour.care.battery_choice import FORMS_AT_MOST, REASON_AT_MOST
from openhour.care.burden import MINUTES_A_MONTH
from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.battery import BatteryPage, FormLine, battery_page
from openhour.web.chrome import render_page
from openhour.web.measures.words import WHENS, when_in_words
from openhour.web.patients.reading import beside, read_whole, status_of, summary
from openhour.workflows.measures.change_battery import change_battery

READERS = (Role.THERAPIST, Role.SUPERVISOR)
_NO_NUMBER = -1
"""What is typed and is no number: outside every range, so that the verb refuses it beside its form."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def battery(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The forms with their turns, their burden, and the versions before."""
    asked = cast(StaffRequest, request)
    if request.method != "POST":
        return _page(asked, episode_id)
    if not asked.actor.holds(Role.THERAPIST):
        raise NotAllowed("chart.write")
    forms, reason = typed_forms(request.POST), request.POST.get("reason", "")
    version = read_whole(request.POST.get("version", ""))
    try:
        changed = change_battery(
            asked.actor,
            episode_id,
            forms,
            version=_NO_NUMBER if version is None else version,
            reason=reason,
            at=asked.received_at,
        )
    except Refused as refusal:
        return _page(asked, episode_id, forms, reason, refusal.findings)
    messages.success(request, "The change is kept." if changed else "Nothing was different.")
    return redirect("battery", episode_id)


def typed_forms(sent: Mapping[str, str]) -> tuple[BatteryForm, ...]:
    """The rows of the page in their order, and the form that was added."""
    rows = [_row(sent, number) for number in range(1, FORMS_AT_MOST + 2) if f"form-{number}" in sent]
    added = sent.get("add", "").strip()
    return (*rows, form_for(added[:60], _when(sent.get("add-when", "")))) if added else tuple(rows)


def _row(sent: Mapping[str, str], number: int) -> BatteryForm:
    return BatteryForm(
        instrument=sent.get(f"form-{number}", "")[:60],
        when=_when(sent.get(f"when-{number}", "")),
        every_sessions=_count(sent.get(f"sessions-{number}", "")),
        every_days=_count(sent.get(f"days-{number}", "")),
        from_session=_count(sent.get(f"from-{number}", "")),
        short_first=f"short-{number}" in sent,
        dropped=f"drop-{number}" in sent,
        reason=sent.get(f"reason-{number}", ""),
    )


def _when(word: str) -> Any:
    """Whatever was sent; the verb says what is none."""
    return word


def _count(text: str) -> int | None:
    if not text.strip():
        return None
    number = read_whole(text)
    return _NO_NUMBER if number is None else number


def _page(
    request: StaffRequest,
    episode_id: UUID,
    typed: tuple[BatteryForm, ...] | None = None,
    reason: str = "",
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    page = battery_page(request.actor, episode_id, at=request.received_at)
    errors = beside(findings, [f"form-{number}" for number in range(1, FORMS_AT_MOST + 3)] + ["reason", "add"])
    conflict = status_of(findings) == 409
    context = {
        "page": page,
        "head": page.head,
        "rows": page.forms if typed is None else _typed_lines(page, typed),
        "left_out": [line for line in page.forms if line.why_not and not line.form.dropped],
        "reason": reason,
        "errors": errors,
        "summary": summary(errors),
        "stands": page.forms if conflict else (),
        "whens": WHENS,
        "to_add": [(slug, f"{title} ({minutes} min)") for slug, title, minutes in page.to_add],
        "in_words": when_in_words,
        "limit": MINUTES_A_MONTH,
        "reason_at_most": REASON_AT_MOST,
        "may_write": page.head.may_write and page.head.is_open,
    }
    with timezone.override(page.head.zone):
        return render_page(request, "web/measures/battery.html", context, status=status_of(findings))


def _typed_lines(page: BatteryPage, typed: tuple[BatteryForm, ...]) -> tuple[FormLine, ...]:
    """What was typed, with what is known of each form: nothing that a person wrote is lost on the way."""
    known = {line.form.instrument: line for line in page.forms}
    titles = {slug: title for slug, title, _ in page.to_add}
    return tuple(
        replace(known[form.instrument], form=form)
        if form.instrument in known
        else FormLine(form, titles.get(form.instrument, form.instrument), None, "", None, "")
        for form in typed
    )
