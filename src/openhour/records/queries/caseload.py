"""A therapist's caseload on one page, sorted by who needs thought: dangers first, then signals, then what the scores say.

Called by the page of the caseload. Four SQL queries and the trail, however many patients there are. It shows one's own
patients only; a supervisor's list is that of the signals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from openhour.catalog import Instrument, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.measures import reliable_change
from openhour.records.models import Alert, Episode, Signal
from openhour.records.queries.course import EpisodeCourse, Scored, courses_of, today_at
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf

OLD_AFTER_DAYS = 28
"""A last score older than this says little about how somebody is now. [local policy] Four weekly hours."""


@dataclass(frozen=True, slots=True)
class SignalMark:
    """A signal that stands, as far as the caseload tells it."""

    id: UUID
    kind: str
    instrument: str
    sentence: str
    state: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One patient. first, last, since_last: of the measure that is shown; trend: `better`, `worse` or `no reliable
    change` against the first score, None where nothing judges it. scores: the totals of that measure, oldest first.
    age_days: of the last score; None where there is none. sessions: hours that were held."""

    patient_id: UUID
    patient: str
    number: str
    episode_id: UUID
    alerts: int
    signals: tuple[SignalMark, ...]
    sessions: int
    instrument: str
    scores: tuple[int, ...]
    band: str
    trend: str | None
    last_on: date | None
    age_days: int | None
    next_on: date | None

    @property
    def waiting(self) -> tuple[SignalMark, ...]:
        """Signals that nobody has answered."""
        return tuple(one for one in self.signals if one.state != "answered")

    @property
    def first(self) -> int | None:
        """The first score."""
        return self.scores[0] if self.scores else None

    @property
    def last(self) -> int | None:
        """The last score."""
        return self.scores[-1] if self.scores else None

    @property
    def is_old(self) -> bool:
        """They have come, and nothing was measured for a while."""
        return self.sessions > 0 and (self.age_days is None or self.age_days > OLD_AFTER_DAYS)


@transaction.atomic
def caseload_of(actor: Actor, *, at: datetime) -> tuple[CaseLine, ...]:
    """Open courses of treatment in the actor's own care; one trail entry names the patients."""
    rows = list(_episodes(actor))
    courses = courses_of(row.pk for row in rows)
    marks = _marks(actor, [row.pk for row in rows])
    lines = [_line(row, courses[row.pk], marks.get(row.pk, ()), at) for row in rows]
    patients = sorted({str(line.patient_id) for line in lines})
    trail.write(actor, "chart.read", at=at, page="caseload", patients=patients)
    return tuple(sorted(lines, key=lambda line: needs_thought(line, at)))


def needs_thought(line: CaseLine, at: datetime) -> tuple[Any, ...]:
    """What sorts the list, whoever needs it most first: alerts, signals that are overdue, signals, reliably worse,
    nothing measured for long, answered signals, no gain, then the others by name."""
    overdue = sum(one.due_at <= at or one.state == "passed-to-supervisor" for one in line.waiting)
    return (
        -line.alerts,
        -overdue,
        -len(line.waiting),
        line.trend != "worse",
        not line.is_old,
        -len(line.signals),
        line.trend == "better",
        line.patient.casefold(),
    )


def _episodes(actor: Actor) -> QuerySet[Any]:
    rows = within(actor, "chart.read", Episode.objects.filter(state="open")).filter(therapist__user_id=actor.staff_id)
    alerts = Alert.objects.filter(episode=OuterRef("pk")).exclude(state="answered").order_by().values("episode")
    counted = alerts.annotate(count=Count("pk")).values("count")
    return (
        rows.select_related("patient")
        .annotate(open_alerts=Coalesce(Subquery(counted), 0))
        .order_by("opened_on", "id")
    )


def _marks(actor: Actor, episodes: Iterable[UUID]) -> dict[UUID, tuple[SignalMark, ...]]:
    rows = within(actor, "signal.read", Signal.objects.filter(episode__in=list(episodes)), therapist="owner")
    found: dict[UUID, list[SignalMark]] = defaultdict(list)
    for row in rows.exclude(state__in=("looked-again", "cleared")).order_by("due_at", "id"):
        found[row.episode_id].append(
            SignalMark(row.pk, row.kind, row.instrument, row.sentence, row.state, row.due_at)
        )
    return {episode: tuple(marks) for episode, marks in found.items()}


def _line(row: Any, course: EpisodeCourse, marks: tuple[SignalMark, ...], at: datetime) -> CaseLine:
    forms, today = shown_forms(course, {one.instrument for one in marks}), today_at(course, at)
    instrument = _instrument(forms[-1].instrument_key) if forms else None
    totals = tuple(one.total for one in forms if one.total is not None)
    last_on = max((one.day for one in course.scored if one.total is not None), default=None)
    return CaseLine(
        patient_id=row.patient_id,
        patient=row.patient.full_name,
        number=row.patient.number,
        episode_id=row.pk,
        alerts=row.open_alerts,
        signals=marks,
        sessions=len(course.held),
        instrument=instrument.short if instrument else "",
        scores=totals,
        band=forms[-1].band if forms else "",
        trend=reliable_change(instrument, totals[0], totals[-1]) if instrument and len(totals) > 1 else None,
        last_on=last_on,
        age_days=(today - last_on).days if last_on else None,
        next_on=next((day for day in course.to_come if day >= today), None),
    )


def shown_forms(course: EpisodeCourse, seen: Collection[str] = ()) -> tuple[Scored, ...]:
    """Of the measure on which something was seen, else of the one that was scored most often."""
    slugs = sorted(course.instruments, key=lambda slug: (slug not in seen, -len(course.of(slug)), slug))
    return course.of(slugs[0]) if slugs else ()


def _instrument(key: str) -> Instrument | None:
    try:
        return shelf().instrument_pinned(key)
    except NotOnShelf:
        return None
