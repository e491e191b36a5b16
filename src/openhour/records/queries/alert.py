"""Alerts as clinicians read them: the list, open ones first, and one alert with everything that was answered around it.

Called by the alerts' pages and by Today. A therapist sees their own, a supervisor those of the therapists they
supervise; nobody else sees that there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Subquery, When

from openhour.catalog import Instrument, Item
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.policy import NotAllowed, may
from openhour.records.models import Alert, Answer, Response
from openhour.records.queries.practice_day import first_zone, practice_zone
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf

ANSWERED_SHOWN = 50
EARLIER_SHOWN = 12


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert in a list. instrument: short name; question, answer: what was asked, and the highest answer to it.
    mine: it is addressed to the one who reads."""

    id: UUID
    patient_id: UUID
    patient: str
    number: str
    owner: str
    mine: bool
    kind: str
    instrument: str
    question: str
    answer: str
    value: int
    raised_at: datetime
    due_at: datetime
    state: str
    seen_at: datetime | None
    answered_at: datetime | None
    risk_level: str
    zone: ZoneInfo

    def overdue(self, at: datetime) -> bool:
        """Nobody has answered it in time."""
        return self.state != "answered" and self.due_at < at


def alert_rows(actor: Actor) -> QuerySet[Alert]:
    """The alerts that the actor may read, with what a line shows; open ones first, the most urgent on top."""
    rows = within(actor, "alert.read", Alert.objects.all(), therapist="owner")
    answered = Case(When(state="answered", then=1), default=0, output_field=IntegerField())
    joined = rows.select_related("patient", "owner", "response__visit__site")
    joined = joined.annotate(done=answered, practice_zone=Subquery(first_zone()))
    return joined.order_by("done", "due_at", "id")


@transaction.atomic
def alerts_of(actor: Actor, *, at: datetime) -> tuple[AlertLine, ...]:
    """Every alert that isn't answered, then the last answered ones; one trail entry names the patients."""
    waiting = list(alert_rows(actor).exclude(state="answered"))
    done = list(alert_rows(actor).filter(state="answered").order_by("-answered_at", "id")[:ANSWERED_SHOWN])
    found = waiting + done
    patients = sorted({str(row.patient_id) for row in found})
    trail.write(actor, "chart.read", at=at, page="alerts", patients=patients)
    return lines_of(actor, found)


def lines_of(actor: Actor, rows: Iterable[Alert]) -> tuple[AlertLine, ...]:
    """Rows of `alert_rows` as lines."""
    return tuple(_line(actor, row) for row in rows)


def _line(actor: Actor, row: Alert) -> AlertLine:
    instrument, item = _asked(row.response, row.item)
    return AlertLine(
        id=row.pk,
        patient_id=row.patient_id,
        patient=row.patient.full_name,
        number=row.patient.number,
        owner=row.owner.name,
        mine=row.owner.user_id == actor.user_id,
        kind=row.kind,
        instrument=instrument.short,
        question=item.text,
        answer=words_of(item, row.value),
        value=row.value,
        raised_at=row.made_at,
        due_at=row.due_at,
        state=row.state,
        seen_at=row.seen_at,
        answered_at=row.answered_at,
        risk_level=row.risk_level,
        zone=zone_of(row.response, row.practice_zone),  # type: ignore[attr-defined]
    )


def _asked(response: Response, item: str) -> tuple[Instrument, Item]:
    instrument = shelf().instrument_pinned(response.instrument_key)
    return instrument, instrument.item(item)


def words_of(item: Item, value: int | None) -> str:
    """The words of the choice; empty where there is no answer."""
    return next((choice.text for choice in item.choices if choice.score == value), "")


def zone_of(response: Response, practice: str | None = None) -> ZoneInfo:
    """Where the visit takes place for which it was asked; the practice's own zone where it was asked for none.
    practice: the name of that zone, where it was read already."""
    if response.visit is not None:
        return response.visit.site.tz
    return ZoneInfo(practice) if practice else practice_zone()


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer to the question, as it was given. by_patient: through a link; else it was entered by staff."""

    at: datetime
    value: int | None
    words: str
    by_patient: bool


@dataclass(frozen=True, slots=True)
class EarlierForm:
    """What the same question was answered with on an earlier form."""

    on: date
    value: int | None
    words: str


@dataclass(frozen=True, slots=True)
class EarlierWords:
    """What a clinician wrote before the alert was opened again. at, follow_up_on: ISO text, may be empty."""

    at: datetime | None
    by: str
    risk_level: str
    action: str
    follow_up_on: str


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """line: as in the list. given: every answer to this question of this form, oldest first. form: (question, its
    answer so far) of the whole form. may_read_form: false for who was handed the alert and doesn't treat the patient.
    earlier_forms: newest first. response_state: `open` where it was never sent."""

    line: AlertLine
    given: tuple[GivenAnswer, ...]
    form: tuple[tuple[str, str], ...]
    response_id: UUID
    response_state: str
    visit_id: UUID | None
    phone: str
    emergency_contact: str
    earlier_forms: tuple[EarlierForm, ...]
    earlier_words: tuple[EarlierWords, ...]
    answered_by: str
    action: str
    follow_up_on: date | None
    may_see: bool
    may_read_form: bool


@transaction.atomic
def alert_of(actor: Actor, alert_id: UUID, *, at: datetime) -> AlertDetail:
    """The alert, with one trail entry. Raises NotAllowed where it isn't there or isn't theirs to read."""
    row = alert_rows(actor).select_related("answered_by", "episode__therapist").filter(pk=alert_id).first()
    if row is None:
        raise NotAllowed("alert.read")
    trail.write(actor, "chart.read", row, at=at, page="alert")
    return _detail(actor, row)


def _detail(actor: Actor, row: Alert) -> AlertDetail:
    instrument, item = _asked(row.response, row.item)
    answers = row.response.answers
    return AlertDetail(
        line=_line(actor, row),
        given=_given(row, item),
        form=tuple((one.text, words_of(one, answers.get(one.id))) for one in instrument.items),
        response_id=row.response_id,
        response_state=row.response.state,
        visit_id=row.response.visit_id,
        phone=row.patient.phone,
        emergency_contact=row.patient.emergency_contact,
        earlier_forms=_earlier_forms(row),
        earlier_words=_earlier_words(row),
        answered_by=row.answered_by.name if row.answered_by else "",
        action=row.action,
        follow_up_on=row.follow_up_on,
        may_see=row.state == "open" and row.owner.user_id == actor.user_id,
        may_read_form=may(actor, "chart.read", row.episode),
    )


def _given(row: Alert, item: Item) -> tuple[GivenAnswer, ...]:
    rows = Answer.objects.filter(response_id=row.response_id, item=row.item).order_by("made_at", "id")
    return tuple(
        GivenAnswer(one.made_at, one.value, words_of(item, one.value), one.by.startswith("link:")) for one in rows
    )


def _earlier_forms(row: Alert) -> tuple[EarlierForm, ...]:
    """Of this patient with this therapist: another therapist's forms aren't theirs to read."""
    rows = Response.objects.filter(patient_id=row.patient_id, episode_id=row.episode_id).exclude(pk=row.response_id)
    rows = rows.filter(instrument=row.response.instrument, due_on__lte=row.response.due_on).exclude(state="withdrawn")
    held = [
        one for one in rows.order_by("-due_on", "-made_at")[:EARLIER_SHOWN] if one.answers.get(row.item) is not None
    ]
    return tuple(_earlier_form(one, row.item) for one in held)


def _earlier_form(response: Response, item_id: str) -> EarlierForm:
    _, item = _asked(response, item_id)
    value = response.answers[item_id]
    return EarlierForm(response.due_on, value, words_of(item, value))


def _earlier_words(row: Alert) -> tuple[EarlierWords, ...]:
    if not row.earlier:
        return ()
    names = dict(User.objects.filter(pk__in=[one["by"] for one in row.earlier]).values_list("pk", "name"))
    return tuple(
        EarlierWords(
            at=datetime.fromisoformat(one["at"]) if one["at"] else None,
            by=names.get(one["by"], ""),
            risk_level=one["risk_level"],
            action=one["action"],
            follow_up_on=one["follow_up_on"],
        )
        for one in row.earlier
    )
