"""The signed note: a page to read, a PDF to hand out, and words added later. All from the frozen text."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.note import NoteRead, note_of
from openhour.records.queries.practice_name import letterhead
from openhour.ui.documents import render_pdf
from openhour.ui.words import moment
from openhour.web.chrome import render_page
from openhour.web.hour.fields_shown import errors_of_fields
from openhour.web.hour.note_shown import note_shown
from openhour.workflows.hour.amend_note import amend_note

READERS = (Role.THERAPIST, Role.SUPERVISOR)


@require_safe
@staff(*READERS)
def note(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """To read; says so where the seal doesn't fit."""
    return _page(cast(StaffRequest, request), note_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.THERAPIST)
def amend(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """GET: the note with the form open; POST: the addendum."""
    asked = cast(StaffRequest, request)
    if request.method != "POST":
        return _page(asked, note_id, amending=True)
    reason, text = (request.POST.get(name, "") for name in ("reason", "text"))
    try:
        amend_note(asked.actor, note_id, reason, text, at=asked.received_at)
    except Refused as refusal:
        return _page(asked, note_id, amending=True, refused=refusal.findings, status=422)
    return HttpResponseRedirect(reverse("note", args=[note_id]) + "#addenda", status=303)


@require_safe
@staff(*READERS)
def pdf(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """The note as a tagged PDF. Its file name tells nothing."""
    asked = cast(StaffRequest, request)
    read = note_of(asked.actor, note_id, at=asked.received_at, page="note-pdf")
    made = render_pdf("note", document(read, letterhead()), dated=read.signed_at)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="note-{read.digest[:8]}.pdf"'
    return answer


def _page(
    request: StaffRequest,
    note_id: UUID,
    *,
    amending: bool = False,
    refused: tuple[Finding, ...] = (),
    status: int = 200,
) -> HttpResponse:
    read = note_of(request.actor, note_id, at=request.received_at, page="note")
    if amending and not read.may_amend:
        raise NotAllowed("note.amend")
    context: dict[str, Any] = {
        "read": read,
        "note": note_shown(read.content),
        "amending": amending,
        "findings": refused,
        "errors": errors_of_fields(refused),
        "typed": {name: request.POST.get(name, "") for name in ("reason", "text")},
    }
    with timezone.override(read.zone):
        return render_page(request, "web/hour/note.html", context, status=status)


def document(read: NoteRead, letter: tuple[str, list[str]]) -> dict[str, Any]:
    """What the template `note.typ` sets."""
    shown, (practice, parts) = note_shown(read.content), letter
    seal = "" if read.sound else " THE SEAL DOESN'T FIT: the record was changed outside Openhour."
    extra = [("Risk", shown.risk)] if shown.risk else []
    homework = [("Homework", "\n".join(shown.homework))] if shown.homework else []
    return {
        "title": shown.title + seal,
        "practice": practice,
        "parts": parts,
        "reference": f"{read.content['patient']['number']}, {read.content['day']}",
        "patient": shown.patient,
        "facts": [list(pair) for pair in shown.facts],
        "sections": [{"title": title, "text": text} for title, text in (*shown.sections, *extra, *homework)],
        "diagnoses": list(shown.diagnoses),
        "objectives": [f"{text.rstrip('.')}. Response: {said}" if said else text for text, said in shown.objectives],
        "interventions": list(shown.interventions),
        "measures": [list(one) for one in shown.measures],
        "signature": {
            "name": shown.signature["name"],
            "credential": "",
            "licence": shown.signature["licence"],
            "signed_at": shown.signature["at"],
            "digest": read.digest,
        },
        "cosignature": None,
        "addenda": [
            {
                "written_at": moment(one.made_at, read.zone),
                "by": f"{one.signature} ({one.reason})",
                "text": one.text,
                "digest": one.digest,
            }
            for one in read.addenda
        ],
    }
