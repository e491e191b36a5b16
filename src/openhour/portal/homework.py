"""Homework on the patient's phone: one form from the shelf, entry by entry, kept as it is written, then sent.

Works as a plain form: Save, Add an entry, Send. The page's own script sends the fields that changed and asks for JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from openhour.catalog import HomeworkForm
from openhour.catalog.forms import Field
from openhour.kernel import Finding, Refused
from openhour.portal.door import behind_link, now_of, show, wants_json
from openhour.records.queries.homework_link import HomeworkDue, homework_of
from openhour.records.queries.link import OpenLink
from openhour.ui.words import weekday
from openhour.workflows.homework.entries import ENTRIES_AT_MOST, LINE_AT_MOST, TEXT_AT_MOST, name_of, said
from openhour.workflows.homework.return_homework import OVERTAKEN, return_homework


@dataclass(frozen=True, slots=True)
class Cell:
    """A field as it stands on the page."""

    name: str
    field: Field
    text: str
    errors: tuple[str, ...]
    theirs: str
    at_most: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. number counts from 1; about: the day it tells of; open: unfolded when the page comes."""

    number: int
    about: str
    open: bool
    cells: tuple[Cell, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def homework(request: HttpRequest, link: OpenLink, assignment_id: UUID) -> HttpResponse:
    """The form, with what was written so far. POST keeps it, and does what the button says."""
    if request.method != "POST":
        return _page(request, link, homework_of(link, assignment_id, at=now_of(request)), asked=request.GET)
    words = {name: str(text) for name, text in request.POST.items() if "." in name}
    go = request.POST.get("go", "")
    try:
        kept = return_homework(
            link.actor,
            assignment_id,
            words,
            base=_count(request.POST.get("revision", "")),
            send=go == "send",
            at=now_of(request),
        )
    except Refused as refusal:
        return _not_kept(request, link, assignment_id, words, refusal.findings)
    if wants_json(request):
        return JsonResponse({"saved": True, "revision": str(kept.revision), "at": "just now"})
    return redirect(_onward(link, assignment_id, go, _count(request.POST.get("rows", ""))))


def _onward(link: OpenLink, assignment_id: UUID, go: str, rows: int | None) -> str:
    here = reverse("portal-homework", args=[link.token, assignment_id])
    if go == "row" and rows is not None:
        more = min(rows + 1, ENTRIES_AT_MOST)
        return f"{here}?rows={more}#entry-{more}"
    return f"{here}?saved=1"


def _not_kept(
    request: HttpRequest, link: OpenLink, assignment_id: UUID, words: Mapping[str, str], findings: tuple[Finding, ...]
) -> HttpResponse:
    """What was typed stays on the screen; where something else was written meanwhile, both stand there."""
    due = homework_of(link, assignment_id, at=now_of(request))
    conflict = OVERTAKEN in findings
    if not wants_json(request):
        return _page(request, link, due, asked=request.POST, words=words, findings=findings, conflict=conflict)
    if conflict:
        theirs = {name: said(due.answers, name) for name in words}
        return JsonResponse({"theirs": theirs, "revision": str(due.revision)}, status=409)
    return JsonResponse({"errors": _errors(findings)}, status=422)


def _page(
    request: HttpRequest,
    link: OpenLink,
    due: HomeworkDue,
    *,
    asked: Mapping[str, str],
    words: Mapping[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
    conflict: bool = False,
) -> HttpResponse:
    form = due.form
    count = max(len(due.answers), _count(asked.get("rows", "")) or (form.rows if form else 0))
    rows = min(count, ENTRIES_AT_MOST)
    context = {
        "homework": due,
        "form": form,
        "entries": _entries(form, due, rows, words or {}, _errors(findings), conflict) if form else (),
        "rows": rows,
        "may_add": rows < ENTRIES_AT_MOST,
        "findings": findings,
        "saved": due.is_open and asked.get("saved") == "1",
    }
    return show(request, link, "portal/homework.html", context, status=_status(findings, conflict))


def _status(findings: tuple[Finding, ...], conflict: bool) -> int:
    return 409 if conflict else 422 if findings else 200


def _entries(
    form: HomeworkForm,
    due: HomeworkDue,
    rows: int,
    words: Mapping[str, str],
    errors: dict[str, list[str]],
    conflict: bool,
) -> tuple[Entry, ...]:
    first = next((place for place in range(rows) if place >= len(due.answers) or not due.answers[place]), rows - 1)
    return tuple(_entry(form, due, place + 1, place == first, words, errors, conflict) for place in range(rows))


def _entry(
    form: HomeworkForm,
    due: HomeworkDue,
    number: int,
    is_next: bool,
    words: Mapping[str, str],
    errors: dict[str, list[str]],
    conflict: bool,
) -> Entry:
    cells = tuple(_cell(due, name_of(number, field.slug), field, words, errors, conflict) for field in form.fields)
    days = [cell.text for cell in cells if cell.field.kind == "date" and not cell.errors]
    marked = any(cell.errors or cell.theirs or cell.text != said(due.answers, cell.name) for cell in cells)
    return Entry(number, _day(days[0]) if days else "", is_next or marked, cells)


def _cell(
    due: HomeworkDue,
    name: str,
    field: Field,
    words: Mapping[str, str],
    errors: dict[str, list[str]],
    conflict: bool,
) -> Cell:
    standing = said(due.answers, name)
    text = words.get(name, standing)
    theirs = standing if conflict and text != standing else ""
    at_most = LINE_AT_MOST if field.kind == "text" else TEXT_AT_MOST
    return Cell(name, field, text, tuple(errors.get(name, ())), theirs, at_most)


def _day(text: str) -> str:
    try:
        return weekday(date.fromisoformat(text))
    except ValueError:
        return ""


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _errors(findings: tuple[Finding, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(finding.place, []).append(finding.sentence)
    return found
