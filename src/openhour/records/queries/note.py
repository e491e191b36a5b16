"""A signed note as it is read: from its frozen text alone, with its seal checked at every reading.

Called by the note page, its PDF and the addendum form. A draft belongs to its author: it is written in the session room
and read by nobody else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, may
from openhour.records.models import Addendum, Note
from openhour.records.queries.note_content import Content, canonical, digest_of
from openhour.records.queries.scoping import within


@dataclass(frozen=True, slots=True)
class AddendumRead:
    """holds: its seal fits its words and the seal before it."""

    made_at: datetime
    reason: str
    text: str
    signature: str
    digest: str
    holds: bool


@dataclass(frozen=True, slots=True)
class NoteRead:
    """content: the frozen facts and words. holds: the seal fits them. may_amend: the actor wrote the note."""

    id: UUID
    visit_id: UUID
    content: Content
    signed_at: datetime
    zone: str
    digest: str
    holds: bool
    addenda: tuple[AddendumRead, ...]
    may_amend: bool

    @property
    def sound(self) -> bool:
        """True where the note and every addendum are as they were signed."""
        return self.holds and all(one.holds for one in self.addenda)


@transaction.atomic
def note_of(actor: Actor, note_id: UUID, *, at: datetime, page: str = "note") -> NoteRead:
    """The signed note, with one trail entry. Raises NotAllowed for a draft, a foreign note and a missing one."""
    rows = within(actor, "note.read", Note.objects.filter(state="signed"), therapist="author")
    row = rows.select_related("author", "session").prefetch_related("addenda").filter(pk=note_id).first()
    if row is None:
        raise NotAllowed("note.read")
    note = _read(row, may_amend=may(actor, "note.amend", row))
    trail.write(actor, "note.read", row, at=at, page=page, sound=note.sound)
    return note


def addendum_digest(words: Addendum, previous: str) -> str:
    """SHA-256 over the addendum and the seal before it: the note's for the first, else the last addendum's."""
    fields = {
        "note": str(words.note_id),
        "reason": words.reason,
        "text": words.text,
        "signature": words.signature,
        "made_at": words.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "previous": previous,
    }
    return digest_of(canonical(fields))


def _read(row: Note, *, may_amend: bool) -> NoteRead:
    content: dict[str, Any] = json.loads(row.content)
    return NoteRead(
        id=row.pk,
        visit_id=row.session.visit_id,
        content=content,
        signed_at=row.signed_at,  # type: ignore[arg-type]
        zone=content["zone"],
        digest=row.digest,
        holds=digest_of(row.content) == row.digest,
        addenda=_addenda(row),
        may_amend=may_amend,
    )


def _addenda(row: Note) -> tuple[AddendumRead, ...]:
    found, previous = [], row.digest
    for one in sorted(row.addenda.all(), key=lambda words: words.made_at):
        holds = addendum_digest(one, previous) == one.digest
        found.append(AddendumRead(one.made_at, one.reason, one.text, one.signature, one.digest, holds))
        previous = one.digest
    return tuple(found)
