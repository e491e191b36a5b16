"""A therapist's day: each visit with its state and what it lacks, the answers to its measures, the alerts that wait, the
notes of earlier days that aren't signed, and the next free hour.

Called by the page Today. Five SQL queries and the trail, however many visits the day has and however old the charts are:
what is short travels with the visit as JSON, and of each measure only the last two forms are read. A supervisor, who
holds no hours, gets the alerts of those they supervise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from openhour.care.batteries import Answered, DueMeasure, MeasureHistory
from openhour.care.booking import every_day
from openhour.care.consents import ConsentFacts
from openhour.care.plans import PlanFacts
from openhour.care.sessions import VisitFacts, missing_for_visit
from openhour.care.sitting import asked_items
from openhour.care.slots import free_slots
from openhour.catalog import ConsentForm, NotOnShelf, Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import scope
from openhour.guard.prepared import sent
from openhour.kernel import Finding, Interval
from openhour.records.models import Consent, Note, Plan, Response, Session, Site, Visit
from openhour.records.queries.alert import AlertLine, alert_rows, lines_of
from openhour.records.queries.due import answered_of, battery_in_force, begun, due_before
from openhour.records.queries.json_rows import json_rows, moment_of
from openhour.records.queries.prepared import Prepared, PreparedFor
from openhour.records.queries.scoping import within
from openhour.records.queries.standing import TOLD_FOR, Standing, of_reader, standing_in
from openhour.records.shelf import once_a_day, shelf

UNSIGNED_SHOWN = 50
_NOT_HELD = ("cancelled", "missed")

# Columns that the page needs; wide rows cost more time here than all else.
_NAME = ("patient__first_name", "patient__called", "patient__last_name")
_SHOWN = (
    *("episode", "patient", "site", "room", "procedure", "starts_at", "ends_at", "state"),
    *(*_NAME, "patient__number", "episode__procedure", "episode__indications"),
    *("site__name", "site__zone", "site__opens_at", "site__closes_at", "room__name", "topic__visit", "topic__text"),
    *(
        "session__visit",
        "session__started_at",
        "session__stopped_at",
        "session__note__session",
        "session__note__state",
    ),
)
_UNSIGNED = (
    *("visit_id", "episode_id", "patient_id", *_NAME, "visit__starts_at", "visit__site__zone", "note__state"),
)


class Asked(NamedTuple):
    """What is read of a `Response`; the names are its columns."""

    id: UUID
    episode_id: UUID
    visit_id: UUID | None
    instrument: str
    instrument_key: str
    due_on: date
    state: str
    answers: dict[str, Any]
    total: int | None
    band: str
    completed_at: datetime | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class MeasureToday:
    """A form that was asked for this visit. since_last: points since the form before; None without two scores."""

    id: UUID
    short: str
    state: str
    answered: int
    of: int
    total: int | None
    band: str
    since_last: int | None


@dataclass(frozen=True, slots=True)
class VisitToday:
    """A visit of the day. state: `booked`, `arrived`, `in-session`, `held`, `signed`, `cancelled`, `missed`.
    missing: what it lacks, by `care.sessions.missing_for_visit`; empty for one that isn't held. number: 1 for the first
    visit of the episode."""

    id: UUID
    episode_id: UUID
    patient_id: UUID
    patient: str
    patient_number: str
    room: str
    site: str
    zone: ZoneInfo
    interval: Interval
    state: str
    number: int
    measures: tuple[MeasureToday, ...]
    missing: tuple[Finding, ...]
    has_topic: bool
    note_id: UUID | None
    alerts: int


@dataclass(frozen=True, slots=True)
class UnsignedNote:
    """An hour of an earlier day whose note isn't signed. day: at its site; age_days: whole days since."""

    visit_id: UUID
    episode_id: UUID
    patient_id: UUID
    patient: str
    day: date
    age_days: int
    begun: bool


@dataclass(frozen=True, slots=True)
class Today:
    """day, zone: of the site where the day is spent. alerts: those that wait and are the actor's own; supervised: those
    of therapists they supervise. free: the next free hour of the day, None where there is none. signals: what waits for
    the actor's thought, and what became of what they answered."""

    day: date
    zone: ZoneInfo
    visits: tuple[VisitToday, ...]
    alerts: tuple[AlertLine, ...]
    supervised: tuple[AlertLine, ...]
    unsigned: tuple[UnsignedNote, ...]
    free: Interval | None
    signals: tuple[Standing, ...] = ()


@transaction.atomic
def today_of(actor: Actor, *, at: datetime) -> Today:
    """The day on which `at` falls, at each site. One trail entry names every patient that is shown."""
    sites = _sites(actor, at)
    window = _window(sites, at)
    rows = _visits(actor, window, at)
    site = rows[0].site if rows else (sites[0] if sites else None)
    zone = site.tz if site else ZoneInfo("UTC")
    day = at.astimezone(zone).date()
    alerts = lines_of(actor, _ALERTS.rows(actor))
    unsigned = _unsigned(actor, at)
    visits = _with_answers(rows, _responses(actor, rows, window), unsigned, alerts)
    signals = _signals(actor, sites, at)
    _leave_trail(actor, (visits, alerts, unsigned, signals), at)
    return Today(
        day=day,
        zone=zone,
        visits=visits,
        alerts=tuple(line for line in alerts if line.mine),
        supervised=tuple(line for line in alerts if not line.mine),
        unsigned=unsigned,
        free=_next_free(site, day, rows, at) if site else None,
        signals=signals,
    )


def _leave_trail(actor: Actor, shown: Iterable[Iterable[Any]], at: datetime) -> None:
    patients = {str(one.patient_id) for rows in shown for one in rows}
    trail.write(actor, "chart.read", at=at, page="today", patients=sorted(patients))


def _sites(actor: Actor, at: datetime) -> list[Any]:
    """The sites; with them, for whoever reads signals, those that wait."""
    if not scope(actor, "signal.read"):
        return _SITES.rows()
    return _SITES_AND_SIGNALS.rows(actor, since=at - TOLD_FOR)


def _with_signals(actor: Actor, since: datetime) -> QuerySet[Site]:
    return Site.objects.filter(active=True).annotate(signals_json=of_reader(actor, since)).order_by("name")


def _signals(actor: Actor, sites: Sequence[Any], at: datetime) -> tuple[Standing, ...]:
    """One's own, and those that were passed on; what others answered themselves is theirs."""
    found = standing_in(getattr(sites[0], "signals_json", None) if sites else None, actor, since=at - TOLD_FOR)
    return tuple(one for one in found if one.mine or one.state == "passed-to-supervisor")


# The visits of the day


Span = tuple[datetime, datetime]


def _window(sites: Sequence[Site], at: datetime) -> Span:
    """The days of all sites in one: from the first midnight, until before a moment after the last."""
    starts = [_midnight(at, site.tz) for site in sites] or [_midnight(at, ZoneInfo("UTC"))]
    return min(starts), max(starts) + timedelta(hours=26)


def _visits(actor: Actor, window: Span, at: datetime) -> list[Any]:
    """Each visit of the window by the day of its own site."""
    return [
        row
        for row in _VISITS.rows(actor, since=window[0], until=window[1])
        if row.starts_at.astimezone(row.site.tz).date() == at.astimezone(row.site.tz).date()
    ]


def _within_window(actor: Actor, since: datetime, until: datetime) -> QuerySet[Visit]:
    return within(actor, "session.run", Visit.objects.filter(starts_at__gte=since, starts_at__lt=until))


def _shown(actor: Actor, since: datetime, until: datetime) -> QuerySet[Visit]:
    return _annotated(_within_window(actor, since, until)).order_by("starts_at", "id")


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(at.astimezone(zone).date(), time.min, zone).astimezone(UTC)


def _annotated(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    plan = Plan.objects.filter(episode=OuterRef("episode"), state="active")
    joined = rows.select_related("patient", "episode", "site", "room", "topic", "session", "session__note")
    return joined.only(
        *_SHOWN
    ).annotate(
        consents_json=json_rows(
            Consent.objects.filter(episode=OuterRef("episode")),  # it is given to one treatment, not to all
            "episode",
            key="form_key",
            signed_on="signed_on",
            withdrawn_at="withdrawn_at",
        ),
        plan_id=Subquery(plan.values("pk")[:1]),
        plan_review_by=Subquery(plan.values("review_by")[:1]),
        number=Subquery(_counted()),
        held_json=json_rows(_held_before(), "episode", at="starts_at"),
        battery=battery_in_force(),
    )


def _counted() -> QuerySet[Any]:
    until = Visit.objects.filter(episode=OuterRef("episode"), starts_at__lte=OuterRef("starts_at"))
    counted = until.exclude(state__in=_NOT_HELD).order_by().values("episode")
    return counted.annotate(number=Count("pk")).values("number")


def _held_before() -> QuerySet[Visit]:
    return Visit.objects.filter(begun(), episode=OuterRef("episode"), starts_at__lt=OuterRef("starts_at"))


def state_of(visit: Visit) -> str:
    """The visit's state with that of its hour: started, stopped, signed."""
    session = getattr(visit, "session", None)
    note = getattr(session, "note", None)
    if note is not None and note.state == "signed":
        return "signed"
    if session is not None and session.stopped_at is not None:
        return "held"
    if session is not None and session.started_at is not None:
        return "in-session"
    return visit.state


# What each of them lacks


def _with_answers(
    rows: Sequence[Any], responses: Iterable[Asked], unsigned: Sequence[UnsignedNote], alerts: Sequence[AlertLine]
) -> tuple[VisitToday, ...]:
    by_episode: dict[UUID, list[Asked]] = {}
    for response in responses:
        by_episode.setdefault(response.episode_id, []).append(response)
    return tuple(_visit(row, by_episode.get(row.episode_id, []), unsigned, alerts) for row in rows)


def _responses(actor: Actor, rows: Sequence[Any], window: Span) -> list[Asked]:
    """Of each measure of each episode of the day: the last two that were finished, and the last two that weren't."""
    last_day = max((row.starts_at.astimezone(row.site.tz).date() for row in rows), default=date.min)
    found = _RESPONSES.rows(actor, since=window[0], until=window[1], last_day=last_day)
    return [Asked._make(one) for one in found]


def _asked(actor: Actor, since: datetime, until: datetime, last_day: date) -> QuerySet[Any, Any]:
    """The last two days are found in the index (`response_by_episode`); the answers are read of the few rows that are
    left. Counting places in the ORM's way sorts a year of each patient, and takes six times as long."""
    episodes, values = _within_window(actor, since, until).values("episode").query.sql_with_params()
    asked = RawSQL(_LAST_TWO.format(episodes=episodes), (*values, sent(last_day)))  # noqa: S611  all of it is written here
    rows = Response.objects.filter(pk__in=asked)
    return rows.order_by("due_on", "made_at", "instrument").values_list(*Asked._fields)


_LAST_TWO = """
    SELECT one.id
    FROM (SELECT episode_id, instrument, state, max(due_on) AS due_on FROM records_response
          WHERE episode_id IN ({episodes}) AND due_on <= %s AND state <> 'withdrawn'
          GROUP BY episode_id, instrument, state) AS last
    JOIN records_response AS one
    ON one.episode_id = last.episode_id AND one.instrument = last.instrument AND one.state = last.state
    AND one.due_on BETWEEN coalesce((
        SELECT max(before.due_on) FROM records_response AS before
        WHERE before.episode_id = last.episode_id AND before.instrument = last.instrument
        AND before.state = last.state AND before.due_on < last.due_on), last.due_on) AND last.due_on"""


def _visit(
    row: Any, responses: Sequence[Asked], unsigned: Sequence[UnsignedNote], alerts: Sequence[AlertLine]
) -> VisitToday:
    session = getattr(row, "session", None)
    note = getattr(session, "note", None)
    day = row.starts_at.astimezone(row.site.tz).date()
    state = state_of(row)
    return VisitToday(
        id=row.pk,
        episode_id=row.episode_id,
        patient_id=row.patient_id,
        patient=row.patient.full_name,
        patient_number=row.patient.number,
        room=row.room.name if row.room else "",
        site=row.site.name,
        zone=row.site.tz,
        interval=row.interval,
        state=state,
        number=row.number or 1,
        measures=tuple(_measure(one, responses) for one in responses if one.visit_id == row.pk),
        missing=() if state in _NOT_HELD else _missing(row, day, state, responses, unsigned),
        has_topic=bool(getattr(getattr(row, "topic", None), "text", "").strip()),
        note_id=note.pk if note is not None else None,
        alerts=sum(line.patient_id == row.patient_id for line in alerts),
    )


def _measure(form: Asked, responses: Iterable[Asked]) -> MeasureToday:
    instrument = shelf().instrument_pinned(form.instrument_key)
    before = [
        one.total
        for one in responses
        if one.instrument == form.instrument and one.due_on < form.due_on and one.total is not None
    ]
    asked = [item for item in asked_items(instrument, form.answers) if item.scored]
    return MeasureToday(
        id=form.id,
        short=instrument.short,
        state=form.state,
        answered=sum(form.answers.get(item.id) is not None for item in asked),
        of=len(asked),
        total=form.total,
        band=form.band,
        since_last=form.total - before[-1] if form.total is not None and before else None,
    )


def _missing(
    row: Any, day: date, state: str, responses: Sequence[Asked], unsigned: Sequence[UnsignedNote]
) -> tuple[Finding, ...]:
    procedure = _procedure(row, day)
    if procedure is None:
        return (Finding("procedure.unknown", "The shelf holds no such kind of hour for this day.", "procedure"),)
    return missing_for_visit(
        VisitFacts(
            day=day,
            procedure=procedure,
            visit_number=row.number or 1,
            consent_forms=_consent_forms(day),
            consents=_consents(row),
            plan=PlanFacts(True, row.plan_review_by, ()) if row.plan_id else None,
            measures_due=() if state == "signed" else _due(row, responses, day),
            unsigned_notes=tuple(one.day for one in unsigned if one.episode_id == row.episode_id),
        )
    )


def _due(row: Any, responses: Sequence[Asked], day: date) -> tuple[DueMeasure, ...]:
    return due_before(row, row.episode, _history(row, responses), row.battery, on=day)


def _procedure(row: Any, day: date) -> Procedure | None:
    try:
        return shelf().procedure(row.procedure, on=day)
    except NotOnShelf:
        return None


@once_a_day
def _consent_forms(on: date) -> tuple[ConsentForm, ...]:
    slugs = sorted({form.pin.slug for form in shelf().consents if form.pin.effective <= on})
    return tuple(shelf().consent(slug, on=on) for slug in slugs)


def _consents(row: Any) -> tuple[ConsentFacts, ...]:
    held = row.consents_json or []
    ended = [moment_of(one["withdrawn_at"]) for one in held]
    return tuple(
        ConsentFacts(
            one["key"], date.fromisoformat(one["signed_on"]), end.astimezone(row.site.tz).date() if end else None
        )
        for one, end in zip(held, ended, strict=True)
    )


def _history(row: Any, responses: Iterable[Asked]) -> MeasureHistory:
    zone = row.site.tz
    day = row.starts_at.astimezone(zone).date()
    answered = answered_of((one for one in responses if one.state == "complete"), row, on=day)
    held = (start.astimezone(zone).date() for start in _held_since(row, answered))
    return MeasureHistory(answered, tuple(held))


def _held_since(row: Any, answered: Iterable[Answered]) -> list[datetime]:
    """The hours that may count: none before the day on which each form was last answered. The others aren't even read."""
    last: dict[str, date] = {}
    for one in answered:
        last[one.instrument] = max(one.day, last.get(one.instrument, one.day))
    first = str(min(last.values(), default=date.max) - timedelta(days=1))  # a day earlier, as the texts are in UTC
    held = (moment_of(one["at"]) for one in row.held_json or [] if one["at"] >= first)
    return [start for start in held if start is not None]


# What is left of earlier days, and the next free hour


def _unsigned(actor: Actor, at: datetime) -> tuple[UnsignedNote, ...]:
    """Hours that were held before today and aren't signed, the oldest first."""
    found = _NOTES.rows(actor, at=at)
    return tuple(note for row in found for note in [_unsigned_note(row, at)] if note.age_days > 0)


def _without_signature(actor: Actor, at: datetime) -> QuerySet[Any, Any]:
    rows = within(actor, "session.run", Session.objects.filter(started_at__isnull=False, sealed_at__isnull=True))
    signed = Note.objects.filter(session=OuterRef("pk"), state="signed")
    rows = rows.filter(~Exists(signed), visit__starts_at__lt=at)
    return rows.order_by("visit__starts_at").values_list(*_UNSIGNED)[:UNSIGNED_SHOWN]


def _unsigned_note(row: tuple[Any, ...], at: datetime) -> UnsignedNote:
    visit_id, episode_id, patient_id, first_name, called, last_name, starts_at, zone_name, note = row
    zone = ZoneInfo(zone_name)
    day = starts_at.astimezone(zone).date()
    return UnsignedNote(
        visit_id=visit_id,
        episode_id=episode_id,
        patient_id=patient_id,
        patient=f"{called or first_name} {last_name}",
        day=day,
        age_days=(at.astimezone(zone).date() - day).days,
        begun=note is not None,
    )


def _next_free(site: Site, day: date, rows: Iterable[Any], at: datetime) -> Interval | None:
    """Of an hour's length, within the opening hours of the site where the day is spent; the room isn't asked."""
    taken = [row.interval for row in rows if row.state != "cancelled"]
    slots = free_slots(day, site.tz, every_day(site.opens_at, site.closes_at), taken)
    return next((slot for slot in slots if slot.start >= at), None)


# Written once a process

_SITES = Prepared(lambda: Site.objects.filter(active=True).order_by("name"))
_SITES_AND_SIGNALS = PreparedFor(_with_signals, since=datetime)
_VISITS = PreparedFor(_shown, since=datetime, until=datetime)
_RESPONSES = PreparedFor(_asked, since=datetime, until=datetime, last_day=date)
_ALERTS = PreparedFor(lambda actor: alert_rows(actor).exclude(state="answered"))
_NOTES = PreparedFor(_without_signature, at=datetime)
