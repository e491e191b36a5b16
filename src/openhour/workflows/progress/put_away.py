"""Put away what still stands when a treatment has ended: nobody can do anything about it any more.

Called where a treatment is closed, and by the daily look for those that were closed without it. Asks nobody's leave: the
closing was allowed. Nothing that was said is lost; the signal says that the treatment ended.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.records.models import Signal
from openhour.records.models.progress import LIVE

ENDED = "The treatment ended."


@transaction.atomic
def put_away(actor: Actor, episode_id: UUID, *, at: datetime) -> int:
    """How many were put away; 0 the second time."""
    rows = Signal.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    standing = list(rows.filter(episode=episode_id, state__in=LIVE).order_by("pk"))
    for signal in standing:
        signal.state, signal.cleared_at, signal.happened_words = "cleared", at, ENDED
        signal.save(update_fields=["state", "cleared_at", "happened_words"])
        trail.write(actor, "signal.cleared", signal, at=at, ended=True)
    return len(standing)
