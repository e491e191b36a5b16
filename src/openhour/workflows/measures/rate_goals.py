"""Rate how far the objectives have come: on their agreed levels, and in the patient's own feeling from 0 to 10.

In the room, by the therapist with the patient. Ratings are only added; the last one of a day counts. Refuses a level that is
none, an objective without levels, a day to come, nothing at all, and a course of treatment that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.measures.attainment import LEVELS
from openhour.records.models import GoalRating, GoalScale
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write
from openhour.workflows.measures.set_goal_levels import objective_in_force

PERSONAL = range(11)


@transaction.atomic
def rate_goals(
    actor: Actor,
    episode_id: UUID,
    *,
    attained: Mapping[UUID, int],
    personal: Mapping[UUID, int],
    on: date | None,
    at: datetime,
) -> int:
    """How many ratings were added. attained, personal: by the objective's thread.

    Raises NotAllowed, or Refused with places `a<thread>`, `p<thread>` and `on`.
    """
    episode = episode_to_write(actor, episode_id, "chart.write")
    for thread in {*attained, *personal}:
        objective_in_force(episode, thread)
    scales = {one.thread: one for one in GoalScale.objects.filter(episode=episode, state="active")}
    gaps = [*closed_gaps(episode), *_day_gaps(on, practice_day(at))]
    gaps += [*_attained_gaps(attained, scales), *_personal_gaps(personal)]
    if not attained and not personal:
        gaps.append(Finding("goal.nothing", "Rate at least one objective."))
    if gaps or on is None:
        raise Refused(gaps)
    shared = {"episode": episode, "day": on, "by": actor.label, "made_at": at}
    rows = [
        GoalRating(thread=thread, scale=scales[thread], kind="attainment", value=level, **shared)
        for thread, level in attained.items()
    ]
    rows += [GoalRating(thread=thread, kind="personal", value=value, **shared) for thread, value in personal.items()]
    GoalRating.objects.bulk_create(rows)
    trail.write(actor, "goals.rated", episode, at=at, attained=len(attained), personal=len(personal), on=on)
    return len(rows)


def _day_gaps(on: date | None, today: date) -> Iterator[Finding]:
    if on is None:
        yield Finding("on.missing", "Give the day as a date, such as 2026-01-31.", "on")
    elif on > today:
        yield Finding("on.ahead", "This day is still to come.", "on")


def _attained_gaps(attained: Mapping[UUID, int], scales: Mapping[UUID, GoalScale]) -> Iterator[Finding]:
    for thread, level in attained.items():
        if thread not in scales:
            yield Finding("goal.no-levels", "Agree on the levels first.", f"a{thread}")
        elif level not in LEVELS:
            yield Finding("goal.level", "Choose one of the levels.", f"a{thread}")


def _personal_gaps(personal: Mapping[UUID, int]) -> Iterator[Finding]:
    for thread, value in personal.items():
        if value not in PERSONAL:
            yield Finding("goal.personal", "Give a number from 0 to 10.", f"p{thread}")
