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

from openhour.care.sitting import asked_items, facts_of
from openhour.catalog import Instrument
from openhour.catalog.instrument import Item
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, may
from openhour.measures import Score, score
from openhour.records.models import Alert, Answer, Response
from openhour.records.queries.alert import zone_of
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class SecondView:
    """A paper typed again. first: what stood in the form then; state: `same`, `differs`, `resolved`; kept: item id ->
    `first` or `second`."""

    first: dict[str, int | None]
    answers: dict[str, int | None]
    state: str
    by: str
    kept: dict[str, str]
    reason: str
    resolved_by: str


@dataclass(frozen=True, slots=True)
class ResponseDetail:
    """answers: the latest of each item. changes: item id -> how many answers were given to it. entered: ids of items
    whose latest answer was entered by staff. previous_total: of the form before. may_write: the actor may enter
    answers; may_check: type a paper a second time. mode, answered_on, carried: as in `Response`. entered_by: name of
    who typed it, empty for the patient. second: the second entry of a paper, if there is one."""

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
    may_check: bool
    episode_id: UUID
    mode: str
    answered_on: date | None
    carried: tuple[str, ...]
    entered_by: str
    second: SecondView | None

    @property
    def asked(self) -> tuple[Item, ...]:
        """The questions that are asked, as the answers stand."""
        return asked_items(self.instrument, self.answers, self.carried)

    @property
    def differing(self) -> tuple[Item, ...]:
        """The questions that were typed differently the second time."""
        if self.second is None:
            return ()
        first, again = self.second.first, self.second.answers
        return tuple(item for item in self.instrument.items if first.get(item.id) != again.get(item.id))


@transaction.atomic
def response_of(actor: Actor, response_id: UUID, *, at: datetime) -> ResponseDetail:
    """The form, with one trail entry. Raises NotAllowed where it isn't there or isn't theirs to read."""
    rows = within(actor, "chart.read", Response.objects.filter(pk=response_id), therapist="episode__therapist")
    joined = rows.exclude(state="withdrawn").select_related(
        "patient", "episode__therapist", "visit__site", "entered_by", "second_entry__by", "second_entry__resolved_by"
    )
    row = joined.annotate(previous_total=Subquery(_before())).first()
    if row is None:
        raise NotAllowed("chart.read")
    trail.write(actor, "chart.read", row, at=at, page="response")
    return _detail(row, may_write=may(actor, "chart.write", row), may_check=may(actor, "paper.check", row))


def _before() -> QuerySet[Any]:
    """The total of the form before, of the same measure and the same episode."""
    rows = Response.objects.filter(episode=OuterRef("episode"), instrument=OuterRef("instrument"), state="complete")
    rows = rows.filter(due_on__lt=OuterRef("due_on"), total__isnull=False)
    return rows.order_by("-due_on").values("total")[:1]


def _second(row: Response) -> SecondView | None:
    found = getattr(row, "second_entry", None)
    if found is None:
        return None
    by = found.by.name if found.by else ""
    resolved_by = found.resolved_by.name if found.resolved_by else ""
    return SecondView(found.first, found.answers, found.state, by, found.kept, found.reason, resolved_by)


def _detail(row: Response, *, may_write: bool, may_check: bool) -> ResponseDetail:
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
        result=score(instrument, row.answers, facts_of(row.patient.sex)),
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
        may_check=may_check,
        episode_id=row.episode_id,
        mode=row.mode,
        answered_on=row.answered_on,
        carried=tuple(row.carried),
        entered_by=row.entered_by.name if row.entered_by else "",
        second=_second(row),
    )
