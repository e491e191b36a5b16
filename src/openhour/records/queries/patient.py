"""Patients: the list with its search, and one patient with what the actor's role may see.

Called by the pages of the front desk and by the chart. What is typed into the search stays out of the trail, which
names the patients that were shown. A patient who isn't the actor's is refused like one who doesn't exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, Relation, may, scope
from openhour.kernel.guarded import Subject
from openhour.records.models import Consent, Coverage, Episode, Patient, Therapist, Visit
from openhour.records.queries.consent import states_of
from openhour.records.queries.coverage import CoverageLine, coverage_lines
from openhour.records.queries.json_rows import json_rows
from openhour.records.queries.practice_day import first_zone
from openhour.records.queries.prepared import PreparedFor
from openhour.records.queries.scoping import within

PER_PAGE = 15
_LONGEST = 120
_ORDER = ("sort_name", "number")
_SHOWN = ("number", "first_name", "called", "last_name", "birth_date")
_COVERAGE = (
    "id", "payer", "member_id", "group_number", "authorization", "relation", "subscriber_first_name",
    "subscriber_last_name", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PatientLine:
    """therapists: names, of open courses of treatment; consent: the word of the worst of the forms that are asked for,
    empty where there is none to ask, or not the reader's to know. next_visit: in UTC. ended: they were treated, and
    no treatment is open."""

    id: UUID
    name: str
    number: str
    birth_date: date
    therapists: tuple[str, ...]
    next_visit: datetime | None
    consent: str
    ended: bool


@dataclass(frozen=True, slots=True)
class PatientList:
    """page: from 1; total: how many were found."""

    lines: tuple[PatientLine, ...]
    page: int
    pages: int
    total: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class PatientHead:
    """A patient's own data. coverages: empty where they aren't the reader's to see. may_…: what the actor may do."""

    row: Patient
    age: int
    zone: ZoneInfo
    today: date
    coverages: tuple[CoverageLine, ...]
    sees_coverage: bool
    may_write: bool
    may_cover: bool


@transaction.atomic
def patients_found(actor: Actor, words: str = "", *, page: int = 1, ended: bool = False, at: datetime) -> PatientList:
    """15 by family name. words: beginnings of names, a number, or a birth date, in any order, all of which must fit.
    ended: also those whose treatment has ended; else those in treatment, and those who haven't begun one.

    Six SQL queries with sign-in and trail, whatever is found. Raises NotAllowed for a role that reads no patients.
    """
    if not scope(actor, "patient.read"):
        raise NotAllowed("patient.read")
    among = visible(actor, "patient.read") if ended else _current(actor)
    sought = _matching(among, words) if words.strip() or ended else None
    total = _UNORDERED.count(actor) if sought is None else sought.count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    ids = _ids(actor, sought, first=(page - 1) * PER_PAGE)
    found = _LINES.rows(actor, at=at, **_places(ids)) if ids else []
    trail.write(actor, "patient.read", at=at, page="patients", patients=[str(one) for one in ids])
    zone = ZoneInfo(found[0].zone or "UTC") if found else ZoneInfo("UTC")
    return PatientList(tuple(_line(row, zone, at) for row in found), page, pages, total, zone)


def _ids(actor: Actor, sought: QuerySet[Patient] | None, *, first: int) -> list[UUID]:
    if sought is None:
        return _ORDERED.part(actor, first, PER_PAGE)
    return list(sought.order_by(*_ORDER).values_list("pk", flat=True)[first:][:PER_PAGE])


def _places(ids: list[UUID]) -> dict[str, UUID]:
    """As many values as a full page has, so that one SQL serves all; what is left over names the last one again."""
    return {f"row_{place}": ids[min(place, len(ids) - 1)] for place in range(PER_PAGE)}


def visible(actor: Actor, action: str) -> QuerySet[Patient]:
    """The patients on whom the actor may do the action, by their courses of treatment."""
    if Relation.ANY in scope(actor, action):
        return Patient.objects.all()
    theirs = within(actor, action, Episode.objects.all())
    return Patient.objects.filter(pk__in=theirs.values("patient"))  # read from the few, not asked of each of the many


def _current(actor: Actor) -> QuerySet[Patient]:
    """Without those who were treated and are no more, as far as the actor may know."""
    gone = ~Q(pk__in=_treated(actor, "closed").values("patient"))
    return visible(actor, "patient.read").filter(gone | Q(pk__in=_treated(actor, "open").values("patient")))


def _treated(actor: Actor, state: str) -> QuerySet[Episode]:
    return within(actor, "patient.read", Episode.objects.filter(state=state))


def _matching(rows: QuerySet[Patient], words: str) -> QuerySet[Patient]:
    for word in _clean(words).replace(",", " ").split():
        folded = word.casefold()
        fits = Q(sort_name__startswith=folded) | Q(sort_name__contains=f" {folded}") | Q(number__istartswith=word)
        born = read_birth_date(word)
        rows = rows.filter(fits | Q(birth_date=born) if born else fits)
    return rows


def read_birth_date(word: str) -> date | None:
    """`1985-04-12` or, as is written here, `4/12/1985`."""
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(word, pattern).date()  # noqa: DTZ007  a birth date has no zone
        except ValueError:
            continue
    return None


def _clean(words: str) -> str:
    # A NUL can't be sent to PostgreSQL, and a lone surrogate to neither database.
    return words[:_LONGEST].replace("\x00", " ").encode("utf-8", "ignore").decode()


def _lines(actor: Actor, at: datetime, **places: UUID) -> QuerySet[Patient]:
    return _lined(actor, at).filter(pk__in=list(places.values())).order_by(*_ORDER).only(*_SHOWN)


def _lined(actor: Actor, at: datetime) -> QuerySet[Patient]:
    """Each with courses of treatment, consents and the next visit, as far as the actor may know of them."""
    episodes = within(actor, "patient.read", Episode.objects.filter(patient=OuterRef("pk"), state="open"))
    visits = within(actor, "schedule.read", Visit.objects.filter(patient=OuterRef("pk"), starts_at__gte=at))
    consents = within(
        actor, "consent.read", Consent.objects.filter(patient=OuterRef("pk")), therapist="episode__therapist"
    )
    to_come = visits.filter(state__in=("booked", "arrived")).order_by("starts_at")
    return Patient.objects.annotate(
        zone=Subquery(first_zone()),
        next_visit=Subquery(to_come.values("starts_at")[:1]),
        episodes_json=json_rows(episodes, "patient", id="id", procedure="procedure", therapist="therapist__name"),
        consents_json=json_rows(
            consents,
            "patient",
            episode="episode",
            key="form_key",
            signed_on="signed_on",
            withdrawn_at="withdrawn_at",
        ),
        asks_consent=Exists(_readable(actor)),
        was_treated=Exists(_treated(actor, "closed").filter(patient=OuterRef("pk"))),
    )


def _readable(actor: Actor) -> QuerySet[Episode]:
    return within(actor, "consent.read", Episode.objects.filter(patient=OuterRef("pk"), state="open"))


# Written once a process; a search writes its own.
_UNORDERED = PreparedFor(lambda actor: _current(actor).order_by().values_list("pk", flat=True))
_ORDERED = PreparedFor(lambda actor: _current(actor).order_by(*_ORDER).values_list("pk", flat=True))
_LINES = PreparedFor(
    _lines, spare=frozenset({"at"}), at=datetime, **{f"row_{place}": UUID for place in range(PER_PAGE)}
)


def _line(row: Any, zone: ZoneInfo, at: datetime) -> PatientLine:
    episodes = row.episodes_json or []
    return PatientLine(
        id=row.pk,
        name=f"{row.last_name}, {row.called or row.first_name}",
        number=row.number,
        birth_date=row.birth_date,
        therapists=tuple(sorted({one["therapist"] for one in episodes})),
        next_visit=row.next_visit,
        consent=_worst(episodes, row.consents_json or [], zone, at) if row.asks_consent else "",
        ended=bool(row.was_treated) and not episodes,
    )


def _worst(episodes: list[dict[str, Any]], consents: list[dict[str, Any]], zone: ZoneInfo, at: datetime) -> str:
    today = at.astimezone(zone).date()
    states = [
        state.word
        for one in episodes
        for state in states_of(one["procedure"], [c for c in consents if c["episode"] == one["id"]], zone, on=today)
    ]
    return next((word for word in ("withdrawn", "missing", "renew", "signed") if word in states), "")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the guard is told of a patient, found once."""

    held: Subject

    def subject(self) -> Subject:
        """As the row itself would say it."""
        return self.held


def patient_head(
    actor: Actor,
    patient_id: UUID,
    *,
    at: datetime,
    action: str = "patient.read",
    episodes: QuerySet[Episode] | None = None,
) -> PatientHead:
    """Two queries and one trail entry; call it in a transaction. episodes: how the courses of treatment are read, which
    `episodes_of` then gives, everybody's. Raises NotAllowed."""
    coverages = json_rows(
        Coverage.objects.filter(patient=OuterRef("pk")), "patient", **{name: name for name in _COVERAGE}
    )
    courses = Episode.objects.select_related("therapist") if episodes is None else episodes
    rows = visible(actor, action).filter(pk=patient_id).prefetch_related(Prefetch("episodes", courses))
    row: Any = rows.annotate(zone=Subquery(first_zone()), coverages_json=coverages).first()
    if row is None:
        raise NotAllowed(action)
    known = _Known(_subject(row))
    clinical = may(actor, "chart.read", known)
    trail.write(actor, "chart.read" if clinical else "patient.read", known, at=at, page="patient")
    zone = ZoneInfo(row.zone or "UTC")
    today = at.astimezone(zone).date()
    sees = may(actor, "coverage.read", known)
    return PatientHead(
        row=row,
        age=age_on(row.birth_date, today),
        zone=zone,
        today=today,
        coverages=coverage_lines(row.coverages_json, today) if sees else (),
        sees_coverage=sees,
        may_write=may(actor, "patient.write", known),
        may_cover=may(actor, "coverage.write", known),
    )


def episodes_of(row: Any) -> list[Episode]:
    """The courses of treatment that `patient_head` read with the patient, everybody's."""
    return list(row.episodes.all())


def _subject(row: Patient) -> Subject:
    subjects = [episode.subject() for episode in episodes_of(row)]
    care = frozenset(user for one in subjects for user in one.care)
    supervisors = frozenset(user for one in subjects for user in one.supervisors)
    return Subject("patient", str(row.pk), str(row.pk), care, supervisors)


@transaction.atomic
def patient_to_change(actor: Actor, patient_id: UUID, *, at: datetime) -> PatientHead:
    """For the forms about a patient. Raises NotAllowed."""
    return patient_head(actor, patient_id, at=at, action="patient.write")


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def therapists_for(actor: Actor) -> tuple[tuple[int, str], ...]:
    """With whom the actor may open a course of treatment: anybody for the front desk, else oneself."""
    rows = Therapist.objects.filter(active=True).order_by("last_name", "first_name")
    if Relation.ANY not in scope(actor, "patient.write"):
        rows = rows.filter(user_id=actor.user_id or 0)
    return tuple(rows.values_list("id", "name"))
