"""Around the questions: the welcome, what to talk about, what to expect, and the end."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from openhour.catalog import NotOnShelf, Procedure
from openhour.kernel import Refused
from openhour.portal.door import behind_link, now_of, show, wants_json
from openhour.portal.paths import begin, onward
from openhour.portal.told import measured, rhythms
from openhour.records.queries.homework_link import homework_by
from openhour.records.queries.link import OpenLink, asked_by, topic_by
from openhour.records.shelf import shelf
from openhour.workflows.hour.typed import base_of
from openhour.workflows.safety.save_topic import TOPIC_AT_MOST, save_topic


@require_safe
@behind_link
def welcome(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """What this is for and who reads it; no name of the patient, no time of the visit: others may open a link."""
    asked = asked_by(link, at=now_of(request))
    waiting = [form for form in asked if form.is_open]
    context = {
        "asked": asked,
        "waiting": waiting,
        "minutes": sum(form.instrument.minutes for form in waiting),
        "begun": any(form.answered for form in waiting),
        "begin": onward(link, asked, topic=bool(topic_by(link))),
        "all": reverse("portal-all", args=[link.token, waiting[0].id]) if waiting else "",
        "places": [(form, begin(link, form)) for form in waiting],
        "homework": homework_by(link, at=now_of(request)),
    }
    return show(request, link, "portal/welcome.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def topic(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """What the patient wants to talk about: saved as it is typed, or by the button."""
    if request.method != "POST":
        return _topic_page(request, link, topic_by(link))
    text = request.POST.get("topic", "")
    base = request.POST.get("revision", "")
    try:
        standing = save_topic(link.actor, text, base=base, at=now_of(request))
    except Refused as refusal:
        return _not_kept(request, link, text, refusal)
    if wants_json(request):
        return JsonResponse({"saved": True, "revision": standing, "at": "just now"})
    return redirect(reverse("portal-done", args=[link.token]))


def _not_kept(request: HttpRequest, link: OpenLink, text: str, refusal: Refused) -> HttpResponse:
    """What was typed stays on the screen; where something else was written meanwhile, both stand there."""
    theirs = topic_by(link)
    conflict = any(finding.code == "topic.changed-meanwhile" for finding in refusal.findings)
    sentences = [finding.sentence for finding in refusal.findings]
    if not wants_json(request):
        return _topic_page(request, link, text, sentences, theirs if conflict else "", 409 if conflict else 422)
    if conflict:
        return JsonResponse({"theirs": {"topic": theirs}, "revision": base_of(theirs)}, status=409)
    return JsonResponse({"errors": {"topic": sentences}}, status=422)


def _topic_page(
    request: HttpRequest,
    link: OpenLink,
    text: str,
    errors: list[str] | None = None,
    theirs: str = "",
    status: int = 200,
) -> HttpResponse:
    procedure = procedure_of(link)
    ask = procedure.preparation.ask_patient if procedure else ()
    first, *others = ask or ("What would you like to talk about?",)
    context = {
        "text": text,
        "base": base_of(topic_by(link)),
        "errors": errors or [],
        "theirs": theirs,
        "label": first,
        "others": others,
        "at_most": TOPIC_AT_MOST,
    }
    return show(request, link, "portal/topic.html", context, status=status)


@require_safe
@behind_link
def expect(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """What to expect of the hour, in the words of the definition."""
    procedure = procedure_of(link)
    told = {"measured": measured(procedure, link), "rhythms": rhythms(procedure)} if procedure else {}
    return show(request, link, "portal/expect.html", {"procedure": procedure, **told})


@require_safe
@behind_link
def done(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """Thanks, and what happens next. No score and no name of a trouble: they go through the answers together."""
    asked = asked_by(link, at=now_of(request))
    waiting = [form for form in asked if form.is_open]
    context = {
        "waiting": waiting,
        "begin": begin(link, waiting[0]) if waiting else "",
        "sent": len(asked) > len(waiting),
    }
    return show(request, link, "portal/done.html", context)


def procedure_of(link: OpenLink) -> Procedure | None:
    """The definition of the visit's kind of hour on its day; None where the shelf holds none."""
    try:
        return shelf().procedure(link.procedure, on=link.day)
    except NotOnShelf:
        return None
