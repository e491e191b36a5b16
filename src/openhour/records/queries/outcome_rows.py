"""The practice's own contacts as the rows of a report: visits, and the measures that were filled in, with no name in them.

Called by the report pages. The practice's report (owner, supervisor) is made of everybody; a therapist's own of their
own patients, and takes from the others nothing but sums for the limits of the funnel. Three SQL queries, and the trail:
the practice's report tells of no one, a therapist's own names whose results it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.records.models import Episode, Response, Visit
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf

STATES = {"held": "attended", "missed": "missed", "cancelled": "cancelled"}
PLANNED = {"completed": 1, "patient-ended": 0, "no-contact": 0}
"""By reason of ending (`care.endings`): ended as planned by both, or by one alone. Other reasons are neither."""

MISTAKE = "opened-by-mistake"
"""No treatment at all: in no report."""

_UNMEASURED: list[tuple[str, float | None]] = [("", None)]
EARLY_DAYS = 3
"""A measure without a visit belongs to the hour of that day or of the three days after it."""


@dataclass(frozen=True, slots=True)
class ReportRows:
    """rows: columns of `outcomes.report.reading.SCHEMA` but those that are made of days, as lists. slugs: of the measures
    that occur. sites, indications: to choose from. therapist: code of the one who asks, or None.
    compared: the rows of the whole practice, for the funnel of a therapist's own report."""

    rows: Mapping[str, list[Any]]
    slugs: tuple[str, ...]
    sites: tuple[str, ...]
    indications: tuple[str, ...]
    therapist: str | None = None
    compared: Mapping[str, list[Any]] = field(default_factory=dict)


@transaction.atomic
def practice_rows(actor: Actor, asked: Mapping[str, str], *, at: datetime) -> ReportRows:
    """Everybody's contacts, for numbers that tell of no one. asked: what the trail says of the report.
    Raises NotAllowed."""
    require(actor, "report.practice")
    rows = _together(Episode.objects.all(), Visit.objects.all(), Response.objects.all())
    trail.write(actor, "report.read", None, at=at, report="practice", **asked)
    return _found(rows, None)


@transaction.atomic
def own_rows(actor: Actor, asked: Mapping[str, str], *, at: datetime) -> ReportRows:
    """The contacts of the actor's own patients; beside them everybody's, for sums alone. Raises NotAllowed."""
    therapists = {
        str(found)
        for found in within(actor, "report.own", Episode.objects.all()).values_list("therapist_id", flat=True)
    }
    whole = _together(Episode.objects.all(), Visit.objects.all(), Response.objects.all())
    mine = [place for place, one in enumerate(whole["therapist"]) if one in therapists]
    rows = {name: [column[place] for place in mine] for name, column in whole.items()}
    patients = sorted(set(rows["patient"]))
    trail.write(actor, "report.read", None, at=at, report="own", patients=patients, **asked)
    return _found(rows, next(iter(therapists), None), whole)


def _found(
    rows: Mapping[str, list[Any]], therapist: str | None, compared: Mapping[str, list[Any]] | None = None
) -> ReportRows:
    names = (sorted({one for one in rows[column] if one}) for column in ("instrument", "site", "indication"))
    slugs, sites, indications = (tuple(found) for found in names)
    return ReportRows(rows, slugs, sites, indications, therapist, compared or {})


@dataclass(slots=True)
class _Course:
    """One episode on its way to rows. visits: id -> (number from 1, day, state, site), in the order of time."""

    fixed: dict[str, Any]
    opened_on: date
    visits: dict[Any, tuple[int, date, str, str]] = field(default_factory=dict)
    scores: dict[tuple[Any, str], tuple[date, float]] = field(default_factory=dict)
    between: dict[tuple[date, str], float] = field(default_factory=dict)


def _together(episodes: Any, visits: Any, responses: Any) -> dict[str, list[Any]]:
    courses = _courses(episodes)
    _add_visits(courses, visits)
    _add_scores(courses, responses)
    names = (
        "patient",
        "episode",
        "therapist",
        "site",
        "indication",
        "instrument",
        "session",
        "day",
        "score",
        "state",
    )
    columns: dict[str, list[Any]] = {name: [] for name in (*names, "referred", "ended", "planned_end", "age")}
    for course in courses.values():
        for row in _rows(course):
            for name, cell in row.items():
                columns[name].append(cell)
    return columns


def _courses(episodes: Any) -> dict[Any, _Course]:
    fields = (
        "pk",
        "patient_id",
        "therapist_id",
        "indications",
        "opened_on",
        "closed_on",
        "closing_reason",
        "patient__birth_date",
    )
    found = {}
    real = episodes.exclude(closing_reason=MISTAKE).order_by("pk")
    for key, patient, therapist, indications, opened, closed, reason, born in real.values_list(*fields):
        fixed = {
            "patient": str(patient),
            "episode": str(key),
            "therapist": str(therapist),
            "indication": indications[0] if indications else "",
            "referred": opened,
            "ended": closed,
            "planned_end": PLANNED.get(reason) if closed else None,
            "age": round((opened - born).days / 365.25, 2),
        }
        found[key] = _Course(fixed, opened)
    return found


def _add_visits(courses: dict[Any, _Course], visits: Any) -> None:
    """Visits that were held, missed or called off; those to come are no contact yet."""
    past = visits.filter(state__in=list(STATES)).order_by("starts_at", "pk")
    for key, episode, state, site, zone, starts in past.values_list(
        "pk", "episode_id", "state", "site__name", "site__zone", "starts_at"
    ):
        if (course := courses.get(episode)) is not None:
            day = starts.astimezone(_zone(zone)).date()
            course.visits[key] = (len(course.visits) + 1, day, STATES[state], site)


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)  # kept by itself: one object a name


def _add_scores(courses: dict[Any, _Course], responses: Any) -> None:
    done = responses.filter(state="complete", total__isnull=False).order_by("due_on", "completed_at", "pk")
    known = {instrument.pin.slug for instrument in shelf().instruments}
    fields = ("episode_id", "visit_id", "instrument", "due_on", "total")
    for episode, visit, slug, due, total in done.values_list(*fields):
        course = courses.get(episode)
        if course is None or slug not in known:
            continue
        held = (
            visit if visit in course.visits and course.visits[visit][2] == "attended" else _hour_of(course, due, slug)
        )
        if held is not None:
            course.scores[held, slug] = (due, float(total))
        else:
            course.between[due, slug] = float(total)


def _hour_of(course: _Course, due: date, slug: str) -> Any:
    """The attended hour to which a measure without one belongs, or None."""
    for key, (_, day, state, _) in course.visits.items():
        if state == "attended" and 0 <= (day - due).days <= EARLY_DAYS and (key, slug) not in course.scores:
            return key
    return None


def _rows(course: _Course) -> Iterator[dict[str, Any]]:
    """One row a contact and measure; an episode without any says that somebody was referred."""
    first_site = next((site for _, _, _, site in course.visits.values()), "")
    measured: dict[Any, list[tuple[str, float | None]]] = {}
    for (visit, slug), (_, score) in course.scores.items():
        measured.setdefault(visit, []).append((slug, score))
    for visit, (number, day, state, site) in course.visits.items():
        for slug, total in measured.get(visit, _UNMEASURED):
            yield _row(course, site, slug, number, day, total, state)
    for (due, slug), filled_in in course.between.items():
        yield _row(course, first_site, slug, None, due, filled_in, "measure")
    if not course.visits and not course.between:
        yield _row(course, "", "", None, course.opened_on, None, "referred")


def _row(
    course: _Course, site: str, slug: str, session: int | None, day: date, score: float | None, state: str
) -> dict[str, Any]:
    told = {"site": site, "instrument": slug, "session": session, "day": day, "score": score, "state": state}
    return course.fixed | told


def numbers_of(days: Iterable[date | None]) -> list[int | None]:
    """Days since 1970."""
    return [None if day is None else (day - date(1970, 1, 1)).days for day in days]
