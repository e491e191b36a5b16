"""One hour with all that its room shows: who and why, plan, measures, homework, alerts, and what was written so far.

Called by the session room and, unread by anyone, by `sign_note`, so that the gaps which are shown are those that refuse.
Five SQL queries, whatever the age of the chart: the hour's row carries what is short as JSON. A visit that isn't the
actor's is refused like one that doesn't exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from openhour.care.consents import ConsentFacts
from openhour.care.credentials import Licence as LicenceFacts
from openhour.care.notes import NOT_HELD
from openhour.catalog import NoteFormat, Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.records.models import (
    Alert,
    Assignment,
    Consent,
    Diagnosis,
    Licence,
    Note,
    Objective,
    Plan,
    Response,
    Session,
    Visit,
)
from openhour.records.queries.hour_measures import Form
from openhour.records.queries.json_rows import day_of, json_rows, moment_of
from openhour.records.queries.prepared import Prepared, PreparedFor
from openhour.records.queries.scoping import within
from openhour.records.queries.standing import TOLD_FOR, Standing, of_episode, standing_in
from openhour.records.shelf import shelf

SHOWN_DAYS = 400
"""Answers older than this are left out of the curve, but for the first of each measure, from which change is counted."""

ALERT_DAYS = 60
"""How far back answered alerts are read, to know whether risk has to be addressed in this hour."""


@dataclass(frozen=True, slots=True)
class DiagnosisFacts:
    """A diagnosis that stands on the day of the hour."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class NextVisit:
    """The next booked visit of the episode."""

    id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Hour:
    """visit carries patient, episode, site, room and therapist. session, note: None before anything was written.
    responses: oldest first, up to the day of the hour. assignments: what was given in this hour and what is still open
    or was reviewed in the last one. risk_since: the end of the last signed session; an answer about self-harm that was
    given after it, and not after this session's end, has to be addressed. signals: what the course makes one think
    about. overlapping: another hour of the therapist shares a moment with this one."""

    visit: Visit
    session: Session | None
    note: Note | None
    topic: str
    procedure: Procedure
    family: tuple[Procedure, ...]
    layout: NoteFormat
    plan: Plan | None
    objectives: tuple[Objective, ...]
    diagnoses: tuple[DiagnosisFacts, ...]
    consents: tuple[ConsentFacts, ...]
    licences: tuple[LicenceFacts, ...]
    responses: tuple[Form, ...]
    alerts: tuple[Alert, ...]
    assignments: tuple[Assignment, ...]
    next_visit: NextVisit | None
    number: int
    risk_since: datetime | None
    overlapping: bool
    day: date
    signals: tuple[Standing, ...] = ()

    @property
    def signed(self) -> bool:
        """True once the note is frozen."""
        return self.note is not None and self.note.state == "signed"

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """Alerts that nobody has answered yet."""
        return tuple(one for one in self.alerts if one.state != "answered")

    @property
    def given_today(self) -> tuple[Assignment, ...]:
        """Homework given in this hour."""
        return tuple(one for one in self.assignments if self.session and one.session_id == self.session.pk)

    @property
    def reviewed_today(self) -> tuple[Assignment, ...]:
        """Homework that was looked at in this hour."""
        return tuple(one for one in self.assignments if self.session and one.reviewed_in_id == self.session.pk)

    @property
    def given_before(self) -> tuple[Assignment, ...]:
        """Homework of earlier hours that is open, came back, or was reviewed in this hour."""
        return tuple(one for one in self.assignments if not (self.session and one.session_id == self.session.pk))


@transaction.atomic
def hour_of(actor: Actor, visit_id: UUID, *, at: datetime) -> Hour:
    """The hour for its room, with one trail entry. Raises NotAllowed."""
    found = _THEIRS.rows(actor, visit=visit_id)
    if not found:
        raise NotAllowed("session.run")
    row = found[0]
    trail.write(actor, "chart.read", row, at=at, page="session-room")
    return _hour(row)


def place_of(actor: Actor, visit_id: UUID) -> Visit:
    """The visit with its site alone, for steps that need the time on the wall and no word of the chart.
    Raises NotAllowed."""
    rows = within(actor, "session.run", Visit.objects.select_related("site"))
    row = rows.filter(pk=visit_id).first()
    if row is None:
        raise NotAllowed("session.run")
    return row


def hour_for_signing(visit_id: UUID) -> Hour:
    """The same facts for the verb that has already asked the guard. Raises Visit.DoesNotExist."""
    return _hour(_rows().get(pk=visit_id))


def _theirs(actor: Actor, visit: UUID) -> QuerySet[Visit]:
    return within(actor, "session.run", _rows().filter(pk=visit))


@cache
def _rows() -> QuerySet[Visit]:
    """Built once a process: to build it takes longer than to run it. Filtering makes a copy, so nobody changes it."""
    joined = Visit.objects.select_related(
        "patient", "episode", "site", "room", "therapist", "topic", "session", "session__note"
    )
    return joined.defer(
        "session__note__content"
    ).annotate(
        consents_json=json_rows(
            Consent.objects.filter(episode=OuterRef("episode")),  # it is given to one treatment, not to all
            "episode",
            key="form_key",
            signed_on="signed_on",
            withdrawn_at="withdrawn_at",
        ),
        licences_json=json_rows(
            Licence.objects.filter(therapist=OuterRef("therapist")),
            "therapist",
            state="state",
            number="number",
            valid_from="valid_from",
            valid_to="valid_to",
        ),
        diagnoses_json=json_rows(
            Diagnosis.objects.filter(episode=OuterRef("episode")),
            "episode",
            code="code",
            title="title",
            rank="rank",
            since="since",
            until="until",
        ),
        signals_json=of_episode(),
        number=Subquery(_counted()),
        next_id=Subquery(_after().values("pk")[:1]),
        next_starts_at=Subquery(_after().values("starts_at")[:1]),
        risk_since=Subquery(_signed_before().values("stopped_at")[:1]),
        overlapping=Exists(_at_the_same_time()),
    )


def _of_episode() -> QuerySet[Visit]:
    return Visit.objects.filter(episode=OuterRef("episode")).exclude(state__in=NOT_HELD)


def _after() -> QuerySet[Visit]:
    return _of_episode().filter(starts_at__gt=OuterRef("starts_at")).order_by("starts_at")


def _counted() -> QuerySet[Any]:
    """1 for the first visit of the episode."""
    until = _of_episode().filter(starts_at__lte=OuterRef("starts_at")).order_by()
    return until.values("episode").annotate(number=Count("pk")).values("number")


def _signed_before() -> QuerySet[Session]:
    signed = Session.objects.filter(episode=OuterRef("episode"), note__state="signed")
    return signed.filter(visit__starts_at__lt=OuterRef("starts_at")).order_by("-stopped_at")


def _at_the_same_time() -> QuerySet[Session]:
    others = Session.objects.filter(therapist=OuterRef("therapist")).exclude(visit=OuterRef("pk"))
    return others.filter(
        started_at__lt=OuterRef("session__stopped_at"), stopped_at__gt=OuterRef("session__started_at")
    )


def _hour(row: Any) -> Hour:
    session = getattr(row, "session", None)
    note = getattr(session, "note", None)
    day = ((session and session.started_at) or row.starts_at).astimezone(row.site.tz).date()
    procedure = shelf().procedure(row.procedure, on=day)
    layout = shelf().pinned("note", note.layout_key) if note else shelf().note(row.therapist.note_format, on=day)
    objectives = _objectives(row)
    return Hour(
        visit=row,
        session=session,
        note=note,
        topic=getattr(getattr(row, "topic", None), "text", ""),
        procedure=procedure,
        family=shelf().family(procedure.family, on=day),
        layout=layout,  # type: ignore[arg-type]
        plan=objectives[0].goal.plan if objectives else None,
        objectives=objectives,
        diagnoses=_diagnoses(row, day),
        consents=_consents(row),
        licences=_licences(row),
        responses=_responses(row, day),
        alerts=_alerts(row),
        assignments=_assignments(row, session),
        next_visit=NextVisit(row.next_id, row.next_starts_at) if row.next_id else None,
        number=row.number or 1,
        risk_since=row.risk_since,
        overlapping=row.overlapping,
        day=day,
        signals=standing_in(row.signals_json, None, since=row.starts_at - TOLD_FOR),
    )


def _objectives(row: Any) -> tuple[Objective, ...]:
    return tuple(_OBJECTIVES.rows(episode=row.episode_id))


def _standing_objectives(episode: UUID) -> QuerySet[Objective]:
    rows = Objective.objects.filter(goal__plan__episode=episode, goal__plan__state="active", state="active")
    return rows.select_related("goal__plan").order_by("goal__rank", "rank")


def _responses(row: Any, day: date) -> tuple[Form, ...]:
    """Those of the last months, and the first of each measure: its baseline."""
    since = day - timedelta(days=SHOWN_DAYS)
    return tuple(Form._make(one) for one in _FORMS.rows(episode=row.episode_id, day=day, since=since))


def _forms(episode: UUID, day: date, since: date) -> QuerySet[Any, Any]:
    rows = Response.objects.filter(episode=episode, due_on__lte=day).exclude(state="withdrawn")
    earlier = Response.objects.filter(
        patient=OuterRef("patient"),
        episode=OuterRef("episode"),
        instrument=OuterRef("instrument"),
        due_on__lt=OuterRef("due_on"),
        total__isnull=False,
    )
    shown = rows.filter(Q(due_on__gte=since) | ~Exists(earlier)).order_by("due_on", "made_at")
    return shown.values_list(*Form._fields)


def _alerts(row: Any) -> tuple[Alert, ...]:
    """Open ones, and those of the last weeks: an answer that was taken back stays a reason to speak of it."""
    return tuple(_ALERTS.rows(episode=row.episode_id, since=row.starts_at - timedelta(days=ALERT_DAYS)))


def _alerts_since(episode: UUID, since: datetime) -> QuerySet[Alert]:
    wanted = ~Q(state="answered") | Q(made_at__gte=since)
    return Alert.objects.filter(wanted, episode=episode).order_by("-made_at")[:20]


def _assignments(row: Any, session: Session | None) -> tuple[Assignment, ...]:
    """Open or returned ones of the episode; those reviewed in this hour; those given in it."""
    if session is None:
        return tuple(_HOMEWORK.rows(episode=row.episode_id))
    return tuple(_HOMEWORK_AND_OF.rows(episode=row.episode_id, session=session.pk))


def _homework(episode: UUID, session: UUID | None = None) -> QuerySet[Assignment]:
    wanted = Q(state__in=("given", "returned"))
    if session is not None:
        wanted |= Q(session=session) | Q(reviewed_in=session)
    rows = Assignment.objects.filter(wanted, episode=episode).exclude(state="withdrawn")
    return rows.select_related("session__visit").order_by("-made_at")[:12]


def _diagnoses(row: Any, day: date) -> tuple[DiagnosisFacts, ...]:
    standing = [
        one
        for one in row.diagnoses_json or []
        if one["since"] <= day.isoformat() and (one["until"] is None or day.isoformat() < one["until"])
    ]
    return tuple(
        DiagnosisFacts(one["code"], one["title"])
        for one in sorted(standing, key=lambda one: (one["rank"], one["code"]))
    )


def _consents(row: Any) -> tuple[ConsentFacts, ...]:
    zone = row.site.tz
    withdrawn = [moment_of(one["withdrawn_at"]) for one in row.consents_json or []]
    return tuple(
        ConsentFacts(one["key"], date.fromisoformat(one["signed_on"]), moment and moment.astimezone(zone).date())
        for one, moment in zip(row.consents_json or [], withdrawn, strict=True)
    )


def _licences(row: Any) -> tuple[LicenceFacts, ...]:
    found = [
        LicenceFacts(one["state"], one["number"], day_of(one["valid_from"]), day_of(one["valid_to"]))  # type: ignore[arg-type]
        for one in row.licences_json or []
    ]
    return tuple(sorted(found, key=lambda one: (one.state, one.valid_from)))


# Written once a process

_THEIRS = PreparedFor(_theirs, visit=UUID)
_OBJECTIVES = Prepared(_standing_objectives, episode=UUID)
_FORMS = Prepared(_forms, episode=UUID, day=date, since=date)
_ALERTS = Prepared(_alerts_since, episode=UUID, since=datetime)
_HOMEWORK = Prepared(_homework, episode=UUID)
_HOMEWORK_AND_OF = Prepared(_homework, episode=UUID, session=UUID)
