"""Alerts: the list, one of them, saying that it was seen, and answering it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.alert import alert_of, alerts_of
from openhour.web.chrome import render_page
from openhour.workflows.safety.alerts import ACTION_AT_MOST, RISK_LEVELS
from openhour.workflows.safety.answer_alert import answer_alert
from openhour.workflows.safety.see_alert import see_alert

READERS = (Role.THERAPIST, Role.SUPERVISOR)
_FIELDS = ("risk_level", "action", "follow_up_on")
_CONFLICTS = ("alert.answered", "alert.changed-meanwhile", "alert.not-addressed")


@require_safe
@staff(*READERS)
def alerts(request: HttpRequest) -> HttpResponse:
    """Those that wait, the most urgent first; then those that were answered."""
    asked = cast(StaffRequest, request)
    lines = alerts_of(asked.actor, at=asked.received_at)
    context = {
        "waiting": [line for line in lines if line.state != "answered"],
        "answered": [line for line in lines if line.state == "answered"],
        "levels": RISK_LEVELS,
        "now": asked.received_at,
    }
    return render_page(request, "web/safety/alerts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """What was answered and when; reading it says nothing. POST answers the alert."""
    asked = cast(StaffRequest, request)
    if request.method != "POST":
        return _page(asked, alert_id, {})
    typed = {name: request.POST.get(name, "") for name in (*_FIELDS, "value_shown")}
    day, gaps = read_day(typed["follow_up_on"])
    try:
        answer_alert(
            asked.actor,
            alert_id,
            risk_level=typed["risk_level"],
            action=typed["action"],
            follow_up_on=day,
            value_shown=read_value(typed["value_shown"]),
            unread=gaps,
            at=asked.received_at,
        )
    except Refused as refusal:
        return _page(asked, alert_id, typed, refusal.findings)
    messages.success(request, "The alert is answered, and stays in the chart.")
    return redirect("alert", alert_id)


@require_POST
@staff(*READERS)
def see(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """“I have seen this.”"""
    asked = cast(StaffRequest, request)
    try:
        see_alert(asked.actor, alert_id, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, alert_id, {}, refusal.findings)
    return redirect("alert", alert_id)


def _page(
    request: StaffRequest, alert_id: UUID, typed: Mapping[str, str], findings: tuple[Finding, ...] = ()
) -> HttpResponse:
    detail = alert_of(request.actor, alert_id, at=request.received_at)
    context = {
        "alert": detail,
        "line": detail.line,
        "zone": detail.line.zone,
        "typed": {name: typed.get(name, "") for name in _FIELDS},
        "errors": {name: [one.sentence for one in findings if one.place == name] for name in _FIELDS},
        "findings": findings,
        "levels": RISK_LEVELS,
        "at_most": ACTION_AT_MOST,
        "now": request.received_at,
        "patient_url": _address("patient", detail.line.patient_id),
        "room_url": _address("session-room", detail.visit_id) if detail.visit_id and detail.line.mine else "",
    }
    return render_page(request, "web/safety/alert.html", context, status=status_of(findings))


def status_of(findings: tuple[Finding, ...]) -> int:
    """409 where somebody else was first, 422 where what was typed can't be, 200 where nothing was refused."""
    if any(finding.code in _CONFLICTS for finding in findings):
        return 409
    return 422 if findings else 200


def read_day(text: str) -> tuple[date | None, tuple[Finding, ...]]:
    """An ISO date as a form sends it; None for an empty field; a finding for anything else."""
    word = text.strip()
    try:
        if len(word) not in (0, 10):
            raise ValueError
        return (date.fromisoformat(word) if word else None), ()
    except ValueError:
        return None, (Finding("form.day", "Give the day as a date, such as 2026-03-02.", "follow_up_on"),)


def read_value(text: str) -> int:
    """The answer that the page showed; -1, which no alert has, for what is no number."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else -1


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
