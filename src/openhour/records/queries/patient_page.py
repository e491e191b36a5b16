"""One patient's page: who they are and, for those who treat or supervise, the chart of each course of treatment.

Front desk and biller are handed no reason, diagnosis, plan, measure or note at all: what isn't read can't be shown.
Eight SQL queries with sign-in and trail, whatever the age of the chart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from openhour.catalog import NotOnShelf, Procedure
from openhour.guard.actor import Actor
from openhour.guard.policy import may
from openhour.records.models import Alert, Assignment, Episode, Note, Objective, Plan, Response, Visit
from openhour.records.queries.chart import DiagnosisLine, diagnoses_in, with_short_rows
from openhour.records.queries.consent import ConsentLine, ConsentState, lines_of, states_of
from openhour.records.queries.hour_measures import Measure, measures_of
from openhour.records.queries.json_rows import day_of, json_rows, moment_of
from openhour.records.queries.patient import PatientHead, episodes_of, patient_head
from openhour.records.queries.scoping import within
from openhour.records.queries.standing import TOLD_FOR, Standing, of_episode, standing_in
from openhour.records.shelf import shelf

VISITS_TO_COME, VISITS_PAST = 6, 12


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in the lists of the page; in UTC, `zone` is its site's."""

    id: UUID
    starts_at: datetime
    zone: ZoneInfo
    state: str
    therapist: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note by its hour; nothing of its words."""

    id: UUID
    state: str
    hour: datetime


@dataclass(frozen=True, slots=True)
class HomeworkLine:
    """Homework as far as a list tells it."""

    id: UUID
    title: str
    state: str
    due_on: date | None
    given_on: date


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert; open until it is answered."""

    id: UUID
    item: str
    value: int
    state: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The plan in force in few lines."""

    version: int
    review_by: date | None
    days_left: int | None
    objectives: tuple[Objective, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What only those who treat or supervise are handed. indications: titles."""

    reason: str
    indications: tuple[str, ...]
    diagnoses: tuple[DiagnosisLine, ...]
    plan: PlanSummary | None
    has_draft: bool
    measures: tuple[Measure, ...]
    notes: tuple[NoteLine, ...]
    homework: tuple[HomeworkLine, ...]
    alerts: tuple[AlertLine, ...]
    signals: tuple[Standing, ...]
    may_write: bool


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """consents and signed are empty, chart is None, where they aren't the reader's to see."""

    id: UUID
    therapist: str
    procedure: str
    opened_on: date
    closed_on: date | None
    is_open: bool
    consents: tuple[ConsentState, ...]
    signed: tuple[ConsentLine, ...]
    sees_consents: bool
    may_take: bool
    may_book: bool
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class PatientPage:
    """to_come: the next first; past: the last first."""

    head: PatientHead
    episodes: tuple[EpisodeLine, ...]
    to_come: tuple[VisitLine, ...]
    past: tuple[VisitLine, ...]
    sees_visits: bool

    @property
    def charted(self) -> bool:
        """True where the reader sees a chart, and the patient's own data stand beside it."""
        return any(episode.chart is not None for episode in self.episodes)


@transaction.atomic
def patient_page(actor: Actor, patient_id: UUID, *, at: datetime) -> PatientPage:
    """With one trail entry. Raises NotAllowed."""
    head = patient_head(actor, patient_id, at=at, episodes=_episodes())
    theirs = [row for row in episodes_of(head.row) if may(actor, "patient.read", row)]
    charted = [row.pk for row in theirs if may(actor, "chart.read", row)]
    objectives, responses = _objectives(charted), _responses(charted)
    to_come, past = _visits(actor, patient_id, at)
    return PatientPage(
        head=head,
        episodes=tuple(
            _episode(actor, row, head, objectives.get(row.pk, []), responses.get(row.pk, [])) for row in theirs
        ),
        to_come=to_come,
        past=past,
        sees_visits=may(actor, "schedule.read") or any(may(actor, "schedule.read", row) for row in theirs),
    )


def _episodes() -> QuerySet[Episode]:
    rows = with_short_rows(Episode.objects.all()).annotate(
        notes_json=json_rows(
            Note.objects.filter(session__episode=OuterRef("pk")),
            "session__episode",
            id="id",
            state="state",
            hour="session__visit__starts_at",
        ),
        homework_json=json_rows(
            Assignment.objects.filter(episode=OuterRef("pk")).exclude(state="withdrawn"),
            "episode",
            id="id",
            title="title",
            state="state",
            due_on="due_on",
            given="made_at",
        ),
        alerts_json=json_rows(
            Alert.objects.filter(episode=OuterRef("pk")),
            "episode",
            id="id",
            item="item",
            value="value",
            state="state",
            made_at="made_at",
        ),
        signals_json=of_episode("pk"),
        has_draft=Exists(Plan.objects.filter(episode=OuterRef("pk"), state="draft")),
    )
    return rows.order_by("closed_on", "-opened_on")


def _objectives(episodes: list[UUID]) -> dict[UUID, list[Objective]]:
    if not episodes:
        return {}
    rows = Objective.objects.filter(goal__plan__episode__in=episodes, goal__plan__state="active")
    found: dict[UUID, list[Objective]] = {}
    for row in rows.select_related("goal__plan").order_by("goal__rank", "rank"):
        found.setdefault(row.goal.plan.episode_id, []).append(row)
    return found


def _responses(episodes: list[UUID]) -> dict[UUID, list[Response]]:
    if not episodes:
        return {}
    rows = Response.objects.filter(episode__in=episodes).exclude(state="withdrawn").order_by("due_on", "made_at")
    found: dict[UUID, list[Response]] = {}
    for row in rows:
        found.setdefault(row.episode_id, []).append(row)
    return found


def _visits(actor: Actor, patient_id: UUID, at: datetime) -> tuple[tuple[VisitLine, ...], tuple[VisitLine, ...]]:
    rows = within(actor, "schedule.read", Visit.objects.filter(patient=patient_id))
    to_come = rows.filter(starts_at__gte=at).exclude(state="cancelled").order_by("starts_at")[:VISITS_TO_COME]
    past = rows.filter(starts_at__lt=at).order_by("-starts_at")[:VISITS_PAST]
    wanted = Q(pk__in=to_come.values("pk")) | Q(pk__in=past.values("pk"))
    found = Visit.objects.filter(wanted).select_related("site", "therapist").order_by("starts_at")
    lines = [VisitLine(row.pk, row.starts_at, row.site.tz, row.state, row.therapist.name) for row in found]
    coming = tuple(line for line in lines if line.starts_at >= at)
    return coming, tuple(line for line in reversed(lines) if line.starts_at < at)


def _episode(
    actor: Actor, row: Any, head: PatientHead, objectives: list[Objective], responses: list[Response]
) -> EpisodeLine:
    sees = may(actor, "consent.read", row)
    is_open = row.state == "open"
    procedure = _procedure(row.procedure_key)
    return EpisodeLine(
        id=row.pk,
        therapist=row.therapist.name,
        procedure=procedure.title if procedure else row.procedure,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        is_open=is_open,
        consents=states_of(row.procedure, row.consents_json, head.zone, on=head.today) if sees and is_open else (),
        signed=lines_of(row, head.zone) if sees else (),
        sees_consents=sees,
        may_take=is_open and may(actor, "consent.take", row),
        may_book=is_open and may(actor, "schedule.write", row),
        chart=_chart(actor, row, head, procedure, objectives, responses) if may(actor, "chart.read", row) else None,
    )


def _procedure(key: str) -> Procedure | None:
    try:
        return shelf().pinned("procedure", key)  # type: ignore[return-value]
    except NotOnShelf:
        return None


def _chart(
    actor: Actor,
    row: Any,
    head: PatientHead,
    procedure: Procedure | None,
    objectives: list[Objective],
    responses: Iterable[Response],
) -> Chart:
    return Chart(
        reason=row.reason,
        indications=tuple(
            one.title for one in (procedure.indications if procedure else ()) if one.slug in row.indications
        ),
        diagnoses=tuple(one for one in diagnoses_in(row) if one.stands_on(head.today)),
        plan=_summary(objectives, head.today),
        has_draft=row.has_draft,
        measures=measures_of(responses),
        notes=tuple(_newest(_note(one) for one in row.notes_json or [])),
        homework=tuple(
            sorted((_homework(one, head.zone) for one in row.homework_json or []), key=_given_on, reverse=True)
        ),
        alerts=tuple(_alerts(row.alerts_json or [])),
        signals=standing_in(row.signals_json, actor, since=_midnight(head.today) - TOLD_FOR),
        may_write=may(actor, "chart.write", row),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _summary(objectives: list[Objective], today: date) -> PlanSummary | None:
    if not objectives:
        return None
    plan = objectives[0].goal.plan
    days_left = (plan.review_by - today).days if plan.review_by else None
    return PlanSummary(plan.version, plan.review_by, days_left, tuple(objectives))


def _note(one: dict[str, Any]) -> NoteLine:
    hour = moment_of(one["hour"])
    assert hour is not None
    return NoteLine(UUID(str(one["id"])), one["state"], hour)


def _newest(notes: Iterable[NoteLine]) -> list[NoteLine]:
    return sorted(notes, key=lambda note: note.hour, reverse=True)


def _homework(one: dict[str, Any], zone: ZoneInfo) -> HomeworkLine:
    given = moment_of(one["given"])
    assert given is not None
    given_on = given.astimezone(zone).date()
    return HomeworkLine(UUID(str(one["id"])), one["title"], one["state"], day_of(one["due_on"]), given_on)


def _given_on(line: HomeworkLine) -> date:
    return line.given_on


def _alerts(found: list[dict[str, Any]]) -> list[AlertLine]:
    """Open ones first, then the newest."""
    lines = []
    for one in found:
        made_at = moment_of(one["made_at"])
        assert made_at is not None
        lines.append(AlertLine(UUID(str(one["id"])), one["item"], one["value"], one["state"], made_at))
    lines.sort(key=lambda line: line.made_at, reverse=True)
    return sorted(lines, key=lambda line: line.state == "answered")
