"""One form with its answers item by item, as the therapist reads it and may complete it from paper.

Called by the page of a response. A form that isn't the actor's to read is refused like one that doesn't exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from openhour.catalog import Instrument
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, may
from openhour.measures import Score, score
from openhour.records.models import Alert, Answer, Response
from openhour.records.queries.alert import zone_of
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class ResponseDetail:
    """answers: the latest of each item. changes: item id -> how many answers were given to it. entered: ids of items
    whose latest answer was entered by staff. previous_total: of the form before. may_write: the actor may enter
    answers."""

    id: UUID
    patient_id: UUID
    patient: str
    number: str
    instrument: Instrument
    due_on: date
    zone: ZoneInfo
    state: str
    answers: dict[str, int | None]
    result: Score
    total: int | None
    band: str
    previous_total: int | None
    saved_at: datetime | None
    completed_at: datetime | None
    changes: dict[str, int]
    entered: frozenset[str]
    alert_ids: tuple[UUID, ...]
    visit_id: UUID | None
    may_write: bool


@transaction.atomic
def response_of(actor: Actor, response_id: UUID, *, at: datetime) -> ResponseDetail:
    """The form, with one trail entry. Raises NotAllowed where it isn't there or isn't theirs to read."""
    rows = within(actor, "chart.read", Response.objects.filter(pk=response_id), therapist="episode__therapist")
    joined = rows.exclude(state="withdrawn").select_related("patient", "episode__therapist", "visit__site")
    row = joined.annotate(previous_total=Subquery(_before())).first()
    if row is None:
        raise NotAllowed("chart.read")
    trail.write(actor, "chart.read", row, at=at, page="response")
    return _detail(row, may_write=may(actor, "chart.write", row))


def _before() -> QuerySet[Any]:
    """The total of the form before, of the same measure and the same episode."""
    rows = Response.objects.filter(episode=OuterRef("episode"), instrument=OuterRef("instrument"), state="complete")
    rows = rows.filter(due_on__lt=OuterRef("due_on"), total__isnull=False)
    return rows.order_by("-due_on").values("total")[:1]


def _detail(row: Response, *, may_write: bool) -> ResponseDetail:
    instrument = shelf().instrument_pinned(row.instrument_key)
    given = list(Answer.objects.filter(response_id=row.pk).order_by("made_at", "id").values_list("item", "by"))
    latest = dict(given)
    counts: dict[str, int] = {}
    for item, _ in given:
        counts[item] = counts.get(item, 0) + 1
    return ResponseDetail(
        id=row.pk,
        patient_id=row.patient_id,
        patient=row.patient.full_name,
        number=row.patient.number,
        instrument=instrument,
        due_on=row.due_on,
        zone=zone_of(row),
        state=row.state,
        answers=row.answers,
        result=score(instrument, row.answers),
        total=row.total,
        band=row.band,
        previous_total=row.previous_total,  # type: ignore[attr-defined]
        saved_at=row.saved_at,
        completed_at=row.completed_at,
        changes=counts,
        entered=frozenset(item for item, by in latest.items() if not by.startswith("link:")),
        alert_ids=tuple(Alert.objects.filter(response_id=row.pk).values_list("pk", flat=True)),
        visit_id=row.visit_id,
        may_write=may_write,
    )
