"""The signals that stand, in few words, for pages that are about something else: Today, a patient's page, the session room.

They travel as JSON with a row that such a page reads anyway, so that none of them asks the database once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from openhour.guard.actor import Actor
from openhour.records.models import Signal
from openhour.records.queries.json_rows import json_rows, moment_of
from openhour.records.queries.scoping import within
from openhour.records.queries.signal import WAITING, short_of

TOLD_FOR = timedelta(days=14)
"""So long what a second look found is told on these pages. [local policy] Two weekly hours."""

_FIELDS = {
    "id": "id",
    "patient_id": "patient_id",
    "first_name": "patient__first_name",
    "called": "patient__called",
    "last_name": "patient__last_name",
    "owner_user": "owner__user_id",
    "kind": "kind",
    "instrument_key": "instrument_key",
    "sentence": "sentence",
    "state": "state",
    "due_at": "due_at",
    "looked_at": "looked_at",
    "happened": "happened",
    "happened_words": "happened_words",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A signal in one quiet line. instrument: short name. mine: it is in the reader's own care. happened: what the
    second look found, empty before it; waiting: nobody has answered."""

    id: UUID
    patient_id: UUID
    patient: str
    mine: bool
    kind: str
    instrument: str
    sentence: str
    state: str
    due_at: datetime
    happened: str
    happened_words: str

    @property
    def waiting(self) -> bool:
        """Somebody has to answer it."""
        return self.state in WAITING


def of_episode(ref: str = "episode") -> Subquery:
    """For `annotate`: the signals of a row's episode; of several therapists of a patient, only those of this one.
    ref: the path from the row to the episode."""
    rows = Signal.objects.filter(episode=OuterRef(ref)).exclude(state="cleared")
    return json_rows(rows, "episode", **_FIELDS)


def of_reader(actor: Actor, since: datetime) -> Subquery:
    """For `annotate`: those that wait for the reader, and their own that were looked at again since."""
    rows: QuerySet[Signal] = within(actor, "signal.read", Signal.objects.all(), therapist="owner")
    wanted = rows.filter(Q(state__in=WAITING) | Q(state="looked-again", looked_at__gte=since))
    return json_rows(wanted.annotate(_all=Value(1)), "_all", **_FIELDS)


def standing_in(
    found: Iterable[dict[str, Any]] | None, actor: Actor | None, *, since: datetime
) -> tuple[Standing, ...]:
    """What was read with a row, the longest due first. since: what a second look found before that is told no more.
    actor: None where nobody reads."""
    rows = [one for one in found or () if _told(one, since)]
    lines = [_standing(one, actor) for one in rows]
    return tuple(sorted(lines, key=lambda line: (not line.waiting, line.due_at, str(line.id))))


def _told(one: dict[str, Any], since: datetime) -> bool:
    looked = moment_of(one["looked_at"])
    return one["state"] != "looked-again" or (looked is not None and looked >= since)


def _standing(one: dict[str, Any], actor: Actor | None) -> Standing:
    due_at = moment_of(one["due_at"])
    assert due_at is not None
    return Standing(
        id=UUID(str(one["id"])),
        patient_id=UUID(str(one["patient_id"])),
        patient=f"{one['called'] or one['first_name']} {one['last_name']}",
        mine=actor is not None and one["owner_user"] == actor.user_id,
        kind=one["kind"],
        instrument=short_of(one["instrument_key"]),
        sentence=one["sentence"],
        state=one["state"],
        due_at=due_at,
        happened=one["happened"],
        happened_words=one["happened_words"],
    )
