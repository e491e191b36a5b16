"""Reading the trail: by patient number, by who acted, by period; newest or oldest first, a page at a time.

Called by the owner's page and by `openhour trail export`. Refuses everyone but the owner. Entries name patients by their
number, never by name; to read the trail is itself an entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Q

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import TrailEntry, User
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.kernel.guarded import Subject
from openhour.kernel.writable import can_be_kept
from openhour.records.models import Patient

PAGE = 50
_ORDERS = {"newest": ("-seq",), "oldest": ("seq",), "who": ("actor", "-seq"), "what": ("action", "-seq")}
ORDERS = tuple(_ORDERS)
_NOBODY = {"not-signed-in": "Not signed in", "command-line": "Command line"}


@dataclass(frozen=True, slots=True)
class Asked:
    """patient: their number; who: part of a staff member's name or e-mail address; since, until: UTC, until excluded;
    order: one of ORDERS; page: from 1. Empty fields ask for everything."""

    patient: str = ""
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None
    order: str = "newest"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a person reads it. about: the member of staff it is about, or the kind of row; patients: numbers;
    detail: its codes and counts as JSON; words: the same for reading."""

    seq: int
    at: datetime
    who: str
    action: str
    kind: str
    about: str
    subject_id: str
    patients: tuple[str, ...]
    detail: str
    words: str
    digest: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """lines: at most PAGE; found: how many entries fit what was asked; written: how many there are at all."""

    lines: tuple[Line, ...]
    found: int
    page: int
    pages: int
    written: int


@dataclass(frozen=True, slots=True)
class _Chart:
    """Whose entries were read; enough for the trail, without asking who treats them."""

    patient_id: str

    def subject(self) -> Subject:
        return Subject("patient", self.patient_id, self.patient_id)


def _chart(patient: Patient | None) -> _Chart | None:
    return _Chart(str(patient.pk)) if patient is not None else None


@transaction.atomic
def trail_page(actor: Actor, asked: Asked, *, at: datetime) -> TrailPage:
    """One page. Raises NotAllowed, and Refused for a patient number that nobody has."""
    require(actor, "trail.read")
    patient = _patient(asked.patient)
    fits = _fits(asked, patient)
    counted = TrailEntry.objects.aggregate(written=Max("seq"), found=Count("pk", filter=fits))
    found = counted["found"]
    pages = max(1, -(-found // PAGE))
    page = min(max(asked.page, 1), pages)
    rows = TrailEntry.objects.filter(fits).order_by(*_ORDERS.get(asked.order, _ORDERS["newest"]))
    lines = tuple(_lines(list(rows[(page - 1) * PAGE : page * PAGE])))
    trail.write(actor, "trail.read", _chart(patient), at=at, page=page, found=found)
    return TrailPage(lines, found, page, pages, counted["written"] or 0)


def trail_of_patient(actor: Actor, number: str, *, at: datetime) -> tuple[Line, ...]:
    """Every entry about one patient, oldest first. Raises NotAllowed, and Refused where nobody has the number."""
    require(actor, "trail.read")
    if not number.strip():
        raise Refused(Finding("patient.missing", "Give the number of a patient.", "patient"))
    with transaction.atomic():
        patient = _patient(number)
        lines = tuple(_lines(list(TrailEntry.objects.filter(_fits(Asked(), patient)).order_by("seq"))))
        trail.write(actor, "trail.exported", _chart(patient), at=at, entries=len(lines))
    return lines


def _patient(number: str) -> Patient | None:
    if not number.strip():
        return None
    found = Patient.objects.filter(number__iexact=number.strip()).first() if can_be_kept(number) else None
    if found is None:
        raise Refused(Finding("patient.unknown", "No patient has this number.", "patient"))
    return found


def _fits(asked: Asked, patient: Patient | None) -> Q:
    fits = Q(seq__gte=1)
    if patient is not None:
        fits &= Q(patient_id=str(patient.pk)) | Q(detail__contains=str(patient.pk))
    if asked.who.strip() and not can_be_kept(asked.who):
        return Q(pk__in=[])  # what no database can hold is nobody's name
    if asked.who.strip():
        words = asked.who.strip()
        users = User.objects.filter(Q(name__icontains=words) | Q(email__icontains=words))
        fits &= Q(actor__in=[f"user:{pk}" for pk in users.values_list("pk", flat=True)]) | Q(actor=words)
    if asked.since:
        fits &= Q(at__gte=asked.since)
    return fits & Q(at__lt=asked.until) if asked.until else fits


def _lines(entries: list[TrailEntry]) -> Iterator[Line]:
    named = {entry.seq: _patients_of(entry) for entry in entries}
    known = {one for patients in named.values() for one in patients}
    numbers = {str(pk): number for pk, number in Patient.objects.filter(pk__in=known).values_list("pk", "number")}
    people = _people(entries)
    for entry in entries:
        patients = tuple(numbers[one] for one in named[entry.seq] if one in numbers)
        yield Line(
            entry.seq,
            entry.at,
            people.get(entry.actor, _NOBODY.get(entry.actor, entry.actor)),
            entry.action,
            entry.kind,
            _about(entry, people),
            entry.subject_id,
            patients,
            entry.detail,
            _words(entry.detail),
            entry.digest,
        )


def _people(entries: list[TrailEntry]) -> dict[str, str]:
    keys = {entry.actor.removeprefix("user:") for entry in entries if entry.actor.startswith("user:")}
    keys |= {entry.subject_id for entry in entries if entry.kind == "user"}
    ids = [int(key) for key in keys if key.isdecimal()]
    return {f"user:{pk}": name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "name")}


def _about(entry: TrailEntry, people: dict[str, str]) -> str:
    if entry.kind == "user":
        return people.get(f"user:{entry.subject_id}", "")
    return "" if entry.kind == "practice" else entry.kind


def _words(detail: str) -> str:
    """`page 1, found 12`; lists of ids by their length."""
    held = {name: value for name, value in json.loads(detail).items() if name != "patients"}
    return ", ".join(f"{name.replace('_', ' ')} {_word(value)}" for name, value in held.items())


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for one in value) if len(value) <= 5 else f"({len(value)})"
    return str(value)


def _patients_of(entry: TrailEntry) -> tuple[str, ...]:
    listed = json.loads(entry.detail).get("patients", [])
    several = [str(one) for one in listed] if isinstance(listed, list) else []
    return tuple(dict.fromkeys([*([entry.patient_id] if entry.patient_id else []), *several]))
