"""The questions: one a screen or all at once, each answer kept as it is given, help before anything else.

Every page works as a plain form. A page's own script sends the same form for each tap and asks for JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from openhour.care.sitting import help_range
from openhour.catalog import Instrument
from openhour.kernel import Finding, Refused
from openhour.portal.door import behind_link, now_of, show, wants_json
from openhour.portal.paths import begin, gate_words, onward, open_form, place_after, place_before, question_at
from openhour.portal.reading import changed, given
from openhour.records.queries.link import Asked, OpenLink, asked_by, topic_by
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.record_answer import SENT, record_answer


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def question(request: HttpRequest, link: OpenLink, response_id: UUID, place: int) -> HttpResponse:
    """One question. POST keeps the answer, then goes where the button says."""
    asked = asked_by(link, at=now_of(request))
    form = open_form(asked, response_id)
    if not 1 <= place <= len(form.instrument.items):
        return redirect(begin(link, form))
    if request.method == "POST":
        item = form.instrument.items[place - 1]
        sent = {key: value for key, value in given(form.instrument, request.POST).items() if key == item.id}
        return _kept(request, link, asked, form, sent, place)
    if not form.is_open:
        return _away(link, asked)
    if place not in form.places:  # a gate has closed it, or a short form has asked it
        return redirect(question_at(link, form, place_after(form, place)))
    return _question_page(request, link, asked, form, place)


def _question_page(
    request: HttpRequest,
    link: OpenLink,
    asked: tuple[Asked, ...],
    form: Asked,
    place: int,
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    item = form.instrument.items[place - 1]
    context = {
        **_about(asked, form),
        "number": sum(one <= place for one in form.places),
        "count": len(form.places),
        "item": item,
        "errors": _errors(findings),
        "next": question_at(link, form, place + 1),
    }
    return show(request, link, "portal/question.html", context, status=422 if findings else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def whole(request: HttpRequest, link: OpenLink, response_id: UUID) -> HttpResponse:
    """All questions on one page. POST keeps what was changed on it."""
    asked = asked_by(link, at=now_of(request))
    form = open_form(asked, response_id)
    if request.method == "POST":
        return _kept(request, link, asked, form, changed(form, request.POST), None)
    return _whole_page(request, link, asked, form, form.answers) if form.is_open else _away(link, asked)


def _whole_page(
    request: HttpRequest,
    link: OpenLink,
    asked: tuple[Asked, ...],
    form: Asked,
    chosen: Mapping[str, int | None],
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    items = [item for item in form.instrument.items if item.id not in form.carried]
    behind = {item.id: gate_words(form.instrument, item) for item in items if item.asked_if is not None}
    context = {**_about(asked, form), "items": items, "behind": behind, "chosen": chosen, "summary": findings}
    context["errors"] = _errors(findings)
    return show(request, link, "portal/whole.html", context, status=422 if findings else 200)


def _kept(
    request: HttpRequest,
    link: OpenLink,
    asked: tuple[Asked, ...],
    form: Asked,
    sent: Mapping[str, int],
    place: int | None,
) -> HttpResponse:
    """Keep each answer by itself, so that one bad value costs no other; then help, if any answer asks for it.

    What a person must see comes first: if the database fails half-way, the alert stands already."""
    needs_help = False
    findings: list[Finding] = []
    watched = help_range(form.instrument)
    for item, value in sorted(sent.items(), key=lambda pair: pair[0] not in watched):
        try:
            needs_help |= record_answer(link.actor, form.id, item, value, at=now_of(request)).needs_help
        except Refused as refusal:
            findings += refusal.findings
    if wants_json(request):
        return _told(needs_help, findings)
    where = _where(request.POST.get("go", ""), link, form, place)
    if needs_help:
        return redirect(f"{reverse('portal-help', args=[link.token, form.id])}?to={where}")
    if SENT in findings or not form.is_open:
        return _away(link, asked)
    if findings and place is None:
        return _whole_page(request, link, asked, form, {**form.answers, **sent}, tuple(findings))
    if findings:
        return _question_page(request, link, asked, form, place or 1, tuple(findings))
    return redirect(_address(where, link, form))


def _told(needs_help: bool, findings: list[Finding]) -> HttpResponse:
    """What the page's script is told."""
    if findings and not needs_help:
        errors = {finding.place: [finding.sentence] for finding in findings}
        return JsonResponse({"saved": False, "errors": errors}, status=409 if SENT in findings else 422)
    return JsonResponse({"saved": True, "help": needs_help})


def _where(go: str, link: OpenLink, form: Asked, place: int | None) -> str:
    """`all`, `send`, or the number of a question."""
    if go == "all" or (place is None and go not in ("one", "send")):
        return "all"
    if go == "send":
        return "send"
    if place is None:
        return str(next(iter(form.unanswered), 1))
    return str(place_before(form, place) if go == "back" else place + 1)


def _address(where: str, link: OpenLink, form: Asked) -> str:
    if where == "all":
        return reverse("portal-all", args=[link.token, form.id])
    place = int(where) if where.isascii() and where.isdigit() and len(where) < 4 else len(form.instrument.items) + 1
    return question_at(link, form, place) if place else reverse("portal", args=[link.token])


@require_safe
@behind_link
def help_now(request: HttpRequest, link: OpenLink, response_id: UUID) -> HttpResponse:
    """Help, at once and before going on, after an answer that asks for it."""
    form = open_form(asked_by(link, at=now_of(request)), response_id)
    onward_to = _address(request.GET.get("to", ""), link, form)
    return show(request, link, "portal/help.html", {"onward": onward_to})


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def finish(request: HttpRequest, link: OpenLink, response_id: UUID) -> HttpResponse:
    """What is still without an answer, and sending it all. POST sends."""
    asked = asked_by(link, at=now_of(request))
    form = open_form(asked, response_id)
    if not form.is_open:
        return _away(link, asked)
    if request.method != "POST":
        return _finish_page(request, link, asked, form)
    try:
        finish_response(link.actor, form.id, at=now_of(request))
    except Refused as refusal:
        return _finish_page(request, link, asked, form, refusal.findings)
    return _away(link, asked_by(link, at=now_of(request)))


def _finish_page(
    request: HttpRequest, link: OpenLink, asked: tuple[Asked, ...], form: Asked, findings: tuple[Finding, ...] = ()
) -> HttpResponse:
    items, last = form.instrument.items, max(form.places, default=1)
    missing = [(place, items[place - 1].text, question_at(link, form, place)) for place in form.unanswered]
    context = {
        **_about(asked, form),
        "missing": missing,
        "findings": findings,
        "back": question_at(link, form, last),
        "count": len(form.places),
    }
    return show(request, link, "portal/finish.html", context, status=422 if findings else 200)


def _away(link: OpenLink, asked: tuple[Asked, ...]) -> HttpResponse:
    return redirect(onward(link, asked, topic=bool(topic_by(link))))


def _about(asked: tuple[Asked, ...], form: Asked) -> dict[str, Any]:
    return {
        "form": form,
        "instrument": form.instrument,
        "set_number": 1 + [one.id for one in asked].index(form.id),
        "set_count": len(asked),
        "help_attrs": _help_attrs(form.instrument),
        "pairs": {
            item.id: [(choice.score, choice.text) for choice in item.choices] for item in form.instrument.items
        },
    }


def _help_attrs(instrument: Instrument) -> dict[str, dict[str, int | None]]:
    """From which answer on the page shows help by itself, even where the answer can't be sent at that moment."""
    return {
        item: {"data-help-from": low, "data-help-to": high} for item, (low, high) in help_range(instrument).items()
    }


def _errors(findings: tuple[Finding, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(finding.place, []).append(finding.sentence)
    return found
