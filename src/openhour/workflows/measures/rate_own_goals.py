"""The patient's own rating of their objectives from 0 to 10, given behind their link.

Ratings are only added; the last one of a day counts. Refuses a number that is none and nothing at all. An objective that isn't
in the plan in force of the visit's course of treatment is refused like one that doesn't exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Episode, GoalRating
from openhour.workflows.measures.rate_goals import PERSONAL
from openhour.workflows.measures.set_goal_levels import objective_in_force
from openhour.workflows.safety.answering import link_in_hand


@transaction.atomic
def rate_own_goals(actor: Actor, ratings: Mapping[UUID, int], *, at: datetime) -> int:
    """How many were added. ratings: by the objective's thread. Raises NotAllowed, or Refused with places `p<thread>`."""
    link = link_in_hand(actor, at=at)
    episode = Episode.objects.select_related("therapist").get(pk=link.visit.episode_id)
    for thread in ratings:
        objective_in_force(episode, thread)
    gaps = [
        Finding("goal.personal", "Give a number from 0 to 10.", f"p{thread}")
        for thread, value in ratings.items()
        if value not in PERSONAL
    ]
    if not ratings:
        gaps.append(Finding("goal.nothing", "Rate at least one, or leave it out."))
    if gaps:
        raise Refused(gaps)
    day = at.astimezone(link.visit.site.tz).date()
    GoalRating.objects.bulk_create(
        GoalRating(episode=episode, thread=thread, kind="personal", value=value, day=day, by=actor.label, made_at=at)
        for thread, value in ratings.items()
    )
    trail.write(actor, "goals.rated", episode, at=at, attained=0, personal=len(ratings), on=day)
    return len(ratings)
