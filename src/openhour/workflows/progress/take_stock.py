"""Take stock of one course of treatment after something happened in it: look again at what is due, then raise what is new.

Called in the transaction of a form that was finished and of an hour that was held, and by the daily look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard.actor import Actor
from openhour.workflows.progress.look_again import look_again
from openhour.workflows.progress.raise_signals import raise_signals


@dataclass(frozen=True, slots=True)
class Stock:
    """Ids of the signals that were looked at again, and of those that were raised."""

    looked_again: tuple[UUID, ...]
    raised: tuple[UUID, ...]


@transaction.atomic
def take_stock(actor: Actor, episode_id: UUID, *, at: datetime) -> Stock:
    """What was answered and is due is closed first, so that the same thing can be raised anew by a newer score."""
    again = look_again(actor, episode_id, at=at)
    return Stock(again, raise_signals(actor, episode_id, at=at))
