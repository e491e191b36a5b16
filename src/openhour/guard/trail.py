"""Write what happened, in the transaction of the thing itself, and verify the whole trail.

Refuses to write outside a transaction: an entry without its thing, or a thing without its entry, can't be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from openhour.guard.actor import Actor
from openhour.guard.models import TrailEntry, TrailHead
from openhour.kernel import Finding
from openhour.kernel.guarded import Guarded
from openhour.kernel.ledger import Link, digest_of
from openhour.kernel.ledger import verify as verify_chain

# Written out: each page that shows a patient leaves an entry, and making this SQL anew takes longer than both statements.
_HEAD = "SELECT count, digest FROM guard_trailhead WHERE id = 1"
_HEAD_LOCKED = f"{_HEAD} FOR UPDATE"
_ADD = """
    INSERT INTO guard_trailentry (seq, at, actor, action, kind, subject_id, patient_id, detail, previous, digest)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""


def write(actor: Actor, action: str, thing: Guarded | None = None, *, at: datetime, **detail: Any) -> None:
    """Append one entry. detail: ids, counts and codes; never words of a patient or about one.

    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the trail is written in the transaction of the thing itself")
    subject = thing.subject() if thing is not None else None
    fields = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor.label,
        "action": action,
        "kind": subject.kind if subject else "practice",
        "subject_id": subject.id if subject else "",
        "patient_id": subject.patient_id if subject else "",
        "detail": json.dumps(detail, sort_keys=True, separators=(",", ":"), default=str),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HEAD_LOCKED if connection.features.has_select_for_update else _HEAD)
        count, previous = cursor.fetchone()
        seq = count + 1
        digest = digest_of(settings.TRAIL_KEY, seq, fields, previous)
        moment = connection.ops.adapt_datetimefield_value(at)
        cursor.execute(_ADD, [seq, moment, *list(fields.values())[1:], previous, digest])


def verify_trail() -> Iterator[Finding]:
    """Every entry that was changed, deleted or reordered, by its number. Nothing for a trail that holds."""
    head = TrailHead.objects.get(pk=1)
    yield from verify_chain(settings.TRAIL_KEY, _links(), head_count=head.count, head_digest=head.digest)


def _links() -> Iterator[Link]:
    for entry in TrailEntry.objects.order_by("id").iterator(chunk_size=5000):
        fields = {
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "kind": entry.kind,
            "subject_id": entry.subject_id,
            "patient_id": entry.patient_id,
            "detail": entry.detail,
        }
        yield Link(entry.seq, fields, entry.previous, entry.digest)
