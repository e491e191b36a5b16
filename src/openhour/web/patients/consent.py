"""Take a consent with the patient, read it as it was signed, print it, and write down that it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.chart import EpisodeHead
from openhour.records.queries.consent import (
    ConsentDetail,
    ConsentLine,
    ConsentState,
    consent_of,
    consents_to_take,
)
from openhour.records.queries.practice_name import letterhead
from openhour.ui.documents import render_pdf
from openhour.ui.words import long_date
from openhour.web.chrome import render_page
from openhour.web.patients.reading import beside, read_date, status_of, summary
from openhour.web.patients.words import METHOD_WORDS, SIGNER_WORDS
from openhour.workflows.intake.consent_words import ShownConsent, digest_of, shown, words_of
from openhour.workflows.intake.take_consent import METHODS, SIGNERS, Signature, take_consent
from openhour.workflows.intake.withdraw_consent import withdraw_consent

TAKERS = (Role.FRONT_DESK, Role.THERAPIST)
READERS = (*TAKERS, Role.SUPERVISOR)
FIELDS = ("signer", "signer_is", "method", "understood", "signed_on")


@require_http_methods(["GET", "POST"])
@staff(*TAKERS)
def take(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The whole text, then who signs it and what it means to them."""
    asked = cast(StaffRequest, request)
    head, states, signed = consents_to_take(asked.actor, episode_id, at=asked.received_at)
    state = _chosen(states, request.POST.get("form") or request.GET.get("form", ""))
    if request.method == "GET" or state is None:
        usual = {"signer_is": "patient", "method": "in-person", "signed_on": head.today.isoformat()}
        typed = {name: usual.get(name, "") for name in FIELDS}
        return _take_form(asked, head, states, signed, state, typed, ())
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    signature = Signature(
        **{**typed, "signed_on": read_date(typed["signed_on"])},  # type: ignore[arg-type]
        digest=request.POST.get("digest", ""),
    )
    try:
        consent = take_consent(asked.actor, episode_id, state.form.pin.slug, signature, at=asked.received_at)
    except Refused as refusal:
        return _take_form(asked, head, states, signed, state, typed, refusal.findings)
    messages.success(request, "The consent is kept, word for word.")
    return redirect("consent", consent)


def _chosen(states: tuple[ConsentState, ...], slug: str) -> ConsentState | None:
    """The one that was asked for, else the first that is still to be taken, else the first; None where the procedure
    asks for none."""
    by_slug = {state.form.pin.slug: state for state in states}
    open_ = [state for state in states if state.gap is not None]
    return by_slug.get(slug) or next(iter((*open_, *states)), None)


def _take_form(
    request: StaffRequest,
    head: EpisodeHead,
    states: tuple[ConsentState, ...],
    signed: tuple[ConsentLine, ...],
    state: ConsentState | None,
    typed: Mapping[str, str],
    findings: tuple[Finding, ...],
) -> HttpResponse:
    errors = beside(findings, FIELDS)
    words = words_of(state.form, head.procedure) if state else ""
    context: dict[str, Any] = {
        "head": head,
        "states": states,
        "signed": signed,
        "state": state,
        "consent": shown(words),
        "digest": digest_of(words),
        "typed": typed,
        "errors": errors,
        "summary": summary(errors),
        "signers": SIGNERS,
        "methods": METHODS,
    }
    return render_page(request, "web/patients/consent_take.html", context, status=status_of(findings))


@require_safe
@staff(*READERS)
def consent(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """As it was signed, with its digest."""
    asked = cast(StaffRequest, request)
    return _read(asked, consent_of(asked.actor, consent_id, at=asked.received_at), {}, ())


def _read(
    request: StaffRequest, detail: ConsentDetail, typed: Mapping[str, str], findings: tuple[Finding, ...]
) -> HttpResponse:
    errors = beside(findings, ("withdrawn_on",))
    context = {
        "detail": detail,
        "row": detail.row,
        "consent": shown(detail.row.words),
        "intact": digest_of(detail.row.words) == detail.row.digest,
        "signer_words": SIGNER_WORDS,
        "method_words": METHOD_WORDS,
        "typed": typed or {"withdrawn_on": detail.today.isoformat()},
        "errors": errors,
        "summary": summary(errors),
    }
    return render_page(request, "web/patients/consent.html", context, status=status_of(findings))


@require_POST
@staff(*TAKERS)
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Taken back, from a day on."""
    asked = cast(StaffRequest, request)
    typed = {"withdrawn_on": request.POST.get("withdrawn_on", "")}
    try:
        withdraw_consent(asked.actor, consent_id, on=read_date(typed["withdrawn_on"]), at=asked.received_at)
    except Refused as refusal:
        detail = consent_of(asked.actor, consent_id, at=asked.received_at)
        return _read(asked, detail, typed, refusal.findings)
    messages.success(request, "The withdrawal is kept. The consent stays as it was signed.")
    return redirect("consent", consent_id)


@require_safe
@staff(*READERS)
def pdf(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """On paper, for the patient."""
    asked = cast(StaffRequest, request)
    detail = consent_of(asked.actor, consent_id, at=asked.received_at)
    file = render_pdf("consent", _printed(detail), dated=detail.row.made_at)
    answer = HttpResponse(file, content_type="application/pdf")
    # A name that tells nothing of the patient: it lands in the folder of downloads.
    answer["Content-Disposition"] = f'inline; filename="consent-{detail.row.digest[:8]}.pdf"'
    return answer


def _printed(detail: ConsentDetail) -> dict[str, Any]:
    practice, lines = letterhead()
    row, told = detail.row, shown(detail.row.words)
    return {
        "title": told.title,
        "practice": practice,
        "parts": lines,
        "patient": f"{detail.patient} ({detail.number})",
        "version": f"{row.form_key} · {row.procedure_key}",
        "clauses": _printed_clauses(told),
        "signature": {
            "name": row.signer,
            "signed_at": long_date(row.signed_on),
            "lines": [*_below_signature(detail)],
        },
    }


def _printed_clauses(told: ShownConsent) -> list[dict[str, Any]]:
    if not told.clauses:
        return [{"title": told.title, "text": told.plain, "entries": [], "comparison": []}]
    return [
        {
            "title": clause.title,
            "text": clause.text,
            "entries": list(clause.entries),
            "comparison": [
                [
                    one.title + (f" ({', '.join(one.examples)})" if one.examples else ""),
                    "\n".join(one.benefits),
                    "\n".join(one.drawbacks),
                ]
                for one in clause.choices
            ],
        }
        for clause in told.clauses
    ]


def _below_signature(detail: ConsentDetail) -> list[str]:
    row = detail.row
    found = [f"{SIGNER_WORDS.get(row.signer_is, row.signer_is)} · {METHOD_WORDS.get(row.method, row.method)}"]
    found.append(f"Therapist: {detail.therapist}")
    if row.understood:
        found.append(f"In the patient’s own words: {row.understood}")
    if detail.withdrawn_on:
        found.append(f"Withdrawn from {long_date(detail.withdrawn_on)} on.")
    return [*found, f"SHA-256 of the words: {row.digest}"]
