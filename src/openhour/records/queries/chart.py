"""The head of every page about one course of treatment: who, with whom, which procedure, and what day it is there.

One query with the trail entry that belongs to it. An episode that isn't the actor's is refused like a missing one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery

from openhour.catalog import Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, may
from openhour.records.models import Consent, Diagnosis, Episode
from openhour.records.queries.json_rows import day_of, json_rows
from openhour.records.queries.practice_day import first_zone
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class DiagnosisLine:
    """until: the first day on which it no longer holds, None while it stands."""

    id: UUID
    code: str
    title: str
    rank: int
    since: date
    until: date | None

    def stands_on(self, day: date) -> bool:
        """True from its first day until the day before it ends."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class EpisodeHead:
    """procedure: the very version that the episode was opened with. today: on the wall of the practice. may_write: the
    actor may change diagnoses and plan."""

    id: UUID
    patient_id: UUID
    patient: str
    number: str
    birth_date: date
    therapist: str
    procedure: Procedure
    opened_on: date
    is_open: bool
    zone: ZoneInfo
    today: date
    may_write: bool


def episode_row(actor: Actor, action: str, episode_id: UUID, *, at: datetime, page: str) -> Any:
    """The episode with `zone`, `diagnoses_json` and `consents_json`, and one trail entry; call it in a transaction.

    Raises NotAllowed.
    """
    row = with_short_rows(within(actor, action, Episode.objects.filter(pk=episode_id))).first()
    if row is None:
        raise NotAllowed(action)
    trail.write(actor, action, row, at=at, page=page)
    return row


def with_short_rows(rows: QuerySet[Episode]) -> QuerySet[Episode]:
    """Each with patient and therapist, its diagnoses and consents, and the zone of the practice."""
    return rows.select_related("patient", "therapist").annotate(
        zone=Subquery(first_zone()),
        diagnoses_json=json_rows(
            Diagnosis.objects.filter(episode=OuterRef("pk")),
            "episode",
            id="id",
            code="code",
            title="title",
            rank="rank",
            since="since",
            until="until",
        ),
        consents_json=json_rows(
            Consent.objects.filter(episode=OuterRef("pk")),  # it is given to one treatment, not to all
            "episode",
            id="id",
            episode="episode",
            key="form_key",
            signer="signer",
            signer_is="signer_is",
            signed_on="signed_on",
            withdrawn_at="withdrawn_at",
            digest="digest",
        ),
    )


def head_of(actor: Actor, row: Any, *, at: datetime) -> EpisodeHead:
    """From a row of `with_short_rows`."""
    zone = ZoneInfo(row.zone or "UTC")
    return EpisodeHead(
        id=row.pk,
        patient_id=row.patient_id,
        patient=row.patient.full_name,
        number=row.patient.number,
        birth_date=row.patient.birth_date,
        therapist=row.therapist.name,
        procedure=shelf().pinned("procedure", row.procedure_key),  # type: ignore[arg-type]
        opened_on=row.opened_on,
        is_open=row.state == "open",
        zone=zone,
        today=at.astimezone(zone).date(),
        may_write=may(actor, "chart.write", row),
    )


def diagnoses_in(row: Any) -> tuple[DiagnosisLine, ...]:
    """Those that stand in their order, then those that ended, the last one first."""
    lines = [
        DiagnosisLine(
            UUID(str(one["id"])),
            one["code"],
            one["title"],
            one["rank"],
            date.fromisoformat(one["since"]),
            day_of(one["until"]),
        )
        for one in row.diagnoses_json or []
    ]
    standing = sorted((one for one in lines if one.until is None), key=lambda one: (one.rank, one.code))
    ended = sorted((one for one in lines if one.until is not None), key=lambda one: str(one.until), reverse=True)
    return (*standing, *ended)
