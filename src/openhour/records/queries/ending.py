"""What a course of treatment still has open before it can end, and how one has ended.

Called by the page that ends it and by the verb, which asks again under its lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.endings import StillOpen
from openhour.guard.actor import Actor
from openhour.records.models import Alert, Episode, Plan, Session, Visit
from openhour.records.queries.chart import EpisodeHead, episode_row, head_of
from openhour.records.queries.practice_day import practice_zone


@dataclass(frozen=True, slots=True)
class EndingPage:
    """row: with how it ended, where it has. left: what is still open, as it stands now."""

    head: EpisodeHead
    row: Episode
    left: StillOpen


@transaction.atomic
def ending_of(actor: Actor, episode_id: UUID, *, at: datetime) -> EndingPage:
    """With one trail entry. Raises NotAllowed."""
    row = episode_row(actor, "chart.read", episode_id, at=at, page="ending")
    return EndingPage(head_of(actor, row, at=at), row, still_open(row, at=at))


def still_open(episode: Episode, *, at: datetime) -> StillOpen:
    """Six queries; alerts are those of the episode, whoever they are addressed to."""
    hours = Session.objects.filter(episode=episode, started_at__isnull=False)
    last = hours.order_by("-started_at").values_list("started_at", flat=True).first()
    return StillOpen(
        opened_on=episode.opened_on,
        last_hour=last.astimezone(practice_zone()).date() if last else None,
        unsigned=hours.exclude(note__state="signed").count(),
        ahead=Visit.objects.filter(episode=episode, state__in=("booked", "arrived"), starts_at__gt=at).count(),
        alerts=Alert.objects.filter(episode=episode).exclude(state="answered").count(),
        draft=Plan.objects.filter(episode=episode, state="draft").exists(),
    )
