"""The daily look: what comes with time rather than with a score, in every open course of treatment.

Called by `openhour progress look`, once a day. Raises what is noticed now (measures that are missing), looks again where
that is due, and passes what nobody answered in time to the supervisor. Each course is a transaction of its own, so that
an interruption loses nothing; run twice, the second finds nothing to do. Refuses everyone but the practice itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.records.models import Episode, Signal
from openhour.records.models.progress import LIVE
from openhour.workflows.progress.pass_to_supervisor import pass_to_supervisor
from openhour.workflows.progress.put_away import put_away
from openhour.workflows.progress.take_stock import take_stock


@dataclass(frozen=True, slots=True)
class Looked:
    """How many courses were looked at, and what was done. unsupervised: overdue, and their therapist has no
    supervisor."""

    courses: int
    raised: int
    looked_again: int
    passed: int
    unsupervised: int


def look_at_all(actor: Actor, *, at: datetime) -> Looked:
    """Raises NotAllowed."""
    require(actor, "progress.look")
    _put_away_ended(actor, at)
    courses = list(Episode.objects.filter(state="open").order_by("opened_on", "id").values_list("pk", flat=True))
    stocks = [take_stock(actor, episode, at=at) for episode in courses]
    raised, again = sum(len(one.raised) for one in stocks), sum(len(one.looked_again) for one in stocks)
    passed, unsupervised = _pass_on(actor, at)
    looked = Looked(len(courses), raised, again, passed, unsupervised)
    with transaction.atomic():
        trail.write(actor, "progress.looked", None, at=at, courses=len(courses), raised=raised, passed=passed)
    return looked


def _put_away_ended(actor: Actor, at: datetime) -> None:
    ended = Signal.objects.filter(state__in=LIVE, episode__state="closed").order_by("episode_id")
    for episode in set(ended.values_list("episode_id", flat=True)):
        put_away(actor, episode, at=at)


def _pass_on(actor: Actor, at: datetime) -> tuple[int, int]:
    overdue = Signal.objects.filter(state="open", due_at__lte=at)
    due: list[UUID] = list(
        overdue.filter(owner__supervisor__isnull=False).order_by("due_at").values_list("pk", flat=True)
    )
    for signal in due:
        pass_to_supervisor(actor, signal, at=at)
    return len(due), overdue.filter(owner__supervisor__isnull=True).count()
