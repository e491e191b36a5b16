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
    head = TrailHead.objects.select_for_update().get(pk=1)
    seq = head.count + 1
    digest = digest_of(settings.TRAIL_KEY, seq, fields, head.digest)
    TrailEntry.objects.create(**{**fields, "at": at}, seq=seq, previous=head.digest, digest=digest)


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
