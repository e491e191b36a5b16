"""Add dated words to a signed note. The note itself stays as it is; nothing else can be done to it.

Each addendum's digest covers its words, its signature, and the digest before it, so none can be changed, left out or
put in another order unnoticed. Refuses a draft (write into it instead), and an addendum without words or reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Refused
from openhour.records.models import Addendum, Note
from openhour.records.queries.note import addendum_digest
from openhour.workflows.hour.typed import text_gaps, tidy

TEXT_AT_MOST, REASON_AT_MOST = 20_000, 120


@transaction.atomic
def amend_note(actor: Actor, note_id: UUID, reason: str, text: str, *, at: datetime) -> Addendum:
    """The addendum, signed by the note's author. Raises Refused with every reason, NotAllowed."""
    rows = Note.objects.select_for_update(of=("self",)).select_related("author")
    note = rows.filter(pk=note_id).first()
    if note is None:
        raise NotAllowed("note.amend")
    require(actor, "note.amend", note)
    if gaps := tuple(_gaps(note, reason, text)):
        raise Refused(gaps)
    last = note.addenda.order_by("-made_at", "-pk").values_list("digest", flat=True).first()
    words = Addendum(
        note=note,
        author=note.author,
        reason=tidy(reason).strip(),
        text=tidy(text).strip(),
        signature=note.author.signature,
        made_at=_after(note, at),
    )
    words.digest = addendum_digest(words, last or note.digest)
    words.save(force_insert=True)
    trail.write(actor, "note.amended", note, at=at, addendum=words.pk, digest=words.digest)
    return words


def _gaps(note: Note, reason: str, text: str) -> Iterator[Finding]:
    if note.state != "signed":
        yield Finding("note.not-signed", "This note isn't signed yet; write into the note itself.", "text")
    if not reason.strip():
        yield Finding("addendum.reason-missing", "Say why something is added.", "reason")
    if not text.strip():
        yield Finding("addendum.empty", "Write what is added.", "text")
    yield from text_gaps(reason, "reason", REASON_AT_MOST)
    yield from text_gaps(text, "text", TEXT_AT_MOST)


def _after(note: Note, at: datetime) -> datetime:
    """Later than every addendum before it, so that the order of the chain is the order of time."""
    last = note.addenda.order_by("-made_at").values_list("made_at", flat=True).first()
    at = at.astimezone(UTC)
    return max(at, last + timedelta(microseconds=1)) if last else at
